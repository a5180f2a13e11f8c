"""POST /v1/feedback: answered after the commit, nothing twice, a sentence for everything else."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain.roles import COMMAND_LINE, SENDER, KeyScope
from core.http.limits import MAX_FEEDBACK_WAITING
from core.services.outcomes import sending
from core.services.people import api_keys
from core.services.workspace import Workspace
from core.store.tables import Feedback
from tests.databases import PATIENCE

Said = dict[str, Any]


@pytest.fixture
def sent(workspace: Workspace) -> None:
    """An answer of this machine and one of another application."""
    for application, number in (("this machine", "a1"), ("other", "b1")):
        row = {"id": number, "prompt": f"prompt {number}", "response": "answer"}
        assert sending.send(workspace, SENDER, application, [row]).stored == 1


def stored(workspace: Workspace) -> int:
    """How many feedbacks are kept."""
    with workspace.store.read() as session:
        return session.query(Feedback).count()


@pytest.mark.usefixtures("sent")
def test_the_same_call_twice_stores_once(client: TestClient, workspace: Workspace) -> None:
    """And another content under the same id is refused."""
    body = {"interaction": "a1", "thumb": "down", "comment": "Too long", "user": "u1", "id": "f1"}
    answers = [client.post("/v1/feedback", json=body) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (200, {"stored": 1, "known": 0}),
        (200, {"stored": 0, "known": 1}),
    ]
    other = client.post("/v1/feedback", json=body | {"thumb": "up"})
    assert other.status_code == 409
    assert "sent with this id before" in other.json()["error"]
    assert stored(workspace) == 1


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(
    "body, status",
    [
        ({"interaction": "a1", "thumb": "up", "comment": "x" * 200_000}, 400),
        ({"interaction": "a1", "thumb": "up", "comment": "x" * 1_100_000}, 413),
        ({"interaction": "a1", "thumb": "\ud800"}, 400),
        ({"interaction": "nobody's", "thumb": "up"}, 404),
        ({"interaction": "b1", "thumb": "up"}, 404),
        ({"rerank": "0" * 32, "thumb": "up"}, 404),
        ({"rerank": "'; DROP TABLE assay_feedback; --", "chosen": 0}, 404),
        (["a1"], 400),
        ({"interaction": {"a": 1}, "thumb": "up"}, 400),
    ],
)
def test_what_cannot_be_taken_is_a_sentence(client: TestClient, workspace: Workspace, body: Said, status: int) -> None:
    """And nothing is stored; another application's answer is as unknown as one that nobody sent."""
    headers = {"content-type": "application/json"}
    refused = client.post("/v1/feedback", content=json.dumps(body), headers=headers)
    assert refused.status_code == status
    assert "Nothing was stored." in refused.json()["error"]
    assert stored(workspace) == 0


@pytest.mark.usefixtures("sent")
def test_a_key_needs_the_scope_to_send(client: TestClient, workspace: Workspace) -> None:
    """403 without; with it the key's name is the application, and two keys of one name are one."""
    ranks, _ = api_keys.create(workspace, COMMAND_LINE, "other")
    sends, _ = api_keys.create(workspace, COMMAND_LINE, "other", (KeyScope.SEND,))
    again, _ = api_keys.create(workspace, COMMAND_LINE, "other", (KeyScope.SEND,))

    def status(key: str | None, **body: str) -> int:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return client.post("/v1/feedback", json={"thumb": "up", **body}, headers=headers).status_code

    assert status(None, interaction="b1") == 401
    assert status(ranks, interaction="b1") == 403
    assert stored(workspace) == 0
    assert [status(key, interaction="b1") for key in (sends, again)] == [200, 200]
    assert status(sends, interaction="a1") == 404


@pytest.mark.usefixtures("sent")
def test_a_full_line_is_told_to_come_back_and_loses_nothing(client: TestClient, workspace: Workspace) -> None:
    """While another one holds the database; what was taken in is stored once it may, each once."""
    most = 3 * MAX_FEEDBACK_WAITING // 4  # the share of one caller
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with workspace.store.write() as session:
            session.connection()  # begins
            held.set()
            release.wait(PATIENCE)

    def say(part: int) -> int:
        status = client.post("/v1/feedback", json={"interaction": "a1", "thumb": "up", "id": f"f{part}"}).status_code
        if status == 429:
            release.set()
        return status

    with ThreadPoolExecutor(most + 3) as threads, client:  # one loop for all calls
        holding = threads.submit(hold)
        assert held.wait(PATIENCE)
        answers = list(threads.map(say, range(most + 2)))
        release.set()
        holding.result()
    assert set(answers) == {200, 429}
    assert stored(workspace) == answers.count(200)
