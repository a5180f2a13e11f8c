"""A role for every person, and the record of who did what."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever was there before could do everything, so they stay leads."""
    op.add_column("assay_raters", sa.Column("role", sa.String(length=16), server_default="lead", nullable=False))
    op.add_column("assay_raters", sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "assay_audit",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("old", Json, nullable=True),
        sa.Column("new", Json, nullable=True),
        sa.PrimaryKeyConstraint("audit_id", name="pk_assay_audit"),
        sqlite_autoincrement=True,
    )
    for column in ("at", "actor", "action"):
        op.create_index(f"ix_assay_audit_{column}", "assay_audit", [column])
    op.create_index("ix_assay_audit_subject", "assay_audit", ["subject"])
