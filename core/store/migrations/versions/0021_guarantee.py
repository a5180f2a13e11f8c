"""Counts of poor picks of a model version at fixed thresholds, by the encoder that they were counted with."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column; of versions of earlier releases a lead can have it measured once."""
    op.add_column("assay_model_versions", sa.Column("guarantee", Json, nullable=True))
