"""Prompts that no model learns from, and what is kept about a model version."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The held-out set of an existing database comes into existence with its next training."""
    op.create_table(
        "assay_held_out",
        sa.Column("prompt_group", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("prompt_group", name="pk_assay_held_out"),
    )
    op.add_column("assay_model_versions", sa.Column("lineage", Json, nullable=True))
    op.add_column("assay_model_versions", sa.Column("held_out", Json, nullable=True))
    op.add_column("assay_model_versions", sa.Column("archived_at", UTCDateTime(), nullable=True))
    op.add_column("assay_model_versions", sa.Column("archived_by", sa.String(length=100), nullable=True))
