"""Which text of an answer was shown to which rater: a rating counts for that text only."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table. It begins empty: an answer that is open during the upgrade is shown again before it can be rated."""
    op.create_table(
        "assay_showings",
        sa.Column("interaction_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("rater_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("showing", sa.String(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name=op.f("fk_assay_showings_interaction_id_assay_items"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"],
            ["assay_raters.rater_id"],
            name=op.f("fk_assay_showings_rater_id_assay_raters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("interaction_id", "rater_id", "version", name=op.f("pk_assay_showings")),
    )
    op.create_index("ix_assay_showings_rater_id_at", "assay_showings", ["rater_id", "at"])
