"""An index for those who want to rate what was flagged as biased."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what waits for a rating, only what is flagged is in it."""
    op.create_index(
        "ix_assay_items_queue_flagged",
        "assay_items",
        ["interaction_id"],
        sqlite_where=sa.text("places > 0 AND mirrored_bias IS 1"),
        postgresql_where=sa.text("places > 0 AND mirrored_bias IS TRUE"),
    )
