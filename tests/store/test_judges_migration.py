"""A filled database of the release before there were judges: what is in it stays, and scores can be kept beside it."""

from alembic import command
from alembic.script import ScriptDirectory

from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.services.data.importing import import_file, recorded
from core.services.judges import judges
from core.services.workspace import open_workspace
from core.store import schema
from tests.databases import Plain

AT = "2026-11-01 10:00:00+00:00"
WITH_JUDGES = "0023"


def test_a_filled_database_of_the_release_before_upgrades(store, old_app: Plain, environ, tmp_path):
    """An import of then brought no scores; one of now does, for an answer of then too."""
    config = schema._config()
    before = ScriptDirectory.from_config(config).get_revision(WITH_JUDGES).down_revision
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, before)
    old_app.run(
        "INSERT INTO assay_imports (import_id, file_name, file_hash, state, rows_done, added, ratings, duplicates, "
        "rejected_total, rejected, process, started_at, heartbeat_at) "
        f"VALUES (7, 'then.csv', 'h', 'finished', 1, 1, 0, 0, 0, '[]', 'here:1', '{AT}', '{AT}')"
    )
    old_app.run("INSERT INTO rlhf_interactions (interaction_id, user_prompt, ai_response) VALUES (1, 'p', 'a')")
    old_app.run(
        "INSERT INTO assay_items (interaction_id, prompt_group, source, import_id, response_words, n_ratings, "
        f"created_at) VALUES (1, 'g', 'import', 7, 1, 0, '{AT}')"
    )
    items = old_app.dump("rlhf_interactions", "assay_items")

    assert schema.upgrade(store) == schema.head()

    kept = old_app.dump("rlhf_interactions", "assay_items")
    assert [row[: len(items["assay_items"][0])] for row in kept["assay_items"]] == items["assay_items"]
    assert kept["rlhf_interactions"] == items["rlhf_interactions"]
    workspace = open_workspace(environ)
    assert [(one.import_id, one.judged) for one in recorded(workspace, COMMAND_LINE)] == [(7, 0)]
    file = tmp_path / "now.csv"
    file.write_text("user_prompt,ai_response,judge:x\nq,b,1\n")
    *_, result = import_file(workspace, COMMAND_LINE, file, HowToRead())
    assert (result.added, result.judged) == (1, 1)
    assert [(one.judge, one.scores) for one in judges.listed(workspace, COMMAND_LINE)] == [("x", 1)]
    workspace.store.engine.dispose()
