"""The existing application's tables: never altered, created only where they are missing."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base


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
