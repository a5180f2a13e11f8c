"""Keys of the HTTP API, and what was ranked lately."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "assay_api_keys",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("start", sa.String(length=16), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name="pk_assay_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_assay_api_keys_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assay_rerankings",
        sa.Column("reranking_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("first_replaced", sa.Boolean(), nullable=True),
        sa.Column("scores", Json, nullable=True),
        sa.CheckConstraint("source IN ('api', 'page', 'command line')", name=op.f("ck_assay_rerankings_source")),
        sa.PrimaryKeyConstraint("reranking_id", name="pk_assay_rerankings"),
    )
    op.create_index("ix_assay_rerankings_at", "assay_rerankings", ["at"])
