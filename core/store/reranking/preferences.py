"""Preferences: which of two answers a rater holds better, as they said on the Rerank page or of A or B, or as a file
brought it.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from core.domain.comparisons.picks import Outcome
from core.domain.records import Preferred
from core.domain.turns import turns_from_json, turns_text
from core.store.interactions.exports import BATCH
from core.store.interactions.interactions import discarded
from core.store.tables import Item, Preference, Rater
from core.store.upsert import insert_missing, upsert

_OF_NO_IMPORT = {"import_id": None, "chosen_id": None, "rejected_id": None}
_AN_ORDER = {"outcome": str(Outcome.BETTER), "served_for": None}


def pair_hash(group: str, one: str, other: str, context_id: str | None = None, turns_group: str = "") -> str:
    """Hex sha256 of two answers to one question, whichever is better.

    Args:
        group: hash of the normalised question.
        one: an answer.
        other: the other answer.
        context_id: what the question is about, where equal questions are about different things.
        turns_group: hash of what was said before the question.
    """
    digest = hashlib.sha256(group.encode())
    about = [(context_id or "").encode(), turns_group.encode()] if context_id or turns_group else []
    for part in [*sorted(text.encode() for text in (one, other)), *about]:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep preferences; what the rater said before about the same two answers, or a file for them, is replaced."""
    upsert(session, Preference, *(row | _OF_NO_IMPORT | _AN_ORDER for row in rows), key=("rater_id", "pair_hash"))


def put(session: Session, row: dict[str, Any]) -> None:
    """Keep one preference with all its columns; what the rater said before about the same two answers is replaced."""
    upsert(session, Preference, row, key=("rater_id", "pair_hash"))


def of_rater(session: Session, rater_id: int, pair_hash: str) -> Preference | None:
    """What this rater said of these two answers, if anything."""
    kept = select(Preference).where(Preference.rater_id == rater_id, Preference.pair_hash == pair_hash)
    return session.scalar(kept.execution_options(populate_existing=True))


def add_missing(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add preferences; what the rater said before about the same two answers stays."""
    insert_missing(session, Preference, *rows)


def chosen_before(session: Session, pair_hashes: Collection[str]) -> dict[tuple[int, str], str]:
    """The better answer of each kept preference about these pairs, by rater and pair."""
    kept = select(Preference.rater_id, Preference.pair_hash, Preference.chosen)
    found = session.execute(kept.where(Preference.pair_hash.in_(pair_hashes)))
    return {(rater_id, pair): chosen for rater_id, pair, chosen in found}


def count(session: Session, rater_id: int, prompt_group: str) -> int:
    """How many preferences a rater gave on a question, other than of A or B."""
    kept = select(func.count()).select_from(Preference)
    return session.scalar(kept.where(*_own_orders(rater_id, prompt_group))) or 0


def for_training(session: Session, *, newest: int = 0, without_rater: int | None = None) -> list[Preferred]:
    """Every preference that makes a pair (``_makes_pair``) but those of one rater, those on one question beside each
    other.

    ``newest``: only so many, those kept last; 0 for all.
    """
    which = select(Preference.preference_id).where(_counts(), _makes_pair())
    if without_rater is not None:
        which = which.where(Preference.rater_id != without_rater)
    if newest:
        which = which.order_by(Preference.preference_id.desc()).limit(newest)
    query = select(Preference.prompt, Preference.chosen, Preference.rejected)
    query = query.where(Preference.preference_id.in_(which))
    found = session.execute(query.order_by(Preference.prompt_group, Preference.preference_id))
    return [Preferred(prompt, chosen, rejected) for prompt, chosen, rejected in found]


def withdraw(session: Session, rater_id: int, prompt_group: str) -> int:
    """Delete what a rater said about a question, other than of A or B; how many there were."""
    own_rows = delete(Preference).where(*_own_orders(rater_id, prompt_group))
    return int(session.execute(own_rows).rowcount)  # type: ignore[attr-defined]


def _own_orders(rater_id: int, prompt_group: str) -> list[ColumnElement[bool]]:
    """What is said of A or B is undone there, where its history is."""
    return [
        Preference.rater_id == rater_id,
        Preference.prompt_group == prompt_group,
        Preference.served_for.is_(None),
    ]


def of_answers(interaction_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a preference is about one of these stored answers."""
    return or_(
        *(
            column.is_not(None) & column.in_(interaction_ids)  # false where it is about no stored answer, never NULL
            for column in (Preference.chosen_id, Preference.rejected_id)
        )
    )


def rows(session: Session, *, pairs_only: bool = False) -> Iterator[dict[str, Any]]:
    """Every preference that counts with the rater's name, those on one question beside each other.

    ``pairs_only``: those that make a pair, of which one answer is the better one.
    """
    query = (
        select(
            Preference.prompt,
            Preference.chosen,
            Preference.rejected,
            Rater.name,
            Preference.model_version,
            Preference.created_at,
            Preference.turns,
            Preference.context_id,
            Preference.outcome,
            Preference.served_for,
        )
        .join(Rater, Rater.rater_id == Preference.rater_id)
        .where(_counts(), *([_makes_pair()] if pairs_only else []))
        .order_by(Preference.prompt_group, Preference.preference_id)
        .execution_options(yield_per=BATCH)
    )
    for kept in session.execute(query):
        yield {
            "prompt": kept.prompt,
            "chosen": kept.chosen,
            "rejected": kept.rejected,
            "rater": kept.name,
            "model_version": kept.model_version,
            "created_at": kept.created_at.isoformat(),
            "turns": turns_text(turns_from_json(kept.turns)),
            "context_id": kept.context_id,
            "outcome": kept.outcome,
            "served_for": kept.served_for,
        }


def _makes_pair() -> ColumnElement[bool]:
    """Whether a preference says that one answer is better, of two that no language model under test wrote.

    What people say of a tuned model tells whether it is better; learned from, it would tell nothing any more.
    """
    of_a_model = Preference.served_for.is_not(None) & Preference.chosen_id.is_(None)
    return (Preference.outcome == Outcome.BETTER) & ~of_a_model


def _counts() -> ColumnElement[bool]:
    """Whether neither answer of a preference was discarded; of answers that are not stored nobody can say it."""
    return and_(  # one after the other: PostgreSQL makes a join of each, and of both together a loop
        *(
            ~select(Item.interaction_id)
            .where(Item.interaction_id == answer, discarded())
            .correlate(Preference)
            .exists()
            for answer in (Preference.chosen_id, Preference.rejected_id)
        )
    )
