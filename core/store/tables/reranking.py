"""What people keep of the Rerank page, and only when they say so: cases, and how they would have ordered answers.

Preferences also come with imported files, where they are about answers that are stored.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.comparisons.picks import MOST_REASON, Outcome
from core.store.tables.base import Base
from core.store.types import now


class Case(Base):
    """A question with its candidate answers, to come back to."""

    __tablename__ = "assay_cases"

    case_id: Mapped[int] = mapped_column(primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prompt: Mapped[str]
    texts: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Preference(Base):
    """One rater prefers one answer to a question to another, or holds both for equal, or neither for any good.

    Of what a rater said of two answers the latest counts.
    """

    __tablename__ = "assay_preferences"
    __table_args__ = (
        UniqueConstraint("rater_id", "pair_hash"),
        Index("ix_assay_preferences_prompt_group", "prompt_group"),
    )

    preference_id: Mapped[int] = mapped_column(primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"))
    prompt: Mapped[str]
    prompt_group: Mapped[str] = mapped_column(String(64))
    chosen: Mapped[str]
    rejected: Mapped[str]
    context_id: Mapped[str | None]
    turns: Mapped[list[Any] | None]  # what was said before the prompt
    turns_group: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    import_id: Mapped[int | None] = mapped_column(index=True)
    # the two answers where they are stored (a file, or A or B): it goes with either of them
    chosen_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    rejected_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    pair_hash: Mapped[str] = mapped_column(String(64))  # of the question and the two answers, whichever is better
    model_version: Mapped[str | None] = mapped_column(String(100))  # whose order was on the screen
    created_at: Mapped[datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(8), default=Outcome.BETTER, server_default=text("'better'"))
    """``Outcome``; where it is not "better", chosen and rejected say no order."""
    served_for: Mapped[str | None] = mapped_column(String(MOST_REASON))
    """Why the two were served (A or B); NULL: an order of the Rerank page, or a file."""
