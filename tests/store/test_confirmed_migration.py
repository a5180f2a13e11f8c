"""The upgrade that asks for confirmed addresses: who was let in stays, who waits is asked again, keys go on working."""

from alembic import command

from core.domain.roles import COMMAND_LINE
from core.services.people import accounts, api_keys
from core.services.workspace import open_workspace
from core.store import schema
from tests.databases import Plain

AT = "'2026-11-01 10:00:00+00:00'"


def test_a_filled_database_of_the_release_before_upgrades(store, old_app: Plain, environ):
    """An address that was believed without a check is not shown to the lead who decides; the rest stays."""
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0013")
    old_app.run(
        "INSERT INTO assay_raters (name, name_key, kind, role, disabled, email, created_at) "
        f"VALUES ('Ana', 'ana', 'person', 'lead', ?, 'ana@example.org', {AT})",
        False,
    )
    for subject, rater_id in (("ana", 1), ("mallory", None)):
        old_app.run(
            "INSERT INTO assay_identities (issuer, subject, rater_id, name, email, created_at, seen_at) "
            f"VALUES ('https://id', ?, ?, ?, 'ana@example.org', {AT}, {AT})",
            subject,
            rater_id,
            subject,
        )
    old_app.run(
        "INSERT INTO assay_api_keys (name, start, key_hash, created_by, created_at) "
        f"VALUES ('portal', 'assay_x', 'h', 'Ana', {AT})"
    )
    schema.upgrade(store)
    workspace = open_workspace(environ)
    (waiting,) = accounts.pending_identities(workspace, COMMAND_LINE)
    assert (waiting.name, waiting.email) == ("mallory", None)
    (ana,) = accounts.listed(workspace, COMMAND_LINE)
    assert (ana.email, ana.last_seen is not None) == ("ana@example.org", True)
    assert api_keys.valid(workspace) == 1
    assert old_app.run("SELECT email FROM assay_identities WHERE subject = 'ana'") == [("ana@example.org",)]
    workspace.store.engine.dispose()
