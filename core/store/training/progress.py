"""What came in since a training, and the trainings to compare."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.tables import ModelVersion, RatingEvent, Run

GIVEN = ("rated", "changed", "imported", "legacy")
"""The acts that bring a rating."""


def given_between(session: Session, start: datetime, end: datetime | None = None) -> int:
    """How many ratings were given or changed since ``start`` and before ``end``; each answer once per rater."""
    rows = select(RatingEvent.rater_id, RatingEvent.interaction_id).where(
        RatingEvent.action.in_(GIVEN), RatingEvent.at >= start, RatingEvent.new["rating"].as_integer().is_not(None)
    )
    if end is not None:
        rows = rows.where(RatingEvent.at < end)
    return session.scalar(select(func.count()).select_from(rows.distinct().subquery())) or 0


def latest_two(session: Session, *, sample: bool) -> list[tuple[ModelVersion, Run]]:
    """The newest version and the newest one before it of the same recipe, each with its run; fewer where there are none."""
    versions = (
        select(ModelVersion, Run)
        .join(Run, Run.run_id == ModelVersion.run_id)
        .where(ModelVersion.sample.is_(sample))
        .order_by(ModelVersion.run_id.desc())
    )
    newest = session.execute(versions.limit(1)).first()
    if newest is None:
        return []
    before = session.execute(
        versions.where(ModelVersion.run_id < newest[1].run_id, ModelVersion.recipe == newest[0].recipe).limit(1)
    ).first()
    return [(found[0], found[1]) for found in (newest, before) if found is not None]
