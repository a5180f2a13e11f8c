"""What the worth of all answers rests on: audit samples, the answers in them, and the model's scores of answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class AuditSample(Base):
    """One draw of questions of which all answers are rated; the latest is the one that counts."""

    __tablename__ = "assay_audit_samples"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  SQLAlchemy reads it, nobody changes it

    sample_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    requested_by: Mapped[str] = mapped_column(String(100))
    questions: Mapped[int]
    """That were drawn, those taken with certainty among them."""
    certain: Mapped[int]
    """Of these, taken with certainty because they are very large."""
    answers: Mapped[int]
    """To the questions that were drawn."""
    population_questions: Mapped[int]
    population_answers: Mapped[int]
    last_interaction_id: Mapped[int]
    """The newest answer of the population: what came later is not in the claim."""


class AuditSampled(Base):
    """One answer of an audit sample, fixed when it was drawn."""

    __tablename__ = "assay_audit_sampled"

    sample_id: Mapped[int] = mapped_column(
        ForeignKey("assay_audit_samples.sample_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    prompt_group: Mapped[str] = mapped_column(String(64))
    """Its question when it was drawn."""
    certain: Mapped[bool]
    """Whether the question was taken with certainty."""


class WorthScore(Base):
    """What the fold models of a version give an answer from which none of them learned; never shown to a rater."""

    __tablename__ = "assay_worth_scores"

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model_version: Mapped[str] = mapped_column(String(100))
    score: Mapped[float]
