"""A or B: pairs to compare, who is served which, what was said; preferences that say equal or neither."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables and two columns; every preference that is there says that one answer is better."""
    op.add_column(
        "assay_preferences", sa.Column("outcome", sa.String(8), nullable=False, server_default=sa.text("'better'"))
    )
    op.add_column("assay_preferences", sa.Column("served_for", sa.String(100), nullable=True))
    op.create_table(
        "assay_comparisons",
        sa.Column("comparison_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("turns", Json, nullable=True),
        sa.Column("prompt_group", sa.String(64), nullable=False),
        sa.Column("pair_hash", sa.String(64), nullable=False),
        sa.Column("served_for", sa.String(100), nullable=False),
        sa.Column("raters", sa.Integer(), nullable=False),
        sa.Column("random_key", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                ["assay_items.interaction_id"],
                name=f"fk_assay_comparisons_{name}",
                ondelete="CASCADE",
            )
            for name in ("first_id", "second_id")
        ),
        sa.PrimaryKeyConstraint("comparison_id", name="pk_assay_comparisons"),
        sa.UniqueConstraint("served_for", "pair_hash", name="uq_assay_comparisons_served_for_pair_hash"),
    )
    for name in ("first_id", "second_id", "prompt_group", "random_key"):
        op.create_index(f"ix_assay_comparisons_{name}", "assay_comparisons", [name])
    op.create_table(
        "assay_comparison_servings",
        sa.Column("comparison_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rater_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("showing", sa.String(32), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("first_left", sa.Boolean(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("skipped_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(8), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("pair_hash", sa.String(64), nullable=True),
        sa.Column("replaced", Json, nullable=True),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('first', 'second', 'equal', 'neither')",
            name=op.f("ck_assay_comparison_servings_verdict"),
        ),
        *_of_pair_and_rater("assay_comparison_servings"),
        sa.PrimaryKeyConstraint("comparison_id", "rater_id", name="pk_assay_comparison_servings"),
    )
    op.create_index("ix_assay_comparison_servings_rater_id", "assay_comparison_servings", ["rater_id"])
    op.create_table(
        "assay_comparison_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("comparison_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=True),
        sa.Column("before", sa.String(8), nullable=True),
        sa.Column("shown_ms", sa.Integer(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        *_of_pair_and_rater("assay_comparison_events"),
        sa.PrimaryKeyConstraint("event_id", name="pk_assay_comparison_events"),
        sa.UniqueConstraint("request_id", name="uq_assay_comparison_events_request_id"),
        sa.UniqueConstraint("undoes", name="uq_assay_comparison_events_undoes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assay_comparison_events_rater_id_at", "assay_comparison_events", ["rater_id", "at"])
    op.create_index("ix_assay_comparison_events_comparison_id", "assay_comparison_events", ["comparison_id"])


def _of_pair_and_rater(table: str) -> list[sa.ForeignKeyConstraint]:
    """What a row goes with."""
    return [
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["assay_comparisons.comparison_id"],
            name=f"fk_{table}_comparison_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name=f"fk_{table}_rater_id", ondelete="CASCADE"
        ),
    ]
