"""Files that are being brought in, how an import read its file, and preferences with context and earlier turns."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GENERATOR = {
    "sqlite": (
        "substr(coalesce(json_extract(extra, '$.generator'), json_extract(extra, '$.model'), "
        "json_extract(extra, '$.model_name')), 1, 200)"
    ),
    "postgresql": """"left"(COALESCE(extra ->> 'generator', extra ->> 'model', extra ->> 'model_name'), 200)""",
}
"""Which model wrote an answer, out of its metadata."""


def upgrade() -> None:
    """Columns and a table; no row changes what it means."""
    op.add_column("assay_imports", sa.Column("how", Json, nullable=True))
    for name in ("left_out_total", "preferences", "ties", "equal_pairs"):
        op.add_column("assay_imports", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("assay_imports", sa.Column("left_out", Json, nullable=False, server_default=sa.text("'[]'")))
    # SQLite adds no foreign key to a table that exists: a new one takes its rows and its name
    with op.batch_alter_table("assay_preferences") as preferences:
        preferences.add_column(sa.Column("context_id", sa.Text(), nullable=True))
        preferences.add_column(sa.Column("turns", Json, nullable=True))
        preferences.add_column(sa.Column("turns_group", sa.String(64), nullable=False, server_default=sa.text("''")))
        preferences.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        for name in ("chosen_id", "rejected_id"):
            preferences.add_column(sa.Column(name, sa.Integer(), nullable=True))
            preferences.create_foreign_key(
                f"fk_assay_preferences_{name}", "assay_items", [name], ["interaction_id"], ondelete="CASCADE"
            )
    for name in ("import_id", "chosen_id", "rejected_id"):
        op.create_index(f"ix_assay_preferences_{name}", "assay_preferences", [name])
    op.create_index("ix_assay_items_created_at", "assay_items", ["created_at"])
    op.create_index("ix_assay_items_generator", "assay_items", [sa.text(GENERATOR[op.get_bind().dialect.name])])
    op.create_table(
        "assay_uploads",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("how", Json, nullable=False),
        sa.Column("report", Json, nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('chosen', 'checking', 'checked', 'importing', 'stopped', 'finished')",
            name="ck_assay_uploads_state",
        ),
        sa.PrimaryKeyConstraint("upload_id", name="pk_assay_uploads"),
        sqlite_autoincrement=True,
    )
