"""Rows of what programs send, as a test needs them: written straight into the tables."""

from datetime import UTC, datetime
from typing import Any

from core.services.workspace import Workspace
from core.store import tables as t
from core.store.outcomes.disliked import recount
from core.store.outcomes.hashes import hash_of_question, hash_of_user, key_for_writing

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def occurrence(workspace: Workspace, number: int, caller_id: str, application: str = "clinic", **more: Any) -> None:
    """An answer that this application sent under its own id."""
    row = {"identity": f"{number:064}", "generator": None, "at": AT} | more
    with workspace.store.write() as session:
        session.add(t.Occurrence(application=application, caller_id=caller_id, interaction_id=number, **row))


def thumb(
    workspace: Workspace,
    number: int | None,
    *,
    up: bool,
    user: str | None = None,
    application: str = "clinic",
    prompt_group: str | None = None,
    **more: Any,
) -> int:
    """A thumb of a user of an application; the number of the feedback."""
    with workspace.store.write() as session:
        key = key_for_writing(session)
        row = {
            "target": f"interaction {number}",
            "kind": "thumb",
            "value": int(up),
            "user_hash": user and hash_of_user(key, application, user),
            "question": prompt_group and hash_of_question(key, prompt_group),
            "at": AT,
        }
        said = t.Feedback(application=application, interaction_id=number, **(row | more))
        session.add(said)
        session.flush()
        if number is not None:
            recount(session, [number])
        return said.feedback_id
