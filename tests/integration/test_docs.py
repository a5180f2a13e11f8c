"""What the README and docs/http.md show runs as it stands there, with a model and against a real server."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cohere
import httpx
import pytest

from core.domain.outcomes.feedback import MAX_COMMENT
from core.domain.outcomes.sent_answers import MAX_ID, MAX_SENT
from core.domain.roles import COMMAND_LINE, KeyScope
from core.http import limits
from core.http.api import Api
from core.http.openapi import DOCUMENT
from core.services.people import api_keys
from core.services.workspace import Workspace, open_workspace
from core.store.tables import Feedback, Occurrence
from tests.integration.serving import on_a_port

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = (DOCS / "http.md").read_text(encoding="utf-8")
OUTCOMES = (DOCS / "outcomes.md").read_text(encoding="utf-8")
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")
THERE = "http://localhost:8501"
GOOD = "Hold the power button for ten seconds to force a restart."


@pytest.fixture
def workspace(trained_home: Path) -> Workspace:
    return open_workspace()


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    with on_a_port(Api(lambda: workspace).app) as found:
        yield found


def shown(language: str, containing: str, document: str = SHOWN) -> str:
    """The one block of that language that contains these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", document, flags=re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return str(found)


def test_the_python_lines_of_the_readme_print_the_better_answer(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its score."""
    exec(shown("python", "rerank_candidates", README), {})
    printed = capsys.readouterr().out
    assert printed.startswith("Hold the power button for ten seconds. 0.")


def test_the_command_of_the_readme_prints_the_better_answer_first(workspace: Workspace, tmp_path: Path) -> None:
    """In a folder of its own: the candidates become a file there."""
    lines = shown("bash", "candidates.txt", README).replace(".venv/bin/python", sys.executable)
    environ = os.environ | {"PYTHONPATH": str(DOCS.parent)}
    done = subprocess.run(["bash", "-c", lines], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.index("Hold the power button") < done.stdout.index("Buy our premium plan")


def test_the_curl_line_of_the_readme_finds_the_better_answer(address: str) -> None:
    """The second document comes first."""
    if not shutil.which("curl"):
        pytest.skip("not here: no curl")
    line = shown("bash", "curl", README).replace("http://127.0.0.1:8501", address)
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert [row["index"] for row in json.loads(done.stdout)["results"]] == [1, 0]


def test_the_line_with_fields_of_ours_answers_as_described(address: str) -> None:
    """Meaning and pieces of each document, and the doubts; both documents, since none is left out."""
    if not shutil.which("curl"):
        pytest.skip("not here: no curl")
    line = shown("bash", "certainty").replace(THERE, address)
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert {name for row in answer["results"] for name in row} == {"index", "relevance_score", "meaning", "windows"}
    assert {"abstained", "too_close", "outside", "doubt"} < set(answer["meta"])


def test_the_curl_line_answers_as_shown(address: str) -> None:
    """The better answer alone, in an object with the fields that the page shows."""
    if not shutil.which("curl"):
        pytest.skip("not here: no curl")
    done = subprocess.run(
        ["bash", "-c", shown("bash", "top_n").replace(THERE, address)], capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    pictured = json.loads(shown("json", "results").replace("…", ""))
    assert [set(answer), set(answer["meta"])] == [set(pictured), set(pictured["meta"])]
    assert [row["index"] for row in answer["results"]] == [1]


def test_what_becomes_of_sent_answers_is_as_shown(address: str) -> None:
    """One that is known, one that is new, and one without its answer, which is refused in these words."""
    first, new = ({"id": number, "prompt": f"Question {number}?", "response": "Yes."} for number in "12")
    with httpx.Client(base_url=address) as http:
        http.post("/v1/interactions", json={"interactions": [first]})
        sent = http.post("/v1/interactions", json={"interactions": [first, new, {"id": "3", "prompt": "Why?"}]})
    assert sent.json() == json.loads(shown("json", "refused"))


@pytest.mark.parametrize("library, found", [("import cohere", 1), ("import Reranker", GOOD)])
def test_the_python_examples_find_the_better_answer(
    address: str, workspace: Workspace, library: str, found: object
) -> None:
    """As a reader would paste them, with their key."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "docs")
    code = shown("python", library).replace(THERE, address).replace('"KEY"', repr(key))
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["best"] == found
    if "client" in names:
        names["client"].__exit__(None, None, None)  # its connection; a program's end closes it too


def loaded(name: str) -> Any:
    """The application in docs/ of that name."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_flask_endpoint_over_http_works_and_outlives_the_server(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It chooses with the model; without the server it answers as before, with the first candidate."""
    module = loaded("flask_over_http")
    body = {
        "prompt": "My phone froze and does not react. What can I do?",
        "candidates": ["Buy our premium plan today!", GOOD],
    }
    for url, answer, scored in ((address, GOOD, True), ("http://127.0.0.1:9", "Buy our premium plan today!", False)):
        with httpx.Client(timeout=5) as http:
            monkeypatch.setattr(module, "assay", cohere.ClientV2(base_url=url, api_key="none", httpx_client=http))
            reply = module.app.test_client().post("/answer", json=body).get_json()
        assert reply["answer"] == answer
        assert (reply["score"] is not None) is scored


def test_the_lines_that_send_answers_and_feedback_store_them(address: str, workspace: Workspace) -> None:
    """Over HTTP and in the same process, as a reader would paste them; then feedback on a ranking, and curl."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "docs", tuple(KeyScope))

    def run(block: str, names: dict[str, Any]) -> dict[str, Any]:
        exec(shown("python", block, OUTCOMES).replace(THERE, address).replace("Bearer KEY", f"Bearer {key}"), names)
        return names

    over_http = run("import httpx", {})
    assert [over_http["sent"]["stored"], over_http["said"]["stored"]] == [1, 1]
    ranked = run('"store": True', over_http)
    assert [ranked["told"]["stored"], ranked["chosen"]["stored"], ranked["shown"]] == [1, 1, 1]
    over_http["assay"].close()
    here = run("import core", {})
    assert [here["sent"]["stored"], here["said"]["stored"]] == [1, 1]
    if not shutil.which("curl"):
        pytest.skip("not here: no curl")
    answers = []
    for block in ("v1/interactions", "v1/feedback"):
        line = shown("bash", block, OUTCOMES).replace("-s ", f"-s -H 'Authorization: Bearer {key}' ")
        line = line.replace(THERE, address)
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
        answers.append(json.loads(done.stdout))
    assert answers[0]["stored"] == answers[1]["stored"] == 1
    assert [refused["index"] for refused in answers[0]["refused"]] == [1]


def test_the_flask_application_with_feedback_sends_and_outlives_the_server(
    address: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer and the thumb arrive; without the server it answers all the same."""
    with monkeypatch.context() as environ:
        environ.setenv("ASSAY_URL", address)
        module = loaded("flask_with_feedback")
    browser = module.app.test_client()
    reply = browser.post("/answer", json={"prompt": "My phone froze."}).get_json()
    thanked = browser.post("/thumb", json={"id": reply["id"], "thumb": "down", "user": "17"})
    assert thanked.get_json() == {"thanks": True}
    module.sending.submit(lambda: None).result()  # what was to be sent before was
    module.assay.close()
    with workspace.store.read() as session:
        (said,) = session.query(Feedback).all()
        (answer,) = session.query(Occurrence).filter_by(caller_id=reply["id"]).all()
        assert (said.interaction_id, said.value) == (answer.interaction_id, 0)
    with httpx.Client(base_url="http://127.0.0.1:9", timeout=5) as nowhere:
        monkeypatch.setattr(module, "assay", nowhere)
        assert browser.post("/answer", json={"prompt": "My phone froze."}).get_json()["answer"]
        module.sending.shutdown()


def test_every_status_in_the_table_is_described_for_programs_too() -> None:
    """docs/http.md and the OpenAPI document name the same errors, and the numbers in the text are the limits."""
    table = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", SHOWN, flags=re.MULTILINE) for code in row.split(",")}
    calls = [operations["post"] for operations in DOCUMENT["paths"].values() if "post" in operations]
    described = {int(code) for call in calls for code in call["responses"]} - {200, 500}
    assert table == described
    numbers = {
        "entries": (limits.MAX_DOCUMENTS, MAX_SENT),
        "characters": (limits.MAX_DOCUMENT_CHARACTERS, limits.MAX_CHARACTERS, MAX_COMMENT, MAX_ID),
        "a minute": (limits.ANSWERS_A_MINUTE, limits.FEEDBACK_A_MINUTE, limits.REQUESTS_A_MINUTE),
        "at once": (limits.ANSWERS_AT_ONCE, limits.FEEDBACK_AT_ONCE, limits.REQUESTS_AT_ONCE),
    }
    for number in (one for several in numbers.values() for one in several):
        assert f"{number:,}" in SHOWN
    for size in (limits.MAX_BODY_BYTES, limits.MAX_SENT_BYTES, limits.MAX_FEEDBACK_BYTES):
        assert f"{size // 1_000_000} MB" in SHOWN
    assert f"{limits.MAX_AT_ONCE} requests" in SHOWN
