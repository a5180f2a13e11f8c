"""What the ratings mean, as leads wrote it, and where that was not clear enough."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Guideline(Base):
    """One version of the guidelines; versions are added, never changed."""

    __tablename__ = "assay_guidelines"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    markdown: Mapped[str]
    reasons: Mapped[list[Any] | None]  # short reasons that go with a rating, by key; NULL: those of Assay
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(default=now)


class GuidelineGap(Base):
    """An answer that raters read differently because the guidelines do not say; open until a lead closes it."""

    __tablename__ = "assay_guideline_gaps"

    gap_id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    note: Mapped[str]
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
