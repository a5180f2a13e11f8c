"""The list of what left in files."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "assay_exports",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("identifiers", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("identifiers IN ('none', 'left out', 'included')", name="ck_assay_exports_identifiers"),
        sa.CheckConstraint("(identifiers = 'included') = (reason IS NOT NULL)", name="ck_assay_exports_reason"),
        sa.PrimaryKeyConstraint("export_id", name="pk_assay_exports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assay_exports_at", "assay_exports", ["at"])
