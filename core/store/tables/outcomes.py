"""What comes back from use: answers that programs send, and what users say of answers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Occurrence(Base):
    """One answer as an application gave it to somebody, under the application's own id.

    Several can point to one interaction: a text that two generators wrote counts for both.
    """

    __tablename__ = "assay_occurrences"
    __table_args__ = (
        UniqueConstraint("application", "caller_id"),
        {"sqlite_autoincrement": True},
    )

    occurrence_id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(String(100))
    """The name of the key that it came with; ``this machine`` without keys."""
    caller_id: Mapped[str] = mapped_column(String(200))
    """The application's id; of an answer that was kept with a ranking, the id of the ranking, a colon, its index."""
    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    identity: Mapped[str] = mapped_column(String(64))
    """Hash of the texts as they were sent; the interaction's may be edited later."""
    generator: Mapped[str | None] = mapped_column(String(200), index=True)
    """Name and version of what wrote the answer."""
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class Feedback(Base):
    """What one user of an application said of an answer, or of a ranking; never a rating."""

    __tablename__ = "assay_feedback"
    __table_args__ = (
        UniqueConstraint("application", "caller_id"),
        CheckConstraint("kind IN ('thumb', 'score', 'chosen')", name="kind"),
        Index(  # of what a user said of one thing exactly one is the latest, also where two processes write at once
            "uq_assay_feedback_latest",
            "target",
            "user_hash",
            unique=True,
            sqlite_where=text("latest = 1"),
            postgresql_where=text("latest"),
        ),
        {"sqlite_autoincrement": True},
    )

    feedback_id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(String(100))
    caller_id: Mapped[str | None] = mapped_column(String(200))
    """The application's id of this feedback: the same again stores nothing twice."""
    target: Mapped[str] = mapped_column(String(100))
    """What it is about: ``interaction 12``, or ``ranking ID INDEX``; of a user's words on one the latest counts."""
    interaction_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_items.interaction_id", ondelete="CASCADE"), index=True
    )
    """The answer, where its text is kept."""
    rerank_id: Mapped[str | None] = mapped_column(String(64), index=True)
    place: Mapped[int | None]  # index of the answer in the documents of the ranking
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[int]
    """Of a thumb 1 (up) or 0 (down), of a score 1 to 5, of a choice the index that was chosen."""
    comment: Mapped[str | None]
    user_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed hash of application and user; NULL: nobody was named."""
    question: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed hash of the prompt: where nobody was named, an interval is over questions."""
    model_version: Mapped[str | None] = mapped_column(String(100))  # that ordered the answers
    generator: Mapped[str | None] = mapped_column(String(200))  # that wrote the answer
    first_replaced: Mapped[bool | None]  # whether the ranking put another answer first
    first_chosen: Mapped[bool | None]  # of a ranking: whether it is about the answer that came first, or chose it
    latest: Mapped[bool] = mapped_column(default=True)
    """False where the same user said something later of the same target."""
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class AnswersGiven(Base):
    """How many answers a model version put first, or a generator wrote, in a week: what feedback is a share of."""

    __tablename__ = "assay_answers_given"
    __table_args__ = (CheckConstraint("kind IN ('version', 'generator')", name="kind"),)

    week: Mapped[date] = mapped_column(primary_key=True)  # its Monday, UTC
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    replaced: Mapped[bool] = mapped_column(primary_key=True, default=False, server_default=false())
    """Of versions: whether another answer came first than in the input."""
    answers: Mapped[int] = mapped_column(default=0)
