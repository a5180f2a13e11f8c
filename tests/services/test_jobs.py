"""Large exports, texts read ahead and builds: taken by workers under a claim, stopped, given back, taken up, erased."""

import csv
import io
import json
import os
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import Conflict, NotFound, Unavailable
from core.domain.roles import COMMAND_LINE, User
from core.domain.running.work import Work
from core.labeling.writing import write_table
from core.reward.encoding import openvino_build
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.services.data import erasure, exporting, prepared
from core.services.data.exporting import Marked
from core.services.running import builds, carrying, jobs
from core.services.running.workers import place_of
from core.services.scoring import embedding
from core.services.workspace import Workspace, this_process
from core.serving import building
from core.serving.scoring import pool
from core.store.running import jobs as stored
from core.store.running import workers as stored_workers
from core.store.running.jobs import Claim
from core.store.tables import Job
from core.store.training.embeddings import DatabaseVectors
from core.store.types import now
from tests import looked
from tests.databases import added, lead, rater
from tests.reward.fakes import FakeEncoder


def go_on() -> bool:
    return False


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports of every size are left to workers."""
    monkeypatch.setattr(prepared, "LARGE", 0)


@pytest.fixture
def rated(workspace: Workspace) -> list[int]:
    ana = rater(workspace)
    numbers = [added(workspace, "question", f"answer {n}") for n in range(4)]
    for number in numbers:
        looked.rate(workspace, ana, number, 4)
    return numbers


def registered(workspace: Workspace, *takes: Work, place: str = "", builds: str = "") -> None:
    """A worker that lives, as far as its row says."""
    with workspace.store.write() as session:
        here = place or place_of(workspace.settings.home)
        stored_workers.add(session, this_process(), here, takes or tuple(Work), gpu=False, builds=builds)


def asked(workspace: Workspace, by: User = COMMAND_LINE, **options: Any) -> int:
    registered(workspace)
    number = prepared.start(workspace, by, "gold", "csv", **options)
    assert number is not None
    return number


def job(workspace: Workspace, number: int) -> Job:
    with workspace.store.read() as session:
        return session.get_one(Job, number)


def files(workspace: Workspace) -> list[Path]:
    folder = stored.files_folder(workspace.settings.home)
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_worker_makes_the_file_and_the_page_hands_it_out(workspace: Workspace, rated: list[int]) -> None:
    """The same file as one that is made at once; nobody is needed meanwhile."""
    number = asked(workspace)
    (waiting,) = prepared.listed(workspace, COMMAND_LINE)
    assert (waiting.job.state, waiting.job.host, waiting.has_file) == ("waiting", "", False)
    assert prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on) == number
    (done,) = prepared.listed(workspace, COMMAND_LINE)
    assert (done.job.state, done.job.done, done.job.total, done.has_file) == ("finished", 4, 4, True)
    at_once = workspace.settings.home / "gold.csv"
    exporting.export(workspace, COMMAND_LINE, "gold", at_once)
    assert prepared.content(workspace, COMMAND_LINE, number) == at_once.read_bytes()
    assert len(list(csv.DictReader(io.StringIO(at_once.read_text())))) == 4
    jobs.put_away(workspace, COMMAND_LINE, number)
    assert files(workspace) == []
    with pytest.raises(NotFound, match="Prepare it again"):
        prepared.content(workspace, COMMAND_LINE, number)
    assert prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on) is None


def test_where_no_worker_takes_it_the_page_makes_it_itself(workspace: Workspace, rated, monkeypatch) -> None:
    """None of this ASSAY_HOME, none that exports, or a small file."""
    assert prepared.start(workspace, COMMAND_LINE, "gold", "csv") is None
    registered(workspace, Work.TRAINING)
    registered(workspace, place="elsewhere")
    assert prepared.start(workspace, COMMAND_LINE, "gold", "csv") is None
    registered(workspace)
    monkeypatch.setattr(prepared, "LARGE", 5)
    assert prepared.start(workspace, COMMAND_LINE, "gold", "csv") is None


def test_asked_for_twice_while_it_waits_it_is_the_same_export(workspace: Workspace, rated) -> None:
    """A second click, or a page that was sent again; asked for in another way, or by somebody else, it is another."""
    number = asked(workspace)
    assert asked(workspace) == number
    assert len({number, asked(workspace, marked=Marked.LEAVE_OUT), asked(workspace, by=lead(workspace, "Ben"))}) == 3
    prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert asked(workspace) != number  # there may be more to write by now


def test_personal_identifiers_are_asked_about(workspace: Workspace) -> None:
    """The worker writes nothing before somebody says what shall become of them; the reason is not kept with the job."""
    ana = rater(workspace)
    looked.rate(workspace, ana, added(workspace, "question", "Call 555-123-4567"), 4)
    number = asked(workspace)
    prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    (asks,) = prepared.listed(workspace, COMMAND_LINE)
    assert "hold personal identifiers" in asks.job.result["asks"]
    assert (asks.has_file, files(workspace)) == (False, [])
    number = asked(workspace, by=lead(workspace, "Ben"), marked=Marked.INCLUDE, reason="asked for by the patient")
    assert job(workspace, number).options["reason"] == "asked for by the patient"
    prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert b"555-123-4567" in prepared.content(workspace, COMMAND_LINE, number)
    assert "reason" not in job(workspace, number).options
    line = exporting.listed(workspace, COMMAND_LINE)[0]
    assert (line.by, line.reason) == ("Ben", "asked for by the patient")


def test_an_export_is_given_back_cancelled_and_told_as_failed(workspace: Workspace, rated, monkeypatch) -> None:
    number = asked(workspace)
    with pytest.raises(carrying.GivenBack):
        prepared.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: True)
    assert (job(workspace, number).state, job(workspace, number).process) == ("waiting", None)
    jobs.cancel(workspace, COMMAND_LINE, number)
    assert job(workspace, number).state == "cancelled"
    number = asked(workspace)
    monkeypatch.setattr(exporting, "write_table", lambda *_: (_ for _ in ()).throw(Unavailable("The disk is full.")))
    with pytest.raises(Unavailable):
        prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert (job(workspace, number).state, job(workspace, number).message) == ("failed", "The disk is full.")
    assert files(workspace) == []


def test_a_running_export_that_is_cancelled_stops(workspace: Workspace, rated, monkeypatch) -> None:
    number = asked(workspace)
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)

    def cancelled(path, columns, rows):
        jobs.cancel(workspace, COMMAND_LINE, number)

        def slowly():
            while True:
                yield next(rows)
                time.sleep(0.05)

        return write_table(path, columns, slowly())

    monkeypatch.setattr(exporting, "SAID_EVERY", 1)
    with suppress(StopIteration, RuntimeError):
        monkeypatch.setattr(exporting, "write_table", cancelled)
        with pytest.raises(carrying.Cancelled):
            prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert job(workspace, number).state == "cancelled"
    assert files(workspace) == []


def died(workspace: Workspace, number: int) -> None:
    with workspace.store.write() as session:
        one = session.get_one(Job, number)
        one.process, one.heartbeat_at = "elsewhere:1", now() - timedelta(hours=1)


def test_what_was_cancelled_just_before_its_worker_died_is_cancelled(workspace: Workspace, rated) -> None:
    """It would else wait for ever: no worker takes what is cancelled, and nobody can cancel it again."""
    number = asked(workspace)
    with workspace.store.write() as session:
        assert stored.take_next(session, "export", place_of(workspace.settings.home), this_process()) is not None
    jobs.cancel(workspace, COMMAND_LINE, number)
    died(workspace, number)
    assert prepared.listed(workspace, COMMAND_LINE)[0].job.state == "cancelled"


def test_what_waits_for_days_is_still_there_to_be_stopped(workspace: Workspace, rated) -> None:
    number = asked(workspace)
    with workspace.store.write() as session:
        session.get_one(Job, number).heartbeat_at = now() - timedelta(days=3)
    assert prepared.listed(workspace, COMMAND_LINE)[0].job.state == "waiting"


def test_what_a_killed_worker_was_at_is_taken_up_once(workspace: Workspace, rated) -> None:
    """The second death tells it as failed: it may need too much memory."""
    number = asked(workspace)
    for expected in ("waiting", "failed"):
        with workspace.store.write() as session:
            assert stored.take_next(session, "export", place_of(workspace.settings.home), this_process()) is not None
        died(workspace, number)
        assert prepared.listed(workspace, COMMAND_LINE)[0].job.state == expected
    assert "ended unexpectedly" in (job(workspace, number).message or "")


def test_a_slow_worker_whose_export_was_taken_leaves_no_file(workspace: Workspace, rated, monkeypatch) -> None:
    number = asked(workspace)
    finished = jobs.finished

    def overtaken(*arguments: Any, **values: Any) -> None:
        monkeypatch.setattr(jobs, "finished", finished)
        died(workspace, number)
        assert prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on) == number
        finished(*arguments, **values)

    monkeypatch.setattr(jobs, "BEAT_SECONDS", 3_600.0)  # it does not notice before it writes
    monkeypatch.setattr(jobs, "finished", overtaken)
    with pytest.raises(carrying.Cancelled):
        prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert job(workspace, number).state == "finished"
    assert [folder.name for folder in files(workspace)] == [stored.folder_of(job(workspace, number))]


def test_an_erasure_takes_prepared_files_with_it(workspace: Workspace, rated) -> None:
    """Also what is being written at that moment: it may hold the answer."""
    done = asked(workspace)
    prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    waiting = asked(workspace)
    preview = erasure.preview_interaction(workspace, COMMAND_LINE, rated[0])
    assert preview.goes["exports that were prepared here"] == 2
    erasure.interaction(workspace, COMMAND_LINE, rated[0], seen=preview.version)
    assert files(workspace) == []
    assert {(job(workspace, one).state, job(workspace, one).message) for one in (done, waiting)} == {
        ("failed", stored.ERASED)
    }


def test_files_that_nobody_names_any_more_are_swept(workspace: Workspace, rated) -> None:
    number = asked(workspace)
    prepared.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    (folder,) = files(workspace)
    assert stored.sweep(workspace.store, workspace.settings.home) == 0
    with workspace.store.write() as session:
        session.get_one(Job, number).heartbeat_at = now() - stored.KEPT - timedelta(minutes=1)
    os.utime(folder, (0, 0))
    assert stored.sweep(workspace.store, workspace.settings.home) == 1
    assert files(workspace) == []


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    """In the place of the real one, in this process."""
    found = FakeEncoder()

    class Here:
        def __init__(self, work: object, count: int) -> None:
            pass

        def map(self, parts: Any) -> Any:
            for number, texts in parts:
                yield number, Embedder(found, MemoryCache()).vectors(texts, View.WINDOWS)

    monkeypatch.setattr(
        embedding, "reference_embedder", lambda workspace: Embedder(found, DatabaseVectors(workspace.store))
    )
    monkeypatch.setattr(pool, "LocalWorkers", Here)
    monkeypatch.setattr(embedding, "ANSWERS", 2)
    return found


def test_a_worker_reads_texts_ahead(workspace: Workspace, rated, encoder) -> None:
    registered(workspace, Work.TRAINING)
    number = embedding.start(workspace, COMMAND_LINE)
    with pytest.raises(Conflict, match="being read already"):
        embedding.start(workspace, COMMAND_LINE)
    with pytest.raises(Conflict, match="being read already"):
        list(embedding.embed(workspace, COMMAND_LINE))
    with pytest.raises(carrying.GivenBack):
        embedding.carry_out_next(workspace, COMMAND_LINE, stopping=lambda: True)
    read = len(encoder.encoded)
    assert embedding.carry_out_next(workspace, COMMAND_LINE, stopping=go_on) == number
    assert 0 < read < len(encoder.encoded) == 5  # each text once, before and after it was given back
    (done,) = jobs.listed(workspace, COMMAND_LINE, ["embedding"])
    assert (done.state, done.result, done.done, done.total) == ("finished", {"answers": 4}, 4, 4)


def test_the_command_is_seen_and_stopped_on_the_page(workspace: Workspace, rated, encoder, monkeypatch) -> None:
    """`core embed`: what it read stays."""
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)
    steps = embedding.embed(workspace, COMMAND_LINE)
    next(steps)
    next(steps)
    (seen,) = jobs.listed(workspace, COMMAND_LINE, ["embedding"])
    assert (seen.state, seen.for_worker) == ("running", False)
    jobs.cancel(workspace, COMMAND_LINE, seen.job_id)
    stopped = threading.Event()
    for _ in range(500):
        with workspace.store.read() as session:
            stopped.wait(0.02)
            if session.get_one(Job, seen.job_id).cancel_requested:
                break
    stopped.wait(0.3)
    with pytest.raises(carrying.Cancelled):
        list(steps)
    assert job(workspace, seen.job_id).state == "cancelled"
    assert len(encoder.encoded) >= 3


def test_without_a_worker_a_process_reads_them(workspace: Workspace, rated, monkeypatch) -> None:
    started: list[tuple[str, ...]] = []

    def start(*arguments: str, output: object) -> int:
        started.append(arguments)
        return 2**22 + 1

    monkeypatch.setattr(embedding, "start_detached", start)
    number = embedding.start(workspace, COMMAND_LINE)
    assert started == [("core", "embed", "--job", str(number), "--debug")]
    # it died before it began
    assert jobs.listed(workspace, COMMAND_LINE, ["embedding"])[0].state == "failed"
    number = embedding.start(workspace, COMMAND_LINE)
    jobs.cancel(workspace, COMMAND_LINE, number)
    assert jobs.listed(workspace, COMMAND_LINE, ["embedding"])[0].state == "cancelled"


def test_a_worker_of_the_same_kind_builds_the_fast_encoder(workspace: Workspace, monkeypatch, tmp_path) -> None:
    """Asked for once, however often it is looked for; with none, or only of another processor, as before."""
    folder = workspace.settings.home / "encoders" / "abc-int8-def"
    here: list[Path] = []

    def start(_model: str, place: Path) -> int:
        here.append(place)
        return 2**22 + 1

    monkeypatch.setattr(building, "start", start)
    monkeypatch.setattr(builds, "connect", lambda _settings: workspace.store)
    monkeypatch.setattr(builds, "own_build", lambda _settings: folder)
    registered(workspace, builds="another-processor")
    builds.begin(workspace.settings, "m", folder)
    assert here == [folder]
    registered(workspace, builds=folder.name)
    for _ in range(2):
        builds.begin(workspace.settings, "m", folder)
    (asks,) = jobs.listed(workspace, COMMAND_LINE, ["build"])
    assert (asks.state, len(here)) == ("waiting", 1)
    with workspace.store.write() as session:  # the worker is at a long training
        session.get_one(Job, asks.job_id).created_at = now() - builds.WAITS - timedelta(seconds=1)
    builds.begin(workspace.settings, "m", folder)
    assert (job(workspace, asks.job_id).state, len(here)) == ("cancelled", 2)
    builds.begin(workspace.settings, "m", folder)
    asks = jobs.listed(workspace, COMMAND_LINE, ["build"])[0]

    def built(_model: str, place: Path) -> int:
        check = openvino_build.BuildCheck(True, "It agrees.", "f", 1.0, 3, 384, 256, 0, 12.0, {})
        place.mkdir(parents=True)
        openvino_build.write(place, check)
        return 2**22 + 1

    monkeypatch.setattr(building, "start", built)
    assert builds.carry_out_next(workspace, COMMAND_LINE, stopping=go_on) == asks.job_id
    done = jobs.listed(workspace, COMMAND_LINE, ["build"])[0]
    assert (done.state, done.result) == ("finished", {"seconds": 12, "usable": True})


def test_a_build_without_a_result_says_where_its_words_are(workspace: Workspace, monkeypatch) -> None:
    folder = workspace.settings.home / "encoders" / "abc-int8-def"
    monkeypatch.setattr(building, "start", lambda _model, _place: 2**22 + 1)
    monkeypatch.setattr(builds, "connect", lambda _settings: workspace.store)
    monkeypatch.setattr(builds, "own_build", lambda _settings: folder)
    registered(workspace, builds=folder.name)
    builds.begin(workspace.settings, "m", folder)
    with pytest.raises(Unavailable, match=r"build\.log"):
        builds.carry_out_next(workspace, COMMAND_LINE, stopping=go_on)
    assert jobs.listed(workspace, COMMAND_LINE, ["build"])[0].state == "failed"


def test_an_old_claim_neither_beats_nor_ends_a_job(workspace: Workspace) -> None:
    number = asked(workspace)
    place = place_of(workspace.settings.home)
    with workspace.store.write() as session:
        old = Claim.of(stored.take_next(session, "export", place, this_process()))
        stored.give_back(session, old)
        assert stored.take_next(session, "export", place, this_process()) is not None
        assert not stored.beat(session, old, 1, 2)
        assert not stored.end(session, old, "failed")
        stored.give_back(session, old)
    assert (job(workspace, number).state, job(workspace, number).claim) == ("running", 2)
    assert json.dumps(job(workspace, number).options)
