"""Ratings that each rater gave on each day."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.domain.progress import RatingTarget
from core.domain.ratings import RatingStatus
from core.store import settings
from core.store.tables import Rating, RatingEvent

TARGET = "target"


def rating_target(session: Session) -> RatingTarget:
    """What a lead set, else none."""
    return RatingTarget(**settings.get(session, TARGET))


def given_per_day(session: Session, begins: Sequence[datetime]) -> dict[tuple[int, int], int]:
    """How many ratings were given by which rater on which day: {(rater, number of the day): ratings}.

    A rating counts once, on the day on which it was given last, as long as it stands: what was changed counts on the
    day of the first rating, what was withdrawn or undone not at all. Imported ratings are not among them.

    Args:
        session: An open session.
        begins: The moments at which the days begin, one after the other; the last day goes on until now.
    """
    undone = select(RatingEvent.undoes).where(RatingEvent.undoes.is_not(None))  # few, and gathered once
    given = (
        select(RatingEvent.rater_id, RatingEvent.interaction_id, func.max(RatingEvent.at).label("at"))
        .where(
            RatingEvent.action == "rated",
            RatingEvent.at >= begins[0],
            RatingEvent.event_id.not_in(undone),
        )
        .group_by(RatingEvent.rater_id, RatingEvent.interaction_id)
        .subquery()
    )
    day = case(*((given.c.at < end, number) for number, end in enumerate(begins[1:])), else_=len(begins) - 1)
    own_rating = (Rating.interaction_id == given.c.interaction_id) & (Rating.rater_id == given.c.rater_id)
    counted = (
        select(given.c.rater_id, day.label("day"), func.count())
        .join(Rating, own_rating)
        .where(Rating.status == RatingStatus.SUBMITTED)
        .group_by(given.c.rater_id, "day")
    )
    return {(rater_id, number): count for rater_id, number, count in session.execute(counted)}
