"""Processes that take work which pages ask for."""

from datetime import datetime

from sqlalchemy import String
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
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
