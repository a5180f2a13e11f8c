"""Preferences: which of two answers a rater holds better."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.domain.records import Preferred
from core.store.interactions.exports import BATCH
from core.store.tables import Preference, Rater
from core.store.upsert import upsert


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep preferences; what the rater said before about the same two answers is replaced."""
    upsert(session, Preference, *rows, key=("rater_id", "pair_hash"))


def count(session: Session, rater_id: int, prompt_group: str) -> int:
    """How many preferences a rater gave on a question."""
    kept = select(func.count()).select_from(Preference)
    return session.scalar(kept.where(Preference.rater_id == rater_id, Preference.prompt_group == prompt_group)) or 0


def for_training(session: Session, *, without_rater: int | None = None) -> list[Preferred]:
    """Every preference but those of one rater, those on one question beside each other."""
    query = select(Preference.prompt, Preference.chosen, Preference.rejected)
    if without_rater is not None:
        query = query.where(Preference.rater_id != without_rater)
    found = session.execute(query.order_by(Preference.prompt_group, Preference.preference_id))
    return [Preferred(prompt, chosen, rejected) for prompt, chosen, rejected in found]


def withdraw(session: Session, rater_id: int, prompt_group: str) -> int:
    """Delete what a rater said about a question; how many there were."""
    own_rows = delete(Preference).where(Preference.rater_id == rater_id, Preference.prompt_group == prompt_group)
    return int(session.execute(own_rows).rowcount)  # type: ignore[attr-defined]


def rows(session: Session) -> Iterator[dict[str, Any]]:
    """Every preference with the rater's name, those on one question beside each other."""
    query = (
        select(Preference, Rater.name)
        .join(Rater, Rater.rater_id == Preference.rater_id)
        .order_by(Preference.prompt_group, Preference.preference_id)
        .execution_options(yield_per=BATCH)
    )
    for kept, name in session.execute(query):
        yield {
            "prompt": kept.prompt,
            "chosen": kept.chosen,
            "rejected": kept.rejected,
            "rater": name,
            "model_version": kept.model_version,
            "created_at": kept.created_at.isoformat(),
            "turns": "",
        }
