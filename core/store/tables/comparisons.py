"""A or B: pairs of answers that wait to be compared, which of them is kept for whom, and what was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.comparisons.picks import MOST_REASON, Verdict
from core.domain.queue import random_key
from core.store.tables.base import Base
from core.store.types import now

_VERDICT = "verdict IS NULL OR verdict IN ('" + "', '".join(Verdict) + "')"


class Comparison(Base):
    """Two answers to one question that raters compare: two of the answers, or two texts that are none of them."""

    __tablename__ = "assay_comparisons"
    __table_args__ = (
        UniqueConstraint("served_for", "pair_hash"),
        Index("ix_assay_comparisons_random_key", "random_key"),
    )

    comparison_id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    second_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    # the texts where they are none of the answers: what a tuned language model wrote, and what it is held against
    prompt: Mapped[str | None]
    first: Mapped[str | None]
    second: Mapped[str | None]
    turns: Mapped[list[Any] | None]
    prompt_group: Mapped[str] = mapped_column(String(64), index=True)
    pair_hash: Mapped[str] = mapped_column(String(64))
    served_for: Mapped[str] = mapped_column(String(MOST_REASON))
    raters: Mapped[int]
    """How many people shall compare them; 0 once a lead has closed it."""
    random_key: Mapped[int] = mapped_column(default=random_key)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ComparisonServing(Base):
    """A pair as one rater gets it: its sides, for how long it is kept for them, and what they said of it."""

    __tablename__ = "assay_comparison_servings"
    __table_args__ = (
        CheckConstraint(_VERDICT, name="verdict"),
        Index("ix_assay_comparison_servings_rater_id", "rater_id"),
    )

    comparison_id: Mapped[int] = mapped_column(
        ForeignKey("assay_comparisons.comparison_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rater_id: Mapped[int] = mapped_column(
        ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    showing: Mapped[str] = mapped_column(String(32))
    """What the page carries back: it stands for these texts on these sides."""
    version: Mapped[str] = mapped_column(String(64))
    """Hash of the texts that were shown."""
    first_left: Mapped[bool]
    """Drawn once for each rater and pair, so that a reload shows the same."""
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    shown: Mapped[bool]
    """Whether it was on the screen; else it lies in the browser for later, and may be given to others."""
    skipped_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]
    pair_hash: Mapped[str | None] = mapped_column(String(64))
    """Under which what was said is kept as a preference."""
    replaced: Mapped[dict[str, Any] | None]
    """The rater's preference about the same two answers that it took the place of, without its texts."""


class ComparisonEvent(Base):
    """What raters did with pairs, append-only; a request that comes again is found here."""

    __tablename__ = "assay_comparison_events"
    __table_args__ = (
        Index("ix_assay_comparison_events_rater_id_at", "rater_id", "at"),
        {"sqlite_autoincrement": True},
    )

    event_id: Mapped[int] = mapped_column(primary_key=True)  # the number on the receipt
    comparison_id: Mapped[int] = mapped_column(
        ForeignKey("assay_comparisons.comparison_id", ondelete="CASCADE"), index=True
    )
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[str] = mapped_column(String(64), unique=True)
    verdict: Mapped[str | None] = mapped_column(String(8))
    before: Mapped[str | None] = mapped_column(String(8))
    """The verdict that stood before."""
    shown_ms: Mapped[int | None]
    undoes: Mapped[int | None] = mapped_column(unique=True)
