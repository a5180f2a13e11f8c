"""Exports of files, so that it is known where else to look when somebody is to be erased."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Export(Base):
    """One export: of what, where to, by whom, and what became of answers with personal identifiers."""

    __tablename__ = "assay_exports"
    __table_args__ = (
        CheckConstraint("identifiers IN ('none', 'left out', 'included')", name="identifiers"),
        CheckConstraint("(identifiers = 'included') = (reason IS NOT NULL)", name="reason"),
        {"sqlite_autoincrement": True},
    )

    export_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    by: Mapped[str] = mapped_column(String(100))  # "person 12", "command line"
    kind: Mapped[str] = mapped_column(String(16))
    place: Mapped[str]  # the file; of a download its name alone
    answers: Mapped[int]  # that could be in it
    identifiers: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None]  # why identifiers were included
