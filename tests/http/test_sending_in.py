"""What programs send over HTTP: how much of it is taken in, and what of it the log may say."""

import json
import logging

import pytest
from starlette.testclient import TestClient

from core.domain.roles import COMMAND_LINE, KeyScope
from core.http.api import Api
from core.services.people import api_keys
from core.services.workspace import Workspace

SECRET = "the patient is called Rumpelstiltskin"


def rows(first: int, number: int) -> dict[str, object]:
    """So many answers, beginning with this number."""
    return {"interactions": [{"id": f"a{n}", "prompt": f"q{n}", "response": "r"} for n in range(first, first + number)]}


def answers(client: TestClient, key: str, body: object) -> tuple[int, dict[str, object]]:
    """What sending these answers gives."""
    found = client.post("/v1/interactions", json=body, headers={"authorization": f"Bearer {key}"})
    assert found.status_code != 429 or int(found.headers["retry-after"]) >= 1
    return found.status_code, found.json()


def test_an_application_that_sends_too_much_is_told_when_to_come_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever key of its name it uses; a call too many stores nothing, and another application is not kept waiting."""
    monkeypatch.setattr("core.http.outcomes.ANSWERS_A_MINUTE", 1)
    monkeypatch.setattr("core.http.outcomes.ANSWERS_AT_ONCE", 5)
    client = TestClient(Api(lambda: workspace).app, base_url="http://localhost", client=("127.0.0.1", 1))
    one, two, other = (
        api_keys.create(workspace, COMMAND_LINE, name, [KeyScope.SEND])[0] for name in ("portal", "portal", "other")
    )
    assert answers(client, one, rows(0, 3))[1]["stored"] == 3
    status, refused = answers(client, two, rows(3, 3))
    assert status == 429
    assert "Nothing of this call was stored" in str(refused["error"])
    assert answers(client, other, rows(0, 4))[1]["stored"] == 4
    assert answers(client, one, rows(3, 2))[1] == {"stored": 2, "known": 0, "refused": []}  # it had 2 left


def test_an_application_that_gives_too_much_feedback_is_told_when_to_come_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with answers; feedback that is refused counts too."""
    monkeypatch.setattr("core.http.outcomes.FEEDBACK_A_MINUTE", 1)
    monkeypatch.setattr("core.http.outcomes.FEEDBACK_AT_ONCE", 2)
    client = TestClient(Api(lambda: workspace).app, base_url="http://localhost", client=("127.0.0.1", 1))
    client.post("/v1/interactions", json=rows(0, 1))
    said = {"interaction": "a0", "thumb": "up"}
    found = [client.post("/v1/feedback", json=said | {"interaction": name}) for name in ("a0", "none", "a0")]
    assert [one.status_code for one in found] == [200, 404, 429]
    assert int(found[-1].headers["retry-after"]) >= 1


def test_the_log_counts_what_was_sent_and_repeats_none_of_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a text nor an id nor a user, also of what is refused."""
    caplog.set_level(logging.INFO)
    row = {"id": SECRET, "prompt": SECRET, "response": SECRET, "generator": SECRET}
    client.post("/v1/interactions", json={"interactions": [row, row | {"response": 7}, row | {SECRET: 1}]})
    said = {"interaction": SECRET, "thumb": "up", "comment": SECRET, "user": SECRET, "id": SECRET}
    other = said | {"interaction": f"not {SECRET}", "id": f"another {SECRET}"}
    for body in (said, said | {"thumb": "down"}, other, said | {"score": SECRET}):
        client.post("/v1/feedback", json=body)
    lines = [json.loads(record.message) for record in caplog.records if record.name == "assay.http"]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/v1/interactions", 200),
        ("/v1/feedback", 200),
        ("/v1/feedback", 409),
        ("/v1/feedback", 404),
        ("/v1/feedback", 400),
    ]
    assert [lines[0][name] for name in ("interactions", "stored", "known", "refused")] == [3, 1, 0, 2]
    assert "Rumpelstiltskin" not in caplog.text
