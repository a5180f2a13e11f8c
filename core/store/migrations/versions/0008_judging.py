"""A lead's decision where raters differ, the guidelines, and the gaps in them."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The column in plain words: both databases add it without rewriting the table."""
    op.execute(
        "ALTER TABLE assay_items ADD COLUMN adjudicated INTEGER "
        "CONSTRAINT ck_assay_items_adjudicated CHECK (adjudicated IS NULL OR adjudicated BETWEEN 1 AND 5)"
    )
    op.create_table(
        "assay_guidelines",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_assay_guidelines"),
    )
    op.create_table(
        "assay_guideline_gaps",
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_guideline_gaps_interaction_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gap_id", name="pk_assay_guideline_gaps"),
    )
    op.create_index("ix_assay_guideline_gaps_interaction_id", "assay_guideline_gaps", ["interaction_id"])
