"""One rater's own ratings: found, counted, taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.reasons import SEPARATOR
from core.domain.records import Interaction
from core.domain.turns import turns_from_json
from core.store.interactions.exports import BATCH
from core.store.interactions.interactions import says, shown
from core.store.rating import ratings
from core.store.rating.ratings import Receipt
from core.store.tables import Item, LegacyInteraction, Rating


@dataclass(frozen=True, slots=True)
class OwnFilters:
    """Which of one's own ratings to look at; what is None or empty does not restrict."""

    text: str = ""
    """In prompt, answer, earlier turns or comment."""
    rating: int | None = None
    status: RatingStatus | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class OwnRating:
    """One of them."""

    interaction: Interaction
    status: RatingStatus
    rating: int | None
    comment: str
    reason: str | None
    """Why it was skipped or discarded."""
    bias_flag: bool
    at: datetime
    reasons: tuple[str, ...] = ()
    """The short reasons that go with the rating."""


def find(
    session: Session, rater_id: int, filters: OwnFilters, *, offset: int, limit: int
) -> tuple[list[OwnRating], int]:
    """One page, latest first, and how many there are in all."""
    where = _conditions(session, rater_id, filters)
    joined = (
        select(LegacyInteraction, Item, Rating)
        .join(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .join(Rating, Rating.interaction_id == Item.interaction_id)
        .where(*where)
    )
    count = select(func.count()).select_from(Rating).where(*where)
    if filters.text:
        count = count.join(LegacyInteraction, LegacyInteraction.interaction_id == Rating.interaction_id).join(Item)
    total = session.scalar(count) or 0
    rows = session.execute(
        joined.order_by(Rating.updated_at.desc(), Rating.rating_id.desc()).offset(offset).limit(limit)
    )
    return [
        OwnRating(
            shown(row, item),
            RatingStatus(rating.status),
            rating.rating,
            rating.comment or "",
            rating.reason,
            rating.bias_flag,
            rating.updated_at,
            tuple(rating.reasons or ()),
        )
        for row, item, rating in rows
    ], total


def withdraw(session: Session, interaction_id: int, rater_id: int, request_id: str | None, *, seen: str) -> Receipt:
    """Let a rating no longer count; comment and flag stay in the history.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
        Conflict: there is no rating to take back.
    """
    earlier = ratings.by_request(session, rater_id, request_id)
    if earlier is not None:
        return ratings.receipt_of(earlier)
    own_rating = ratings.own(session, interaction_id, rater_id)
    if own_rating is None or own_rating.rating is None:
        raise Conflict("This rating was taken back already. Nothing was changed.")
    given = RatingInput(
        RatingStatus.WITHDRAWN, None, own_rating.comment, own_rating.bias_flag, reasons=tuple(own_rating.reasons or ())
    )
    return ratings.record(session, interaction_id, rater_id, given, EventContext("withdrawn", request_id), seen=seen)


def rows(session: Session, rater_id: int) -> Iterator[dict[str, Any]]:
    """All submitted ratings of this rater, oldest answer first, with the columns of the download.

    ``turns`` are the earlier turns themselves.
    """
    query: Select[*tuple[Any, ...]] = (
        select(
            LegacyInteraction.interaction_id,
            LegacyInteraction.user_prompt,
            LegacyInteraction.ai_response,
            Rating.rating,
            Rating.comment,
            Rating.bias_flag,
            Rating.updated_at,
            Item.turns,
            Rating.reasons,
        )
        .join(Rating, Rating.interaction_id == LegacyInteraction.interaction_id)
        .join(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .where(Rating.rater_id == rater_id, Rating.rating.is_not(None))
        .order_by(LegacyInteraction.interaction_id)
    )
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield {
            "interaction_id": row.interaction_id,
            "user_prompt": row.user_prompt,
            "ai_response": row.ai_response,
            "rating": row.rating,
            "feedback_comment": row.comment,
            "bias_flag": row.bias_flag,
            "updated_at": row.updated_at.isoformat(),
            "turns": turns_from_json(row.turns),
            "reasons": SEPARATOR.join(row.reasons or ()),
        }


def _conditions(session: Session, rater_id: int, filters: OwnFilters) -> list[Any]:
    where: list[Any] = [Rating.rater_id == rater_id]
    if filters.text:
        where.append(or_(says(session, filters.text), Rating.comment.icontains(filters.text, autoescape=True)))
    if filters.rating is not None:
        where.append(Rating.rating == filters.rating)
    if filters.status is not None:
        where.append(Rating.status == filters.status)
    else:
        where.append(Rating.status != RatingStatus.WITHDRAWN)
    if filters.flagged:
        where.append(Rating.bias_flag.is_(True))
    return where
