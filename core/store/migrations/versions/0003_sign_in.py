"""Identities of the provider, sign-ins that can be ended, and the e-mail address under which a person is invited."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has an address yet: people from before are given one, or are invited anew."""
    op.add_column("assay_raters", sa.Column("email", sa.String(length=254), nullable=True))
    op.create_index("ix_assay_raters_email", "assay_raters", ["email"], unique=True)
    op.create_table(
        "assay_identities",
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name="pk_assay_identities"),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["assay_raters.rater_id"], name="fk_assay_identities_rater_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("issuer", "subject", name="uq_assay_identities_issuer_subject"),
    )
    op.create_index("ix_assay_identities_rater_id", "assay_identities", ["rater_id"])
    op.create_table(
        "assay_sign_ins",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_assay_sign_ins"),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["assay_identities.identity_id"], name="fk_assay_sign_ins_identity_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_assay_sign_ins_identity_id", "assay_sign_ins", ["identity_id"])
