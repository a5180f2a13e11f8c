"""POST /v1/interactions: what a body may hold, and what is refused whole."""

from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from core.services.workspace import Workspace
from core.store.tables import Item, LegacyInteraction, Occurrence
from tests.databases import Plain

HEADERS = {"content-type": "application/json"}


def row(number: int = 1, **fields: object) -> dict[str, object]:
    return {"id": f"a{number}", "prompt": "p", "response": f"r{number}"} | fields


def stored(workspace: Workspace) -> tuple[int, int]:
    """Interactions and occurrences."""
    with workspace.store.read() as session:
        items, occurrences = (session.scalar(select(func.count()).select_from(table)) for table in (Item, Occurrence))
    return items or 0, occurrences or 0


def test_what_became_of_each_is_said_in_numbers(client: TestClient, workspace: Workspace) -> None:
    """200 with the list, whatever is wrong with single answers; and the same again stores nothing."""
    body = {"interactions": [row(0), row(1, response=None), "text", row(0, prompt="q"), row(2, generator="g")]}
    answer = client.post("/v1/interactions", json=body)
    assert (answer.status_code, answer.json()["stored"], answer.json()["known"]) == (200, 2, 0)
    assert [one["index"] for one in answer.json()["refused"]] == [1, 2, 3]
    assert all(one["reason"] for one in answer.json()["refused"])
    again = client.post("/v1/interactions", json=body).json()
    assert again == answer.json() | {"stored": 0, "known": 2}
    assert stored(workspace) == (2, 2)


@pytest.mark.parametrize("body", [[], "text", {}, {"interactions": {}}, {"interactions": None}, {"answers": [row()]}])
def test_a_body_of_another_form_is_refused(client: TestClient, workspace: Workspace, body: Any) -> None:
    """With the form that is right."""
    answer = client.post("/v1/interactions", json=body)
    assert answer.status_code == 400
    assert '{"interactions": [' in answer.json()["error"]
    assert stored(workspace) == (0, 0)


def test_more_than_a_thousand_are_refused_whole(client: TestClient, workspace: Workspace) -> None:
    """Not the first thousand of them."""
    answer = client.post("/v1/interactions", json={"interactions": [row(n) for n in range(1_001)]})
    assert answer.status_code == 400
    assert "at most 1,000" in answer.json()["error"]
    assert stored(workspace) == (0, 0)


def test_a_body_may_have_16_mb(client: TestClient, workspace: Workspace) -> None:
    """Four texts of almost 4 MB pass, and five do not."""
    long = [row(n, response=f"{n}" + "x" * 3_900_000) for n in range(5)]
    answer = client.post("/v1/interactions", json={"interactions": long})
    assert answer.status_code == 413
    assert "16 MB" in answer.json()["error"]
    assert stored(workspace) == (0, 0)
    assert client.post("/v1/interactions", json={"interactions": long[:4]}).json()["stored"] == 4


@pytest.mark.parametrize("values", [b"1,", b"[],", b'{"a":1},', b'"",'])
def test_a_body_of_countless_values_is_not_read(client: TestClient, workspace: Workspace, values: bytes) -> None:
    """Each value takes many times its bytes of memory."""
    many = values * (15_000_000 // len(values))
    body = b'{"interactions":[{"id":"a","prompt":"p","response":"r","metadata":{"m":[' + many + b"1]}}]}"
    answer = client.post("/v1/interactions", content=body, headers=HEADERS)
    assert answer.status_code == 400
    assert "more than 500,000 values" in answer.json()["error"]
    assert stored(workspace) == (0, 0)


def test_texts_stay_as_they_were_sent(client: TestClient, workspace: Workspace) -> None:
    """Nothing is trimmed, and what is markup elsewhere is text here."""
    text = "  <b>Zoë</b>\r\n\t‮rtl‬ 👩‍⚕️ \\u0000 '; DROP TABLE assay_items; --  "
    assert client.post("/v1/interactions", json={"interactions": [row(response=text)]}).json()["stored"] == 1
    with workspace.store.read() as session:
        assert session.scalars(select(LegacyInteraction.ai_response)).all() == [text]


@pytest.mark.parametrize(
    "path, body", [("interactions", {"interactions": [row()]}), ("feedback", {"interaction": "a1", "thumb": "up"})]
)
def test_a_program_is_told_to_send_again_when_the_database_failed(
    client: TestClient, old_app: Plain, path: str, body: dict[str, Any]
) -> None:
    """It cannot know what was stored; with the same ids nothing is stored twice."""
    old_app.run("DROP TABLE assay_feedback")
    old_app.run("DROP TABLE assay_occurrences")
    answer = client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 503
    assert "Send it again, with the same ids" in answer.json()["error"]
