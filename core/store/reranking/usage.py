"""Usage of reranking: numbers about recent calls, kept for a while and never with a text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, delete, func, insert, select
from sqlalchemy.orm import Session

from core.store.tables import Reranking


def add(session: Session, calls: Sequence[dict[str, Any]]) -> None:
    """Keep these calls, by the columns of the table."""
    session.execute(insert(Reranking), list(calls))


def prune(session: Session, *, before: datetime, keep: int) -> None:
    """Delete calls from before that time, and of those that no feedback can name all but the latest ``keep``."""
    session.execute(delete(Reranking).where(Reranking.at < before))
    unnamed = Reranking.rerank_id.is_(None)
    latest = select(Reranking.reranking_id).where(unnamed).order_by(Reranking.reranking_id.desc())
    last = session.scalar(latest.offset(keep).limit(1))
    if last is not None:
        session.execute(delete(Reranking).where(unnamed, Reranking.reranking_id <= last))


class WithModel(NamedTuple):
    """Calls for which a model could be used."""

    calls: int
    fallbacks: int
    comparable: int
    """With at least two candidates."""
    replaced: int
    """Of these, those in which another candidate came first than in the input."""


def calls_by_source(session: Session, since: datetime) -> dict[str, tuple[int, int]]:
    """Calls and candidates from that time on, by source, the most calls first."""
    calls = func.count()
    asked = select(Reranking.source, calls, func.sum(Reranking.candidates)).where(Reranking.at >= since)
    rows = session.execute(asked.group_by(Reranking.source).order_by(calls.desc(), Reranking.source))
    return {source: (count, candidates) for source, count, candidates in rows}


def with_a_model(session: Session, since: datetime) -> WithModel:
    """Counts of the calls from that time on that used a model."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, 1)))

    row = session.execute(
        select(
            func.count(),
            number(Reranking.fallback.is_(True)),
            number(Reranking.first_replaced.is_not(None)),
            number(Reranking.first_replaced.is_(True)),
        ).where(*_used(since))
    ).one()
    return WithModel(*row)


def nth_milliseconds(session: Session, since: datetime, place: int) -> float | None:
    """The time of the call at this place, shortest first, of those from then on that used a model; None beyond."""
    times = select(Reranking.milliseconds).where(*_used(since)).order_by(Reranking.milliseconds)
    return session.scalar(times.offset(place).limit(1))


def _used(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return Reranking.at >= since, Reranking.model_version.is_not(None)
