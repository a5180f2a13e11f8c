"""What all tables share: the base class and the names of constraints."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, MetaData, String, Table, Text, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.store.types import Json, UTCDateTime, now

SYSTEM_USER = 1001
"""The user id under which this product writes into the existing application's tables."""


class Base(DeclarativeBase):
    """Common names for constraints, so that they are the same on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), datetime: UTCDateTime(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012


class RunColumns(Base):
    """What work that outlives a page has: asked for, running, ended. ``active`` is true or NULL: one at a time."""

    __abstract__ = True

    run_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # queued, running, finished, failed, cancelled
    active: Mapped[bool | None] = mapped_column(unique=True)
    requested_by: Mapped[str] = mapped_column(String(100))
    process: Mapped[str | None]
    # how often a process took it; only the last one writes
    claim: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # a worker takes it; else a process of the dashboard does
    for_worker: Mapped[bool] = mapped_column(default=False, server_default=false())
    lost: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how many workers ended in the middle of it
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    message: Mapped[str | None]  # why nothing came of it, or what was decided


class RunEventColumns(Base):
    """One event of such work, as the page and a second viewer read it; ``run_id`` refers to it."""

    __abstract__ = True

    run_id: Mapped[int]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]]


def run_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of a table of such work."""
    return (
        CheckConstraint("state IN ('queued', 'running', 'finished', 'failed', 'cancelled')", name="state"),
        CheckConstraint("(active IS NOT NULL) = (state IN ('queued', 'running'))", name="active"),
    )


def plain(table: type[Base]) -> Table:
    """The table as such: a statement on it goes past the objects, for many rows or many calls."""
    return Base.metadata.tables[table.__tablename__]
