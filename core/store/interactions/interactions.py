"""Interactions: which ones count, browsing them, adding, editing and deleting one."""

import json
from collections.abc import Collection, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.records import Interaction
from core.domain.texts import interaction_identity, prompt_group
from core.domain.turns import Turn, turns_from_json, turns_group, turns_to_json
from core.store.database import lock_writers
from core.store.interactions.consensus import (
    adopt_legacy_change,
    lock_as_seen,
    lock_interaction,
    lock_interactions,
    recompute_consensus,
    store_rating,
    text_version,
)
from core.store.interactions.identifiers import note
from core.store.interactions.legacy import existing_sessions, follow_text
from core.store.settings import queue_settings
from core.store.tables import (
    SYSTEM_USER,
    BetterAnswer,
    Item,
    JudgeChoice,
    JudgeScore,
    LegacyInteraction,
    Rating,
    TextHistory,
    WorthScore,
)

Columns = TypeVarTuple("Columns")


def only_sample(session: Session) -> bool:
    """Whether nothing but the sample is there; as soon as own data arrives, the sample steps aside everywhere."""
    return session.scalar(select(Item.interaction_id).where(Item.source != "sample").limit(1)) is None


def in_scope(session: Session, query: Select[*Columns]) -> Select[*Columns]:
    """Restrict a query over items to what counts: own data, or the sample where there is nothing else."""
    return query if only_sample(session) else query.where(Item.source != "sample")


def discarded() -> ColumnElement[bool]:
    """Whether an item was discarded and has no rating that counts: of such items only a discarded one has no place."""
    return Item.consensus.is_(None) & (Item.places == 0)


def free_identities(session: Session, identities: Collection[str]) -> None:
    """Free these identities for own data: an equal answer of the sample stays beside it and goes with the sample."""
    session.execute(update(Item).where(Item.identity.in_(identities), Item.source == "sample").values(identity=None))


def load(session: Session, interaction_id: int) -> Interaction | None:
    """One interaction, None when it was deleted."""
    return load_several(session, [interaction_id]).get(interaction_id)


def load_several(session: Session, interaction_ids: Collection[int]) -> dict[int, Interaction]:
    """Interactions by their numbers, without those that were deleted."""
    rows = select(LegacyInteraction, Item).join(Item).where(LegacyInteraction.interaction_id.in_(interaction_ids))
    return {row.interaction_id: shown(row, item) for row, item in session.execute(rows)}


def exists(session: Session, interaction_id: int) -> bool:
    """Whether an interaction of that number is there."""
    return session.get(Item, interaction_id) is not None


def same_prompt(session: Session, interaction_id: int, limit: int) -> tuple[list[int], int]:
    """The answers that compare with this one (equal prompt, context and turns), itself among them, oldest first.

    At most ``limit``, and how many there are in all.

    One whose prompt the old application changed since it was grouped is none: it would be read under another's prompt.
    """
    this, row = session.get(Item, interaction_id), session.get(LegacyInteraction, interaction_id)
    if this is None or row is None:
        return [], 0
    context = Item.context_id.is_(None) if this.context_id is None else Item.context_id == this.context_id
    others = select(Item.interaction_id, LegacyInteraction.user_prompt).join(LegacyInteraction)
    others = others.where(
        Item.prompt_group == this.prompt_group,
        context,
        Item.turns_group == this.turns_group,
        Item.interaction_id != interaction_id,
    )
    group = prompt_group(row.user_prompt)
    others = in_scope(session, others)
    found = session.execute(others.order_by(Item.interaction_id).limit(limit)).all()
    equal = [number for number, prompt in found[: limit - 1] if prompt_group(prompt) == group]
    ids = sorted([interaction_id, *equal])
    if len(found) < limit:
        return ids, len(ids)
    return ids, 1 + (session.scalar(select(func.count()).select_from(others.subquery())) or 0)


def sources(session: Session) -> dict[str, int]:
    """How many interactions came from where."""
    counts = session.execute(select(Item.source, func.count()).group_by(Item.source).order_by(Item.source))
    return {source: number for source, number in counts}  # noqa: C416  rows are not pairs to a type checker


def add(
    session: Session,
    prompt: str,
    response: str,
    context_id: str | None,
    session_label: str | None = None,
    *,
    turns: Sequence[Turn] = (),
    source: str = "manual",
) -> int:
    """Add one interaction, its id.

    Raises:
        Conflict: exactly this interaction exists.
    """
    lock_writers(session)
    identity = interaction_identity(prompt, response, context_id, turns_group(turns))
    if source != "sample":
        free_identities(session, [identity])
    existing = session.scalar(select(Item.interaction_id).where(Item.identity == identity))
    if existing is not None and not _was_edited(session, existing, identity):
        raise Conflict(f"This question with this very answer is there already, as no. {existing}. Nothing was added.")
    number = existing_sessions(session, {session_label or ""}).get(session_label or "")
    by = {"created_by": SYSTEM_USER, "updated_by": SYSTEM_USER}
    row = LegacyInteraction(session_id=number, user_prompt=prompt, ai_response=response, **by)
    session.add(row)
    session.flush()
    item = Item(
        interaction_id=row.interaction_id,
        identity=identity,
        prompt_group=prompt_group(prompt),
        context_id=context_id,
        turns=turns_to_json(turns) or None,
        turns_group=turns_group(turns),
        session_label=session_label,
        source=source,
        response_words=len(response.split()),
        n_ratings=0,
        places=queue_settings(session).wanted(row.interaction_id),
    )
    note(item, [prompt, response])
    session.add(item)
    session.flush()
    return row.interaction_id


def _was_edited(session: Session, interaction_id: int, identity: str) -> bool:
    """Whether the old application put another text where this identity was; what we derived from it is renewed."""
    item, row = lock_interaction(session, interaction_id)
    if text_version(item, row) == identity:
        return False
    follow_text(session, item, row)
    return True


def edit(
    session: Session,
    interaction_id: int,
    prompt: str,
    response: str,
    context_id: str | None,
    *,
    seen: str,
    by: str,
    withdraw_ratings: bool,
) -> tuple[str, str]:
    """Change the texts of one interaction; the old texts stay in the history, the ratings stay unless withdrawn,
    and so do the scores of LLM judges. Earlier turns stay as they are.

    Returns the identities of what it was before and of what it is now.

    Raises:
        NotFound: it was deleted.
        TextChanged: what is to be replaced is not what was seen.
        Conflict: exactly this interaction exists elsewhere.
    """
    lock_writers(session)
    item, row = lock_as_seen(session, interaction_id, seen)
    identity = interaction_identity(prompt, response, context_id, item.turns_group)
    if item.source != "sample":
        free_identities(session, [identity])
    other = session.scalar(
        select(Item.interaction_id).where(Item.identity == identity, Item.interaction_id != interaction_id)
    )
    if other is not None:
        raise Conflict(f"This question with this very answer is there already, as no. {other}. Nothing was changed.")
    adopt_legacy_change(session, item, row)
    keep_texts(session, item, row, "edited", by)
    row.user_prompt, row.ai_response = prompt, response
    before = item.identity or ""
    item.identity, item.prompt_group, item.context_id = identity, prompt_group(prompt), context_id
    item.response_words = len(response.split())
    if withdraw_ratings:
        for rating in session.scalars(select(Rating).where(Rating.interaction_id == interaction_id)).all():
            if rating.status == RatingStatus.SUBMITTED:
                reasons = tuple(rating.reasons or ())
                withdrawn = RatingInput(RatingStatus.WITHDRAWN, None, rating.comment, rating.bias_flag, reasons=reasons)
                store_rating(session, rating, interaction_id, rating.rater_id, withdrawn, EventContext("text edited"))
        for table, answer in (
            (JudgeScore, JudgeScore.interaction_id),
            (JudgeChoice, JudgeChoice.first_id),
            (JudgeChoice, JudgeChoice.second_id),
        ):
            session.execute(delete(table).where(answer == interaction_id))
    session.execute(delete(WorthScore).where(WorthScore.interaction_id == interaction_id))
    recompute_consensus(session, item, row)
    return before, identity


def remove(session: Session, interaction_id: int, *, seen: str, by: str) -> str:
    """Delete one interaction with its ratings and the better answers made from it; texts and rating history are kept
    in our history tables.

    Returns the identity of what it was.

    Raises:
        NotFound: it was deleted already.
        TextChanged: it is not what was seen.
        Conflict: another table of the old application still refers to it.
    """
    item, row = lock_as_seen(session, interaction_id, seen)
    identity = item.identity or ""
    keep_texts(session, item, row, "deleted", by)
    for better, text in lock_interactions(session, better_answers_to(session, [interaction_id])).values():
        keep_texts(session, better, text, "deleted", by)
    session.flush()
    try:
        drop(session, [interaction_id])
    except IntegrityError as error:
        raise Conflict(
            f"No. {interaction_id} cannot be deleted: another table of the existing application refers to it. "
            "Nothing was changed."
        ) from error
    return identity


def put_back(session: Session, interaction_id: int, *, seen: str) -> int:
    """Let a discarded interaction wait for ratings again; how many people had discarded it.

    Raises:
        NotFound: it was deleted.
        TextChanged: it is not what was seen.
    """
    item, row = lock_as_seen(session, interaction_id, seen)
    adopt_legacy_change(session, item, row)
    discards = select(Rating).where(Rating.interaction_id == interaction_id, Rating.status == RatingStatus.DISCARDED)
    found = session.scalars(discards).all()
    for rating in found:
        given = RatingInput(RatingStatus.WITHDRAWN, None, rating.comment, rating.bias_flag)
        store_rating(session, rating, interaction_id, rating.rater_id, given, EventContext("put back"))
    recompute_consensus(session, item, row)
    return len(found)


def drop(session: Session, interaction_ids: Sequence[int]) -> None:
    """Delete these interactions and the better answers made from them; items and ratings go with them by the schema's
    rules.
    """
    going = [*better_answers_to(session, interaction_ids), *interaction_ids]
    session.execute(delete(LegacyInteraction).where(LegacyInteraction.interaction_id.in_(going)))


def better_answers_to(session: Session, interaction_ids: Collection[int]) -> list[int]:
    """The better answers made from these, and those made from them in turn, deleted ones included."""
    found: list[int] = []
    latest = [*interaction_ids]
    while latest:
        latest = list(session.scalars(select(BetterAnswer.interaction_id).where(BetterAnswer.original_id.in_(latest))))
        found += latest
    return found


def drop_sample(session: Session) -> int:
    """Delete everything that came with the sample, ratings of it included; how many interactions."""
    lock_writers(session)
    ids = list(session.scalars(select(Item.interaction_id).where(Item.source == "sample")))
    drop(session, ids)
    return len(ids)


def keep_texts(session: Session, item: Item, row: LegacyInteraction, action: str, by: str) -> None:
    """Keep the texts that an interaction has before ``action`` changes or deletes them."""
    session.add(
        TextHistory(
            interaction_id=item.interaction_id,
            action=action,
            by=by,
            user_prompt=row.user_prompt,
            ai_response=row.ai_response,
            context_id=item.context_id,
            turns=item.turns,
        )
    )


def says(session: Session, words: str) -> ColumnElement[bool]:
    """Whether prompt, answer or an earlier turn of an interaction holds these words, in small or large letters."""
    if session.get_bind().dialect.name == "sqlite":
        turn = func.json_each(Item.turns).table_valued("value")
        text: Any = func.json_extract(turn.c.value, "$.text")
        said: ColumnElement[bool] = select(turn.c.value).where(text.icontains(words, autoescape=True)).exists()
    else:  # not a subquery: with one the search of a million answers takes three times as long
        path = f'$[*].text ? (@ like_regex {json.dumps(words)} flag "iq")'
        said = func.jsonb_path_exists(Item.turns, cast(path, JSONPATH))
    return or_(
        LegacyInteraction.user_prompt.icontains(words, autoescape=True),
        LegacyInteraction.ai_response.icontains(words, autoescape=True),
        and_(Item.turns_group != "", said),
    )


def shown(row: LegacyInteraction, item: Item) -> Interaction:
    """An interaction as pages show it."""
    return Interaction(
        interaction_id=row.interaction_id,
        prompt=row.user_prompt,
        response=row.ai_response,
        context_id=item.context_id,
        session_label=item.session_label,
        source=item.source,
        consensus=item.consensus,
        n_ratings=item.n_ratings,
        response_words=item.response_words,
        created_at=item.created_at,
        version=text_version(item, row),
        discarded=item.consensus is None and item.places == 0,
        turns=turns_from_json(item.turns),
    )
