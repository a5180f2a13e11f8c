"""Vectors, trainings, and the model versions that came of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.verdicts.names import model_name, short_name
from core.store.tables.base import Base, RunColumns, RunEventColumns, run_checks
from core.store.types import now


class Embedding(Base):
    """Cached vectors of one text: ``count`` windows of ``dim`` float32 numbers."""

    __tablename__ = "assay_embeddings"

    fingerprint: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    dim: Mapped[int]
    vectors: Mapped[bytes] = mapped_column(LargeBinary)


class Run(RunColumns):
    """One training."""

    __tablename__ = "assay_runs"
    __table_args__ = run_checks()

    recipe: Mapped[str] = mapped_column(String(32))
    seed: Mapped[int]
    without_rater: Mapped[int | None]  # whose ratings it does not learn from
    scheduled: Mapped[bool] = mapped_column(default=False, server_default=false())
    # else a model that passes the rule is only proposed
    may_promote: Mapped[bool] = mapped_column(default=True, server_default=true())
    sample: Mapped[bool] = mapped_column(default=False)
    model_version: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[dict[str, Any] | None]  # what ``train --json`` prints


class RunEvent(RunEventColumns):
    """One event of a training."""

    __tablename__ = "assay_run_events"

    run_id: Mapped[int] = mapped_column(ForeignKey("assay_runs.run_id", ondelete="CASCADE"), primary_key=True)


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
    lineage: Mapped[dict[str, Any] | None]  # data fingerprint, encoder, code version, counts; NULL: see metadata.json
    held_out: Mapped[dict[str, Any] | None]  # the latest measurement on the held-out prompts it was not trained on
    judgement: Mapped[dict[str, Any] | None]  # figures and decision of its training; NULL: of an earlier release
    guarantee: Mapped[dict[str, Any] | None]  # counts of poor picks by fingerprint of the encoder; written once each
    archived_at: Mapped[datetime | None]
    archived_by: Mapped[str | None] = mapped_column(String(100))
    thinned_at: Mapped[datetime | None]  # since then only its figures are kept, and none of its files can be loaded

    @property
    def name(self) -> str:
        """What people call it: Model 3, 28 Nov."""
        return model_name(self.run_id, self.created_at, today=now())

    @property
    def short_name(self) -> str:
        """The same without the date, for sentences that are masked: Model 3."""
        return short_name(self.run_id)

    @property
    def hashes(self) -> dict[str, str]:
        """sha256 by file of its directory; earlier releases kept that of the model file alone."""
        return {"model.joblib": self.sha256} | ((self.lineage or {}).get("files") or {})


class HeldOutPrompt(Base):
    """A prompt that no model learns from, by the hash of its normalised text; rows are only ever added."""

    __tablename__ = "assay_held_out"

    prompt_group: Mapped[str] = mapped_column(String(64), primary_key=True)
    frozen_at: Mapped[datetime] = mapped_column(default=now)


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
