"""Adopting the old application's rows and picking up what it writes later.

A sweep compares the old columns with what we mirrored last; it works in small transactions, so that neither
application waits long. Old ratings become ratings of ``legacy``; adopting a row writes nothing to its old columns.
"""

from datetime import UTC

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.domain.errors import NotFound
from core.domain.identifiers.masking import count
from core.domain.ratings import MAX_RATING, MIN_RATING, RatingStatus
from core.domain.texts import interaction_identity, prompt_group
from core.store.database import Store, lock_writers
from core.store.interactions.consensus import (
    adopt_legacy_change,
    apply_consensus,
    lock_interaction,
    lock_interactions,
    read_legacy_change,
    recompute_consensus,
    snapshot,
    text_version,
)
from core.store.interactions.identifiers import NOT_LOOKED_AT, comments_on, mark
from core.store.people.raters import legacy_rater
from core.store.retrying import retried
from core.store.settings import queue_settings
from core.store.tables import (
    BetterAnswer,
    Item,
    LegacyInteraction,
    LegacySession,
    LegacyTraining,
    Rating,
    RatingEvent,
    Run,
    WorthScore,
)
from core.store.types import now

BATCH = 500


@retried
def sweep(store: Store) -> int:
    """Adopt new rows and pick up changed ones; the number of rows that the old application had written."""
    if store.is_sqlite:
        _drop_deleted(store)
    _drop_without_original(store)
    total = 0
    while True:
        with store.read() as session:  # looking first: a sweep that finds nothing takes no write lock
            if session.scalar(_without_item().limit(1)) is None:
                break
        with store.write() as session:
            lock_writers(session)
            rows = list(session.scalars(_without_item().limit(BATCH).with_for_update(of=LegacyInteraction)))
            adopt(session, rows)
        total += len(rows)
    after = 0
    while True:
        with store.read() as session:
            changed = list(session.scalars(_changed(after)))
        if not changed:
            return total
        after = changed[-1]
        with store.write() as session:
            for interaction_id in changed:
                try:
                    item, row = lock_interaction(session, interaction_id)
                except NotFound:
                    continue
                if adopt_legacy_change(session, item, row):
                    recompute_consensus(session, item, row)
                    total += 1


def adopt(session: Session, rows: list[LegacyInteraction]) -> None:
    """Give rows of the old application their item and, where they have one, their rating of ``legacy``."""
    if not rows:
        return
    identities = {row.interaction_id: interaction_identity(row.user_prompt, row.ai_response, None) for row in rows}
    taken = set(session.scalars(select(Item.identity).where(Item.identity.in_(set(identities.values())))))
    items = []
    wishes = queue_settings(session)
    for row in rows:
        identity = identities[row.interaction_id]
        items.append(
            Item(
                interaction_id=row.interaction_id,
                identity=None if identity in taken else identity,
                prompt_group=prompt_group(row.user_prompt),
                session_label=None if row.session_id is None else str(row.session_id),
                source="legacy",
                response_words=len(row.ai_response.split()),
                n_ratings=0,
                places=wishes.wanted(row.interaction_id),
                # as if we had mirrored "nothing": whatever stands there now is a write of the old application
                mirrored_bias=row.bias_flag if not row.bias_flag else None,
                mirrored_comment=row.feedback_comment if not row.feedback_comment else None,
            )
        )
        taken.add(identity)
    session.add_all(items)
    session.flush()
    rater_id = legacy_rater(session).rater_id
    for row, item in zip(rows, items, strict=True):
        mark(item, row, [row.feedback_comment])
        given = read_legacy_change(item, row, None)
        if given is None or given.status is RatingStatus.WITHDRAWN:
            continue
        # a naive time of a clock ahead of UTC would else make an old comment the latest one for hours
        at = min(row.updated_dt.replace(tzinfo=UTC), now()) if row.updated_dt else now()
        rating = Rating(
            interaction_id=row.interaction_id,
            rater_id=rater_id,
            status=given.status,
            rating=given.rating,
            comment=given.comment,
            bias_flag=given.bias_flag,
            created_at=at,
            updated_at=at,
        )
        event = RatingEvent(
            interaction_id=row.interaction_id, rater_id=rater_id, at=at, action="legacy", new=snapshot(rating)
        )
        session.add_all([rating, event])
        item.places = item.places if rating.rating is None else 0
        apply_consensus(item, [rating])  # the only voice is the old application's: its columns stay untouched
    session.flush()


def _drop_deleted(store: Store) -> None:
    """Drop the items of rows that another program deleted: SQLite cascades only for connections that ask for it."""
    gone = select(Item.interaction_id).where(Item.interaction_id.not_in(select(LegacyInteraction.interaction_id)))
    with store.read() as session:
        if session.scalar(gone.limit(1)) is None:
            return
    with store.write() as session:
        session.execute(delete(Item).where(Item.interaction_id.in_(gone)).execution_options(synchronize_session=False))


def _drop_without_original(store: Store) -> None:
    """Delete the better answers whose original another program deleted: what was to go may stand in them too."""
    original = aliased(Item)
    there = select(original.interaction_id).where(original.interaction_id == BetterAnswer.original_id).exists()
    left = select(BetterAnswer.interaction_id).join(Item, Item.interaction_id == BetterAnswer.interaction_id)
    left = left.where(~there)
    while True:  # a better answer can be made from another one
        with store.read() as session:
            if session.scalar(left.limit(1)) is None:
                return
        with store.write() as session:
            rows = delete(LegacyInteraction).where(LegacyInteraction.interaction_id.in_(left))
            session.execute(rows.execution_options(synchronize_session=False))


def follow_text(session: Session, item: Item, row: LegacyInteraction) -> None:
    """Renew what we derived from the texts of a locked row that the old application edited."""
    identity = text_version(item, row)
    item.identity = None
    session.flush()
    taken = session.scalar(select(Item.interaction_id).where(Item.identity == identity))
    item.identity = identity if taken is None else None
    item.prompt_group = prompt_group(row.user_prompt)
    item.response_words = len(row.ai_response.split())
    session.execute(delete(WorthScore).where(WorthScore.interaction_id == item.interaction_id))
    mark(item, row, comments_on(session, item.interaction_id))
    session.flush()


@retried
def follow_texts(store: Store) -> int:
    """Renew the grouping of rows whose texts the old application edited; how many there were.

    This reads every text, so it is for acts that do so anyway, such as an export.
    """
    total, after = 0, 0
    while True:
        with store.read() as session:
            rows = session.execute(_texts(after)).all()
        if not rows:
            return total
        after = rows[-1][0].interaction_id
        edited = [item.interaction_id for item, prompt, response in rows if _is_outdated(item, prompt, response)]
        if edited:
            with store.write() as session:
                lock_writers(session)
                for item, row in lock_interactions(session, edited).values():
                    follow_text(session, item, row)
            total += len(edited)


def _texts(after: int) -> Select[Item, str, str]:
    return (
        select(Item, LegacyInteraction.user_prompt, LegacyInteraction.ai_response)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.interaction_id > after)
        .order_by(Item.interaction_id)
        .limit(BATCH)
    )


def _is_outdated(item: Item, prompt: str, response: str) -> bool:
    identity = interaction_identity(prompt, response, item.context_id, item.turns_group)
    if item.identity is not None and item.identity != identity:
        return True
    if item.prompt_group != prompt_group(prompt):
        return True
    # a repeat has no identity to compare; what matters of an edited answer is whom it names, unless it waits for a mark
    marked_as_free = item.identifiers is None and item.identifier_rules != NOT_LOOKED_AT
    return item.identity is None and marked_as_free and bool(count((prompt, response)))


def unusable_ratings(session: Session) -> int:
    """How many rows of the old application hold a number that is no rating."""
    outside = or_(LegacyInteraction.rating < MIN_RATING, LegacyInteraction.rating > MAX_RATING)
    return session.scalar(select(func.count()).select_from(LegacyInteraction).where(outside)) or 0


def existing_sessions(session: Session, labels: set[str]) -> dict[str, int]:
    """Which of these session labels are the integer of a session that the old application has."""
    numbers = {int(label): label for label in labels if label.isdecimal() and label.isascii() and len(label) < 10}
    if not numbers:
        return {}
    found = session.scalars(select(LegacySession.session_id).where(LegacySession.session_id.in_(numbers)))
    return {numbers[number]: number for number in found}


def old_trainings(session: Session) -> list[LegacyTraining]:
    """The rows of the training table that are not ours, oldest first."""
    ours = select(Run.model_version).where(Run.model_version.is_not(None))  # runs outlive removed versions
    name = LegacyTraining.model_version
    rows = select(LegacyTraining).where(or_(name.is_(None), name.not_in(ours)))
    return list(session.scalars(rows.order_by(LegacyTraining.created_dt, LegacyTraining.training_id)))


def _without_item() -> Select[LegacyInteraction]:
    return (
        select(LegacyInteraction)
        .outerjoin(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .where(Item.interaction_id.is_(None))
        .order_by(LegacyInteraction.interaction_id)
    )


def _changed(after: int) -> Select[int]:
    return (
        select(Item.interaction_id)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(
            Item.interaction_id > after,
            or_(
                LegacyInteraction.rating.is_distinct_from(Item.mirrored_rating),
                LegacyInteraction.bias_flag.is_distinct_from(Item.mirrored_bias),
                LegacyInteraction.feedback_comment.is_distinct_from(Item.mirrored_comment),
            ),
        )
        .order_by(Item.interaction_id)
        .limit(BATCH)
    )
