"""Audit samples, the answers in them, and the model's scores of all answers."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables, and a column by which the queue finds what is to be rated first."""
    op.create_table(
        "assay_audit_samples",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("certain", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("population_questions", sa.Integer(), nullable=False),
        sa.Column("population_answers", sa.Integer(), nullable=False),
        sa.Column("last_interaction_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name="pk_assay_audit_samples"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assay_audit_sampled",
        sa.Column("sample_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prompt_group", sa.String(64), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["assay_audit_samples.sample_id"],
            name="fk_assay_audit_sampled_sample_id_assay_audit_samples",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_audit_sampled_interaction_id_assay_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sample_id", "interaction_id", name="pk_assay_audit_sampled"),
    )
    op.create_index("ix_assay_audit_sampled_interaction_id", "assay_audit_sampled", ["interaction_id"])
    op.create_table(
        "assay_worth_scores",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(100), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_worth_scores_interaction_id_assay_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_assay_worth_scores"),
    )
    op.add_column("assay_items", sa.Column("served_first", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(
        "ix_assay_items_queue_first",
        "assay_items",
        ["prompt_group", "interaction_id"],
        sqlite_where=sa.text("places > 0 AND n_ratings < served_first"),
        postgresql_where=sa.text("places > 0 AND n_ratings < served_first"),
    )
