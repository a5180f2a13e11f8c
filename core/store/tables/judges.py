"""What LLM judges said of answers: scores, and choices between two answers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.judges.scores import MAX_JUDGE, Place
from core.store.tables.base import Base
from core.store.types import now

_PLACES = "', '".join(Place)


class JudgeScore(Base):
    """A judge's score of an answer, on the judge's own scale; of several the latest counts."""

    __tablename__ = "assay_judge_scores"

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    judge: Mapped[str] = mapped_column(String(MAX_JUDGE), primary_key=True, index=True)
    score: Mapped[float]
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    """The import that brought it; NULL: a program sent it."""
    at: Mapped[datetime] = mapped_column(default=now)


class JudgeChoice(Base):
    """Which of two answers a judge preferred, in the order in which a file had them; the latest counts."""

    __tablename__ = "assay_judge_choices"
    __table_args__ = (
        CheckConstraint(f"outcome IN ('{_PLACES}')", name="outcome"),
        CheckConstraint(f"people IN ('{_PLACES}')", name="people"),
    )

    judge: Mapped[str] = mapped_column(String(MAX_JUDGE), primary_key=True)
    first_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )
    outcome: Mapped[str] = mapped_column(String(8))
    people: Mapped[str] = mapped_column(String(8))
    """Which of them the file says that people prefer."""
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
