"""The HTTP API with a model: what other programs rely on, called by the clients they use."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cohere
import httpx
import jsonschema
import pytest
from starlette.testclient import TestClient

import core
from core.domain.outcomes.ids import is_drawn
from core.domain.roles import COMMAND_LINE
from core.http import standalone
from core.http.api import Api
from core.http.fair_queue import ASSUMED_PACE
from core.http.openapi import DOCUMENT
from core.http.readiness import Readiness, State
from core.services.data import interactions
from core.services.people import api_keys
from core.services.reranking import reranking, usage
from core.services.runtime import runtime
from core.services.workspace import Workspace, open_workspace
from core.store.tables import Feedback, Item, ModelVersion, Occurrence, Reranking
from core.store.training import versions
from tests.databases import PATIENCE
from tests.integration.serving import on_a_port

pytestmark = pytest.mark.slow

QUERY = "My phone froze and does not react. What can I do?"
GOOD = "Hold the power button for ten seconds to force a restart, then install updates."
POOR = "Buy our premium plan today and enjoy a world of benefits!"
LONG = "restart the phone " * 500  # 1,500 words, where 1,200 are read
DOCUMENTS = [POOR, GOOD, LONG]


@pytest.fixture
def workspace(trained_home: Path) -> Workspace:
    """A database with a champion."""
    return open_workspace()


@pytest.fixture
def api(workspace: Workspace) -> Api:
    return Api(lambda: workspace)


@pytest.fixture
def client(api: Api) -> TestClient:
    return TestClient(api.app, base_url="http://localhost:8501", client=("127.0.0.1", 50000))


@pytest.fixture
def address(api: Api) -> Iterator[str]:
    """The API on a real port, for clients that bring their own HTTP."""
    with on_a_port(api.app) as found:
        yield found


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The connections of the cohere clients, closed in the end."""
    with httpx.Client() as client:
        yield client


def python_scores() -> list[tuple[int, float]]:
    """The same candidates through the Python call: index and score, best first."""
    return [
        (candidate["at"], candidate["_score"])
        for candidate in core.rerank_candidates(QUERY, [{"text": t, "at": i} for i, t in enumerate(DOCUMENTS)])
    ]


def valid(schema: str, body: object) -> None:
    """Hold an answer against the OpenAPI document."""
    jsonschema.validate(body, {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]})


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_results_are_those_of_the_python_call(client: TestClient, version: str) -> None:
    """Sorted, with indices into the input, every document, and the same scores; what was cut is named."""
    sent = {"query": QUERY, "documents": [POOR, {"text": GOOD}, LONG], "model": "champion"}
    answer = client.post(f"/{version}/rerank", json=sent, headers={"x-request-id": "r-1"})
    body = answer.json()
    valid("RerankAnswer", body)
    assert answer.status_code == 200
    assert [(row["index"], row["relevance_score"]) for row in body["results"]] == python_scores()
    assert is_drawn(body["id"])  # by the server, whatever the number of the request
    assert (answer.headers["x-request-id"], body["model"]) == ("r-1", "champion")
    assert body["meta"] == {
        "model_version": core.get_model_info()["model_version"],
        "fallback": False,
        "truncated": [2],
    }


def feedback(client: TestClient, **said: object) -> tuple[int, object]:
    """The status and answer of one feedback."""
    answer = client.post("/v1/feedback", json=said)
    return answer.status_code, answer.json()


def test_feedback_finds_a_ranking_by_its_id(client: TestClient, workspace: Workspace) -> None:
    """At once, about the answer that came first; no text of what was ranked is kept."""
    body = client.post("/v1/rerank", json={"query": QUERY, "documents": DOCUMENTS}).json()
    assert feedback(client, rerank=body["id"], thumb="down", user="u") == (200, {"stored": 1, "known": 0})
    assert feedback(client, rerank=body["id"], chosen=9)[0] == 400
    assert feedback(client, rerank=body["id"][::-1], thumb="up")[0] == 404
    with workspace.store.read() as session:
        (kept,) = session.query(Feedback)
        assert (kept.place, kept.model_version) == (body["results"][0]["index"], body["meta"]["model_version"])
        assert session.query(Occurrence).count() == 0
        assert QUERY not in str([vars(one) for one in session.query(Reranking)])


def test_a_ranking_is_written_soon_after_without_anybody_asking(
    api: Api, client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that feedback finds it from another process; not only when it is time to write when keys were used."""
    monkeypatch.setattr("core.http.api.WRITE_SECONDS", 100 * PATIENCE)
    with client:
        assert client.portal is not None
        running = client.portal.start_task_soon(api.run)
        number = client.post("/v1/rerank", json={"query": QUERY, "documents": [GOOD]}).json()["id"]
        found, until = 0, time.monotonic() + PATIENCE
        while not found and time.monotonic() < until:
            with workspace.store.read() as session:
                found = session.query(Reranking).filter_by(rerank_id=number).count()
        running.cancel()
    assert found


def test_texts_of_a_ranking_are_kept_only_where_that_is_asked_for(client: TestClient, workspace: Workspace) -> None:
    """Then they can be rated, blank ones left out, and feedback on the ranking is feedback on the answer."""
    sent = {"query": "What of zxqv 0x9f3a ☂☂?", "documents": [POOR, " ", GOOD], "store": True, "abstain": True}
    body = client.post("/v1/rerank", json=sent).json()
    valid("RerankAnswer", body)
    assert body["meta"]["stored"] == 2
    assert feedback(client, rerank=body["id"], index=2, score=1)[0] == 200
    with workspace.store.read() as session:
        kept = {one.caller_id: one.interaction_id for one in session.query(Occurrence)}
        assert kept.keys() == {f"{body['id']}:0", f"{body['id']}:2"}
        items = {one.interaction_id: one for one in session.query(Item).filter_by(source="sent")}
        assert items.keys() == set(kept.values())
        assert items[kept[f"{body['id']}:2"]].disliked == 1
        assert {one.abstained for one in items.values()} == {body["meta"]["abstained"] is not None}


def test_keeping_texts_needs_the_scope_to_send(client: TestClient, workspace: Workspace) -> None:
    """A key that may only rank is refused, and nothing is kept."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal")
    headers = {"authorization": f"Bearer {key}"}
    sent = {"query": QUERY, "documents": [GOOD]}
    assert client.post("/v1/rerank", json=sent | {"store": True}, headers=headers).status_code == 403
    assert client.post("/v1/rerank", json=sent, headers=headers).status_code == 200
    with workspace.store.read() as session:
        assert session.query(Occurrence).count() == 0


def test_a_model_of_the_sample_says_so_once_there_is_own_data(client: TestClient, workspace: Workspace) -> None:
    """Also of a version that is named; before that the answer is as it always was (the test above)."""
    interactions.add(workspace, COMMAND_LINE, "A question of our own?", "An answer.")
    sent = {"query": QUERY, "documents": [POOR, GOOD]}
    for model in ("champion", core.get_model_info()["model_version"]):
        body = client.post("/v1/rerank", json=sent | {"model": model}).json()
        valid("RerankAnswer", body)
        assert body["meta"]["sample"] is True


def test_the_best_few_with_their_texts(client: TestClient) -> None:
    """top_n cuts after sorting, more than there are is all; documents come back as they were sent, only when asked."""
    texts = [POOR, "\ud800 half \u0000", GOOD]
    sent = {"query": QUERY, "documents": texts, "top_n": 1, "return_documents": True}
    body = client.post("/v1/rerank", content=as_json(sent), headers={"content-type": "application/json"}).json()
    assert [(row["index"], row["document"]) for row in body["results"]] == [(2, {"text": GOOD})]
    everything = client.post(
        "/v1/rerank", content=as_json(sent | {"top_n": 99}), headers={"content-type": "application/json"}
    ).json()["results"]
    assert {row["document"]["text"] for row in everything} == set(texts)
    bare = client.post("/v1/rerank", json={"query": QUERY, "documents": [GOOD]}).json()["results"]
    assert set(bare[0]) == {"index", "relevance_score"}


def test_abstaining_is_asked_for_and_said(client: TestClient, api: Api, workspace: Workspace) -> None:
    """A question unlike any that was rated keeps the order of its documents, says why, and counts as a fallback."""
    sent = {"query": "zxqv 0x9f3a ☂☂ SELECT 1;", "documents": [POOR, GOOD]}
    usual = client.post("/v2/rerank", json=sent).json()
    assert "abstained" not in usual["meta"]
    kept = client.post("/v2/rerank", json=sent | {"abstain": True}).json()
    valid("RerankAnswer", kept)
    assert [row["index"] for row in kept["results"]] == [0, 1]
    assert kept["meta"]["fallback"] is True
    assert kept["meta"]["abstained"] == "This question is unlike those that experts rated answers to."
    assert sorted(map(str, usual["results"])) == sorted(map(str, kept["results"]))
    sure = client.post("/v2/rerank", json={"query": QUERY, "documents": [POOR, GOOD], "abstain": True}).json()
    assert sure["meta"]["abstained"] is None
    assert sure["meta"]["fallback"] is False
    usage.log_of(workspace).write()
    assert usage.lately(workspace, COMMAND_LINE).fallbacks == 1


PROMISE = {"max_poor": 0.25, "confidence": 0.9}


def counted(workspace: Workspace, *steps: list[float]) -> None:
    """Have the model in use be one of own ratings, with these counts of poor picks on 40 questions."""
    found = {"steps": list(steps), "questions": 40, "answers": 160, "good_from": 4}
    with workspace.store.write() as session:
        version = versions.find(session, core.get_model_info()["model_version"])
        version.sample = False
        version.guarantee = {version.lineage["encoder"]: found} if steps else None
    runtime.close()


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank", "/rerank"])
def test_a_promise_is_asked_for_and_what_came_of_it_is_said(
    client: TestClient, workspace: Workspace, path: str
) -> None:
    """Picked, left in its order, or not to be promised; always 200, in the promised form, and only where asked for."""
    sent = {"query": QUERY, "documents": [POOR, GOOD]}
    usual = client.post(path, json=sent | {"guarantee": None}).json()
    assert "guarantee" not in usual["meta"]

    def asked(*steps: list[float], **more: object) -> tuple[list[int], dict]:
        counted(workspace, *steps)
        answer = client.post(path, json=sent | {"guarantee": PROMISE} | more)
        assert answer.status_code == 200, answer.text
        valid("RerankAnswer", answer.json())
        return [row["index"] for row in answer.json()["results"]], answer.json()["meta"]

    given = {"certified": True, **PROMISE, "questions": 40}
    order, meta = asked([0.0, 40, 2])
    assert (order, meta["fallback"]) == ([1, 0], False)
    assert meta["guarantee"] == given | {"answered": 1.0, "picked": True}
    order, meta = asked([1.01, 20, 0], [0.0, 40, 30], abstain=True)
    assert (order, meta["fallback"]) == ([0, 1], True)
    assert meta["guarantee"] == given | {"answered": 0.5, "picked": False}
    assert meta["abstained"] == "The model is not sure enough of its best answer here to keep the promise."
    order, meta = asked([0.0, 5, 0])
    assert (order, meta["fallback"]) == ([0, 1], True)
    assert {name: meta["guarantee"][name] for name in ("certified", "more_questions")} == {
        "certified": False,
        "more_questions": 32,
    }
    order, meta = asked([0.0, 40, 30])
    assert meta["guarantee"]["more_questions"] is None
    order, meta = asked([0.0, 40, 2], documents=[" ", GOOD])
    assert (order, meta["fallback"]) == ([1, 0], True)
    assert "nothing to choose" in meta["guarantee"]["reason"]
    order, meta = asked()
    assert (order, meta["fallback"]) == ([0, 1], True)
    assert "not measured yet" in meta["guarantee"]["reason"]


def test_a_bare_list_has_no_room_for_a_promise(client: TestClient) -> None:
    """As text-embeddings-inference answers: refused, since its reader could not tell whether it holds."""
    answer = client.post("/rerank", json={"query": QUERY, "texts": [POOR, GOOD], "guarantee": PROMISE})
    assert answer.status_code == 400
    valid("Error", answer.json())
    assert "guarantee does not go with texts" in answer.json()["error"]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_how_far_an_answer_can_be_trusted_is_said_when_asked_for(
    client: TestClient, workspace: Workspace, version: str
) -> None:
    """Meaning and pieces of each document, doubts in meta, as the Python ranking has them; nothing of it unasked."""
    sent = {"query": QUERY, "documents": [*DOCUMENTS, GOOD], "certainty": True}
    body = client.post(f"/{version}/rerank", json=sent).json()
    valid("RerankAnswer", body)
    ranking = reranking.rank(workspace, COMMAND_LINE, QUERY, sent["documents"])
    sure = ranking.certainty
    assert sure is not None
    rows = {row["index"]: row for row in body["results"]}
    assert rows[1]["meaning"] == rows[3]["meaning"] == {"good": sure.meanings[1].good, "of": sure.meanings[1].n}
    assert [rows[index]["windows"] for index in range(4)] == [1, 1, 8, 1] == list(ranking.windows)
    assert {name: body["meta"][name] for name in ("too_close", "outside", "doubt", "truncated")} == {
        "too_close": sure.too_close,
        "outside": False,
        "doubt": sure.doubt,
        "truncated": [2],
    }
    strange = {"query": "zxqv 0x9f3a ☂☂ SELECT 1;", "documents": [POOR, GOOD], "certainty": True}
    meta = client.post(f"/{version}/rerank", json=strange).json()["meta"]
    assert meta["outside"] is True
    assert meta["fallback"] is False  # only said, since it was not asked to abstain
    assert meta["doubt"] == "This question is unlike those that experts rated answers to."
    usual = client.post(f"/{version}/rerank", json=strange | {"certainty": False}).json()
    assert set(usual["meta"]) == {"model_version", "fallback", "truncated"}
    assert all(set(row) == {"index", "relevance_score"} for row in usual["results"])


def test_a_version_without_figures_says_that_it_does_not_know(
    client: TestClient, workspace: Workspace, trained_home: Path
) -> None:
    """Trained by an earlier release, which kept no hash of this file: null, never a guess, and the pieces as well."""
    with workspace.store.write() as session:
        versions.find(session, core.get_model_info()["model_version"]).lineage = None
    runtime.close()
    (file,) = (trained_home / "models").glob("*/metadata.json")
    described = json.loads(file.read_text())
    del described["honesty"]
    file.write_text(json.dumps(described))
    body = client.post("/v1/rerank", json={"query": QUERY, "documents": DOCUMENTS, "certainty": True}).json()
    valid("RerankAnswer", body)
    assert {body["meta"][name] for name in ("too_close", "outside", "doubt")} == {None}
    assert [row["meaning"] for row in body["results"]] == [None] * 3
    assert body["meta"]["truncated"] == [2]


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def test_a_version_can_be_named_and_another_is_404(client: TestClient, workspace: Workspace) -> None:
    """Any version that is there, champion or not; its name comes back in meta."""
    champion = core.get_model_info()["model_version"]
    shutil.copytree(workspace.settings.model_dir / champion, workspace.settings.model_dir / "other")
    with workspace.store.write() as session:
        known = versions.find(session, champion)
        kept = {name: getattr(known, name) for name in ("run_id", "recipe", "sha256", "n", "prompts", "metrics")}
        versions.add(session, ModelVersion(model_version="other", **kept))
    for name in (champion, "other", "champion", None):
        body = client.post("/v2/rerank", json={"query": QUERY, "documents": DOCUMENTS, "model": name}).json()
        assert body["meta"]["model_version"] == ("other" if name == "other" else champion)
        assert body["model"] == (name or "champion")
        assert [(row["index"], row["relevance_score"]) for row in body["results"]] == python_scores()
    answer = client.post("/v2/rerank", json={"query": QUERY, "documents": [GOOD], "model": "rerank-english-v3.0"})
    assert answer.status_code == 404
    valid("Error", answer.json())


def test_a_damaged_model_is_503_and_readiness_says_so(client: TestClient, api: Api, trained_home: Path) -> None:
    """No stand-in, no model: which command tells more, and no path of this machine in the sentence."""
    for file in (trained_home / "models").glob("*/model.joblib"):
        file.write_bytes(b"not a model")
    answer = client.post("/v1/rerank", json={"query": QUERY, "documents": DOCUMENTS})
    assert answer.status_code == 503
    assert "doctor" in answer.json()["error"]
    assert str(trained_home) not in answer.text
    api.warmer.look()
    assert client.get("/readyz").json()["status"] == "broken"


def test_readiness_names_the_model_that_is_warm(client: TestClient, api: Api) -> None:
    """503 until it is loaded, then 200 with the version; both as the document describes them."""
    valid("Ready", client.get("/readyz").json())
    api.warmer.look()
    answer = client.get("/readyz")
    valid("Ready", answer.json())
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "model_version": core.get_model_info()["model_version"]}
    pace = api.warmer.pace
    assert pace.per_second != ASSUMED_PACE  # so that nothing is taken in on an assumption
    pace.start(1, 1.0)
    api.warmer.readiness = Readiness(State.WARMING)
    api.warmer.look()
    assert pace.per_second == 1  # these texts are known by now, which says nothing about how fast others are read


def test_a_server_loads_its_model_by_itself_and_keeps_its_notes_when_it_ends(trained_home: Path) -> None:
    """Nobody has to call first; what was ranked and which key was used is written although the server is stopped."""
    runtime.close()
    with TestClient(standalone.make_app(), base_url="http://localhost:8600", client=("127.0.0.1", 5)) as client:
        until = time.monotonic() + PATIENCE
        while client.get("/readyz").status_code != 200 and time.monotonic() < until:
            threading.Event().wait(0.02)
        assert client.get("/readyz").json()["status"] == "ready"
        key, _ = api_keys.create(open_workspace(), COMMAND_LINE, "portal")
        body = {"query": QUERY, "documents": DOCUMENTS, "top_n": 1.0}
        answer = client.post("/v1/rerank", json=body, headers={"authorization": f"Bearer {key}"})
        assert len(answer.json()["results"]) == 1
    runtime.close()
    workspace = open_workspace()
    assert api_keys.listed(workspace, COMMAND_LINE)[0].last_used_at is not None
    assert usage.lately(workspace, COMMAND_LINE).by_source == {"api": 1}


def test_the_cohere_clients_work(address: str, http: httpx.Client, workspace: Workspace) -> None:
    """Both versions of the official client, with a key: same order and scores as the Python call."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "cohere")
    expected = python_scores()
    newer = cohere.ClientV2(api_key=key, base_url=address, httpx_client=http)
    asked = {"additional_body_parameters": {"guarantee": PROMISE}}  # as the Rerank page shows it
    promised = newer.rerank(model="champion", query=QUERY, documents=DOCUMENTS, request_options=asked)
    assert [row.index for row in promised.results] == [0, 1, 2]  # it learned from the sample
    found = newer.rerank(model="champion", query=QUERY, documents=DOCUMENTS, top_n=2)
    assert [(row.index, row.relevance_score) for row in found.results] == expected[:2]
    older = cohere.Client(api_key=key, base_url=address, httpx_client=http)
    texts = [{"text": text} for text in DOCUMENTS]
    answer = older.rerank(query=QUERY, documents=texts, return_documents=True, rank_fields=["text"])
    assert [(row.index, row.relevance_score) for row in answer.results] == expected
    assert answer.results[0].document.text == DOCUMENTS[expected[0][0]]
    with pytest.raises(cohere.NotFoundError) as unknown:
        newer.rerank(model="rerank-v3.5", query=QUERY, documents=DOCUMENTS)
    assert "rerank-v3.5" in unknown.value.body["message"]
    with pytest.raises(cohere.UnauthorizedError):
        cohere.ClientV2(api_key="another", base_url=address, httpx_client=http).rerank(
            model="champion", query=QUERY, documents=DOCUMENTS
        )


def test_the_rerankers_library_works(address: str) -> None:
    """Its API ranker on this machine, where no key was made: order, scores and the ids it was given."""
    from rerankers import Reranker  # here: it imports torch and transformers

    ranker = Reranker("champion", model_type="cohere", api_key="none", url=f"{address}/v1/rerank", verbose=0)
    found = ranker.rank(query=QUERY, docs=DOCUMENTS, doc_ids=["poor", "good", "long"])
    names = ["poor", "good", "long"]
    assert [(row.doc_id, row.score) for row in found.results] == [(names[i], score) for i, score in python_scores()]


def test_many_at_once_get_the_same_answers(address: str, http: httpx.Client) -> None:
    """Twenty programs at the same moment: each gets its own result, identical to the Python call."""
    client = cohere.ClientV2(api_key="none", base_url=address, httpx_client=http)
    expected = python_scores()

    def ask(_: int) -> list[tuple[int, float]]:
        found = client.rerank(model="champion", query=QUERY, documents=DOCUMENTS)
        return [(row.index, row.relevance_score) for row in found.results]

    with ThreadPoolExecutor(20) as callers:
        assert all(found == expected for found in callers.map(ask, range(60)))


def test_what_was_ranked_is_noted_without_a_text(client: TestClient, api: Api, workspace: Workspace) -> None:
    """Counts, times, who asked and whether the first was replaced; of texts not a word."""
    for documents in ([POOR, GOOD], [GOOD, POOR], [GOOD]):
        assert client.post("/v1/rerank", json={"query": QUERY, "documents": documents}).status_code == 200
    client.post("/v1/rerank", json={"query": QUERY, "documents": []})
    found = usage.lately(workspace, COMMAND_LINE)
    assert (found.calls, found.candidates, found.by_source) == (3, 5, {"api": 3})
    assert (found.comparable, found.replaced, found.without_model) == (2, 1, 0)
    assert found.p50 is not None
    assert found.p95 is not None
    assert found.p95 >= found.p50 > 0


def test_the_document_describes_every_route(client: TestClient) -> None:
    """Every path in it answers, with a status that it names."""
    document = client.get("/v1/openapi.json").json()
    assert document == client.get("/openapi.json").json() == DOCUMENT
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sent = {"query": QUERY, "documents": [GOOD]} if method == "post" else None
            answer = client.request(method.upper(), path, json=sent)
            assert str(answer.status_code) in operation["responses"], path
