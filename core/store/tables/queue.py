"""The queue: who looks at what, what was typed but not yet said, how each rater wants it, and what a lead set."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Lease(Base):
    """An answer that is kept for a rater until it is rated, skipped or given up by not renewing it."""

    __tablename__ = "assay_leases"
    __table_args__ = (Index("ix_assay_leases_rater_id_taken_at", "rater_id", "taken_at"),)

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rater_id: Mapped[int] = mapped_column(
        ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    request_id: Mapped[str] = mapped_column(String(32))
    """What the requests for this showing carry: the same after a reload, so that nothing is stored twice."""
    chosen: Mapped[str] = mapped_column(String(16))
    taken_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    shown: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it was on the rater's screen; else it lies in their browser for later, and may be given to others."""


class Showing(Base):
    """One text of an answer that was shown to a rater; it outlives the lease, and a changed text is another one."""

    __tablename__ = "assay_showings"
    __table_args__ = (Index("ix_assay_showings_rater_id_at", "rater_id", "at"),)

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rater_id: Mapped[int] = mapped_column(
        ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Hash of the stored texts; never sent to a page."""
    showing: Mapped[str] = mapped_column(String(32))
    """What the page carries in its place."""
    at: Mapped[datetime]


class Draft(Base):
    """What a rater typed and flagged and has not yet saved with a rating."""

    __tablename__ = "assay_drafts"

    rater_id: Mapped[int] = mapped_column(
        ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    comment: Mapped[str]
    bias_flag: Mapped[bool]
    reasons: Mapped[list[Any] | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)


class QueuePreference(Base):
    """How one rater wants the queue, and how many answers it has served: one of every four is drawn at random."""

    __tablename__ = "assay_desks"

    rater_id: Mapped[int] = mapped_column(
        ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    order: Mapped[str] = mapped_column(String(16))
    filters: Mapped[dict[str, Any]]
    served: Mapped[int] = mapped_column(default=0)


class Suggestion(Base):
    """An unrated answer from which the model would learn most, found after a training; the lowest rank first."""

    __tablename__ = "assay_suggestions"

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rank: Mapped[int] = mapped_column(index=True)
    chosen: Mapped[str] = mapped_column(String(16))
    score: Mapped[float | None]
    """What the model gave it; never shown to a rater."""


class Setting(Base):
    """What a lead set in the dashboard, by name."""

    __tablename__ = "assay_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
