"""Which personal identifiers the texts hold: kinds and numbers, and the rules that looked."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns that both databases add without rewriting the table; the rows are looked at later, in batches."""
    op.add_column("assay_items", sa.Column("identifiers", Json, nullable=True))
    op.add_column("assay_items", sa.Column("identifier_rules", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_assay_items_identifier_rules", "assay_items", ["identifier_rules"])
