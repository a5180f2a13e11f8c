"""`python -m core serve` and `keys`: the API without the dashboard, as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from starlette.testclient import TestClient

from core.cli.main import main
from core.http import standalone
from core.services.runtime import runtime
from tests.databases import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ASSAY_HOME of this test, and nothing that an earlier one left in the process's runtime."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    runtime.close()
    yield tmp_path / "home"
    runtime.close()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    code = main([*arguments, "--json"])
    shown = capsys.readouterr()
    lines = shown.out.strip().splitlines()
    return code, json.loads(lines[-1]) if lines else {}, shown.err


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(url: str, key: str | None = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a call; with a key a rerank call."""
    request = Request(url)
    if key is not None:
        sent = json.dumps({"query": "q", "documents": ["a"]}).encode()
        request = Request(url, sent, {"content-type": "application/json", "authorization": f"Bearer {key}"})
    try:
        with urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_several_workers_answer_and_end_together(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a fresh home: healthy, not ready for want of a model, keys honoured; SIGTERM ends all of it at once."""
    key = run(capsys, "keys", "create", "portal")[1]["key"]
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "serve", "--port", str(port), "--workers", "2"],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        here = f"http://127.0.0.1:{port}"
        until = time.monotonic() + PATIENCE
        status = 0
        while status != 200 and time.monotonic() < until and process.poll() is None:
            try:
                status, _ = get(f"{here}/healthz")
            except URLError:
                time.sleep(0.05)
        assert status == 200
        said = None
        while said != "no model" and time.monotonic() < until:  # any worker answers, and each looks for itself
            said = get(f"{here}/readyz")[1]["status"]
        assert said == "no model"
        assert get(f"{here}/v1/rerank", key)[0] == 503
        assert get(f"{here}/v1/rerank", "assay_wrong")[0] == 401
        assert get(f"{here}/rate")[0] == 404
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert f"http://127.0.0.1:{port}" in out
    assert "Traceback" not in err
    line = next(json.loads(line) for line in err.splitlines() if '"status": 401' in line)
    assert line["path"] == "/v1/rerank"
    assert key not in err


def test_it_stands_behind_the_guard_of_the_dashboard(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """Where people sign in too: headers, a key for whoever is not this machine, and an end to guessing keys."""
    monkeypatch.setenv("AUTH_MODE", "oidc")
    key = run(capsys, "keys", "create", "portal")[1]["key"]
    with TestClient(standalone.make_app(), base_url="http://assay.example.org", client=("192.0.2.7", 5)) as client:
        asked = {"query": "q", "documents": ["a"]}
        answer = client.post("/v1/rerank", json=asked, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 503  # let in; there is no model
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert client.get("/").status_code == 404
        assert client.get("/").json()["error"]
        refusals = [client.post("/v1/rerank", json=asked).status_code for _ in range(70)]
        assert refusals[0] == 401
        assert refusals[-1] == 429
        assert client.get("/healthz").headers["x-content-type-options"] == "nosniff"


def test_other_machines_are_let_near_only_with_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    """An address that others can reach needs a key that works: none and a revoked one are refused, with what to do."""
    for _ in range(2):
        code, _, said = run(capsys, "serve", "--host", "0.0.0.0")
        assert code == 2
        assert "keys create" in said
        number = run(capsys, "keys", "create", "portal")[1]["id"]
        run(capsys, "keys", "revoke", str(number))


def test_an_address_that_cannot_be_used_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Taken by another program, not of this machine, no port at all."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, said = run(capsys, "serve", "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "--port" in said
    assert run(capsys, "serve", "--port", "0")[0] == 2
    assert run(capsys, "serve", "--workers", "0")[0] == 2


def test_keys_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Made and shown once, listed without the key, revoked by number; what cannot be done is said."""
    code, made, _ = run(capsys, "keys", "create", "patient portal")
    assert code == 0
    code, found, _ = run(capsys, "keys")
    assert code == 0
    assert [(key["name"], key["created_by"], key["revoked_at"]) for key in found["keys"]] == [
        ("patient portal", "command line", None)
    ]
    assert made["key"] not in json.dumps(found)
    assert [key["scopes"] for key in found["keys"]] == [["rank"]]
    assert run(capsys, "keys", "revoke", str(made["id"]))[1]["keys"][0]["revoked_at"]
    for scope, kept in {"send": ["send"], "rank, send": ["rank", "send"]}.items():
        assert run(capsys, "keys", "create", "patient portal", "--scope", scope)[1]["scopes"] == kept
    for wrong in (["create"], ["revoke"], ["revoke", "portal"], ["revoke", "77"], ["list", "x"], ["create", " "]):
        code, _, said = run(capsys, "keys", *wrong)
        assert code == 2, wrong
        assert said.count("\n") == 1
    for wrong in (
        ["create", "x", "--scope", "rank,write"],
        ["create", "x", "--scope", ""],
        ["list", "--scope", "rank"],
    ):
        assert run(capsys, "keys", *wrong)[0] == 2, wrong
    assert "rank and send" in run(capsys, "keys", "create", "x", "--scope", "all")[2]
    assert len(run(capsys, "keys")[1]["keys"]) == 3
