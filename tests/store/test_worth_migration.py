"""The upgrade that brings audit samples: answers and their places in the queue stay as they are."""

from alembic import command

from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace
from core.services.worth import samples
from core.store import schema
from tests.databases import Plain, rater
from tests.services.test_queue import next_id


def test_a_filled_database_of_the_release_before_upgrades(store, old_app: Plain, environ):
    """Nothing is in an audit sample; one can be drawn, and is served."""
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0020")
    for number in range(1, 41):
        old_app.run(
            "INSERT INTO rlhf_interactions (interaction_id, user_prompt, ai_response, created_by, updated_by) "
            "VALUES (?, ?, 'answer', 1, 1)",
            number,
            f"prompt {number}",
        )
    schema.upgrade(store)
    workspace = open_workspace(environ)
    assert samples.progress(workspace, COMMAND_LINE) is None
    drawn = samples.draw(workspace, COMMAND_LINE, 30)
    assert (drawn.questions, drawn.answers, drawn.waiting) == (30, 30, 30)
    assert next_id(workspace, rater(workspace)) is not None
