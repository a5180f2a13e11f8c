"""Training in a real browser: live for everybody, through a reload, and with its result at the end."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.metrics import Metric
from core.domain.roles import COMMAND_LINE
from core.services.models.verdicts import verdicts
from core.services.running import workers
from core.services.workspace import Workspace, open_workspace, this_process
from core.store.training import runs
from tests.browser.serving import serve
from tests.databases import PATIENCE, lead

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


def command_line(dashboard, *arguments: str) -> subprocess.CompletedProcess:
    """`python -m core` on the dashboard's database."""
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=os.environ | {"ASSAY_HOME": str(dashboard.home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def workspace(dashboard) -> Workspace:
    """The dashboard's database with the sample in it, from beside the server."""
    assert command_line(dashboard, "sample", "load").returncode == 0
    return open_workspace({"ASSAY_HOME": str(dashboard.home)})


@pytest.fixture
def worker() -> Iterator[Callable[[Path], subprocess.Popen]]:
    """Starts `python -m core worker` on a home; whatever lives at the end is killed."""
    begun: list[subprocess.Popen] = []

    def start(home: Path) -> subprocess.Popen:
        command = [sys.executable, "-m", "core", "worker"]
        environ = os.environ | {"ASSAY_HOME": str(home)}
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL))
        until = time.monotonic() + PATIENCE
        workspace = open_workspace({"ASSAY_HOME": str(home)})
        while str(begun[-1].pid) not in str(workers.listed(workspace, COMMAND_LINE)):
            assert begun[-1].poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        workspace.store.engine.dispose()
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """Another person's browser."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def live(page: Page):
    return page.locator(".st-key-train-live")


def fold(number: int) -> dict:
    metrics = {name: Metric(0.8).to_json() for name in ("accuracy", "roc_auc", "pairwise_accuracy")}
    return {"event": "fold_done", "fold": number, "folds": 5, "metrics": metrics, "roc": [[0, 0], [0, 1], [1, 1]]}


def test_a_popover_is_reached_by_keyboard(page: Page, dashboard, workspace):
    """Tab goes from its button into it and round; Escape closes it, and the button has the focus again."""
    page.goto(dashboard.url)
    opens = page.locator(".st-key-home-remove button").first
    opens.press("Enter")
    yes = page.locator(".st-key-home-remove_sample button")
    expect(yes).to_be_visible()
    page.keyboard.press("Tab")
    expect(yes).to_be_focused()
    page.keyboard.press("Tab")
    expect(opens).to_be_focused()
    page.keyboard.press("Escape")
    expect(yes).to_have_count(0)
    expect(opens).to_be_focused()


def test_progress_is_seen_in_every_browser(page: Page, second: Page, dashboard, workspace):
    """A training that somebody else started appears by itself, goes on in two browsers, survives a reload, and ends.

    What is opened below it stays open while it goes on.
    """
    for viewer in (page, second):
        viewer.goto(f"{dashboard.url}/train")
        expect(viewer.locator(".st-key-train-start button")).to_be_enabled()
    with workspace.store.write() as session:
        run_id = runs.start(session, "pair", 0, "Ben", this_process()).run_id
    for number in (1, 2, 3):
        with workspace.store.write() as session:
            runs.add_event(session, run_id, "FoldDone", fold(number))
        for viewer in (page, second):
            expect(live(viewer)).to_contain_text(f"{number} of 5 tests done")
        if number == 1:
            second.get_by_text("Details", exact=True).click()
        if number == 2:
            page.reload()
            expect(live(page)).to_contain_text("2 of 5 tests done")
    expect(live(second)).to_contain_text("Started by Ben")
    expect(live(second).locator(".js-plotly-plot")).to_be_visible()
    expect(live(page).locator(".js-plotly-plot")).not_to_be_visible()
    expect(second.locator(".st-key-train-start")).to_have_count(0)
    with workspace.store.write() as session:
        runs.finish(session, run_id, "cancelled", "The training was cancelled.")
    for viewer in (page, second):
        expect(viewer.get_by_text("The training was cancelled; nothing was lost.")).to_be_visible()
        expect(viewer.locator(".st-key-train-start button")).to_be_enabled()


def test_a_killed_trainer_is_told_in_every_browser(page: Page, second: Page, dashboard, workspace):
    """SIGKILL in between: both viewers read that it failed, how far it got, that nothing was lost, and start again."""
    page.goto(f"{dashboard.url}/train")
    page.locator(".st-key-train-start button").press("Enter")
    page.locator(".st-key-rate-name input").press_sequentially("Kim")
    page.keyboard.press("Enter")
    page.locator(".st-key-train-start button").press("Enter")
    expect(live(page)).to_contain_text("Started by Kim")
    second.goto(f"{dashboard.url}/train")
    expect(live(second)).to_contain_text("rated answers")  # it has read them: it is alive
    ((process,),) = dashboard.query("select process from assay_runs where active")
    os.kill(int(process.rpartition(":")[2]), signal.SIGKILL)
    for viewer in (page, second):
        expect(viewer.get_by_text("The training process ended unexpectedly")).to_be_visible()
        expect(viewer.get_by_text("How far it got")).to_be_visible()
        expect(viewer.get_by_text(re.compile(r"Read 184 rated answers"))).to_be_visible()
        expect(viewer.locator(".st-key-train-start button")).to_be_enabled()
    assert dashboard.query("select state from assay_runs where requested_by = 'Kim'") == [("failed",)]


def test_a_training_outlives_the_server(page: Page, tmp_path):
    """The dashboard stops and starts again while a training runs elsewhere: it is shown as before, and goes on."""
    with serve(tmp_path) as first:
        workspace = open_workspace({"ASSAY_HOME": str(tmp_path)})
        with workspace.store.write() as session:
            run_id = runs.start(session, "pair", 0, "Ben", this_process()).run_id
            runs.add_event(session, run_id, "FoldDone", fold(1))
        page.goto(f"{first.url}/train")
        expect(live(page)).to_contain_text("1 of 5 tests done")
    with serve(tmp_path) as again:
        page.goto(f"{again.url}/train")
        expect(live(page)).to_contain_text("1 of 5 tests done")
        expect(live(page)).to_contain_text(f"Training {run_id} is running")
        with workspace.store.write() as session:
            runs.add_event(session, run_id, "FoldDone", fold(2))
        expect(live(page)).to_contain_text("2 of 5 tests done")


def stands_still(worker: subprocess.Popen, home: Path) -> None:
    """Stop a worker where it holds no lock of the database, as a machine that hangs."""
    while True:
        os.kill(worker.pid, signal.SIGSTOP)
        try:
            with closing(sqlite3.connect(home / "assay.db", timeout=0.1, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                return
        except sqlite3.OperationalError:
            os.kill(worker.pid, signal.SIGCONT)
            time.sleep(0.01)


def test_a_worker_trains_through_a_restart_and_the_next_one_takes_up_what_a_killed_one_was_at(
    page: Page, worker: Callable[[Path], subprocess.Popen], tmp_path
):
    """Asked for on the page, by real processes: dashboard and worker end and start again, and one model comes of it."""
    with serve(tmp_path) as first:
        workspace = open_workspace({"ASSAY_HOME": str(tmp_path)})
        assert command_line(first, "sample", "load").returncode == 0
        lead(workspace, "Ana")
        carries_out = worker(tmp_path)
        page.goto(f"{first.url}/train")
        page.locator(".st-key-train-start button").press("Enter")
        page.locator(".st-key-rate-name input").press_sequentially("Ana")
        page.keyboard.press("Enter")
        page.locator(".st-key-train-start button").press("Enter")
        expect(live(page)).to_contain_text("A worker on")
        stands_still(carries_out, tmp_path)  # or it may be done before the dashboard is there again
    with serve(tmp_path) as again:
        page.goto(f"{again.url}/train")
        expect(live(page)).to_contain_text("Training 1 is running")
        ((state, process),) = again.query("select state, process from assay_runs")
        assert (state, process.rpartition(":")[2]) == ("running", str(carries_out.pid))
        carries_out.kill()
        carries_out.wait()
        expect(live(page)).to_contain_text("The next worker begins it again; nothing was lost.")
        worker(tmp_path)
        expect(page.locator(".st-key-train-verdict")).to_be_visible()
        assert again.query("select state, claim, lost from assay_runs") == [("finished", 2, 1)]
        assert len(again.query("select * from assay_model_versions")) == 1


def test_a_training_started_by_keyboard_survives_a_reload_and_shows_its_result(
    page: Page, second: Page, dashboard, workspace
):
    """Name, start, reload in the middle, seen by a second browser, no second training, result and model at the end."""
    lead(workspace, "Ana")
    page.goto(f"{dashboard.url}/train")
    page.locator(".st-key-train-start button").press("Enter")
    page.locator(".st-key-rate-name input").press_sequentially("Ana")
    page.keyboard.press("Enter")
    page.locator(".st-key-train-start button").press("Enter")
    expect(live(page)).to_contain_text("Started by Ana")
    page.reload()
    expect(live(page)).to_contain_text("Started by Ana")
    refused = command_line(dashboard, "train")
    assert refused.returncode == 1
    assert "A training is running already." in refused.stderr
    second.goto(f"{dashboard.url}/train")
    expect(live(second)).to_contain_text("Started by Ana")
    expect(second.locator(".st-key-train-start")).to_have_count(0)
    expect(page.locator(".st-key-train-verdict")).to_be_visible()
    (verdict,) = verdicts(workspace, COMMAND_LINE).values()
    for viewer in (page, second):
        expect(viewer.locator(".st-key-train-verdict")).to_contain_text(f"{verdict.name}. {verdict.sentence}")
        expect(viewer.locator(".stMetric")).to_have_count(3)
        expect(viewer.locator(".js-plotly-plot")).to_have_count(1)
        expect(viewer.locator("table")).to_have_count(0)
    assert dashboard.query("select state from assay_runs where requested_by = 'Ana'") == [("finished",)]
    assert len(dashboard.query("select * from assay_model_versions")) == 1
