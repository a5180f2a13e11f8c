"""What is known of one answer from its use: who sent it under which id, and what users said of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.domain.outcomes.of_answer import SaidOfIt, SentAs
from core.store.tables import Feedback, Occurrence


def occurrences(session: Session, interaction_id: int, limit: int) -> tuple[list[SentAs], int]:
    """The latest ``limit`` times that applications sent an answer, and how many there were."""
    rows, total = _latest(session, Occurrence, Occurrence.interaction_id == interaction_id, limit)
    return [SentAs(one.at, one.application, one.caller_id, one.generator) for one in rows], total


def feedback(session: Session, interaction_id: int, limit: int) -> tuple[list[SaidOfIt], int]:
    """The latest ``limit`` words of users on an answer, and how many there are."""
    rows, total = _latest(session, Feedback, Feedback.interaction_id == interaction_id, limit)
    return [
        SaidOfIt(one.at, one.application, one.kind, one.value, one.comment or "", one.latest) for one in rows
    ], total


def _latest(session: Session, table: Any, which: ColumnElement[bool], limit: int) -> tuple[Sequence[Any], int]:
    (key,) = table.__table__.primary_key.columns
    rows = session.scalars(select(table).where(which).order_by(key.desc()).limit(limit)).all()
    total = len(rows)
    if total == limit:
        total = session.scalar(select(func.count()).select_from(table).where(which)) or 0
    return rows, total
