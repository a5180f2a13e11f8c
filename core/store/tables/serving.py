"""What the API needs: its keys, and what was ranked lately (numbers, never texts)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class ApiKey(Base):
    """A key of the HTTP API, shown once and kept as a hash. Revoked ones stay, so that a name can be traced."""

    __tablename__ = "assay_api_keys"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  the number of a key is in logs

    key_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    start: Mapped[str] = mapped_column(String(16))  # its first characters, to recognise it by
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(100), default="rank", server_default="rank")
    """What it may do (``KeyScope``), with commas between."""
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    """A backup was put back then, and no lead has said since that this key may still be used."""


class Reranking(Base):
    """One ranking that was asked for: how many answers, how long it took, and whether it changed the first."""

    __tablename__ = "assay_rerankings"
    __table_args__ = (CheckConstraint("source IN ('api', 'page', 'command line')", name="source"),)

    reranking_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    source: Mapped[str] = mapped_column(String(16))
    model_version: Mapped[str | None] = mapped_column(String(100))  # NULL: no model could be used
    candidates: Mapped[int]
    milliseconds: Mapped[float]
    fallback: Mapped[bool]  # the model abstained, or another one than the champion served
    first_replaced: Mapped[bool | None]  # another answer came first than in the input
    rerank_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """What the caller got as ``id``; feedback names it."""
    application: Mapped[str | None] = mapped_column(String(100))  # whose ranking it is: the name of the key
    first: Mapped[int | None]  # index of the answer that came first
    question: Mapped[str | None] = mapped_column(String(64), index=True)  # keyed hash of the prompt
    scores: Mapped[list[Any] | None]  # per tenth of 0 to 1; written until 0.1.0
