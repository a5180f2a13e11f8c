"""Work beside the pages that has no row elsewhere, and which build of the fast encoder a worker would make."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and a column; workers that run at this moment take no builds."""
    op.create_table(
        "assay_jobs",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("for_worker", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('export', 'embedding', 'build')", name="ck_assay_jobs_kind"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')", name="ck_assay_jobs_state"
        ),
        sa.PrimaryKeyConstraint("job_id", name="pk_assay_jobs"),
        sqlite_autoincrement=True,
    )
    op.add_column("assay_workers", sa.Column("builds", sa.String(64), nullable=False, server_default=sa.text("''")))
