"""Thousands of inputs that nobody would think of: a sentence each, never a trace, and the server goes on."""

import csv
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.domain.errors import BadInput
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import COMMAND_LINE
from core.http.api import Api
from core.http.openapi import DOCUMENT
from core.http.rate_limit import Rate
from core.labeling.how_to_read import HowToRead
from core.labeling.pasted.reading import understand
from core.labeling.rows import understand as understand_table
from core.labeling.tables import open_table
from core.services.data import importing
from core.services.data.importing import ImportResult
from core.services.people.sign_in import Entry
from core.services.reranking import reranking, usage
from core.services.workspace import Workspace
from core.store.tables import Feedback, Occurrence
from core.ui.rate import routes
from core.ui.shell import identity
from tests.databases import added, rater
from tests.desk import Desk
from tests.proofs.conftest import scaled
from tests.reward.fakes import FakeEncoder
from tests.services.versions_made import made

pytestmark = pytest.mark.slow

COLUMNS = (
    "user_prompt",
    "ai_response",
    "rating",
    "rater",
    "session_id",
    "context_id",
    "feedback_comment",
    "bias_flag",
    "messages",
    "turns",
)
TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ufeff",
        "\ud83d",
        "‮abc",
        "=1+1",
        "NaN",
        "1e400",
        "-0",
        "５",
        "a" * 5000,
        "<script>",
        "'; DROP TABLE x;--",
        "Human: a\n\nAssistant: b\n\nHuman: c",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROLES = st.sampled_from(["system", "user", "assistant"])
MESSAGES = st.lists(
    st.fixed_dictionaries({}, optional={"role": ROLES | VALUES, "content": TEXTS | VALUES, "text": TEXTS}), max_size=5
)
GIVEN = VALUES | MESSAGES | MESSAGES.map(json.dumps)
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS) | TEXTS, GIVEN, max_size=8), max_size=6)


def inputs(small: int, full: int):
    """How many inputs; the same ones in every `make test`."""
    return settings(
        max_examples=scaled(small, full),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What arrives is judged before it meets a database."""
    return sqlite_url


@pytest.fixture
def api(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The API with a model in use whose encoder only counts words."""

    class Serving:
        def current(self) -> FakeEncoder:
            return FakeEncoder()

        def tuned(self, sha256: str, file: object) -> None:
            return None

    monkeypatch.setattr(reranking, "serving_encoder", lambda settings: Serving())
    made(workspace, "champion-of-fuzz", champion=True)
    return Api(lambda: workspace)


@pytest.fixture
def client(api: Api) -> TestClient:
    """A program on this machine; what breaks in the server breaks the test."""
    return TestClient(api.app, base_url="http://localhost:8501", client=("127.0.0.1", 50000))


def fine(response: Any) -> None:
    """An answer, or a sentence under ``error``; 503 only with one."""
    assert response.status_code < 500 or response.status_code == 503, response.text
    assert "Traceback" not in response.text
    if response.status_code >= 400 and response.request.url.path.startswith(("/v1", "/v2")):
        assert response.json()["error"]


def test_the_api_takes_whatever_its_document_describes_and_what_it_forbids(client: TestClient, proven_once) -> None:
    """Valid requests from the OpenAPI document are answered, each document placed once; invalid ones are refused."""
    import schemathesis  # here: it takes a second
    from schemathesis import GenerationMode

    spec = schemathesis.openapi.from_dict(DOCUMENT)
    operation = spec["/v1/rerank"]["POST"]
    counted: dict[int, int] = {}
    for mode, times in ((GenerationMode.POSITIVE, (12, 1500)), (GenerationMode.NEGATIVE, (12, 1500))):

        @inputs(*times)
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            try:
                body = json.dumps(case.body)
            except (TypeError, ValueError):
                body = str(case.body)
            response = client.post(
                "/v1/rerank", content=body.encode(errors="surrogatepass"), headers={"content-type": "application/json"}
            )
            fine(response)
            counted[response.status_code] = counted.get(response.status_code, 0) + 1
            if response.status_code == 200:
                found = response.json()["results"]
                assert len({one["index"] for one in found}) == len(found)
                assert all(0 <= one["relevance_score"] <= 1 for one in found)

        check()
    assert counted.get(200)
    assert counted.get(400)
    proven_once(", ".join(f"{number:,} answered {status}" for status, number in sorted(counted.items())))


@inputs(40, 2000)
@given(body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode(errors="surrogatepass")))
def check_body(client: TestClient, body: bytes) -> None:
    for path in ("/v1/rerank", "/v2/rerank", "/v1/interactions", "/v1/feedback"):
        fine(client.post(path, content=body, headers={"content-type": "application/json"}))


def test_any_bytes_as_a_body(client: TestClient) -> None:
    """Half a JSON, none, another one than was meant."""
    check_body(client)


NAMES = st.sampled_from(["a", "b", "c"]) | TEXTS
SENT_ROWS = st.lists(
    st.fixed_dictionaries({"id": NAMES, "prompt": NAMES, "response": NAMES}, optional={"generator": NAMES})
    | st.fixed_dictionaries(
        {"id": NAMES, "messages": MESSAGES, "response": NAMES},
        optional={"session": NAMES, "context_id": NAMES, "metadata": st.dictionaries(TEXTS, VALUES, max_size=3)},
    )
    | st.dictionaries(st.sampled_from(["id", "prompt", "response", "messages", "metadata"]) | TEXTS, GIVEN, max_size=6)
    | VALUES,
    max_size=6,
)


def test_send_stores_or_names_every_row_that_a_program_may_send(
    client: TestClient, workspace: Workspace, proven_once
) -> None:
    """Whatever the rows are, each is stored, known or named by its number with a reason."""
    counted = {"stored": 0, "known": 0, "refused": 0}

    @inputs(60, 2500)
    @given(rows=SENT_ROWS)
    def check(rows: list[Any]) -> None:
        content = json.dumps({"interactions": rows}).encode(errors="surrogatepass")
        answer = client.post("/v1/interactions", content=content, headers={"content-type": "application/json"})
        fine(answer)
        assert answer.status_code in (200, 400, 429)
        if answer.status_code == 200:
            found = answer.json()
            refused = {one["index"]: one["reason"] for one in found["refused"]}
            assert found["stored"] + found["known"] + len(refused) == len(rows)
            assert set(refused) <= set(range(len(rows)))
            assert all(refused.values())
            for name in ("stored", "known"):
                counted[name] += found[name]
            counted["refused"] += len(refused)

    check()
    assert all(counted.values())
    with workspace.store.read() as session:
        assert session.query(Occurrence).count() == counted["stored"]
    proven_once(", ".join(f"{number:,} rows {name}" for name, number in counted.items()))


def test_feedback_of_any_form_is_stored_or_refused_in_a_sentence(
    client: TestClient, workspace: Workspace, proven_once
) -> None:
    """Any fields with any values, about an answer that was sent, a ranking, or nothing that is known."""
    sent = client.post("/v1/interactions", json={"interactions": [{"id": "a", "prompt": "q", "response": "r"}]})
    assert sent.json()["stored"] == 1
    ranked = client.post("/v1/rerank", json={"query": "q", "documents": ["r", "s"]}).json()["id"]
    usage.log_of(workspace).write()
    likely = st.sampled_from(["a", "b", ranked, "up", "down", 0, 1, 2, 5, 6, -1, 2**31, 2**63, 10**30, 1.5, True, None])
    about = st.sampled_from(
        [
            {"interaction": "a"},
            {"rerank": ranked},
            {"interaction": "a", "score": 2, "user": "u"},
            {"rerank": ranked, "thumb": "up", "user": "u"},
            {"rerank": ranked, "chosen": 1, "id": "f"},
            {"interaction": "b", "thumb": "up"},
            {},
        ]
    )
    counted: dict[int, int] = {}
    stored = 0

    @inputs(150, 4000)
    @given(
        about=about,
        said=st.dictionaries(
            st.sampled_from(["interaction", "rerank", "index", "thumb", "score", "chosen", "comment", "user", "id"])
            | TEXTS,
            likely | VALUES,
            max_size=3,
        ),
    )
    def check(about: dict[str, Any], said: dict[str, Any]) -> None:
        nonlocal stored
        content = json.dumps(about | said).encode(errors="surrogatepass")
        answer = client.post("/v1/feedback", content=content, headers={"content-type": "application/json"})
        fine(answer)
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
        assert answer.status_code in (200, 400, 404, 409, 429), (about, said, answer.text)
        if answer.status_code == 200:
            found = answer.json()
            assert (found["stored"], found["known"]) in ((1, 0), (0, 1))
            stored += found["stored"]

    check()
    assert {200, 400, 404} <= set(counted)
    with workspace.store.read() as session:
        assert session.query(Feedback).count() == stored
    proven_once(", ".join(f"{number:,} answered {status}" for status, number in sorted(counted.items())))


@inputs(30, 1500)
@given(
    path=st.sampled_from(
        ["healthz", "readyz", "openapi.json", "v1/rerank", "v2/rerank", "v1/", "v1/feedback", "rate", "record"]
    ),
    query=st.text(max_size=80),
    header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
)
def check_address(client: TestClient, path: str, query: str, header: str) -> None:
    fine(client.get(f"/{path}", params={query: query}, headers={"x-request-id": header, "accept": header}))


def test_any_query_string(client: TestClient) -> None:
    """Addresses with parameters that nobody defined, and headers of any text."""
    check_address(client)


@inputs(30, 1000)
@given(text=TEXTS | st.lists(TEXTS).map("\n---\n".join) | st.lists(VALUES).map(json.dumps))
def check_pasted(text: str) -> None:
    found = understand(text)
    for way, count in found.others:
        assert len(understand(text, way).texts) == count


def test_anything_pasted_as_candidates() -> None:
    """The Rerank page's box: whatever is pasted is understood somehow, and in each way that is offered."""
    check_pasted()


def written(folder: Path, ending: str, rows: list[dict[str, Any]], encoding: str, junk: bytes) -> Path:
    """A file of these rows, well formed or not."""
    file = folder / f"rows.{ending}"
    if ending == "parquet":
        try:
            pq.write_table(pa.Table.from_pylist(rows), file)
        except (pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError):
            file.write_bytes(junk)
        return file
    if ending in ("csv", "txt"):
        with file.open("w", newline="", encoding=encoding, errors="replace") as out:
            names = list(dict.fromkeys([*COLUMNS[:2], *(name for row in rows for name in row)]))
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            writer.writerow([name.encode(errors="replace").decode() for name in names])
            for row in rows:
                writer.writerow([str(row.get(name, "")).encode(errors="replace").decode() for name in names])
    elif ending == "json":
        file.write_text(json.dumps({"data": rows}, indent=1), encoding=encoding, errors="replace")
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding=encoding, errors="replace")
    if junk:
        with file.open("ab") as out:
            out.write(junk)
    return file


FILES = given(
    ending=st.sampled_from(["csv", "txt", "json", "jsonl", "parquet"]),
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32", "shift_jis"]),
    junk=st.binary(max_size=12) | st.just(b""),
)


@inputs(50, 2500)
@FILES
def check_reading(ending: str, rows: list[dict[str, Any]], encoding: str, junk: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(BadInput):
        table = open_table(written(Path(folder), ending, rows, encoding, junk))
        for row in understand_table(table, HowToRead()).rows():
            assert isinstance(row, ImportRow | ImportComparison | Rejected)


def test_any_file_is_read_or_refused_in_a_sentence() -> None:
    """csv, txt, JSON, jsonl and parquet in any encoding, with any cells, broken off or followed by any bytes."""
    check_reading()


def test_what_is_read_can_be_stored(workspace: Workspace, proven_once) -> None:
    """A file that can be read is imported to its end: each row added, rejected with a reason, or there already."""
    counted = {"imported": 0, "refused": 0}

    @inputs(15, 500)
    @FILES
    def check(ending: str, rows: list[dict[str, Any]], encoding: str, junk: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            try:
                *_, result = importing.import_file(
                    workspace, COMMAND_LINE, written(Path(folder), ending, rows, encoding, junk)
                )
            except BadInput:
                counted["refused"] += 1
                return
            assert isinstance(result, ImportResult)
            assert len(result.rejected) == min(result.rejected_total, 1000)
            counted["imported"] += 1

    check()
    assert counted["imported"]
    proven_once(f"{counted['imported']:,} files imported, {counted['refused']:,} refused in a sentence")


LIKELY = st.sampled_from(
    [
        1,
        2,
        3,
        0,
        -1,
        2**31,
        2**63,
        [1],
        [1, 2],
        [-1],
        True,
        "rate",
        "skip",
        "keep",
        "discard",
        "oldest",
        "model",
        "x" * 11_000,
    ]
    + [f"{'a' * 32}:{act}" for act in ("4", "skip", "undo")]
)
SAID = st.dictionaries(
    st.sampled_from(["item", "request", "showing", "rating", "comment", "flag", "reason", "shown_ms"])
    | st.sampled_from(["guideline_version", "shown", "open", "at", "retracing", "items", "order", "filters", "act"]),
    LIKELY | VALUES,
    max_size=6,
)


def test_desk_does_or_refuses_whatever_a_browser_may_send(workspace: Workspace, proven_once) -> None:
    """Any body to any route, an act with parts of it replaced too: done, or a sentence with a code; never a trace."""
    for n in range(5):
        added(workspace, f"prompt {n}")
    ana = rater(workspace)
    client = TestClient(
        Starlette(routes=[routes.Desk(lambda: workspace, pace=Rate(1e9, 1e9)).mount]),
        "http://localhost:8501",
        headers={"origin": "http://localhost:8501"},
        cookies={identity.COOKIE: "cookie of Ana"},
    )
    desk = Desk(client, identity.shown_to(Entry(ana, sign_in="cookie of Ana"))).open()
    counted: dict[int, int] = {}

    @inputs(150, 4000)
    @given(name=st.sampled_from(sorted({*routes.ROUTES} - {"leave"})), said=SAID, instead=st.booleans())
    def check(name: str, said: dict[str, Any], instead: bool) -> None:
        body = {"shown_to": desk.shown_to, **said}
        if name == "act" and instead and desk.open().items:
            desk.press(4)
            body = desk.waiting.pop() | {"shown": None} | body
        content = json.dumps(body).encode(errors="surrogatepass")
        answer = client.post(f"/desk/{name}", content=content, headers={"content-type": "application/json"})
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
        assert answer.status_code in (200, 400, 404, 409, 413), (name, body, answer.text)
        if answer.status_code != 200:
            refused = answer.json()
            assert refused["error"] == refused["message"]
            assert refused["code"] in ("bad_input", "text_changed", "gone", "conflict", "too_large")

    check()
    assert counted.get(200)
    assert counted.get(400)
    proven_once(", ".join(f"{number:,} answered {status}" for status, number in sorted(counted.items())))
