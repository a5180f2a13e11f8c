"""What is known of a model version from its training: figures, decision, and whose ratings it learned from."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column; versions of earlier releases have none, and theirs is read from what their trainings noted."""
    op.add_column("assay_model_versions", sa.Column("judgement", Json, nullable=True))
