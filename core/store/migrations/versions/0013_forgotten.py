"""When a rater was forgotten."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column."""
    op.add_column("assay_raters", sa.Column("forgotten_at", UTCDateTime(), nullable=True))
