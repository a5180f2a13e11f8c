"""The consensus of an interaction and its mirror in the existing application's columns.

Everything that changes a rating starts with ``lock_interaction`` and ``adopt_legacy_change``, which takes over what the
old application wrote meanwhile, and ends with ``recompute_consensus``, which also mirrors it: all in the caller's
transaction.
"""

import math
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound, TextChanged
from core.domain.ratings import MAX_RATING, MIN_RATING, EventContext, RatingInput, RatingStatus, consensus
from core.domain.texts import interaction_identity
from core.store.interactions.identifiers import mark
from core.store.people.raters import legacy_rater
from core.store.settings import queue_settings
from core.store.tables import SYSTEM_USER, Item, LegacyInteraction, Rater, Rating, RatingEvent
from core.store.types import now


def lock_interaction(session: Session, interaction_id: int) -> tuple[Item, LegacyInteraction]:
    """The item and its interaction, locked against every other writer, the old application included.

    Raises:
        NotFound: the interaction was deleted.
    """
    row = session.get(LegacyInteraction, interaction_id, with_for_update=True, populate_existing=True)
    item = session.get(Item, interaction_id, with_for_update=True, populate_existing=True)
    if row is None or item is None:
        raise NotFound("This answer was deleted meanwhile, so there is nothing to rate any more.")
    return item, row


def lock_as_seen(session: Session, interaction_id: int, seen: str | None) -> tuple[Item, LegacyInteraction]:
    """As ``lock_interaction``, for an act of a person who was shown the texts of version ``seen``.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: the stored texts are others by now, whoever changed them.
    """
    item, row = lock_interaction(session, interaction_id)
    require_unchanged(item, row, seen)
    return item, row


def require_unchanged(item: Item, row: LegacyInteraction, seen: str | None) -> None:
    """Check a locked interaction against what was shown, by its texts: the old application changes them too.

    Raises:
        TextChanged: the stored texts are others by now.
    """
    if text_version(item, row) != seen:
        raise TextChanged(row.interaction_id)


def text_version(item: Item, row: LegacyInteraction) -> str:
    """The version of the texts as they are stored."""
    return interaction_identity(row.user_prompt, row.ai_response, item.context_id, item.turns_group)


def lock_interactions(session: Session, interaction_ids: Collection[int]) -> dict[int, tuple[Item, LegacyInteraction]]:
    """As ``lock_interaction`` for many, by interaction; those that were deleted are left out.

    They are locked in the order of their ids, so that two of these calls never wait for each other.
    """
    rows = (
        select(LegacyInteraction)
        .where(LegacyInteraction.interaction_id.in_(interaction_ids))
        .order_by(LegacyInteraction.interaction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_id = {row.interaction_id: row for row in session.scalars(rows)}
    items = (
        select(Item)
        .where(Item.interaction_id.in_(by_id))
        .order_by(Item.interaction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {item.interaction_id: (item, by_id[item.interaction_id]) for item in session.scalars(items)}


def adopt_legacy_change(session: Session, item: Item, row: LegacyInteraction) -> bool:
    """Turn what the old application wrote into a rating of ``legacy``; True when it wrote anything."""
    if not _differs(item, row):
        return False
    rater = legacy_rater(session)
    legacy_rating = session.scalar(
        select(Rating).where(Rating.interaction_id == item.interaction_id, Rating.rater_id == rater.rater_id)
    )
    given = read_legacy_change(item, row, legacy_rating)
    if given is not None and (legacy_rating is not None or given.status is not RatingStatus.WITHDRAWN):
        store_rating(session, legacy_rating, item.interaction_id, rater.rater_id, given, EventContext("legacy"))
    return True


def read_legacy_change(item: Item, row: LegacyInteraction, legacy_rating: Rating | None) -> RatingInput | None:
    """What the old application wrote since the last look, which from now on counts as mirrored; None for nothing.

    Only a value that differs from the last mirrored one is a write. NULL withdraws the rating (``legacy_rating``); a
    comment or flag without a rating is kept as a note; a number outside 1 to 5 is no rating.
    """
    if not _differs(item, row):
        return None
    value = row.rating if row.rating != item.mirrored_rating else (legacy_rating.rating if legacy_rating else None)
    if value is not None and not MIN_RATING <= value <= MAX_RATING:
        value = None
    comment = (
        row.feedback_comment
        if row.feedback_comment != item.mirrored_comment
        else (legacy_rating.comment if legacy_rating else None)
    )
    bias = (
        bool(row.bias_flag)
        if row.bias_flag != item.mirrored_bias
        else (legacy_rating.bias_flag if legacy_rating else False)
    )
    item.mirrored_rating, item.mirrored_comment, item.mirrored_bias = row.rating, row.feedback_comment, row.bias_flag
    if value is not None:
        return RatingInput(RatingStatus.SUBMITTED, value, comment, bias)
    return RatingInput(RatingStatus.NOTED if comment or bias else RatingStatus.WITHDRAWN, None, comment, bias)


def _differs(item: Item, row: LegacyInteraction) -> bool:
    mirrored = (item.mirrored_rating, item.mirrored_comment, item.mirrored_bias)
    return (row.rating, row.feedback_comment, row.bias_flag) != mirrored


def store_rating(
    session: Session,
    existing: Rating | None,
    interaction_id: int,
    rater_id: int,
    given: RatingInput,
    context: EventContext,
    *,
    import_id: int | None = None,
    undoes: int | None = None,
) -> RatingEvent:
    """Write one rater's row and its history event; the consensus is not touched (see ``recompute_consensus``)."""
    old = snapshot(existing) if existing else None
    at = now()
    if existing is None:
        existing = Rating(interaction_id=interaction_id, rater_id=rater_id, created_at=at)
        session.add(existing)
    existing.status, existing.rating, existing.comment = given.status, given.rating, given.comment
    existing.bias_flag, existing.reason, existing.updated_at = given.bias_flag, given.reason, at
    existing.reasons = list(given.reasons) or None
    existing.import_id = import_id  # of the last change: a rating changed by hand no longer goes with its import
    event = history_event(interaction_id, rater_id, context, old=old, new=snapshot(existing), undoes=undoes)
    event.at = at
    session.add(event)
    session.flush()
    return event


def history_event(
    interaction_id: int,
    rater_id: int,
    context: EventContext,
    *,
    old: dict[str, object] | None,
    new: dict[str, object],
    undoes: int | None = None,
) -> RatingEvent:
    """A line of the history, not yet stored."""
    return RatingEvent(
        interaction_id=interaction_id,
        rater_id=rater_id,
        action=context.action,
        request_id=context.request_id,
        shown_ms=context.shown_ms,
        guideline_version=context.guideline_version,
        score_visible=context.score_visible,
        chosen=context.chosen,
        old=old,
        new=new,
        undoes=undoes,
    )


def snapshot(rating: Rating | RatingInput) -> dict[str, object]:
    """A rating as the history keeps it."""
    kept: dict[str, object] = {
        "status": str(rating.status),
        "rating": rating.rating,
        "comment": rating.comment,
        "bias_flag": bool(rating.bias_flag),
    }
    kept |= {"reason": rating.reason} if rating.reason else {}
    return kept | ({"reasons": list(rating.reasons)} if rating.reasons else {})


def recompute_consensus(session: Session, item: Item, row: LegacyInteraction) -> None:
    """Recompute consensus, places and marks of a locked item, and mirror the consensus into the old application."""
    rows = session.execute(
        select(Rating, Rater.kind)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.interaction_id == item.interaction_id)
        .order_by(Rating.updated_at, Rating.rating_id)
    ).all()
    ratings = [rating for rating, _ in rows]
    apply_consensus(item, ratings)
    mark(item, row, [rating.comment for rating in ratings])
    item.places = queue_settings(session).places(
        item.interaction_id,
        item.n_ratings,
        given_here=sum(
            kind == "person" and rating.import_id is None and rating.status == RatingStatus.SUBMITTED
            for rating, kind in rows
        ),
        discarded=any(rating.status == RatingStatus.DISCARDED for rating in ratings),
        asked=item.asked,
    )
    item.mirrored_rating, item.mirrored_comment, item.mirrored_bias = mirror_values(item.consensus, ratings)
    row.rating, row.feedback_comment, row.bias_flag = item.mirrored_rating, item.mirrored_comment, item.mirrored_bias
    row.updated_by = SYSTEM_USER
    row.updated_dt = func.current_timestamp()  # the database's clock, not ours
    session.flush()


def apply_consensus(item: Item, ratings: Sequence[Rating]) -> None:
    """Set consensus, number of ratings and time of the last one from all rows of the item, oldest first.

    Where a lead decided, that is the consensus, whatever raters say before or after.
    """
    submitted = [rating for rating in ratings if rating.status == RatingStatus.SUBMITTED]
    item.consensus = consensus((rating.rating for rating in submitted if rating.rating), adjudicated=item.adjudicated)
    item.n_ratings = len(submitted)
    item.rated_at = max((rating.updated_at for rating in submitted), default=None)


def mirror_values(
    agreed: float | None, ratings: Sequence[Rating | RatingInput]
) -> tuple[int | None, str | None, bool | None]:
    """What the old application's columns shall hold: floor of the consensus, latest comment, any flag."""
    speaking = [rating for rating in ratings if rating.status in (RatingStatus.SUBMITTED, RatingStatus.NOTED)]
    comments = [rating.comment for rating in speaking if rating.comment is not None]
    comment = next((text for text in reversed(comments) if text), comments[-1] if comments else None)
    bias = any(rating.bias_flag for rating in speaking) if speaking else None
    return (None if agreed is None else math.floor(agreed)), comment, bias
