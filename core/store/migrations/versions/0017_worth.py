"""Reasons of a rating, better answers that raters wrote, second opinions that a lead asked for, roles by order."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UTCDateTime, now

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that both databases add without rewriting a table, and a table; no row changes what it means.

    Only where nobody has a name yet do later names begin as raters instead of leads.
    """
    op.add_column("assay_ratings", sa.Column("reasons", Json, nullable=True))
    op.add_column("assay_drafts", sa.Column("reasons", Json, nullable=True))
    op.add_column("assay_guidelines", sa.Column("reasons", Json, nullable=True))
    op.add_column("assay_items", sa.Column("asked", sa.Integer(), nullable=False, server_default=sa.text("0")))
    second = sa.text("places > 0 AND n_ratings > 0")
    op.create_index(
        "ix_assay_items_queue_second",
        "assay_items",
        ["interaction_id"],
        sqlite_where=second,
        postgresql_where=second,
    )
    op.create_table(
        "assay_better_answers",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["assay_raters.rater_id"], name="fk_assay_better_answers_rater_id"),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_assay_better_answers"),
        sa.UniqueConstraint("request_id", name="uq_assay_better_answers_request_id"),
    )
    op.create_index("ix_assay_better_answers_original_id", "assay_better_answers", ["original_id"])
    op.create_index("ix_assay_better_answers_rater_id", "assay_better_answers", ["rater_id"])
    people = sa.text("SELECT count(*) FROM assay_raters WHERE kind = 'person'")
    if not op.get_bind().execute(people).scalar():
        kept = (sa.column("name"), sa.column("value", Json), sa.column("updated_at", UTCDateTime()))
        later = {"name": "later names", "value": {"role": "sme"}, "updated_at": now()}
        op.execute(sa.table("assay_settings", *kept).insert().values(later))
