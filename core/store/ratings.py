"""One rater's acts on one interaction: rate, change, skip, withdraw. Each is kept with its history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from core.domain.ratings import RatingStatus
from core.store.consensus import locked, pick_up_one, settle, store_rating
from core.store.interactions import in_scope
from core.store.tables import Item, Rater, Rating, RatingEvent


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored, for the rater to see: the number and time stay in the history."""

    number: int
    at: datetime
    interaction_id: int
    rating: int | None


def record(
    session: Session,
    interaction_id: int,
    rater_id: int,
    status: RatingStatus,
    value: int | None,
    comment: str | None,
    bias: bool,
    *,
    action: str,
    request_id: str | None,
) -> Receipt:
    """Store one act of one rater and recompute the consensus; a request that was stored already changes nothing.

    A rating of what this rater has rated before goes into the history as a change.

    Raises:
        NotFound: the interaction was deleted.
    """
    item, row = locked(session, interaction_id)  # the lock also orders two requests for the same item
    earlier = _by_request(session, request_id)
    if earlier is not None:
        return _receipt(earlier)
    pick_up_one(session, item, row)
    mine = session.scalar(own(interaction_id, rater_id))
    if status is RatingStatus.SKIPPED and mine is not None and mine.rating is not None:
        return Receipt(0, mine.updated_at, interaction_id, mine.rating)  # a rating that was given before stays
    if action == "rated" and mine is not None and mine.rating is not None:
        action = "changed"
    event = store_rating(
        session, mine, interaction_id, rater_id, status, value, comment, bias, action=action, request_id=request_id
    )
    settle(session, item, row)
    return _receipt(event)


def own(interaction_id: int, rater_id: int) -> Select[Rating]:
    """The query for one rater's rating of one interaction."""
    return select(Rating).where(Rating.interaction_id == interaction_id, Rating.rater_id == rater_id)


def next_unrated(session: Session, rater_id: int, *, not_these: set[int]) -> int | None:
    """The oldest interaction nobody has rated yet; those this rater skipped come last, oldest skip first."""
    mine = and_(Rating.interaction_id == Item.interaction_id, Rating.rater_id == rater_id)
    waiting = in_scope(session, select(Item.interaction_id)).where(
        Item.n_ratings == 0, Item.interaction_id.not_in(not_these)
    )
    # the joined column, not the key: so PostgreSQL sees that only the missing rows are wanted (85 ms -> 0.2 ms)
    fresh = (
        waiting.outerjoin(Rating, mine).where(Rating.interaction_id.is_(None)).order_by(Item.interaction_id).limit(1)
    )
    found = session.scalar(fresh)
    if found is None:
        skipped = waiting.join(Rating, mine).order_by(Rating.updated_at, Item.interaction_id).limit(1)
        found = session.scalar(skipped)
    return found


def rated_by(session: Session, rater_id: int, since: datetime) -> int:
    """How many interactions this rater has rated since then (each once)."""
    acts = select(func.count(func.distinct(RatingEvent.interaction_id))).where(
        RatingEvent.rater_id == rater_id, RatingEvent.at >= since, RatingEvent.action.in_(("rated", "changed"))
    )
    return session.scalar(acts) or 0


def latest_of(session: Session, rater_id: int, limit: int) -> list[int]:
    """The interactions this rater rated or skipped last, newest first."""
    rows = select(Rating.interaction_id).where(Rating.rater_id == rater_id, Rating.status != RatingStatus.WITHDRAWN)
    return list(session.scalars(rows.order_by(Rating.updated_at.desc(), Rating.rating_id.desc()).limit(limit)))


def history(session: Session, interaction_id: int) -> list[tuple[RatingEvent, str]]:
    """Everything that ever happened to the ratings of an interaction, oldest first, with the rater's name."""
    rows = select(RatingEvent, Rater.name).join(Rater, Rater.rater_id == RatingEvent.rater_id)
    found = session.execute(rows.where(RatingEvent.interaction_id == interaction_id).order_by(RatingEvent.event_id))
    return [(event, name) for event, name in found]


def _by_request(session: Session, request_id: str | None) -> RatingEvent | None:
    if request_id is None:
        return None
    return session.scalar(select(RatingEvent).where(RatingEvent.request_id == request_id))


def _receipt(event: RatingEvent) -> Receipt:
    return Receipt(event.event_id, event.at, event.interaction_id, event.new.get("rating"))
