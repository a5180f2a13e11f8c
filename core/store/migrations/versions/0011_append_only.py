"""The record names people by number and can only grow."""

import sqlalchemy as sa
from alembic import op

from core.store.audit import REFUSED, REFUSING_FUNCTION
from core.store.types import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = {
    "promoted": "reason",
    "rolled back": "reason",
    "took out of use": "reason",
    "created key": "name",
    "revoked key": "name",
}


def upgrade() -> None:
    """Names become numbers and texts go, as long as rows can still be changed; then nobody changes them any more."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE assay_audit SET actor = 'person ' || (SELECT r.rater_id FROM assay_raters r "
            "WHERE r.name = assay_audit.actor AND r.kind = 'person') "
            "WHERE EXISTS (SELECT 1 FROM assay_raters r WHERE r.name = assay_audit.actor AND r.kind = 'person')"
        )
    )
    audit = sa.table(
        "assay_audit", sa.column("audit_id"), sa.column("action"), sa.column("old", Json), sa.column("new", Json)
    )
    for row in connection.execute(sa.select(audit).where(audit.c.action.in_(TEXTS))).all():
        kept = [
            {name: value for name, value in said.items() if name != TEXTS[row.action]} or None if said else None
            for said in (row.old, row.new)
        ]
        connection.execute(audit.update().where(audit.c.audit_id == row.audit_id).values(old=kept[0], new=kept[1]))
    for column in ("actor", "action", "subject"):  # with the number: the newest of one actor are found without sorting
        op.drop_index(f"ix_assay_audit_{column}", "assay_audit")
        op.create_index(f"ix_assay_audit_{column}_audit_id", "assay_audit", [column, "audit_id"])
    if connection.dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER assay_audit_no_{act.lower()} BEFORE {act} ON assay_audit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(REFUSING_FUNCTION)
    op.execute(
        "CREATE TRIGGER assay_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON assay_audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION assay_audit_refuse()"
    )
