"""Keys that wait for a lead after a restore; and addresses of people who wait, which the provider has to say again."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column.

    Earlier releases kept an address also where the provider did not say that it checked it. Of people who wait to be
    let in, it is read anew from their sign-in at the next look; nobody shall be let in for what stood there. Whoever
    was let in is known by issuer and subject and stays.
    """
    op.add_column("assay_api_keys", sa.Column("waits_since", UTCDateTime(), nullable=True))
    op.execute(sa.text("UPDATE assay_identities SET email = NULL WHERE rater_id IS NULL"))
