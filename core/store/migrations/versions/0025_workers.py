"""Workers, claims of trainings and uploads, and trainings that a schedule started."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and columns; what ran before was started by a person, and no worker took it."""
    op.create_table(
        "assay_workers",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("takes", sa.String(length=100), nullable=False),
        sa.Column("gpu", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name="pk_assay_workers"),
    )
    for table in ("assay_runs", "assay_uploads"):
        for name in ("claim", "lost"):
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
        op.add_column(table, sa.Column("for_worker", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("assay_uploads", sa.Column("place", sa.String(32), nullable=False, server_default=sa.text("''")))
    op.add_column("assay_runs", sa.Column("without_rater", sa.Integer(), nullable=True))
    op.add_column("assay_runs", sa.Column("scheduled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("assay_runs", sa.Column("may_promote", sa.Boolean(), nullable=False, server_default=sa.true()))
