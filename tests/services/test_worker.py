"""Workers: what pages ask for is taken once, carried out under a claim, given back, and taken up by the next one."""

import io
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.roles import COMMAND_LINE
from core.domain.running.work import Work
from core.labeling.how_to_read import HowToRead
from core.reward.training.events import Event
from core.services.data import importing, uploads
from core.services.data.importing import Stopped
from core.services.operations.status import status
from core.services.running import carrying, workers
from core.services.running.carrying import Cancelled, GivenBack
from core.services.running.worker import work
from core.services.running.workers import place_of
from core.services.training import memory, registry, training
from core.services.training.runs import active_run, history, last_words, log_file, run_view
from core.services.workspace import Workspace, this_process
from core.store.interactions import uploads as stored_uploads
from core.store.interactions.uploads import Claim
from core.store.running import workers as stored_workers
from core.store.tables import Import, Item, ModelVersion, RunEvent, Upload, Worker
from core.store.training import runs
from core.store.types import now
from tests.databases import PATIENCE, rater
from tests.reward import fakes
from tests.services.test_training import fill
from tests.services.test_uploads import many

pytestmark = pytest.mark.slow

ALL = tuple(kind for kind in Work if kind is not Work.FINE_TUNING)


@pytest.fixture(autouse=True)
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown here does not depend on the encoder; files of every size are left to workers."""
    monkeypatch.setattr(training, "reference_embedder", fakes.reference_embedder)
    monkeypatch.setattr(uploads, "SMALL", -1)


def registered(workspace: Workspace, *takes: Work, process: str = "", gpu: bool = False, place: str = "") -> None:
    """A worker that lives, as far as its row says."""
    with workspace.store.write() as session:
        here = place or place_of(workspace.settings.home)
        stored_workers.add(session, process or this_process(), here, takes or ALL, gpu=gpu)


@contextmanager
def working(workspace: Workspace, *takes: Work) -> Iterator[threading.Event]:
    """A worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(
        target=work, args=(workspace, COMMAND_LINE), kwargs={"takes": takes or ALL, "gpu": False, "stop": stop}
    )
    thread.start()
    try:
        until(lambda: workers.listed(workspace, COMMAND_LINE))
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(done: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def checked(workspace: Workspace, rows: int) -> int:
    """A file that was checked, in this process."""
    number = uploads.take(workspace, COMMAND_LINE, "rows.csv", io.BytesIO(many(rows)))
    uploads.start_check(workspace, COMMAND_LINE, number, HowToRead())
    uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False)
    return number


def upload(workspace: Workspace, number: int) -> Upload:
    with workspace.store.read() as session:
        return session.get_one(Upload, number)


def died(workspace: Workspace, row: type[Upload | runs.Run], number: int) -> None:
    """The process that has it was not heard of for long."""
    with workspace.store.write() as session:
        found: Upload | runs.Run = session.get_one(row, number)  # type: ignore[assignment]
        found.process, found.heartbeat_at = "elsewhere:1", now() - timedelta(hours=1)


def test_what_pages_ask_for_is_carried_out_by_a_worker(workspace: Workspace) -> None:
    """A file and a training: asked for as ever, no process is started, and pages see how far they are."""
    fill(workspace)
    lea = rater(workspace, "Lea")
    with working(workspace):
        number = uploads.take(workspace, lea, "rows.csv", io.BytesIO(many(300)))
        uploads.start_check(workspace, lea, number, HowToRead())
        until(lambda: upload(workspace, number).state == "checked")
        uploads.start_import(workspace, lea, number)
        until(lambda: upload(workspace, number).state == "finished")
        run_id = training.start(workspace, lea)
        until(lambda: active_run(workspace, COMMAND_LINE) is None)
        (line,) = status(workspace, COMMAND_LINE).workers
        assert line == f"{this_process()} takes trainings, imports, exports and builds"
    run = run_view(workspace, COMMAND_LINE, run_id)
    assert run is not None
    assert (run.state, run.requested_by, run.for_worker) == ("finished", "Lea", True), run.message
    assert run.latest("started")
    assert last_words(workspace, COMMAND_LINE, run_id)[0].endswith(f"taken by {this_process()}, for the 1. time")
    assert workers.listed(workspace, COMMAND_LINE) == []


def test_without_a_worker_that_takes_it_the_dashboard_begins_as_ever(workspace: Workspace, monkeypatch) -> None:
    """One that takes only imports, one that was killed, and one whose files lie elsewhere are not counted on."""
    begun: list[str] = []

    def begin(*words: str, **_: object) -> int:
        begun.append(words[1])
        return 2**22 + 1

    for service in (training, uploads):
        monkeypatch.setattr(service, "start_detached", begin)
    registered(workspace, Work.IMPORT, place="another disk")
    registered(workspace, process=f"{this_process().rpartition(':')[0]}:{2**22 + 1}")
    training.start(workspace, COMMAND_LINE)
    number = uploads.take(workspace, COMMAND_LINE, "rows.csv", io.BytesIO(many(3)))
    uploads.start_check(workspace, COMMAND_LINE, number, HowToRead())
    assert begun == ["train", "import"]


def test_several_workers_take_a_training_once(workspace: Workspace) -> None:
    """Eight of them look at the same moment: one has it, under one claim."""
    fill(workspace)
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    together, taken = threading.Barrier(8), list[runs.Run | None]()

    def take() -> None:
        together.wait()
        with workspace.store.write() as session:
            taken.append(runs.take_next(session, this_process()))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.run_id for run in taken if run is not None] == [run_id]
    with workspace.store.read() as session:
        assert runs.find(session, run_id).claim == 1


def test_several_workers_share_the_files(workspace: Workspace) -> None:
    """Each file is imported by one of them, and every row is in once."""
    registered(workspace)
    numbers = [checked(workspace, rows) for rows in (40, 50, 60, 70)]
    for number in numbers:
        uploads.start_import(workspace, COMMAND_LINE, number)
    threads = [
        threading.Thread(
            target=lambda: list(
                iter(lambda: uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False), None)
            )
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {upload(workspace, number).state for number in numbers} == {"finished"}
    with workspace.store.read() as session:
        assert session.query(Import).count() == 4
        assert session.query(Item).count() == 70  # the files begin alike


def test_a_worker_that_is_stopped_gives_a_training_back(workspace: Workspace) -> None:
    """It waits, without events of the first try; the next worker begins it again, and it ends with one model."""
    fill(workspace)
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    with pytest.raises(carrying.GivenBack):
        training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: True)
    run = active_run(workspace, COMMAND_LINE)
    assert run is not None
    assert (run.state, run.host, run.events) == ("queued", "", ())
    assert "begins it again" in (run.message or "")
    assert training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) == run_id
    with workspace.store.read() as session:
        assert session.query(ModelVersion).count() == 1
        assert runs.find(session, run_id).claim == 2
    assert last_words(workspace, COMMAND_LINE, run_id)[-1].endswith("for the 2. time")


def test_a_worker_that_is_stopped_gives_an_import_back(workspace: Workspace) -> None:
    """What came in stays, and the next worker brings in the rest; nothing is there twice."""
    registered(workspace)
    number = checked(workspace, 600)
    uploads.start_import(workspace, COMMAND_LINE, number)
    with pytest.raises(carrying.GivenBack):
        uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: True)
    assert (upload(workspace, number).state, upload(workspace, number).process) == ("importing", None)
    with workspace.store.read() as session:
        assert 0 < session.query(Item).count() < 600
    assert uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False) == number
    assert upload(workspace, number).state == "finished"
    with workspace.store.read() as session:
        assert session.query(Item).count() == 600
        assert session.query(Import).count() == 1


def test_a_training_whose_worker_died_is_begun_again_once(workspace: Workspace) -> None:
    """The second time it is told as failed: what needs too much memory would end every worker in turn."""
    fill(workspace)
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    for expected in ("queued", "failed"):
        with workspace.store.write() as session:
            run = runs.take_next(session, this_process())
            runs.add_event(session, run_id, "Started", {"event": "started"}, run.claim)
        died(workspace, runs.Run, run_id)
        found = history(workspace, COMMAND_LINE)[0]
        assert found.state == expected
        with workspace.store.read() as session:
            assert session.query(RunEvent).count() == (expected == "failed")


def test_a_slow_worker_whose_training_was_taken_writes_nothing_any_more(workspace: Workspace, monkeypatch) -> None:
    """It stands still before it registers its model; meanwhile it is taken for dead, and another one finishes."""
    fill(workspace)
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    monkeypatch.setattr(carrying, "BEAT_SECONDS", 3_600.0)  # it does not notice before it writes
    register = registry.save_and_register

    def overtaken(*arguments: Any, **claim: int) -> Generator[Event, None, dict[str, Any]]:
        monkeypatch.setattr(training, "save_and_register", register)
        died(workspace, runs.Run, run_id)
        assert training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) == run_id
        return (yield from register(*arguments, **claim))

    monkeypatch.setattr(training, "save_and_register", overtaken)
    with pytest.raises(Cancelled):
        training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False)
    run = run_view(workspace, COMMAND_LINE, run_id)
    assert run is not None
    assert run.state == "finished"
    with workspace.store.read() as session:
        (version,) = session.query(ModelVersion)
        assert run.model_version == version.model_version
        events = [event.number for event in runs.events(session, run_id)]
    assert events == list(range(1, len(events) + 1))
    assert [event["event"] for event in run.events].count("started") == 1
    assert [folder.name for folder in workspace.settings.model_dir.iterdir()] == [version.model_version]


def test_a_slow_worker_whose_import_was_taken_writes_nothing_any_more(workspace: Workspace, monkeypatch) -> None:
    """It stands still before a batch; another one imports the file to its end, and its record says so."""
    registered(workspace)
    number = checked(workspace, 600)
    uploads.start_import(workspace, COMMAND_LINE, number)
    store, calls = importing._store, []

    def overtaken(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            died(workspace, Upload, number)
            with workspace.store.write() as session:
                record = session.query(Import).one()
                record.process, record.heartbeat_at = "elsewhere:1", now() - timedelta(hours=1)
            assert uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False) == number
        return store(*arguments)

    monkeypatch.setattr(importing, "_store", overtaken)
    with pytest.raises(Stopped):
        uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False)
    assert upload(workspace, number).state == "finished"
    with workspace.store.read() as session:
        assert session.query(Item).count() == 600
        assert session.query(Import).one().rows_done == 600


def test_what_waits_for_a_worker_can_be_cancelled(workspace: Workspace) -> None:
    """Nobody takes it any more, and it can be started again."""
    fill(workspace)
    registered(workspace)
    number = checked(workspace, 3)
    uploads.start_import(workspace, COMMAND_LINE, number)
    uploads.cancel(workspace, COMMAND_LINE, number)
    assert (upload(workspace, number).state, upload(workspace, number).cancel_requested) == ("checked", False)
    run_id = training.start(workspace, COMMAND_LINE)
    training.cancel(workspace, COMMAND_LINE, run_id)
    assert history(workspace, COMMAND_LINE)[0].state == "cancelled"
    assert uploads.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: False) is None
    assert training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) is None


@pytest.mark.parametrize("how", ["killed", "given back"])
def test_what_was_cancelled_just_before_its_worker_ended_is_cancelled(workspace: Workspace, how: str) -> None:
    """It would else wait for ever: no worker takes what is cancelled, and nobody can cancel it again."""
    fill(workspace)
    registered(workspace)
    number = checked(workspace, 3)
    uploads.start_import(workspace, COMMAND_LINE, number)
    run_id = training.start(workspace, COMMAND_LINE)
    with workspace.store.write() as session:
        taken = stored_uploads.take_next(session, place_of(workspace.settings.home), this_process())
        run = runs.take_next(session, this_process())
    uploads.cancel(workspace, COMMAND_LINE, number)
    training.cancel(workspace, COMMAND_LINE, run_id)
    if how == "killed":
        died(workspace, Upload, number)
        died(workspace, runs.Run, run_id)
    else:
        with pytest.raises(GivenBack), uploads._end_recorded(workspace, taken):
            raise GivenBack("The worker was stopped.")
        with workspace.store.write() as session:
            runs.give_back(session, run_id, run.claim, "The worker was stopped.")
    assert uploads.listed(workspace, COMMAND_LINE)[0].state == "checked"
    assert history(workspace, COMMAND_LINE)[0].state == "cancelled"


def test_what_waits_for_a_worker_is_never_taken_for_dead(workspace: Workspace) -> None:
    """A worker may be at a long import meanwhile."""
    fill(workspace)
    registered(workspace)
    number = checked(workspace, 3)
    uploads.start_import(workspace, COMMAND_LINE, number)
    run_id = training.start(workspace, COMMAND_LINE)
    with workspace.store.write() as session:
        session.get_one(Upload, number).heartbeat_at = now() - timedelta(days=1)
        runs.find(session, run_id).heartbeat_at = now() - timedelta(days=1)
    assert history(workspace, COMMAND_LINE)[0].state == "queued"
    assert uploads.listed(workspace, COMMAND_LINE)[0].state == "importing"


def test_a_file_that_kills_every_worker_is_told_as_stopped(workspace: Workspace) -> None:
    registered(workspace)
    number = checked(workspace, 3)
    uploads.start_import(workspace, COMMAND_LINE, number)
    for _ in range(uploads.MOST_LOST + 1):
        with workspace.store.write() as session:
            assert stored_uploads.take_next(session, place_of(workspace.settings.home), this_process()) is not None
        died(workspace, Upload, number)
        found = uploads.listed(workspace, COMMAND_LINE)[0]
    assert found.state == "checked"
    assert "ended unexpectedly" in (found.message or "")


def test_two_who_notice_a_death_at_once_count_it_once(workspace: Workspace) -> None:
    """Each read that the process died before either wrote it down."""
    fill(workspace)
    registered(workspace, Work.TRAINING, Work.IMPORT)
    number = checked(workspace, 20)
    uploads.start_import(workspace, COMMAND_LINE, number)
    run_id = training.start(workspace, COMMAND_LINE)
    with workspace.store.write() as session:
        run = runs.take(session, run_id, "elsewhere:1")
        session.get_one(Upload, number).process = "elsewhere:1"
        session.flush()
        for _ in range(2):
            stored_uploads.give_back(session, Claim.of(session.get_one(Upload, number)), lost=True)
            runs.give_back(session, run_id, run.claim, "why", lost=True)
        session.expire_all()
        assert (session.get_one(Upload, number).lost, session.get_one(runs.Run, run_id).lost) == (1, 1)


def test_an_old_claim_neither_beats_nor_ends_an_upload(workspace: Workspace) -> None:
    registered(workspace)
    number = checked(workspace, 3)
    uploads.start_import(workspace, COMMAND_LINE, number)
    with workspace.store.write() as session:
        old = Claim.of(stored_uploads.take_next(session, place_of(workspace.settings.home), this_process()))
        stored_uploads.give_back(session, old)
        taken = stored_uploads.take_next(session, place_of(workspace.settings.home), this_process())
        assert taken is not None
        assert not stored_uploads.beat(session, old, 1)
        stored_uploads.end(session, old, "stopped")
        stored_uploads.give_back(session, old)
    assert (upload(workspace, number).state, upload(workspace, number).process) == ("importing", this_process())


def test_trainings_are_left_to_the_worker_with_a_gpu(workspace: Workspace) -> None:
    """As long as it lives."""
    fill(workspace)
    registered(workspace, gpu=True)
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    assert training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) is None
    with workspace.store.write() as session:
        session.query(Worker).filter(Worker.gpu).one().heartbeat_at = now() - timedelta(minutes=1)
    assert training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) == run_id


def test_a_gpu_that_is_not_there_is_said(workspace: Workspace) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("not here: there is a GPU")
    with pytest.raises(BadInput, match="finds no GPU"):
        work(workspace, COMMAND_LINE, takes=ALL, gpu=True, stop=threading.Event())


def test_an_sqlite_file_has_one_worker_at_a_time(workspace: Workspace) -> None:
    """PostgreSQL has as many as there are."""
    stopped = threading.Event()
    stopped.set()
    registered(workspace)
    if workspace.store.is_sqlite:
        with pytest.raises(Conflict, match="A worker runs already"):
            work(workspace, COMMAND_LINE, takes=ALL, gpu=False, stop=stopped)
        with workspace.store.write() as session:  # it was killed
            session.query(Worker).one().process = f"{this_process().rpartition(':')[0]}:{2**22 + 1}"
    assert work(workspace, COMMAND_LINE, takes=ALL, gpu=False, stop=stopped) == 0


def test_a_rater_is_left_out_by_a_worker_too(workspace: Workspace) -> None:
    """Without the name: it could not be forgotten where it is kept."""
    fill(workspace)
    registered(workspace)
    with pytest.raises(BadInput, match="not known here"):
        training.start(workspace, COMMAND_LINE, without_rater="Nobody")
    ben = rater(workspace, "Ben")
    run_id = training.start(workspace, COMMAND_LINE, without_rater="Ben")
    with workspace.store.read() as session:
        assert runs.find(session, run_id).without_rater == ben.rater_id
    with pytest.raises(BadInput, match="has rated none of these answers"):
        training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False)


def test_a_log_on_the_disk_of_a_worker_is_named(workspace: Workspace) -> None:
    registered(workspace)
    run_id = training.start(workspace, COMMAND_LINE)
    with workspace.store.write() as session:
        runs.take_next(session, "gpu-box:12")
    assert not log_file(workspace, run_id).exists()
    assert last_words(workspace, COMMAND_LINE, run_id) == (
        f"The log is on the machine of the worker, gpu-box: logs/run-{run_id}.log in its ASSAY_HOME.",
    )


def test_a_training_that_does_not_fit_says_what_would(workspace: Workspace, monkeypatch) -> None:
    """Before anything is computed, with a number for TRAIN_LIMIT."""
    fill(workspace, rows=300)
    each = memory.BYTES_PER_ANSWER["pair"]
    monkeypatch.setattr(memory, "free_bytes", lambda: memory.BYTES_AT_LEAST["pair"] + 150 * each)
    with pytest.raises(Unavailable, match="Set TRAIN_LIMIT to 100 to learn"):
        list(training.train(workspace, COMMAND_LINE))
    monkeypatch.setattr(memory, "free_bytes", lambda: 10**8)
    with pytest.raises(Unavailable, match="End other programs"):
        list(training.train(workspace, COMMAND_LINE))
    assert history(workspace, COMMAND_LINE)[0].state == "failed"


@pytest.mark.parametrize("limit, free", [("5000", 4_000), ("max", 4_096_000)])
def test_the_limit_of_a_container_counts(tmp_path, monkeypatch, limit: str, free: int) -> None:
    for name, text in {"MEMINFO": "MemTotal: 9000 kB\nMemAvailable: 4000 kB\n", "LIMIT": limit, "USED": "1000"}.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(memory, name, tmp_path / name)
    assert memory.free_bytes() == free
