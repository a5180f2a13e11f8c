"""Answers that programs send, what users say of answers, and what a key may do."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SOURCES = "source IN ('legacy', 'import', 'manual', 'sample'"


def upgrade() -> None:
    """Tables, columns and one more source; no row changes what it means."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("assay_api_keys", sa.Column("scopes", sa.String(100), nullable=False, server_default="rank"))
    op.add_column("assay_items", sa.Column("disliked", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("assay_items", sa.Column("abstained", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_assay_items_queue_disliked",
        "assay_items",
        [sa.text("disliked DESC"), "interaction_id"],
        sqlite_where=sa.text("places > 0 AND (disliked > 0 OR abstained = 1)"),
        postgresql_where=sa.text("places > 0 AND (disliked > 0 OR abstained)"),
    )
    for column in (
        sa.Column("rerank_id", sa.String(64), nullable=True),
        sa.Column("application", sa.String(100), nullable=True),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(64), nullable=True),
    ):
        op.add_column("assay_rerankings", column)
    op.create_index("ix_assay_rerankings_question", "assay_rerankings", ["question"])
    _one_more_source(on_sqlite)
    op.create_table(
        "assay_occurrences",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("application", sa.String(100), nullable=False),
        sa.Column("caller_id", sa.String(200), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("generator", sa.String(200), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_occurrences_interaction_id_assay_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name="pk_assay_occurrences"),
        sa.UniqueConstraint("application", "caller_id", name=op.f("uq_assay_occurrences_application_caller_id")),
        sqlite_autoincrement=True,
    )
    for name in ("interaction_id", "generator", "at"):
        op.create_index(f"ix_assay_occurrences_{name}", "assay_occurrences", [name])
    op.create_table(
        "assay_feedback",
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("application", sa.String(100), nullable=False),
        sa.Column("caller_id", sa.String(200), nullable=True),
        sa.Column("target", sa.String(100), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=True),
        sa.Column("rerank_id", sa.String(64), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("user_hash", sa.String(64), nullable=True),
        sa.Column("question", sa.String(64), nullable=True),
        sa.Column("model_version", sa.String(100), nullable=True),
        sa.Column("generator", sa.String(200), nullable=True),
        sa.Column("first_replaced", sa.Boolean(), nullable=True),
        sa.Column("first_chosen", sa.Boolean(), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('thumb', 'score', 'chosen')", name=op.f("ck_assay_feedback_kind")),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_feedback_interaction_id_assay_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_assay_feedback"),
        sa.UniqueConstraint("application", "caller_id", name=op.f("uq_assay_feedback_application_caller_id")),
        sqlite_autoincrement=True,
    )
    for name in ("interaction_id", "rerank_id", "user_hash", "question", "at"):
        op.create_index(f"ix_assay_feedback_{name}", "assay_feedback", [name])
    op.create_index(
        "uq_assay_feedback_latest",
        "assay_feedback",
        ["target", "user_hash"],
        unique=True,
        sqlite_where=sa.text("latest = 1"),
        postgresql_where=sa.text("latest"),
    )
    op.create_table(
        "assay_answers_given",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('version', 'generator')", name=op.f("ck_assay_answers_given_kind")),
        sa.PrimaryKeyConstraint("week", "kind", "name", "replaced", name="pk_assay_answers_given"),
    )


def _one_more_source(on_sqlite: bool) -> None:
    """Allow ``sent`` as a source of answers."""
    if not on_sqlite:
        name = "ck_assay_items_ck_assay_items_source"  # as the first migration really named it
        op.execute(f"ALTER TABLE assay_items DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE assay_items ADD CONSTRAINT {name} CHECK ({SOURCES}, 'sent'))")
        op.create_unique_constraint("uq_assay_rerankings_rerank_id", "assay_rerankings", ["rerank_id"])
        return
    with op.batch_alter_table("assay_rerankings") as rerankings:
        rerankings.create_unique_constraint("uq_assay_rerankings_rerank_id", ["rerank_id"])
    # Building the largest table anew would delete what refers to it. SQLite's own way for a check that only widens
    # (sqlite.org/lang_altertable.html#otheralter): its text, and a new number, so that every connection reads it
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'assay_items'",
        (f"{SOURCES})", f"{SOURCES}, 'sent')"),
    )
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")
