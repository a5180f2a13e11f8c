"""Fine-tunings of language models: what was asked for, how far it is, and what it was worth."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import RunColumns, RunEventColumns, run_checks


class FineTuning(RunColumns):
    """One fine-tuning of a language model on the pairs of an exported folder; its files lie in that folder."""

    __tablename__ = "assay_finetunings"
    __table_args__ = run_checks()

    place: Mapped[str] = mapped_column(String(32))  # of its ASSAY_HOME: a worker there sees the files
    folder: Mapped[str]  # of the export
    base: Mapped[str]  # folder of the language model it begins with
    method: Mapped[str] = mapped_column(String(8))
    lora: Mapped[bool]
    settings: Mapped[dict[str, Any]]  # what else was chosen
    fingerprint: Mapped[str] = mapped_column(String(64))  # of files and settings: who asks alike goes on
    result: Mapped[dict[str, Any] | None]  # what ``finetune run --json`` prints
    evaluation: Mapped[dict[str, Any] | None]
    verdict: Mapped[str | None]
    evaluated_at: Mapped[datetime | None]


class FineTuningEvent(RunEventColumns):
    """One event of a fine-tuning."""

    __tablename__ = "assay_finetuning_events"

    run_id: Mapped[int] = mapped_column(ForeignKey("assay_finetunings.run_id", ondelete="CASCADE"), primary_key=True)
