"""The queue: leases, drafts, orders, places per answer; discarding; and how each rating came about."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = {"sqlite_where": sa.text("places > 0"), "postgresql_where": sa.text("places > 0")}
STATUSES = "status IN ('submitted', 'skipped', 'withdrawn', 'noted', 'discarded')"


def upgrade() -> None:
    """What is there keeps its place in line; what only has ratings that came with data counts as done."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("assay_items", sa.Column("places", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("assay_items", sa.Column("random_key", sa.Integer(), server_default=sa.text("0"), nullable=False))
    drawn = "abs(random()) % 2147483648" if sqlite else "floor(random() * 2147483647)"
    op.execute(
        f"UPDATE assay_items SET random_key = {drawn}, places = CASE"  # noqa: S608  nothing of it comes from outside
        " WHEN n_ratings = 0 THEN 1 + CASE WHEN interaction_id % 100 * 61 % 100 < 10 THEN 1 ELSE 0 END"
        " WHEN n_ratings = 1 AND interaction_id % 100 * 61 % 100 < 10 AND EXISTS (SELECT 1 FROM assay_ratings r"
        " JOIN assay_raters p ON p.rater_id = r.rater_id WHERE r.interaction_id = assay_items.interaction_id"
        " AND r.status = 'submitted' AND r.import_id IS NULL AND p.kind = 'person') THEN 1 ELSE 0 END"
    )
    op.drop_index("ix_assay_items_queue", "assay_items")
    op.create_index("ix_assay_items_queue", "assay_items", ["interaction_id"], **WAITING)
    op.create_index("ix_assay_items_queue_random", "assay_items", ["random_key"], **WAITING)
    for name, column in (("session", "session_label"), ("source", "source"), ("words", "response_words")):
        op.create_index(f"ix_assay_items_queue_{name}", "assay_items", [column, "interaction_id"], **WAITING)

    op.add_column("assay_rating_events", sa.Column("shown_ms", sa.Integer(), nullable=True))
    op.add_column("assay_rating_events", sa.Column("guideline_version", sa.Integer(), nullable=True))
    op.add_column(
        "assay_rating_events", sa.Column("score_visible", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("assay_rating_events", sa.Column("chosen", sa.String(length=16), nullable=True))
    op.create_index("ix_assay_rating_events_action_at", "assay_rating_events", ["action", "at"])
    op.add_column("assay_rating_events", sa.Column("undoes", sa.Integer(), nullable=True))
    op.create_index("ix_assay_rating_events_undoes", "assay_rating_events", ["undoes"], unique=True)
    _allow_discarding(sqlite)
    _create_tables()


def _allow_discarding(sqlite: bool) -> None:
    if not sqlite:
        op.add_column("assay_ratings", sa.Column("reason", sa.Text(), nullable=True))
        op.drop_constraint(op.f("ck_assay_ratings_ck_assay_ratings_status"), "assay_ratings")  # named so by 0001
        op.create_check_constraint(op.f("ck_assay_ratings_status"), "assay_ratings", STATUSES)
        return
    # SQLite changes no constraint of a table that exists: a new one takes its rows and its name
    op.create_table(
        "assay_ratings_next",
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("bias_flag", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(status = 'submitted') = (rating IS NOT NULL)", name=op.f("ck_assay_ratings_submitted_has_rating")
        ),
        sa.CheckConstraint(STATUSES, name=op.f("ck_assay_ratings_status")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_assay_ratings_rating")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["assay_imports.import_id"], name="fk_assay_ratings_import_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_ratings_interaction_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["assay_raters.rater_id"], name="fk_assay_ratings_rater_id"),
        sa.PrimaryKeyConstraint("rating_id", name="pk_assay_ratings"),
        sa.UniqueConstraint("interaction_id", "rater_id", name="uq_assay_ratings_interaction_id_rater_id"),
    )
    kept = "rating_id, interaction_id, rater_id, status, rating, comment, bias_flag, import_id, created_at, updated_at"
    op.execute(f"INSERT INTO assay_ratings_next ({kept}) SELECT {kept} FROM assay_ratings")  # noqa: S608  our own words
    op.drop_table("assay_ratings")
    op.rename_table("assay_ratings_next", "assay_ratings")
    op.create_index("ix_assay_ratings_import_id", "assay_ratings", ["import_id"])
    op.create_index("ix_assay_ratings_rater_id", "assay_ratings", ["rater_id"])


def _create_tables() -> None:
    def item(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            ["interaction_id"], ["assay_items.interaction_id"], name=f"fk_{table}_interaction_id", ondelete="CASCADE"
        )

    def rater(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name=f"fk_{table}_rater_id", ondelete="CASCADE"
        )

    op.create_table(
        "assay_leases",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rater_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("chosen", sa.String(length=16), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        item("assay_leases"),
        rater("assay_leases"),
        sa.PrimaryKeyConstraint("interaction_id", "rater_id", name="pk_assay_leases"),
    )
    op.create_index("ix_assay_leases_rater_id_taken_at", "assay_leases", ["rater_id", "taken_at"])
    op.create_table(
        "assay_drafts",
        sa.Column("rater_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("bias_flag", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        item("assay_drafts"),
        rater("assay_drafts"),
        sa.PrimaryKeyConstraint("rater_id", "interaction_id", name="pk_assay_drafts"),
    )
    op.create_index("ix_assay_drafts_interaction_id", "assay_drafts", ["interaction_id"])
    op.create_table(
        "assay_desks",
        sa.Column("rater_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order", sa.String(length=16), nullable=False),
        sa.Column("filters", Json, nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        rater("assay_desks"),
        sa.PrimaryKeyConstraint("rater_id", name="pk_assay_desks"),
    )
    op.create_table(
        "assay_suggestions",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        item("assay_suggestions"),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_assay_suggestions"),
    )
    op.create_index("ix_assay_suggestions_rank", "assay_suggestions", ["rank"])
    op.create_table(
        "assay_settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_assay_settings"),
    )
