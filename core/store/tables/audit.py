"""The audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Audit(Base):
    """One act that changed data, models, people or settings; ids and hashes, never texts.

    Append-only: triggers refuse to change or delete a row (migration 0011).
    """

    __tablename__ = "assay_audit"
    __table_args__ = (
        # with the number: the newest of one actor are found without sorting
        Index(None, "actor", "audit_id"),
        Index(None, "action", "audit_id"),
        Index(None, "subject", "audit_id"),
        {"sqlite_autoincrement": True},
    )

    audit_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(String(100))  # "person 12", "command line", "rule"
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))  # what it was done to: "interaction 12", "model sbert-..."
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any] | None]
