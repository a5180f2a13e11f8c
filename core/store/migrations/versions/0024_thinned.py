"""Versions of which only the figures are kept: tuned layers make the files of a version a thousand times as large."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column; versions of earlier releases have all their files."""
    op.add_column("assay_model_versions", sa.Column("thinned_at", UTCDateTime(), nullable=True))
