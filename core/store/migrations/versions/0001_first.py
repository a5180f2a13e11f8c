"""The first tables.

The three tables of the existing application are created only where they are missing; where they exist they are left as
they are, whatever their constraints are called.
"""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything that is not there."""
    present = set(sa.inspect(op.get_bind()).get_table_names())
    if "rlhf_sessions" not in present:
        op.create_table(
            "rlhf_sessions",
            sa.Column("session_id", sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=True),
            sa.Column("model_version", sa.String(length=100), nullable=True),
            sa.Column("session_start", sa.DateTime(), nullable=True),
            sa.Column("session_end", sa.DateTime(), nullable=True),
            sa.Column("status", sa.String(length=50), nullable=True),
            sa.Column("notes", sa.Text(), nullable=True),
            sa.Column("created_by", sa.Integer(), nullable=True),
            sa.Column("updated_by", sa.Integer(), nullable=True),
            sa.Column("created_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.Column("updated_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.PrimaryKeyConstraint("session_id", name="pk_rlhf_sessions"),
            sqlite_autoincrement=True,
        )
    if "rlhf_interactions" not in present:
        op.create_table(
            "rlhf_interactions",
            sa.Column("interaction_id", sa.Integer(), nullable=False),
            sa.Column("session_id", sa.Integer(), nullable=True),
            sa.Column("user_prompt", sa.Text(), nullable=False),
            sa.Column("ai_response", sa.Text(), nullable=False),
            sa.Column("rating", sa.Integer(), nullable=True),
            sa.Column("feedback_comment", sa.Text(), nullable=True),
            sa.Column("bias_flag", sa.Boolean(), nullable=True),
            sa.Column("created_by", sa.Integer(), nullable=True),
            sa.Column("updated_by", sa.Integer(), nullable=True),
            sa.Column("created_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.Column("updated_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.ForeignKeyConstraint(
                ["session_id"], ["rlhf_sessions.session_id"], name="fk_rlhf_interactions_session_id"
            ),
            sa.PrimaryKeyConstraint("interaction_id", name="pk_rlhf_interactions"),
            sqlite_autoincrement=True,
        )
    if "rlhf_reward_model_training" not in present:
        op.create_table(
            "rlhf_reward_model_training",
            sa.Column("training_id", sa.Integer(), nullable=False),
            sa.Column("model_version", sa.String(length=100), nullable=True),
            sa.Column("total_interactions", sa.Integer(), nullable=True),
            sa.Column("avg_reward", sa.Double(), nullable=True),
            sa.Column("loss_value", sa.Double(), nullable=True),
            sa.Column("accuracy", sa.Double(), nullable=True),
            sa.Column("trained_by", sa.Integer(), nullable=True),
            sa.Column("created_by", sa.Integer(), nullable=True),
            sa.Column("updated_by", sa.Integer(), nullable=True),
            sa.Column("created_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.Column("updated_dt", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=True),
            sa.PrimaryKeyConstraint("training_id", name="pk_rlhf_reward_model_training"),
            sqlite_autoincrement=True,
        )
    op.create_table(
        "assay_embeddings",
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "text_hash", name="pk_assay_embeddings"),
    )
    op.create_table(
        "assay_imports",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("rejected_total", sa.Integer(), nullable=False),
        sa.Column("rejected", Json, nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished', 'stopped')", name="ck_assay_imports_state"),
        sa.PrimaryKeyConstraint("import_id", name="pk_assay_imports"),
    )
    op.create_index("ix_assay_imports_file_hash", "assay_imports", ["file_hash"], unique=False)
    op.create_table(
        "assay_promotions",
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.Column("previous", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("promotion_id", name="pk_assay_promotions"),
    )
    op.create_table(
        "assay_raters",
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'imported', 'legacy', 'sample')", name="ck_assay_raters_kind"),
        sa.PrimaryKeyConstraint("rater_id", name="pk_assay_raters"),
        sa.UniqueConstraint("name_key", name="uq_assay_raters_name_key"),
    )
    op.create_table(
        "assay_runs",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("recipe", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("heartbeat_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.CheckConstraint("(active IS NOT NULL) = (state IN ('queued', 'running'))", name="ck_assay_runs_active"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished', 'failed', 'cancelled')", name="ck_assay_runs_state"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_assay_runs"),
        sa.UniqueConstraint("active", name="uq_assay_runs_active"),
    )
    op.create_table(
        "assay_text_history",
        sa.Column("history_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("user_prompt", sa.Text(), nullable=False),
        sa.Column("ai_response", sa.Text(), nullable=False),
        sa.Column("context_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("history_id", name="pk_assay_text_history"),
    )
    op.create_index("ix_assay_text_history_interaction_id", "assay_text_history", ["interaction_id"], unique=False)
    op.create_table(
        "assay_model_versions",
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("prompts", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("metrics", Json, nullable=False),
        sa.Column("champion", sa.Boolean(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("legacy_row", Json, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["assay_runs.run_id"], name="fk_assay_model_versions_run_id"),
        sa.PrimaryKeyConstraint("model_version", name="pk_assay_model_versions"),
        sa.UniqueConstraint("champion", name="uq_assay_model_versions_champion"),
    )
    op.create_index("ix_assay_model_versions_run_id", "assay_model_versions", ["run_id"], unique=False)
    op.create_table(
        "assay_predictions",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fold", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["assay_runs.run_id"], name="fk_assay_predictions_run_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "interaction_id", name="pk_assay_predictions"),
    )
    op.create_table(
        "assay_rating_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("old", Json, nullable=True),
        sa.Column("new", Json, nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["assay_raters.rater_id"], name="fk_assay_rating_events_rater_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_assay_rating_events"),
        sa.UniqueConstraint("request_id", name="uq_assay_rating_events_request_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assay_rating_events_interaction_id", "assay_rating_events", ["interaction_id"], unique=False)
    op.create_index("ix_assay_rating_events_rater_id_at", "assay_rating_events", ["rater_id", "at"], unique=False)
    op.create_table(
        "assay_run_events",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["assay_runs.run_id"], name="fk_assay_run_events_run_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_assay_run_events"),
    )
    op.create_table(
        "assay_visitors",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name="fk_assay_visitors_rater_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_assay_visitors"),
    )
    op.create_index("ix_assay_visitors_rater_id", "assay_visitors", ["rater_id"], unique=False)
    op.create_table(
        "assay_items",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=True),
        sa.Column("prompt_group", sa.String(length=64), nullable=False),
        sa.Column("context_id", sa.Text(), nullable=True),
        sa.Column("session_label", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("extra", Json, nullable=True),
        sa.Column("response_words", sa.Integer(), nullable=False),
        sa.Column("consensus", sa.Double(), nullable=True),
        sa.Column("n_ratings", sa.Integer(), nullable=False),
        sa.Column("rated_at", UTCDateTime(), nullable=True),
        sa.Column("mirrored_rating", sa.Integer(), nullable=True),
        sa.Column("mirrored_comment", sa.Text(), nullable=True),
        sa.Column("mirrored_bias", sa.Boolean(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("source IN ('legacy', 'import', 'manual', 'sample')", name="ck_assay_items_source"),
        sa.CheckConstraint("consensus IS NULL OR consensus BETWEEN 1 AND 5", name="ck_assay_items_consensus"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["assay_imports.import_id"], name="fk_assay_items_import_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["rlhf_interactions.interaction_id"],
            name="fk_assay_items_interaction_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_assay_items"),
        sa.UniqueConstraint("identity", name="uq_assay_items_identity"),
    )
    op.create_index("ix_assay_items_consensus", "assay_items", ["consensus"], unique=False)
    op.create_index("ix_assay_items_import_id", "assay_items", ["import_id"], unique=False)
    op.create_index("ix_assay_items_prompt_group", "assay_items", ["prompt_group"], unique=False)
    op.create_index("ix_assay_items_queue", "assay_items", ["n_ratings", "interaction_id"], unique=False)
    op.create_index("ix_assay_items_rated_at", "assay_items", ["rated_at"], unique=False)
    op.create_index("ix_assay_items_source", "assay_items", ["source"], unique=False)
    op.create_table(
        "assay_ratings",
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("bias_flag", sa.Boolean(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(status = 'submitted') = (rating IS NOT NULL)", name="ck_assay_ratings_submitted_has_rating"
        ),
        sa.CheckConstraint("status IN ('submitted', 'skipped', 'withdrawn', 'noted')", name="ck_assay_ratings_status"),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="ck_assay_ratings_rating"),
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
    op.create_index("ix_assay_ratings_import_id", "assay_ratings", ["import_id"], unique=False)
    op.create_index("ix_assay_ratings_rater_id", "assay_ratings", ["rater_id"], unique=False)
