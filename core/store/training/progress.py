"""What came in since a training."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.tables import RatingEvent

GIVEN = ("rated", "changed", "imported", "legacy")
"""The acts that bring a rating."""


def ratings_between(session: Session, start: datetime, end: datetime | None = None) -> int:
    """How many ratings were given or changed since ``start`` and before ``end``; each answer once per rater."""
    rows = select(RatingEvent.rater_id, RatingEvent.interaction_id).where(
        RatingEvent.action.in_(GIVEN), RatingEvent.at >= start, RatingEvent.new["rating"].as_integer().is_not(None)
    )
    if end is not None:
        rows = rows.where(RatingEvent.at < end)
    return session.scalar(select(func.count()).select_from(rows.distinct().subquery())) or 0
