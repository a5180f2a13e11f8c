"""Fine-tunings of language models, with their events."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "assay_finetunings",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("for_worker", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("lost", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("lora", sa.Boolean(), nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("result", Json, nullable=True),
        sa.Column("evaluation", Json, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("evaluated_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished', 'failed', 'cancelled')", name="ck_assay_finetunings_state"
        ),
        sa.CheckConstraint(
            "(active IS NOT NULL) = (state IN ('queued', 'running'))", name="ck_assay_finetunings_active"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_assay_finetunings"),
        sa.UniqueConstraint("active", name="uq_assay_finetunings_active"),
    )
    op.create_table(
        "assay_finetuning_events",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["assay_finetunings.run_id"],
            name="fk_assay_finetuning_events_run_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_assay_finetuning_events"),
    )
