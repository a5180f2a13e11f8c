"""What programs send over HTTP: how much of it is taken in, and what of it the log may say."""

import json
import logging

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from core.domain.roles import COMMAND_LINE, KeyScope
from core.http.api import Api
from core.http.openapi import DOCUMENT
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
        api_keys.create(workspace, COMMAND_LINE, name, list(KeyScope))[0] for name in ("portal", "portal", "other")
    )
    assert answers(client, one, rows(0, 3))[1]["stored"] == 3
    kept = {"query": "q", "documents": ["a", "b", "c"], "store": True}  # of a ranking they count too
    assert client.post("/v1/rerank", json=kept, headers={"authorization": f"Bearer {two}"}).status_code == 429
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


def fits(schema: str, body: object) -> bool:
    """Whether a body is one that the OpenAPI document describes."""
    described = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    return Draft202012Validator(described).is_valid(body)


ANSWER = {"id": "a", "prompt": "q", "response": "r"}


@pytest.mark.parametrize(
    "row, good",
    [
        (ANSWER, True),
        (ANSWER | {"session": "s", "context_id": None, "generator": "g 1", "metadata": {"a": [1]}}, True),
        ({"id": "a", "messages": [{"role": "user", "content": "q"}], "response": "r"}, True),
        ({"id": "a", "response": "r"}, False),
        ({"id": "a", "prompt": "q"}, False),
        ({"prompt": "q", "response": "r"}, False),
        (ANSWER | {"messages": [{"role": "user", "content": "q"}]}, False),
        (ANSWER | {"id": ""}, False),
        (ANSWER | {"id": "x" * 201}, False),
        (ANSWER | {"id": 7}, False),
        (ANSWER | {"generator": 7}, False),
        (ANSWER | {"metadata": ["a"]}, False),
        (ANSWER | {"rating": 5}, False),
        (ANSWER | {"judge:gpt 4": 7.5, "judge:Ü “x”": -1, "judge:none": None}, True),
        (ANSWER | {"judge:gpt 4": "7.5"}, False),
        (ANSWER | {"judge:gpt 4": True}, False),
        (ANSWER | {"judge": 7}, False),
        ("a text", False),
    ],
)
def test_answers_are_stored_as_the_description_says(client: TestClient, row: object, good: bool) -> None:
    """What it describes is stored, what it rules out is refused, and what comes back is as it says."""
    body = {"interactions": [row]}
    sent = client.post("/v1/interactions", json=body)
    assert sent.status_code == 200
    assert sent.json()["stored"] == good == fits("Interactions", body)
    assert fits("InteractionsAnswer", sent.json())


@pytest.mark.parametrize(
    "said, good",
    [
        ({"thumb": "up"}, True),
        ({"thumb": "down", "comment": "x" * 10_000, "user": "u", "id": "f", "score": None}, True),
        ({"score": 5}, True),
        ({"score": 3.0, "rerank": None, "index": None}, True),
        ({"thumb": "sideways"}, False),
        ({"thumb": True}, False),
        ({"score": 0}, False),
        ({"score": 6}, False),
        ({"score": 2.5}, False),
        ({"score": "5"}, False),
        ({"thumb": "up", "comment": "x" * 10_001}, False),
        ({"thumb": "up", "user": "x" * 201}, False),
        ({"thumb": "up", "user": 7}, False),
        ({"thumb": "up", "id": ""}, False),
        ({"thumb": "up", "interaction": 7}, False),
        ({"chosen": -1}, False),
    ],
)
def test_feedback_is_stored_as_the_description_says(client: TestClient, said: dict[str, object], good: bool) -> None:
    """As with answers; one that is refused is refused with 400."""
    client.post("/v1/interactions", json={"interactions": [ANSWER]})
    body = {"interaction": "a", **said}
    given = client.post("/v1/feedback", json=body)
    assert given.status_code == (200 if good else 400), given.text
    assert fits("Feedback", body) is good
    assert fits("FeedbackAnswer" if good else "Error", given.json())
