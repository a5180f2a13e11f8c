"""The workers that are there."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.domain.running.work import Work
from core.store.database import lock_writers
from core.store.tables import Worker
from core.store.types import now

__all__ = ["Worker"]  # rows that the functions return

SILENT = timedelta(seconds=30)
"""A worker says every three seconds that it lives; one that was silent for so long is not counted on."""
KEPT = timedelta(days=1)
"""Rows of workers that were killed stay so long."""


def add(session: Session, process: str, place: str, takes: tuple[Work, ...], *, gpu: bool, builds: str = "") -> Worker:
    """Add a worker; until the transaction ends no other one can be added."""
    lock_writers(session)
    session.execute(delete(Worker).where(Worker.heartbeat_at < now() - KEPT))
    worker = Worker(process=process, place=place, takes=",".join(takes), gpu=gpu, builds=builds)
    session.add(worker)
    session.flush()
    return worker


def beat(session: Session, worker_id: int) -> None:
    """Write that a worker lives."""
    session.execute(update(Worker).where(Worker.worker_id == worker_id).values(heartbeat_at=now()))


def remove(session: Session, worker_id: int) -> None:
    """Delete a worker that ended."""
    session.execute(delete(Worker).where(Worker.worker_id == worker_id))


def recent(session: Session) -> list[Worker]:
    """The workers that said lately that they live, oldest first."""
    heard = select(Worker).where(Worker.heartbeat_at >= now() - SILENT)
    return list(session.scalars(heard.order_by(Worker.worker_id)))
