"""The tables: three of the existing application as they are, and our own beside them (prefix ``assay_``)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.domain.ratings import MAX_RATING, MIN_RATING, RatingStatus
from core.store.types import Json, UTCDateTime, now

SYSTEM_USER = 1001
"""The user id under which this product writes into the existing application's tables."""


class Base(DeclarativeBase):
    """Common names for constraints, so that they are the same on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), datetime: UTCDateTime(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012


# --- the existing application's tables: never altered, created only where they are missing -------------------------


class LegacySession(Base):
    """A chat session of the existing application."""

    __tablename__ = "rlhf_sessions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    session_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    model_version: Mapped[str | None] = mapped_column(String(100))
    session_start: Mapped[datetime | None] = mapped_column(DateTime)
    session_end: Mapped[datetime | None] = mapped_column(DateTime)
    status: Mapped[str | None] = mapped_column(String(50))
    notes: Mapped[str | None]
    created_by: Mapped[int | None]
    updated_by: Mapped[int | None]
    created_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())
    updated_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())


class LegacyInteraction(Base):
    """A prompt and an answer; ``rating``, ``feedback_comment`` and ``bias_flag`` mirror the consensus."""

    __tablename__ = "rlhf_interactions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  an id is never given twice

    interaction_id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("rlhf_sessions.session_id"))
    user_prompt: Mapped[str]
    ai_response: Mapped[str]
    rating: Mapped[int | None]
    feedback_comment: Mapped[str | None]
    bias_flag: Mapped[bool | None]
    created_by: Mapped[int | None]
    updated_by: Mapped[int | None]
    created_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())
    updated_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())


class LegacyTraining(Base):
    """One row for every finished training, as the existing application shows them."""

    __tablename__ = "rlhf_reward_model_training"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    training_id: Mapped[int] = mapped_column(primary_key=True)
    model_version: Mapped[str | None] = mapped_column(String(100))
    total_interactions: Mapped[int | None]
    avg_reward: Mapped[float | None]
    loss_value: Mapped[float | None]
    accuracy: Mapped[float | None]  # percent
    trained_by: Mapped[int | None]
    created_by: Mapped[int | None]
    updated_by: Mapped[int | None]
    created_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())
    updated_dt: Mapped[datetime | None] = mapped_column(DateTime, server_default=func.current_timestamp())


# --- people ---------------------------------------------------------------------------------------------------------


class Rater(Base):
    """Somebody whose ratings are kept apart: a person, or a name that came with data."""

    __tablename__ = "assay_raters"
    __table_args__ = (CheckConstraint("kind IN ('person', 'imported', 'legacy', 'sample')", name="kind"),)

    rater_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100), unique=True)  # casefolded: "Ana" and "ana" are one
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Visitor(Base):
    """A browser that said who is rating; only the hash of its cookie is kept."""

    __tablename__ = "assay_visitors"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


# --- interactions and ratings ---------------------------------------------------------------------------------------


class Import(Base):
    """One import of one file: what it added, what it refused, and whether it came to its end."""

    __tablename__ = "assay_imports"
    __table_args__ = (CheckConstraint("state IN ('running', 'finished', 'stopped')", name="state"),)

    import_id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16))
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    ratings: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected_total: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[list[Any]] = mapped_column(default=list)  # the first 1,000
    process: Mapped[str]  # host:pid, to tell a stopped import from a running one
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Item(Base):
    """What we keep beside an interaction: identity, grouping, consensus, and what was last mirrored."""

    __tablename__ = "assay_items"
    __table_args__ = (
        CheckConstraint("source IN ('legacy', 'import', 'manual', 'sample')", name="source"),
        CheckConstraint("consensus IS NULL OR consensus BETWEEN 1 AND 5", name="consensus"),
        Index("ix_assay_items_queue", "n_ratings", "interaction_id"),
    )

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("rlhf_interactions.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    identity: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of the exact (prompt, answer, context); NULL on repeats that the old application brought along."""
    prompt_group: Mapped[str] = mapped_column(String(64), index=True)
    context_id: Mapped[str | None]
    session_label: Mapped[str | None]
    source: Mapped[str] = mapped_column(String(16), index=True)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    extra: Mapped[dict[str, Any] | None]  # the other columns of an imported row
    response_words: Mapped[int]
    consensus: Mapped[float | None] = mapped_column(index=True)
    n_ratings: Mapped[int] = mapped_column(default=0)
    rated_at: Mapped[datetime | None] = mapped_column(index=True)
    mirrored_rating: Mapped[int | None]
    mirrored_comment: Mapped[str | None]
    mirrored_bias: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Rating(Base):
    """What one rater says of one interaction now; how it came about is in RatingEvent."""

    __tablename__ = "assay_ratings"
    __table_args__ = (
        UniqueConstraint("interaction_id", "rater_id"),
        CheckConstraint(f"rating IS NULL OR rating BETWEEN {MIN_RATING} AND {MAX_RATING}", name="rating"),
        CheckConstraint("(status = 'submitted') = (rating IS NOT NULL)", name="submitted_has_rating"),
        CheckConstraint("status IN ('" + "', '".join(RatingStatus) + "')", name="status"),
    )

    rating_id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("assay_items.interaction_id", ondelete="CASCADE"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    rating: Mapped[int | None]
    comment: Mapped[str | None]
    bias_flag: Mapped[bool] = mapped_column(default=False)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class RatingEvent(Base):
    """The history of ratings, append-only; it outlives the interaction, so it has no foreign key to it."""

    __tablename__ = "assay_rating_events"
    __table_args__ = (Index("ix_assay_rating_events_rater_id_at", "rater_id", "at"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(primary_key=True)  # the number on the receipt
    interaction_id: Mapped[int] = mapped_column(index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id"))
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[str | None] = mapped_column(String(64), unique=True)  # a resent request stores nothing twice
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any]]


class TextHistory(Base):
    """The texts that an interaction had before it was edited or deleted."""

    __tablename__ = "assay_text_history"

    history_id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(100))
    user_prompt: Mapped[str]
    ai_response: Mapped[str]
    context_id: Mapped[str | None]


# --- models ---------------------------------------------------------------------------------------------------------


class Embedding(Base):
    """Cached vectors of one text: ``count`` windows of ``dim`` float32 numbers."""

    __tablename__ = "assay_embeddings"

    fingerprint: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    dim: Mapped[int]
    vectors: Mapped[bytes] = mapped_column(LargeBinary)


class Run(Base):
    """One training: asked for, running, ended. ``active`` is true or NULL, so the schema allows one at a time."""

    __tablename__ = "assay_runs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'finished', 'failed', 'cancelled')", name="state"),
        CheckConstraint("(active IS NOT NULL) = (state IN ('queued', 'running'))", name="active"),
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool | None] = mapped_column(unique=True)
    recipe: Mapped[str] = mapped_column(String(32))
    seed: Mapped[int]
    requested_by: Mapped[str] = mapped_column(String(100))
    process: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    sample: Mapped[bool] = mapped_column(default=False)
    model_version: Mapped[str | None] = mapped_column(String(100))
    message: Mapped[str | None]  # why nothing came of it, or what was decided
    result: Mapped[dict[str, Any] | None]  # what ``train --json`` prints


class RunEvent(Base):
    """One event of a running training, as the page and a second viewer read it."""

    __tablename__ = "assay_run_events"

    run_id: Mapped[int] = mapped_column(ForeignKey("assay_runs.run_id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]]


class Prediction(Base):
    """The out-of-fold score of one interaction in one run."""

    __tablename__ = "assay_predictions"

    run_id: Mapped[int] = mapped_column(ForeignKey("assay_runs.run_id", ondelete="CASCADE"), primary_key=True)
    interaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fold: Mapped[int]
    score: Mapped[float]


class ModelVersion(Base):
    """What a run produced. ``champion`` is true or NULL, so the schema allows one champion."""

    __tablename__ = "assay_model_versions"

    model_version: Mapped[str] = mapped_column(String(100), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("assay_runs.run_id"), index=True)
    recipe: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    n: Mapped[int]
    prompts: Mapped[int]
    sample: Mapped[bool] = mapped_column(default=False)
    metrics: Mapped[dict[str, Any]]
    champion: Mapped[bool | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    legacy_row: Mapped[dict[str, Any] | None]  # still to be written to rlhf_reward_model_training, else NULL


class Promotion(Base):
    """Every change of the champion: what replaced what, who or what decided, and why in words."""

    __tablename__ = "assay_promotions"

    promotion_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(100))
    model_version: Mapped[str | None] = mapped_column(String(100))
    previous: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str]
