"""Cases and preferences of the Rerank page."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "assay_cases",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name="fk_assay_cases_rater_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name="pk_assay_cases"),
    )
    op.create_index("ix_assay_cases_rater_id", "assay_cases", ["rater_id"])
    op.create_table(
        "assay_preferences",
        sa.Column("preference_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("prompt_group", sa.String(length=64), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=False),
        sa.Column("pair_hash", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name="fk_assay_preferences_rater_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("preference_id", name="pk_assay_preferences"),
        sa.UniqueConstraint("rater_id", "pair_hash", name="uq_assay_preferences_rater_id_pair_hash"),
    )
    op.create_index("ix_assay_preferences_prompt_group", "assay_preferences", ["prompt_group"])
