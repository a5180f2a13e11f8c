"""Real workers as processes, which are killed, stopped and started again, on both databases."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg2
import pytest

from core.domain.roles import COMMAND_LINE
from core.domain.running.work import Work
from core.labeling.how_to_read import HowToRead
from core.services.data import uploads
from core.services.running import workers
from core.services.training import training
from core.services.training.runs import run_view
from core.services.workspace import Workspace
from core.store.tables import Import, Item, ModelVersion, Rating, Upload
from core.store.training import runs
from tests.databases import PATIENCE, ROOT, Plain
from tests.proofs.conftest import scaled
from tests.services.test_training import fill
from tests.services.test_uploads import many

pytestmark = pytest.mark.slow

ROWS = scaled(5_000, 200_000)
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> Iterator[Start]:
    """Starts workers; whatever lives at the end is killed."""
    monkeypatch.setattr(uploads, "SMALL", -1)
    begun: list[subprocess.Popen[bytes]] = []

    def begin(*options: str) -> subprocess.Popen[bytes]:
        known = len(workers.listed(workspace, COMMAND_LINE))
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "core", "worker", *options], env=environ, cwd=ROOT, stderr=subprocess.DEVNULL
            )
        )
        until(lambda: len(workers.listed(workspace, COMMAND_LINE)) > known)
        return begun[-1]

    yield begin
    for process in begun:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def until(done: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def upload(workspace: Workspace, number: int) -> Upload:
    with workspace.store.read() as session:
        return session.get_one(Upload, number)


def run(workspace: Workspace, run_id: int) -> runs.Run:
    with workspace.store.read() as session:
        found = runs.find(session, run_id)
        assert found is not None
        return found


def importing(workspace: Workspace) -> int:
    """A file whose import a worker has begun: some rows are in, most are not."""
    number = uploads.take(workspace, COMMAND_LINE, "rows.csv", io.BytesIO(many(ROWS)))
    uploads.start_check(workspace, COMMAND_LINE, number, HowToRead())
    until(lambda: upload(workspace, number).state == "checked")
    uploads.start_import(workspace, COMMAND_LINE, number)
    until(lambda: upload(workspace, number).rows_done)
    assert upload(workspace, number).state == "importing"
    return number


def all_is_in_once(workspace: Workspace, number: int) -> None:
    found = upload(workspace, number)
    assert (found.state, found.message) == ("finished", None)
    with workspace.store.read() as session:
        assert session.query(Item).count() == session.query(Rating).count() == ROWS
        assert session.query(Import).count() == 1


def test_a_killed_worker_and_the_import_it_was_at(workspace: Workspace, start: Start) -> None:
    """The next one takes it up where it stopped; nothing is lost, nothing is there twice."""
    first = start()
    number = importing(workspace)
    first.kill()
    first.wait()
    some = upload(workspace, number).rows_done
    assert 0 < some < ROWS
    start()
    until(lambda: not uploads.listed(workspace, COMMAND_LINE)[0].active)
    all_is_in_once(workspace, number)
    assert upload(workspace, number).lost == 1


def test_a_stopped_worker_gives_its_import_back(workspace: Workspace, start: Start) -> None:
    """SIGTERM, as systemd sends it: it ends by itself within seconds, and the rest waits for the next one."""
    first = start()
    number = importing(workspace)
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    assert workers.listed(workspace, COMMAND_LINE) == []
    found = upload(workspace, number)
    assert (found.state, found.process, found.lost) == ("importing", None, 0)
    start()
    until(lambda: not uploads.listed(workspace, COMMAND_LINE)[0].active)
    all_is_in_once(workspace, number)


def test_a_killed_worker_and_the_training_it_was_at(workspace: Workspace, start: Start) -> None:
    """It is begun again by the next one, and comes to one model; asked for by a process that is gone by then."""
    fill(workspace)
    first = start()
    run_id = training.start(workspace, COMMAND_LINE)
    until(lambda: run(workspace, run_id).state == "running")
    first.kill()
    first.wait()
    start()
    until(lambda: run(workspace, run_id).active is None)
    found = run_view(workspace, COMMAND_LINE, run_id)
    assert found is not None
    assert found.state == "finished", found.message
    assert [event["event"] for event in found.events].count("started") == 1
    with workspace.store.read() as session:
        assert session.query(ModelVersion).count() == 1
    assert run(workspace, run_id).claim == 2


def test_a_stopped_worker_gives_its_training_back(workspace: Workspace, start: Start) -> None:
    fill(workspace)
    first = start()
    run_id = training.start(workspace, COMMAND_LINE)
    until(lambda: run(workspace, run_id).state == "running")
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    # it was at its end, or waits: never anything in between
    assert run(workspace, run_id).state in ("queued", "finished")
    start()
    until(lambda: run(workspace, run_id).active is None)
    assert run(workspace, run_id).state == "finished"


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_share_what_is_there(workspace: Workspace, start: Start) -> None:
    """One trains while the other imports, and what a killed one was at is taken up; SQLite has one at a time."""
    fill(workspace)
    trains, imports = start("--only", "training"), start("--only", "import")
    kinds = {worker.process.rpartition(":")[2]: worker.takes for worker in workers.listed(workspace, COMMAND_LINE)}
    assert kinds == {str(trains.pid): (Work.TRAINING,), str(imports.pid): (Work.IMPORT,)}
    run_id = training.start(workspace, COMMAND_LINE)
    number = importing(workspace)
    until(lambda: run(workspace, run_id).process)
    assert str(run(workspace, run_id).process).endswith(f":{trains.pid}")
    assert str(upload(workspace, number).process).endswith(f":{imports.pid}")
    imports.kill()
    imports.wait()
    start()
    until(lambda: run(workspace, run_id).active is None and upload(workspace, number).state == "finished")
    assert run(workspace, run_id).state == "finished"


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_that_stands_still_writes_nothing_when_it_goes_on(
    workspace: Workspace, start: Start, old_app: Plain
) -> None:
    """SIGSTOP, as a machine that sleeps: another one has its import by then, and nothing of it is in twice.

    It is stopped where it holds no lock; SQLite has one machine, whose sleep is everybody's.
    """
    first = start()
    number = importing(workspace)
    while True:
        os.kill(first.pid, signal.SIGSTOP)
        try:
            old_app.run(f"SELECT 1 FROM assay_uploads WHERE upload_id = {number} FOR UPDATE NOWAIT")
            break
        except psycopg2.OperationalError:
            os.kill(first.pid, signal.SIGCONT)
            time.sleep(0.005)
    before = upload(workspace, number)
    with workspace.store.write() as session:  # as five minutes of silence do, after which it is taken for dead
        session.get_one(Upload, number).process = "elsewhere:1"
        session.get_one(Upload, number).heartbeat_at = before.heartbeat_at.replace(year=2001)
        record = session.query(Import).one()
        record.process, record.heartbeat_at = "elsewhere:1", before.heartbeat_at.replace(year=2001)
    assert uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False) == number
    os.kill(first.pid, signal.SIGCONT)
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    all_is_in_once(workspace, number)
