"""Exports: the rows that files are made of, read a batch at a time, and the list of files that were made."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVarTuple

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from core.domain.identifiers.masking import UNREAD, current_rules
from core.domain.judges.columns import column_of
from core.domain.reasons import SEPARATOR
from core.domain.records import Example
from core.domain.roles import User
from core.domain.turns import turns_from_json, turns_text
from core.store.interactions.identifiers import not_looked_at
from core.store.interactions.interactions import discarded, in_scope
from core.store.judges import scores
from core.store.tables import (
    BetterAnswer,
    Export,
    Feedback,
    HeldOutPrompt,
    Item,
    LegacyInteraction,
    Preference,
    Rater,
    Rating,
)

Columns = TypeVarTuple("Columns")

BATCH = 1000
_RATED = or_(Rating.rating.is_not(None), Item.adjudicated.is_not(None))


@dataclass(frozen=True, slots=True)
class RatedText:
    """An answer with the rating that counts."""

    prompt: str
    response: str
    rating: float


def size(session: Session, kind: str) -> int:
    """About how many rows an export of this kind goes through, counted fast."""
    table = {"preferences": Preference, "feedback": Feedback, "sft": BetterAnswer}.get(kind, Rating)
    return session.scalar(select(func.count()).select_from(table)) or 0


def rating_rows(session: Session, *, unmarked: bool = False, judges: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Every submitted rating with its texts, ordered so that the answers to a prompt and the raters of an answer follow
    one another: by prompt group, context, earlier turns, interaction and rater name.

    An answer on which a lead decided and whose ratings were all withdrawn has one row without a rater. ``unmarked``:
    only answers that hold no personal identifiers, in texts or comments. ``judges``: with the scores of these judges.
    """
    query = (
        select(
            LegacyInteraction.interaction_id,
            LegacyInteraction.user_prompt,
            LegacyInteraction.ai_response,
            Item.context_id,
            Item.session_label,
            Rater.name,
            Rating.rating,
            Rating.comment,
            Rating.bias_flag,
            Rating.created_at,
            Rating.updated_at,
            Item.adjudicated,
            Item.turns,
            Rating.reasons,
        )
        .select_from(LegacyInteraction)
        .join(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .outerjoin(Rating, and_(Rating.interaction_id == Item.interaction_id, Rating.rating.is_not(None)))
        .outerjoin(Rater, Rater.rater_id == Rating.rater_id)
        .where(_RATED)
        .order_by(
            Item.prompt_group,
            func.coalesce(Item.context_id, ""),
            Item.turns_group,
            Item.interaction_id,
            Rater.name_key,
        )
    )
    if unmarked:
        query = query.where(Item.identifiers.is_(None), not_(not_looked_at()))
    rows = _stream(session, in_scope(session, query))
    for row, scored in _with_scores(session, rows) if judges else ((row, {}) for row in rows):
        yield {
            "interaction_id": row.interaction_id,
            "rater": row.name,
            "rating": row.rating,
            "user_prompt": row.user_prompt,
            "ai_response": row.ai_response,
            "context_id": row.context_id,
            "session_id": row.session_label,
            "feedback_comment": row.comment,
            "bias_flag": row.bias_flag,
            "created_at": row.created_at and row.created_at.isoformat(),
            "updated_at": row.updated_at and row.updated_at.isoformat(),
            "adjudicated": row.adjudicated,
            "turns": turns_text(turns_from_json(row.turns)),
            "reasons": SEPARATOR.join(row.reasons or ()),
            **{column_of(judge): scored.get(judge) for judge in judges},
        }


def _with_scores(session: Session, rows: Iterator[Any]) -> Iterator[tuple[Any, dict[str, float]]]:
    """Each row with the scores of its answer by judge, looked up a batch at a time."""
    while batch := list(islice(rows, BATCH)):
        found = scores.scores_of(session, {row.interaction_id for row in batch})
        yield from ((row, found.get(row.interaction_id, {})) for row in batch)


def better_rows(session: Session, *, unmarked: bool = False) -> Iterator[dict[str, Any]]:
    """Every better answer that a rater wrote, in the order of ``rating_rows``, with who wrote it and the consensus.

    ``original`` is the text that was edited, None where it was discarded or the two do not compare any more (one of
    them got another prompt, context or earlier turns). A better answer that was discarded is left out. ``unmarked``:
    only answers that hold no personal identifiers; an original that holds some is None.
    """
    item, text = aliased(Item), aliased(LegacyInteraction)
    compares = and_(
        item.prompt_group == Item.prompt_group,
        func.coalesce(item.context_id, "") == func.coalesce(Item.context_id, ""),
        item.turns_group == Item.turns_group,
        or_(item.consensus.is_not(None), item.places > 0),  # not discarded
    )
    if unmarked:
        compares = and_(compares, item.identifiers.is_(None), item.identifier_rules == current_rules())
    query = (
        select(
            LegacyInteraction.user_prompt,
            LegacyInteraction.ai_response,
            Item.context_id,
            Item.turns,
            Item.consensus,
            Rater.name,
            text.ai_response.label("original"),
            item.consensus.label("original_rating"),
        )
        .select_from(BetterAnswer)
        .join(Item, Item.interaction_id == BetterAnswer.interaction_id)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .join(Rater, Rater.rater_id == BetterAnswer.rater_id)
        .outerjoin(item, and_(item.interaction_id == BetterAnswer.original_id, compares))
        .outerjoin(text, text.interaction_id == item.interaction_id)
        .where(~discarded())
        .order_by(
            Item.prompt_group,
            func.coalesce(Item.context_id, ""),
            Item.turns_group,
            Item.interaction_id,
        )
    )
    if unmarked:
        query = query.where(Item.identifiers.is_(None), not_(not_looked_at()))
    for row in _stream(session, in_scope(session, query)):
        yield {
            "user_prompt": row.user_prompt,
            "ai_response": row.ai_response,
            "context_id": row.context_id,
            "author": row.name,
            "rating": None if row.consensus is None else float(row.consensus),
            "original": row.original,
            "original_rating": None if row.original_rating is None else float(row.original_rating),
            "turns": turns_text(turns_from_json(row.turns)),
        }


def identifiers_in(
    session: Session, *, rated: bool = True, better: bool = False, originals: bool = False
) -> tuple[int, int, dict[str, int]]:
    """The answers of ``rating_rows``, of ``better_rows``, and those that were edited there: how many there are, how
    many of these hold identifiers, and how many by kind.
    """
    given = exists().where(Rating.interaction_id == Item.interaction_id, Rating.rating.is_not(None))
    wrote = exists().where(BetterAnswer.interaction_id == Item.interaction_id)
    item = aliased(Item)
    edited = exists().where(
        BetterAnswer.original_id == Item.interaction_id, BetterAnswer.interaction_id == item.interaction_id
    )
    which = or_(
        *([given, Item.adjudicated.is_not(None)] if rated else ()),
        *([and_(wrote, ~discarded())] if better else ()),
        *([and_(edited, ~discarded())] if originals else ()),
    )
    answers = session.scalar(in_scope(session, select(func.count()).select_from(Item).where(which))) or 0
    marks = select(Item.identifiers, not_looked_at()).where(which, or_(Item.identifiers.is_not(None), not_looked_at()))
    marked, kinds = 0, Counter[str]()
    for found, unread in _stream(session, in_scope(session, marks)):
        marked += 1  # what nobody has looked at may hold some
        kinds.update({UNREAD: 1} if unread else found)
    return answers, marked, dict(kinds)


def rated_questions(
    session: Session, *, good_from: int, held_out: bool | None = None
) -> Iterator[tuple[str, int, str, int]]:
    """Every question with rated answers: hash of its prompt, rated answers, a session of theirs, how many are good.

    ``held_out``: only held-out prompts, or only all others.
    """
    rows = select(
        Item.prompt_group,
        func.count(),
        func.coalesce(func.min(Item.session_label), ""),
        func.count().filter(Item.consensus >= good_from),
    )
    query = _kept_apart(in_scope(session, rows.where(Item.consensus.is_not(None))), held_out)
    yield from _stream(session, query.group_by(Item.prompt_group))


def examples_of(session: Session, groups: Sequence[str]) -> list[Example]:
    """The rated interactions of these questions (hashes of their prompts), oldest first."""
    found = []
    for start in range(0, len(groups), BATCH):  # as many as one statement may name
        found += _examples(session, _rated_ids(session).where(Item.prompt_group.in_(groups[start : start + BATCH])))
    return sorted(found, key=lambda example: example.interaction_id)


def examples(session: Session, *, newest: int = 0, held_out: bool | None = None) -> list[Example]:
    """The rated interactions for training, oldest first; with ``newest`` only those rated last (TRAIN_LIMIT).

    ``held_out``: only answers to held-out prompts, or only those to all others.
    """
    ids = _kept_apart(_rated_ids(session), held_out)
    if newest:
        ids = ids.order_by(Item.rated_at.desc().nulls_last(), Item.interaction_id.desc()).limit(newest)
    return _examples(session, ids)


def _rated_ids(session: Session) -> Select[int]:
    return in_scope(session, select(Item.interaction_id).where(Item.consensus.is_not(None)))


def _kept_apart(query: Select[*Columns], held_out: bool | None) -> Select[*Columns]:
    if held_out is None:
        return query
    apart = Item.prompt_group.in_(select(HeldOutPrompt.prompt_group))
    return query.where(apart if held_out else ~apart)


def _examples(session: Session, ids: Select[int]) -> list[Example]:
    query = (
        select(
            Item.interaction_id,
            LegacyInteraction.user_prompt,
            LegacyInteraction.ai_response,
            Item.context_id,
            Item.consensus,
            Item.session_label,
            Item.adjudicated,
            Item.turns_group,
        )
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.interaction_id.in_(ids))
        .order_by(Item.interaction_id)
    )
    given = _ratings_of(session, ids)
    return [
        Example(
            number,
            prompt,
            response,
            context_id,
            float(agreed),
            label,
            tuple(given.get(number, ())),
            decided is not None,
            before,
        )
        for number, prompt, response, context_id, agreed, label, decided, before in _stream(session, query)
    ]


def _ratings_of(session: Session, ids: Select[int]) -> dict[int, list[tuple[str, int]]]:
    """Who rated which of these interactions, and how."""
    query = (
        select(Rating.interaction_id, Rater.name, Rating.rating)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.interaction_id.in_(ids), Rating.rating.is_not(None))
        .order_by(Rating.interaction_id, Rater.name_key)
    )
    given: dict[int, list[tuple[str, int]]] = {}
    for number, rater, rating in _stream(session, query):
        given.setdefault(number, []).append((rater, rating))
    return given


def rated_answers_to(session: Session, groups: Sequence[str], *, limit: int) -> list[RatedText]:
    """At most ``limit`` rated answers to prompts with these hashes: of the first prompt first, newest ratings first."""
    query = (
        select(Item.prompt_group, LegacyInteraction.user_prompt, LegacyInteraction.ai_response, Item.consensus)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.prompt_group.in_(groups), Item.consensus.is_not(None))
        .order_by(Item.rated_at.desc().nulls_last(), Item.interaction_id.desc())
    )
    rows = list(_stream(session, in_scope(session, query).limit(limit * len(groups))))
    rows.sort(key=lambda row: groups.index(row.prompt_group))
    return [RatedText(row.user_prompt, row.ai_response, float(row.consensus)) for row in rows[:limit]]


def consensus_now(session: Session, interaction_ids: Iterable[int]) -> dict[int, float]:
    """The consensus of those of these interactions that are rated, in scope."""
    rows = in_scope(session, select(Item.interaction_id, Item.consensus).where(Item.consensus.is_not(None)))
    found = {}
    for some in _batches(interaction_ids):
        for number, agreed in session.execute(rows.where(Item.interaction_id.in_(some))):
            found[number] = float(agreed or 0)
    return found


def _batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    left = iter(numbers)
    while some := list(islice(left, BATCH)):
        yield some


def _stream(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    # columns only, a batch at a time: whole objects of a million rows would pile up in the session
    yield from session.execute(query.execution_options(yield_per=BATCH))


# --- the list of exports ------------------------------------------------------------------------------------------


def add_export(
    session: Session, user: User, kind: str, place: str, identifiers: str, answers: int, reason: str | None
) -> int:
    """Write down an export that is about to be made; its number."""
    made = Export(by=user.key, kind=kind, place=place, identifiers=identifiers, answers=answers, reason=reason)
    session.add(made)
    session.flush()
    return made.export_id


def exported_since(
    session: Session, at: datetime | None, *, kinds: tuple[str, ...] | None = None, limit: int | None = None
) -> list[Export]:
    """What was exported since then, newest first; of these kinds only, where they are given."""
    found = select(Export).order_by(Export.export_id.desc()).limit(limit)
    if at is not None:
        found = found.where(Export.at >= at)
    return list(session.scalars(found if kinds is None else found.where(Export.kind.in_(kinds))))
