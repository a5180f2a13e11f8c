"""Processes that take work which pages ask for, and the work that has no row elsewhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Worker(Base):
    """One worker, from its start to its end; of one that was killed the row stays, without a newer heartbeat."""

    __tablename__ = "assay_workers"

    worker_id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str]  # host:pid
    place: Mapped[str] = mapped_column(String(32))  # of its ASSAY_HOME: copies of files lie in one place only
    takes: Mapped[str] = mapped_column(String(100))  # kinds of work, between commas
    gpu: Mapped[bool]
    # the folder that its build of the fast encoder would get, which tells of its processor; empty: it cannot build
    builds: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """A large export, the reading of texts ahead of a training, or a build of the fast encoder: how far it is."""

    __tablename__ = "assay_jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('export', 'embedding', 'build')", name="kind"),
        CheckConstraint("state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')", name="state"),
        {"sqlite_autoincrement": True},
    )

    job_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_by: Mapped[str]
    rater_id: Mapped[int] = mapped_column(default=0)  # the same person; 0 is nobody with a sign-in or a name here
    place: Mapped[str] = mapped_column(String(100), default="")  # who can do it: of an export and a build; empty: all
    for_worker: Mapped[bool] = mapped_column(default=False, server_default=false())
    claim: Mapped[int] = mapped_column(default=0)  # how often a process took it; only the last one writes
    lost: Mapped[int] = mapped_column(default=0)  # how many workers ended in the middle of it
    process: Mapped[str | None]  # host:pid of the process that does it
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    message: Mapped[str | None]  # why it ended early
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
