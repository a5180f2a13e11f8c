"""One rater's acts on one interaction: rate, change, skip, discard. Each is kept with its history."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.store.interactions.consensus import locked, pick_up_one, recompute_consensus, store_rating, unchanged
from core.store.rating import drafts, leases
from core.store.tables import Rater, Rating, RatingEvent


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored, for the rater to see: the number and time stay in the history."""

    number: int
    at: datetime
    interaction_id: int
    rating: int | None


def record(
    session: Session, interaction_id: int, rater_id: int, said: RatingInput, how: EventContext, *, seen: str | None
) -> Receipt:
    """Store one act of one rater and recompute the consensus; a request that was stored already changes nothing.

    ``seen`` is the version of the texts that were shown to them; None where nobody knows it.

    A rating of what this rater has rated before goes into the history as a change. With it end the lease and the draft.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
    """
    item, row = locked(session, interaction_id)  # the lock also orders two requests for the same item
    earlier = by_request(session, how.request_id)
    if earlier is not None:
        return receipt_of(earlier)
    unchanged(item, row, seen)
    pick_up_one(session, item, row)
    mine = own(session, interaction_id, rater_id)
    chosen = leases.end(session, interaction_id, rater_id)
    if said.status is RatingStatus.SKIPPED and mine is not None and mine.rating is not None:
        return Receipt(0, mine.updated_at, interaction_id, mine.rating)  # a rating that was given before stays
    drafts.forget(session, rater_id, interaction_id)
    if how.action == "rated" and mine is not None and mine.rating is not None:
        how = replace(how, action="changed")
    event = store_rating(session, mine, interaction_id, rater_id, said, replace(how, chosen=how.chosen or chosen))
    recompute_consensus(session, item, row)
    return receipt_of(event)


def own(session: Session, interaction_id: int, rater_id: int) -> Rating | None:
    """One rater's rating of one interaction, as it is stored now."""
    stored = select(Rating).where(Rating.interaction_id == interaction_id, Rating.rater_id == rater_id)
    return session.scalar(stored.execution_options(populate_existing=True))


def rated_by(session: Session, rater_id: int, since: datetime) -> int:
    """How many interactions this rater has rated since then: each once, what was taken back not at all."""
    acts = select(RatingEvent.interaction_id).where(
        RatingEvent.rater_id == rater_id, RatingEvent.at >= since, RatingEvent.action.in_(("rated", "changed"))
    )
    return _standing(session, acts)


def rated_by_all(session: Session, since: datetime) -> int:
    """How many ratings all raters have given since then: each answer once per rater, changes not counted."""
    acts = select(RatingEvent.rater_id, RatingEvent.interaction_id).where(
        RatingEvent.action == "rated", RatingEvent.at >= since
    )
    return _standing(session, acts)


def _standing(session: Session, acts: Select[int] | Select[int, int]) -> int:
    """How many of these acts, each answer once per rater, stand: the rater's rating is there."""
    mine = (Rating.interaction_id == RatingEvent.interaction_id) & (Rating.rater_id == RatingEvent.rater_id)
    standing = acts.join(Rating, mine).where(Rating.status == RatingStatus.SUBMITTED).distinct()
    return session.scalar(select(func.count()).select_from(standing.subquery())) or 0


def latest_of(session: Session, rater_id: int, limit: int) -> list[int]:
    """The interactions this rater rated or skipped last, newest first."""
    rows = select(Rating.interaction_id).where(Rating.rater_id == rater_id, Rating.status != RatingStatus.WITHDRAWN)
    return list(session.scalars(rows.order_by(Rating.updated_at.desc(), Rating.rating_id.desc()).limit(limit)))


def history(session: Session, interaction_id: int) -> list[tuple[RatingEvent, str]]:
    """Everything that ever happened to the ratings of an interaction, oldest first, with the rater's name."""
    rows = select(RatingEvent, Rater.name).join(Rater, Rater.rater_id == RatingEvent.rater_id)
    found = session.execute(rows.where(RatingEvent.interaction_id == interaction_id).order_by(RatingEvent.event_id))
    return [(event, name) for event, name in found]


def by_request(session: Session, request_id: str | None) -> RatingEvent | None:
    """What was stored for this request, if it was."""
    if request_id is None:
        return None
    return session.scalar(select(RatingEvent).where(RatingEvent.request_id == request_id))


def receipt_of(event: RatingEvent) -> Receipt:
    """The receipt of what was stored."""
    return Receipt(event.event_id, event.at, event.interaction_id, event.new.get("rating"))
