"""What is refused, how, and that the server goes on: no traceback, no text in the log."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from core.domain.roles import COMMAND_LINE
from core.http import json_body, limits, rerank_request
from core.http.api import Api
from core.http.fair_queue import FairQueue
from core.http.rerank_request import BodyAdmission
from core.http.responses import Refused
from core.http.scheduler import ScoringQueue
from core.services.people import api_keys
from core.services.reranking import reranking
from core.services.workspace import Workspace

SECRET = "the patient is called Rumpelstiltskin"
JSON = {"content-type": "application/json"}


def refused(answer: Any, status: int) -> str:
    """The sentence of an error in the promised form."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "message"}
    assert body["error"] == body["message"]
    assert "Traceback" not in answer.text
    return str(body["error"])


@pytest.mark.parametrize(
    "body, named",
    [
        ({}, "documents"),
        ([], "object"),
        ("text", "object"),
        (7, "object"),
        ({"documents": ["a"]}, "query"),
        ({"query": 3, "documents": ["a"]}, "query"),
        ({"query": " \n", "documents": ["a"]}, "query"),
        ({"query": None, "documents": ["a"]}, "query"),
        ({"query": "q"}, "documents"),
        ({"query": "q", "documents": []}, "documents"),
        ({"query": "q", "documents": "a"}, "documents"),
        ({"query": "q", "documents": {"text": "a"}}, "documents"),
        ({"query": "q", "documents": ["a", 3]}, "documents[1]"),
        ({"query": "q", "documents": [{"text": 3}]}, "documents[0]"),
        ({"query": "q", "documents": [{"txt": "a"}]}, "documents[0]"),
        ({"query": "q", "documents": [{"text": ["a"]}]}, "documents[0]"),
        ({"query": "q", "documents": ["a"] * 10_000}, "10,000"),
        ({"query": "q", "documents": ["a"], "guarantee": True}, "guarantee"),
        ({"query": "q", "documents": ["a"], "guarantee": {"max_poor": 0.25}}, "guarantee.confidence"),
        ({"query": "q", "documents": ["a"], "guarantee": {"confidence": 0.9}}, "guarantee.max_poor"),
        ({"query": "q", "documents": ["a"], "guarantee": {"max_poor": 0.5, "confidence": 0.9}}, "guarantee.max_poor"),
        ({"query": "q", "documents": ["a"], "guarantee": {"max_poor": 0.1, "confidence": 1}}, "guarantee.confidence"),
        ({"query": "q", "documents": ["a"], "model": 7}, "model"),
        ({"query": "q", "documents": ["a"], "top_n": 0}, "top_n"),
        ({"query": "q", "documents": ["a"], "top_n": -3}, "top_n"),
        ({"query": "q", "documents": ["a"], "top_n": True}, "top_n"),
        ({"query": "q", "documents": ["a"], "top_n": "2"}, "top_n"),
        ({"query": "q", "documents": ["a"], "top_n": 1.5}, "top_n"),
        ({"query": "q", "documents": ["a"], "return_documents": "yes"}, "return_documents"),
        ({"query": "q", "documents": ["a"], "abstain": 1}, "abstain"),
        ({"query": "q", "documents": ["a"], "certainty": "yes"}, "certainty"),
        ({"query": "q" * (limits.MAX_QUERY_CHARACTERS + 1), "documents": ["a"]}, "query"),
        ({"query": "q", "documents": ["x" * 150_000] * 14}, "together"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_wrong_field_is_named(client: TestClient, version: str, body: Any, named: str) -> None:
    """400, with a sentence for the person who wrote the program."""
    assert named in refused(client.post(f"/{version}/rerank", json=body), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b"{'query': 'q'}",
        b'{"query": "q", "documents": ["a"]} x',
        b"\xff\xfe{",
        b'{"query": "q\x00"}',
        b"\x00",
        b'{"query": "q", "documents": ["a"], "top_n": NaN}',
        b'{"query": "q", "documents": [Infinity]}',
        b'{"top_n": -Infinity}',
        b'{"top_n": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"query": "q", "documents": ["a"], "more": ' + b"[" * 17 + b"]" * 17 + b"}",
    ],
)
def test_what_is_not_json_is_refused(client: TestClient, body: bytes) -> None:
    """Cut off, single quotes, NaN, numbers of thousands of digits, nested without end."""
    refused(client.post("/v1/rerank", content=body, headers=JSON), 400)


def test_numbers_that_are_none_are_refused_in_plain_words(client: TestClient) -> None:
    """Not in Python's, which name functions of Python."""
    long = client.post("/v1/rerank", content=b'{"top_n": ' + b"9" * 5_000 + b"}", headers=JSON)
    assert refused(long, 400) == "A number in the JSON has thousands of digits."
    none = client.post("/v1/rerank", content=b'{"top_n": NaN}', headers=JSON)
    assert refused(none, 400) == "The body is not JSON: NaN is not a number."


def test_a_body_that_is_too_large_is_never_held(client: TestClient) -> None:
    """A document of 5 MB, and the same sent in pieces without saying how long it is."""
    large = json.dumps({"query": "q", "documents": ["x" * 5_000_000]}).encode()
    assert "4 MB" in refused(client.post("/v1/rerank", content=large, headers=JSON), 413)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    refused(client.post("/v1/rerank", content=pieces(), headers=JSON), 413)
    assert client.get("/healthz").status_code == 200


def test_too_many_at_once_are_told_when_to_come_back(workspace: Workspace) -> None:
    """429 in the promised form where there is no place, and no database or model is asked; no body, no place."""
    queue = FairQueue(places=1)
    full = TestClient(
        Api(lambda: workspace, turns=ScoringQueue(queue)).app, base_url="http://localhost", client=("127.0.0.1", 1)
    )
    place = queue.take("somebody", [1])
    refused(full.post("/v1/rerank", content=b"{", headers=JSON), 400)
    answer = full.post("/v1/rerank", json={"query": "q", "documents": ["a"]})
    assert "Try again" in refused(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    queue.leave(place)
    refused(full.post("/v1/rerank", json={"query": "q", "documents": ["a"]}), 503)


def test_a_body_that_does_not_come_is_not_waited_for(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """408, and its place is free again."""
    monkeypatch.setattr(json_body, "BODY_SECONDS", 0.05)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        async def nothing_more() -> Message:
            await anyio.sleep_forever()
            raise AssertionError

        await client.app(scope, nothing_more, send)

    here = TestClient(slow, base_url="http://localhost", client=("127.0.0.1", 1))
    assert "did not arrive in time" in refused(here.post("/v1/rerank", content=b"{", headers=JSON), 408)


def test_half_sent_bodies_keep_nobody_else_out(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller who begins bodies and does not end them has three quarters of the room; a whole body of another passes,
    with bodies of any size, and the room comes back when the time is over."""
    monkeypatch.setattr(json_body, "BODY_SECONDS", 1.0)
    keyed = [api_keys.create(workspace, COMMAND_LINE, name)[0] for name in ("slow", "other")]
    api = Api(lambda: workspace, reading=BodyAdmission(bodies=16, size=40_000_000))
    statuses: dict[str, list[int]] = {"slow": [], "other": [], "after": []}

    async def one(name: str, key: str, *chunks: Message) -> None:
        waiting = list(chunks)

        async def receive() -> Message:
            if not waiting:
                await anyio.sleep_forever()
            return waiting.pop(0)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses[name].append(message["status"])

        headers = [(b"authorization", b"Bearer " + key.encode()), (b"content-type", b"application/json")]
        headers.append((b"content-length", b"3000000"))
        scope = {"type": "http", "method": "POST", "path": "/v1/rerank", "headers": headers, "query_string": b""}
        await api.app(scope, receive, send)

    half = {"type": "http.request", "body": b"{", "more_body": True}
    whole = {"type": "http.request", "body": b'{"query": "q", "documents": ["a"]}', "more_body": False}

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one, "slow", keyed[0], half)
            while len(statuses["slow"]) < 10:  # ten do not fit into its share of the bytes
                await anyio.sleep(0.001)
            await one("other", keyed[1], whole)
        await one("after", keyed[0], whole)

    with start_blocking_portal() as elsewhere:
        elsewhere.call(all_of_them)
    assert set(statuses["slow"]) == {408, 429}
    assert statuses["other"] == statuses["after"] == [503]  # let in; there is no model


def test_a_body_that_drips_is_given_up_and_a_slow_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time grows with what arrives: single bytes gain nothing, a steady stream all that it needs."""
    monkeypatch.setattr(json_body, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(json_body, "BODY_RATE", 1_000_000)

    def arriving(size: int, pieces: int) -> Request:
        sent = iter(range(pieces))

        async def receive() -> Message:
            await anyio.sleep(0.05)
            more = next(sent, None) is not None
            return {"type": "http.request", "body": b" " * size if more else b"1", "more_body": more}

        return Request({"type": "http", "method": "POST", "headers": []}, receive)

    with start_blocking_portal() as elsewhere:
        with pytest.raises(Refused) as slow:
            elsewhere.call(rerank_request.read_body, arriving(1, 200))
        assert slow.value.status == 408
        assert elsewhere.call(rerank_request.read_body, arriving(300_000, 12)) == 1


def test_no_model_says_what_to_do(client: TestClient) -> None:
    """503 before the first training, with the next step."""
    sentence = refused(client.post("/v1/rerank", json={"query": "q", "documents": ["a", "b"]}), 503)
    assert "train a model" in sentence


def test_an_unknown_model_is_not_found(client: TestClient) -> None:
    """404, and where the known ones are shown."""
    answer = client.post("/v2/rerank", json={"query": "q", "documents": ["a"], "model": "rerank-v3.5"})
    assert "rerank-v3.5" in refused(answer, 404)


@pytest.mark.parametrize("name", ['"\\ud800"', '"a\\u0000b"', '"../champion"', '" "', '"' + "v" * 5_000 + '"'])
def test_a_name_that_no_model_can_have_is_not_found(client: TestClient, name: str) -> None:
    """404 without asking the database, which cannot even be asked for half a character; nothing long is echoed."""
    answer = client.post("/v1/rerank", content=f'{{"query": "q", "documents": ["a"], "model": {name}}}', headers=JSON)
    assert len(refused(answer, 404)) < 200


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/rerank/", "/v1/nothing", "/v2/rerank/more", "/v2/../v1/x"])
def test_an_unknown_address_is_json_too(client: TestClient, path: str) -> None:
    """404, never a page."""
    refused(client.get(path), 404)


@pytest.mark.parametrize("method, path", [("GET", "/v1/rerank"), ("PUT", "/v2/rerank"), ("POST", "/healthz")])
def test_a_wrong_method_says_which_is_right(client: TestClient, method: str, path: str) -> None:
    """405 with Allow."""
    answer = client.request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"]


def test_what_we_did_not_foresee_is_a_sentence_with_a_number(
    api: Api, client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500; the log says where, and neither answer nor log repeats a text."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(reranking, "rank", broken)
    sent = {"query": SECRET, "documents": [SECRET]}
    answer = client.post("/v1/rerank", json=sent, headers={"x-request-id": "case-7"})
    assert "case-7" in refused(answer, 500)
    assert "RuntimeError" in caplog.text
    assert "Rumpelstiltskin" not in answer.text + caplog.text
    assert client.get("/healthz").status_code == 200


def test_every_answer_has_a_number_and_a_line_in_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The client's own number where it is harmless; one JSON line with sizes and status, and no text in it."""
    caplog.set_level(logging.INFO, logger="assay.http")
    sent = {"query": SECRET, "documents": [SECRET, SECRET]}
    assert (
        client.post("/v1/rerank", json=sent, headers={"x-request-id": "a-b.c:1"}).headers["x-request-id"] == "a-b.c:1"
    )
    made = client.get(f"/v1/{SECRET}", headers={"x-request-id": 'x"y z'}).headers["x-request-id"]
    assert made not in ("", 'x"y z')
    first, second = (json.loads(record.message) for record in caplog.records if record.name == "assay.http")
    assert first["request_id"] == "a-b.c:1"
    assert (first["status"], first["path"], first["documents"]) == (503, "/v1/rerank", 2)
    assert first["characters"] == 3 * len(SECRET)
    assert first["ms"] > 0
    assert (second["status"], second["path"], second["request_id"]) == (404, "other", made)
    assert "Rumpelstiltskin" not in caplog.text


def test_readiness_tells_that_there_is_no_model(api: Api, client: TestClient) -> None:
    """First that nobody looked yet, then that none was trained; health does not depend on it."""
    assert client.get("/readyz").json()["status"] == "warming"
    api.warmer.look()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "no model"
    assert "train" in answer.json()["error"] == answer.json()["message"]
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_tells_that_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    """A server whose settings are wrong answers, and says which command tells more; no address leaks."""
    from core.domain.errors import Unavailable

    def away() -> Workspace:
        raise Unavailable("The database postgresql://secret does not answer.")

    api = Api(away)
    client = TestClient(api.app, base_url="http://localhost", client=("127.0.0.1", 1))
    api.warmer.look()
    assert client.get("/readyz").json()["status"] == "no database"
    sentence = refused(client.post("/v1/rerank", json={"query": "q", "documents": ["a"]}), 503)
    assert "doctor" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    "body, status, named, kind",
    [
        ({"query": "q", "texts": ["a", 3]}, 400, "texts[1]", "validation"),
        ({"query": "q", "texts": "a"}, 400, "texts", "validation"),
        ({"query": "q", "texts": ["a"], "return_text": "yes"}, 400, "return_text", "validation"),
        ({"query": "q", "texts": ["a"], "documents": [3]}, 400, "documents[0]", "validation"),
        ({"query": "q"}, 400, "documents", "validation"),
        ({"texts": ["a"]}, 400, "query", "validation"),
        ([], 400, "object", "validation"),
        ({"query": "q", "texts": ["a"]}, 503, "model", "unhealthy"),
    ],
)
def test_clients_of_other_servers_are_told_in_their_own_words(
    client: TestClient, body: Any, status: int, named: str, kind: str
) -> None:
    """The field by the name that they sent, in the usual form, and the type that text-embeddings-inference names."""
    answer = client.post("/rerank", json=body)
    assert answer.status_code == status
    told = answer.json()
    assert set(told) == {"error", "message", "error_type"}
    assert told["error"] == told["message"]
    assert named in told["error"]
    assert told["error_type"] == kind
