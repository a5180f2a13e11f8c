"""Scores and choices of LLM judges."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PLACES = "IN ('first', 'second', 'tie')"


def upgrade() -> None:
    """Two tables, and how many scores an import brought; no row changes what it means."""
    op.add_column("assay_imports", sa.Column("judged", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "assay_judge_scores",
        sa.Column("interaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("judge", sa.String(100), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["assay_items.interaction_id"],
            name="fk_assay_judge_scores_interaction_id_assay_items",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["assay_imports.import_id"],
            name="fk_assay_judge_scores_import_id_assay_imports",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("interaction_id", "judge", name="pk_assay_judge_scores"),
    )
    for name in ("judge", "import_id"):
        op.create_index(f"ix_assay_judge_scores_{name}", "assay_judge_scores", [name])
    op.create_table(
        "assay_judge_choices",
        sa.Column("judge", sa.String(100), nullable=False),
        sa.Column("first_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("people", sa.String(8), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"outcome {PLACES}", name=op.f("ck_assay_judge_choices_outcome")),
        sa.CheckConstraint(f"people {PLACES}", name=op.f("ck_assay_judge_choices_people")),
        *(
            sa.ForeignKeyConstraint(
                [name],
                ["assay_items.interaction_id"],
                name=f"fk_assay_judge_choices_{name}_assay_items",
                ondelete="CASCADE",
            )
            for name in ("first_id", "second_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["assay_imports.import_id"],
            name="fk_assay_judge_choices_import_id_assay_imports",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("judge", "first_id", "second_id", name="pk_assay_judge_choices"),
    )
    for name in ("first_id", "second_id", "import_id"):
        op.create_index(f"ix_assay_judge_choices_{name}", "assay_judge_choices", [name])
