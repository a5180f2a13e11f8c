"""Answers that are kept ahead of the one on the screen, and the earlier turns of a conversation."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four columns; rows stay as they are: every lease was on a screen, and no answer had earlier turns."""
    op.add_column("assay_leases", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("assay_items", sa.Column("turns", Json, nullable=True))
    op.add_column(
        "assay_items", sa.Column("turns_group", sa.String(length=64), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("assay_text_history", sa.Column("turns", Json, nullable=True))
