"""POST /rerank as clients of vLLM, Infinity and text-embeddings-inference send and read it, and holes in a list.

The clients themselves are called in tests/proofs/test_integrations.py.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

import core
from core.http import limits
from core.http.api import Api
from core.http.openapi import DOCUMENT
from core.http.standalone import make_app
from core.services.workspace import Workspace, open_workspace

pytestmark = pytest.mark.slow

QUERY = "My phone froze and does not react. What can I do?"
GOOD = "Hold the power button for ten seconds to force a restart, then install updates."
POOR = "Buy our premium plan today and enjoy a world of benefits!"
HUGE = "restart the phone " * 60_000  # 1,080,000 characters
HOLES = ["", "  ", GOOD, GOOD, HUGE, "\N{GRINNING FACE}", None]
PATHS = ["/v1/rerank", "/v2/rerank", "/rerank"]


@pytest.fixture
def workspace(trained_home: Path) -> Workspace:
    """A database with a champion."""
    return open_workspace()


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    return TestClient(Api(lambda: workspace).app, base_url="http://localhost:8501", client=("127.0.0.1", 50000))


def valid(schema: str, body: object) -> None:
    """Hold an answer against the OpenAPI document."""
    jsonschema.validate(body, {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]})


def usual(client: TestClient, **more: Any) -> list[dict[str, Any]]:
    """What /v1/rerank answers to the same question."""
    sent = {"query": QUERY, "documents": [POOR, GOOD], **more}
    return list(client.post("/v1/rerank", json=sent).json()["results"])


def test_documents_are_ranked_as_vllm_and_infinity_do(client: TestClient) -> None:
    """The order and scores of /v1/rerank. Which kind a document has that comes back the two do not agree on, and they
    are asked in the same words: so it never does, and `index` says which it was."""
    sent = {"model": "champion", "query": QUERY, "documents": [POOR, {"text": GOOD}], "return_documents": True}
    sent |= {"raw_scores": False, "truncate_prompt_tokens": 512, "max_tokens_per_doc": 100, "instruction": "Rank."}
    body = client.post("/rerank", json=sent).json()
    valid("RerankAnswer", body)
    assert body["results"] == usual(client)
    assert [row["index"] for row in body["results"]] == [1, 0]
    assert (body["object"], body["usage"]) == ("rerank", {"prompt_tokens": 0, "total_tokens": 0})
    assert body["meta"]["fallback"] is False
    assert client.post("/rerank", json=sent | {"top_n": 1}).json()["results"] == usual(client)[:1]


def test_texts_are_ranked_as_text_embeddings_inference_does(client: TestClient) -> None:
    """A bare list with the same scores, the texts only where they are asked for, and as many as wanted."""
    sent = {"query": QUERY, "texts": [POOR, GOOD], "raw_scores": True, "truncate": True, "truncation_direction": "Left"}
    bare = client.post("/rerank", json=sent)
    valid("TextsAnswer", bare.json())
    assert bare.json() == [{"index": row["index"], "score": row["relevance_score"]} for row in usual(client)]
    with_texts = client.post("/rerank", json=sent | {"return_text": True, "top_n": 1}).json()
    valid("TextsAnswer", with_texts)
    assert with_texts == [{**bare.json()[0], "text": GOOD}]


@pytest.mark.parametrize("path", PATHS)
def test_holes_in_a_list_cost_nothing_else(client: TestClient, path: str) -> None:
    """Every place in the input comes back once; blank ones last with score 0, equal texts with equal scores, and of
    one that is too long the beginning was read, which is said."""
    sent = {"query": QUERY, "documents": [*HOLES, {"text": None}], "certainty": True}
    body = client.post(path, json=sent).json()
    valid("RerankAnswer", body)
    rows = {row["index"]: row for row in body["results"]}
    assert sorted(rows) == list(range(8))
    assert len(body["results"]) == 8
    assert {row["index"] for row in body["results"][-4:]} == {0, 1, 6, 7}
    for blank in (0, 1, 6, 7):
        assert (rows[blank]["relevance_score"], rows[blank]["meaning"], rows[blank]["windows"]) == (0.0, None, 0)
    assert rows[2] == rows[3] | {"index": 2}
    for index in (2, 4, 5):
        assert rows[index]["relevance_score"] == pytest.approx(core.score_text_pair(QUERY, HOLES[index]), abs=1e-5)
        assert rows[index]["relevance_score"] > 0
    assert body["meta"]["truncated"] == [4]
    assert body["meta"]["too_close"] is not None


def test_a_blank_document_is_no_rival_of_the_best(client: TestClient) -> None:
    """Where only one document holds a text nothing is too close to call; where none does nothing can be said."""
    for documents, close in ([["", GOOD, None], False], [["", " \n"], None]):
        sent = {"query": QUERY, "documents": documents, "certainty": True, "abstain": True}
        body = client.post("/v1/rerank", json=sent).json()
        valid("RerankAnswer", body)
        assert body["meta"]["too_close"] is close
        assert body["meta"]["abstained"] is None
    assert [(row["index"], row["relevance_score"]) for row in body["results"]] == [(0, 0.0), (1, 0.0)]


def test_blank_documents_come_last_also_where_the_model_abstains(client: TestClient) -> None:
    """The others keep their order."""
    sent = {"query": "zxqv 0x9f3a ☂☂ SELECT 1;", "documents": ["", POOR, " ", GOOD], "abstain": True}
    body = client.post("/v1/rerank", json=sent).json()
    assert body["meta"]["abstained"]
    assert [row["index"] for row in body["results"]] == [1, 3, 0, 2]


def test_a_document_comes_back_as_it_was_sent(client: TestClient) -> None:
    """Also its end that nobody read, and null as a blank one; so it is for texts."""
    sent = {"query": QUERY, "return_documents": True, "return_text": True}
    listed = client.post("/v1/rerank", json=sent | {"documents": [HUGE, None]}).json()
    assert [row["document"]["text"] for row in listed["results"]] == [HUGE, ""]
    bare = client.post("/rerank", json=sent | {"texts": [HUGE, None]}).json()
    assert [row["text"] for row in bare] == [HUGE, ""]


def test_what_is_not_looked_at_is_said_although_there_is_no_word_in_it(client: TestClient) -> None:
    """A document that ends in more spaces than are looked at."""
    spaces = GOOD + " " * limits.MAX_DOCUMENT_CHARACTERS
    body = client.post("/v1/rerank", json={"query": QUERY, "documents": [spaces, GOOD]}).json()
    assert body["meta"]["truncated"] == [0]


def test_python_and_the_command_line_rank_around_holes(workspace: Workspace, tmp_path: Path) -> None:
    """The same order as over HTTP; what is no text at all is an error there, since it comes from the program itself."""
    texts = [text for text in HOLES if text is not None]
    ranked = core.rerank_candidates(QUERY, [{"text": text, "at": at} for at, text in enumerate(texts)])
    assert [candidate["at"] for candidate in ranked[-2:]] == [0, 1]
    assert [candidate["_score"] for candidate in ranked[-2:]] == [0.0, 0.0]
    assert len({candidate["_score"] for candidate in ranked if candidate["text"] == GOOD}) == 1
    certain = {c["at"]: c for c in core.rerank_with_certainty(QUERY, ranked)["candidates"]}
    assert (certain[0]["_windows"], certain[0]["_good"], certain[0]["_truncated"]) == (0, None, False)
    assert certain[4]["_truncated"] is True
    with pytest.raises(ValueError, match="candidate 1"):
        core.rerank_candidates(QUERY, [GOOD, None])
    file = tmp_path / "candidates.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    command = [sys.executable, "-m", "core", "rerank", "--prompt", QUERY, "--candidates", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout.splitlines()[-1])["results"]
    assert [row["index"] for row in rows] == [candidate["at"] for candidate in ranked]
    assert [row["score"] for row in rows] == pytest.approx([candidate["_score"] for candidate in ranked], abs=1e-5)


def test_the_server_without_pages_answers_there_too(workspace: Workspace) -> None:
    """And says which method is right, since there is no page."""
    with TestClient(make_app(), base_url="http://localhost:8600", client=("127.0.0.1", 5)) as client:
        assert client.post("/rerank", json={"query": QUERY, "texts": [POOR, GOOD]}).json()[0]["index"] == 1
        refused = client.get("/rerank")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
