"""Usage of reranking: numbers about recent calls, kept for a while and never with a text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.store.tables import Reranking


def add(session: Session, calls: Sequence[dict[str, Any]]) -> None:
    """Keep these calls, by the columns of the table."""
    session.execute(insert(Reranking), list(calls))


def prune(session: Session, *, before: datetime, keep: int) -> None:
    """Delete calls from before that time, and all but the latest ``keep``."""
    session.execute(delete(Reranking).where(Reranking.at < before))
    last = session.scalar(select(Reranking.reranking_id).order_by(Reranking.reranking_id.desc()).offset(keep).limit(1))
    if last is not None:
        session.execute(delete(Reranking).where(Reranking.reranking_id <= last))


def since(session: Session, at: datetime) -> list[Reranking]:
    """The calls from that time on, oldest first."""
    return list(session.scalars(select(Reranking).where(Reranking.at >= at).order_by(Reranking.reranking_id)))
