"""Imports in real processes: killed, at the same moment, and beside a rater."""

import hashlib
import itertools
import signal
import statistics
import threading
import time

import pytest

from core.domain.errors import Conflict
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.roles import COMMAND_LINE
from core.services.data.importing import import_file, recorded, remove_import
from core.services.operations.status import status
from core.services.workspace import open_workspace, this_process
from core.store.interactions import imports
from core.store.rating import ratings
from core.store.tables import Import, Item, LegacyInteraction, Rating
from tests import looked
from tests.databases import (
    PATIENCE,
    Plain,
    added,
    at_once,
    environment,
    finished,
    rater,
    start_python,
    wait_until_blocked,
)

IMPORT = """
    import json, sys
    from pathlib import Path
    from core.domain.errors import Conflict
    from core.domain.roles import COMMAND_LINE
    from core.services.data.importing import ImportProgress, import_file
    from core.services.workspace import open_workspace
    workspace = open_workspace()
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        for step in import_file(workspace, COMMAND_LINE, Path(sys.argv[1])):
            if isinstance(step, ImportProgress):
                print(step.rows, flush=True)
        print(json.dumps(step.to_json()), flush=True)
    except Conflict as error:
        print("refused:", error, flush=True)
"""


@pytest.fixture
def big_file(tmp_path):
    """Writes a file of that many rated rows."""

    def write(numbers, name="big.csv"):
        path = tmp_path / name
        with path.open("w") as file:
            file.write("user_prompt,ai_response,rating,rater\n")
            file.writelines(f"prompt {n % 997},answer {n},{n % 5 + 1},Ben\n" for n in numbers)
        return path

    return write


def killed_after_first_batches(environ, path):
    process = start_python(IMPORT, environ, path)
    at_once([process])
    assert process.stdout is not None
    for _ in range(2):
        assert process.stdout.readline().strip().isdigit()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL


def stored(workspace):
    with workspace.store.read() as session:
        return (
            session.query(LegacyInteraction).count(),
            session.query(Item.identity).distinct().count(),
            session.query(Rating).count(),
        )


def test_an_import_killed_in_the_middle_can_be_finished(workspace, environ, big_file):
    """After SIGKILL in the middle of 5,000 rows the same file run again ends with every row exactly once."""
    path = big_file(range(5_000))
    killed_after_first_batches(environ, path)
    some = stored(workspace)[0]
    assert 0 < some < 5_000
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.unfinished, record.added) == (True, some)
    *_, result = import_file(workspace, COMMAND_LINE, path)
    assert (result.added, result.duplicates, result.rejected_total) == (5_000 - some, some, 0)
    assert stored(workspace) == (5_000, 5_000, 5_000)
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.unfinished, record.added, record.ratings) == (False, 5_000, 5_000)


def test_an_import_killed_in_the_middle_can_be_removed(workspace, environ, big_file):
    """After SIGKILL in the middle the import is taken back whole, but for what somebody rated in the meantime."""
    before = added(workspace, "prompt 1", "answer 1")
    killed_after_first_batches(environ, big_file(range(5_000)))
    with workspace.store.read() as session:
        (one,) = session.query(Item.interaction_id).filter(Item.import_id.is_not(None)).limit(1).one()
    ana = rater(workspace)
    looked.rate(workspace, ana, one, 4)
    (record,) = recorded(workspace, COMMAND_LINE)
    assert remove_import(workspace, COMMAND_LINE, record.import_id) == 1
    with workspace.store.read() as session:
        assert {n for (n,) in session.query(LegacyInteraction.interaction_id)} == {before, one}
        assert session.query(Rating.interaction_id, Rating.rater_id).all() == [(one, ana.rater_id)]
        assert session.query(Import).count() == 0
    found = status(workspace, COMMAND_LINE)
    assert (found.interactions, found.rated) == (2, 1)


def test_the_same_file_from_two_processes_is_imported_once(workspace, environ, big_file):
    """Two processes that start on the same file at the same moment: one imports it,
    the other is refused or finds duplicates.
    """
    path = big_file(range(1500))
    processes = [start_python(IMPORT, environ, path) for _ in range(2)]
    at_once(processes)
    last_lines = sorted(out.splitlines()[-1] for out in finished(processes))
    assert stored(workspace) == (1500, 1500, 1500)
    assert len(last_lines) == 2
    refused = [line for line in last_lines if line.startswith("refused:")]
    records = recorded(workspace, COMMAND_LINE)
    assert len(refused) + len(records) == 2
    assert sum(record.added for record in records) == 1500
    assert not any(record.unfinished for record in records)


def test_two_files_with_common_rows_at_the_same_moment(workspace, environ, big_file):
    """Two processes importing files that overlap leave each interaction and each rating once;
    both come to their end.
    """
    paths = [big_file(range(2000), "one.csv"), big_file(range(1000, 3000), "two.csv")]
    processes = [start_python(IMPORT, environ, path) for path in paths]
    at_once(processes)
    outputs = finished(processes)
    assert all('"rejected_total": 0' in out for out in outputs)
    assert stored(workspace) == (3000, 3000, 3000)
    assert sum(record.added for record in recorded(workspace, COMMAND_LINE)) == 3000
    assert sum(record.duplicates for record in recorded(workspace, COMMAND_LINE)) == 1000


def test_a_rater_keeps_rating_during_an_import(workspace, environ, big_file, record_property):
    """While another process imports, every single rating is stored; how long they took is recorded."""
    ids = itertools.cycle([added(workspace, "own prompt", f"own answer {n}") for n in range(50)])
    ana = rater(workspace)
    process = start_python(IMPORT, environ, big_file(range(5_000)))
    at_once([process])
    seconds, given = [], 0
    ended = threading.Event()

    def watch():
        assert process.stdout is not None
        process.stdout.read()
        process.wait()
        ended.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    while not ended.is_set():
        start = time.perf_counter()
        looked.rate(workspace, ana, next(ids), given % 5 + 1)
        seconds.append(time.perf_counter() - start)
        given += 1
        ended.wait(0.02)  # as fast as nobody can read
    watcher.join(60)
    assert process.returncode == 0, process.communicate()[1]
    process.communicate()
    with workspace.store.read() as session:
        assert session.query(LegacyInteraction).count() == 5_050
        assert (
            session.connection()
            .exec_driver_sql("SELECT count(*) FROM assay_rating_events WHERE action IN ('rated', 'changed')")
            .scalar()
            == given
        )
    assert given >= 10
    record_property("ratings during the import", given)
    record_property("seconds, median", round(statistics.median(seconds), 4))
    record_property("seconds, 95th percentile", round(statistics.quantiles(seconds, n=20)[-1], 4))
    record_property("seconds, longest", round(max(seconds), 4))


@pytest.mark.postgres
def test_a_rating_given_while_its_import_is_removed_is_not_lost(postgres_url, tmp_path, big_file):
    """A rating whose transaction is open when the removal of its import begins is waited for and kept."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    other = Plain(postgres_url)
    *_, result = import_file(workspace, COMMAND_LINE, big_file(range(10)))
    ana, kept = rater(workspace), []
    removal = threading.Thread(target=lambda: kept.append(remove_import(workspace, COMMAND_LINE, result.import_id)))
    seen = looked.version(workspace, 3)
    with workspace.store.write() as session:
        ratings.record(
            session, 3, ana.rater_id, RatingInput(RatingStatus.SUBMITTED, 4), EventContext("rated"), seen=seen
        )
        removal.start()
        wait_until_blocked(other)
    removal.join(30)
    assert kept == [1]
    with workspace.store.read() as session:
        assert session.query(Rating.interaction_id, Rating.rating).all() == [(3, 4)]
    other.close()
    workspace.store.engine.dispose()


@pytest.mark.postgres
def test_a_second_import_of_a_file_waits_for_the_beginning_of_the_first(postgres_url, tmp_path, big_file):
    """Two imports of one file that begin at the same moment do so one after the other, and the second is refused."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    other, path, said = Plain(postgres_url), big_file(range(10)), []

    def second():
        try:
            list(import_file(workspace, COMMAND_LINE, path))
        except Conflict as error:
            said.append(str(error))

    thread = threading.Thread(target=second)
    with workspace.store.write() as session:
        file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        assert imports.running_elsewhere(session, file_hash) is None
        imports.begin(session, path.name, file_hash, this_process())
        thread.start()
        wait_until_blocked(other)
    thread.join()
    assert said == ["big.csv is being imported right now (import 1). Wait for its end."]
    assert stored(workspace) == (0, 0, 0)
    other.close()
    workspace.store.engine.dispose()
