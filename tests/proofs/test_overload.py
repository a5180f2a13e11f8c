"""More than a server can do at once, against a real `python -m core serve` with a model: it does what it can, in
time.
"""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest

from core.domain.roles import COMMAND_LINE
from core.http.limits import SCORING_SECONDS
from core.services.people import api_keys
from core.services.workspace import Workspace, open_workspace
from tests.databases import ROOT
from tests.proofs.conftest import FULL, scaled

pytestmark = pytest.mark.slow

SENTENCE = "the device restarts when you hold the power button for ten seconds and then install all updates"
WORDS_EACH = 330


@pytest.fixture(scope="module")
def home(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample and its champion."""
    return Path(shutil.copytree(trained_once, tmp_path_factory.mktemp("overload"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def workspace(home: Path) -> Workspace:
    return open_workspace({**os.environ, "ASSAY_HOME": str(home)})


@pytest.fixture(scope="module")
def port(home: Path) -> Iterator[int]:
    """A server of its own process, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environ = os.environ | {"ASSAY_HOME": str(home)}
    if FULL:
        del environ["OMP_NUM_THREADS"]  # which the tests set for themselves: this is about the whole machine
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 120
        while not ready(port) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def body(number: int, documents: int, words: int) -> bytes:
    """A question and answers that nobody asked before."""
    draw = random.Random(number)
    texts = [" ".join(draw.choices(SENTENCE.split(), k=words)) + f" {number}.{n}" for n in range(documents)]
    return json.dumps({"query": f"question {number}", "documents": texts}).encode()


class Answer(NamedTuple):
    """What came of a request."""

    status: int
    wait: int | None
    """The seconds of Retry-After."""
    seconds: float


def ask(port: int, sent: bytes, key: str) -> Answer:
    """Send a request once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1_800)
    began = time.monotonic()
    try:
        headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
        connection.request("POST", "/v1/rerank", sent, headers)
        answer = connection.getresponse()
        answer.read()
        wait = answer.getheader("retry-after")
        return Answer(answer.status, wait and int(wait), time.monotonic() - began)
    finally:
        connection.close()


def test_fifty_large_requests_at_once_are_done_or_told_when_to_come_back(
    port: int, workspace: Workspace, proven_once
) -> None:
    """Those that are taken in end in 200, the others in 429 at once, none in anything else. Another key's small ones
    get through beside them."""
    many, other = (api_keys.create(workspace, COMMAND_LINE, name)[0] for name in ("many", "other"))
    documents, size = scaled(100, 1_000), len(body(0, scaled(100, 1_000), WORDS_EACH))
    assert not FULL or 1_700_000 < size < 2_100_000
    with ThreadPoolExecutor(50) as pool:
        large = [pool.submit(ask, port, body(number, documents, WORDS_EACH), many) for number in range(50)]
        small = [ask(port, body(number, 2, 40), other) for number in range(100, 110)]
        found = [one.result() for one in large]
    statuses = Counter(answer.status for answer in found)
    refused = [answer for answer in found if answer.status == 429]
    assert set(statuses) <= {200, 429}, statuses
    assert statuses[200] >= 1
    assert all(answer.wait for answer in refused)
    last, slowest = (max(answer.seconds for answer in answers) for answers in (refused, small))
    longest = max(answer.seconds for answer in found if answer.status == 200)
    assert last < SCORING_SECONDS / 4
    assert [answer.status for answer in small] == [200] * 10
    assert slowest < SCORING_SECONDS / 4
    proven_once(
        f"50 requests of {documents:,} answers and {size / 1e6:.1f} MB at once: {statuses[200]} ended in 200 "
        f"(within {longest:.0f} s), {statuses[429]} in 429, none in 504, the last refusal after {last:.1f} s; 10 small "
        "ones of "
        f"another key beside them: all 200, the slowest in {slowest:.1f} s"
    )


def test_half_sent_bodies_and_silent_connections_keep_nobody_out(port: int, workspace: Workspace, proven_once) -> None:
    """All connections of an address: those without a request, and bodies that do not end; another caller is served at
    once, and after a while the server has closed all of them."""
    slow, other = (api_keys.create(workspace, COMMAND_LINE, name)[0] for name in ("slow", "other"))
    silent_many, half_many = scaled(50, 200), scaled(20, 50)
    head = (
        "POST /v1/rerank HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
        f"{slow}\r\n"
        'Content-Length: 3000000\r\n\r\n{"query": "'
    )
    crowd = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(silent_many + half_many)]
    try:
        for number, one in enumerate(crowd[:silent_many]):
            one.sendall(head.encode()[: number % 40])  # nothing, or a part of a header
        for one in crowd[silent_many:]:
            one.sendall(head.encode())
        began = time.monotonic()
        statuses = [ask(port, body(200 + number, 2, 40), other).status for number in range(10)]
        took = time.monotonic() - began
        ended = sum(is_ended(one) for one in crowd)
        ended_after = time.monotonic() - began
    finally:
        for one in crowd:
            one.close()
    assert statuses == [200] * 10
    assert ended == len(crowd)
    proven_once(
        f"{silent_many} connections without a whole request and {half_many} half-sent bodies: 10 requests of another "
        "key all "
        f"200 in {took:.1f} s together; all {len(crowd)} connections closed by the server within {ended_after:.0f} s"
    )


def is_ended(one: socket.socket) -> bool:
    """Whether the server ends the connection; what it says before is read."""
    try:
        while one.recv(10_000):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_wrong_keys_do_not_lock_out_a_right_one(port: int, workspace: Workspace, proven_once) -> None:
    """Many guesses from one address, the right key between them."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal")
    guesses = scaled(150, 2_000)
    sent = body(300, 2, 40)
    wrong = Counter(ask(port, sent, f"assay_{number}").status for number in range(guesses))
    right = Counter(ask(port, sent, key).status for _ in range(20))
    assert set(wrong) == {401, 429}
    assert right == {200: 20}
    proven_once(
        f"{guesses:,} wrong keys from one address: {wrong[401]} looked up, {wrong[429]} refused; a right one 20 of 20"
    )
