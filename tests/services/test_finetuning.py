"""Fine-tunings: asked for on pages and the command line, cancelled, killed, given back, and gone on with."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.roles import COMMAND_LINE
from core.domain.running.work import Work
from core.finetuning import packages
from core.finetuning.events import Event, Stepped
from core.finetuning.settings import Wanted
from core.services.finetuning import running
from core.services.finetuning.runs import MODELS, active_run, choices, estimate, history, run_view
from core.services.running import carrying
from core.services.running.carrying import Cancelled, GivenBack
from core.services.running.workers import place_of
from core.services.workspace import Workspace, this_process
from core.store.finetuning import runs
from core.store.running import workers as stored_workers
from core.store.types import now
from tests.databases import PATIENCE, rater
from tests.finetuning.tiny import WITHOUT, asked_for, made_export, tiny_model

needs_packages = pytest.mark.skipif(not packages.installed(), reason=WITHOUT)
SHORT = Wanted(max_steps=2, max_length=128)


def nothing(_: Event) -> None:
    """Nobody looks."""


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    return made_export(tmp_path / "pairs"), tiny_model(tmp_path / "model")


def a_worker(workspace: Workspace, *, gpu: bool = False, place: str = "") -> None:
    with workspace.store.write() as session:
        here = place or place_of(workspace.settings.home)
        stored_workers.add(session, this_process(), here, (Work.FINE_TUNING,), gpu=gpu)


def asked(workspace: Workspace, **other: Any) -> int:
    with workspace.store.write() as session:
        return runs.start(session, COMMAND_LINE, None, **{"for_worker": False} | asked_for(**other)).run_id


@needs_packages
@pytest.mark.slow
def test_cancelled_it_ends_within_seconds_and_goes_on_when_asked_for_alike(
    workspace: Workspace, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled in the middle of a step; the same command is the same run, another one a new run."""
    monkeypatch.setattr(carrying, "BEAT_SECONDS", 0.05)
    lea, began = rater(workspace, "Lea"), threading.Event()

    def cancel_soon() -> None:
        assert began.wait(PATIENCE)
        running.cancel(workspace, lea, 1)

    def on_event(event: Event) -> None:
        if isinstance(event, Stepped):
            began.set()

    thread = threading.Thread(target=cancel_soon)
    thread.start()
    with pytest.raises(Cancelled, match="cancelled"):
        running.tune(workspace, lea, *places, Wanted(max_length=128, epochs=100), on_event=on_event)
    thread.join()
    found = run_view(workspace, lea, 1)
    assert found is not None
    assert (found.state, found.requested_by) == ("cancelled", "Lea")
    steps = [event for event in found.events if event["event"] == "stepped"]
    assert steps
    assert steps[-1]["step"] < steps[-1]["steps"]
    with pytest.raises(Cancelled):  # alike: it is the same one again
        running.tune(workspace, lea, *places, Wanted(max_length=128, epochs=100), on_event=_stop)
    assert [run.run_id for run in history(workspace, lea)] == [1]
    result = running.tune(workspace, lea, *places, SHORT, on_event=nothing)
    assert (result["run_id"], result["steps"], result["left_out"]) == (2, 2, 1)
    newest = history(workspace, lea)[0]
    assert (newest.state, newest.result) == ("finished", result)
    assert "1 row was left out" in (newest.message or "")
    assert (places[0] / "runs" / "2" / "run.json").is_file()
    assert result["vllm"].endswith(f"tuned-2={places[0]}/runs/2/model")


def _stop(_: Event) -> None:
    raise Cancelled("It was stopped.")


@needs_packages
@pytest.mark.slow
def test_a_worker_takes_it_gives_it_back_and_the_next_one_goes_on(
    workspace: Workspace, places: tuple[Path, Path]
) -> None:
    a_worker(workspace)
    number = running.start(workspace, COMMAND_LINE, *places, SHORT)
    with pytest.raises(Conflict, match="being tuned already"):
        running.start(workspace, COMMAND_LINE, *places, SHORT)
    with pytest.raises(GivenBack):
        running.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: True)
    run = active_run(workspace, COMMAND_LINE)
    assert run is not None
    assert (run.state, run.for_worker, [event["event"] for event in run.events]) == ("queued", True, ["planned"])
    a_worker(workspace, gpu=True)
    assert running.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False) is None
    assert running.carry_out_next(workspace, COMMAND_LINE, gpu=True, stopping=lambda: False) == number
    run = run_view(workspace, COMMAND_LINE, number)
    assert run is not None
    assert run.state == "finished", run.message


@needs_packages
def test_without_a_worker_that_sees_the_files_a_process_begins(
    workspace: Workspace, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[str, ...]] = []

    def begin(*words: str, **_: object) -> int:
        begun.append(words)
        return 2**22 + 1

    monkeypatch.setattr(running, "start_detached", begin)
    a_worker(workspace, place="another disk")
    running.start(workspace, COMMAND_LINE, *places, SHORT)
    assert begun == [("core", "finetune", "run", "--run", "1", "--debug")]
    found = history(workspace, COMMAND_LINE)[0]  # there is no process of that number
    assert found.state == "failed"
    assert "goes on from what was kept last" in (found.message or "")


def test_one_whose_worker_died_waits_for_the_next_once(workspace: Workspace) -> None:
    number = asked(workspace, for_worker=True)
    for expected in ("queued", "failed"):
        with workspace.store.write() as session:
            run = runs.take_next(session, this_process(), "0" * 32)
            assert run is not None
            runs.add_event(session, number, "kept", {"event": "kept", "step": 3}, run.claim)
            run.process, run.heartbeat_at = "elsewhere:1", now() - timedelta(hours=1)
        assert history(workspace, COMMAND_LINE)[0].state == expected
    found = run_view(workspace, COMMAND_LINE, number)
    assert found is not None
    assert len(found.events) == 2  # what was done before counts


def test_it_goes_on_with_the_model_where_that_lies_now(workspace: Workspace) -> None:
    """Moved, its files are the same; and a worker of where it is asked for now takes it."""
    first = asked(workspace)
    with workspace.store.write() as session:
        runs.FINE_TUNINGS.finish(session, first, "failed", "It stopped.")
    assert asked(workspace, base="/moved/model", place="1" * 32, for_worker=True) == first
    with workspace.store.write() as session:
        run = runs.take_next(session, this_process(), "1" * 32)
        assert run is not None
        assert run.base == "/moved/model"


def test_one_that_ended_well_is_never_begun_again(workspace: Workspace) -> None:
    first = asked(workspace)
    with workspace.store.write() as session:
        runs.FINE_TUNINGS.finish(session, first, "finished", "It learned.")
        runs.save_evaluation(session, first, {"table": []}, "It learned; not yet seen by people.")
    assert asked(workspace) == first + 1
    with workspace.store.read() as session:
        found = runs.find(session, first)
        assert found is not None
        assert (found.state, found.verdict) == ("finished", "It learned; not yet seen by people.")


@pytest.mark.parametrize("what", ["packages", "export", "empty", "model", "settings"])
def test_what_cannot_begin_is_told_and_nothing_is_stored(
    what: str, workspace: Workspace, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    export, model = places
    wanted, told = SHORT, "make finetune"
    if what == "packages":
        monkeypatch.setattr(packages, "NEEDED", ("no_such_package",))
    elif what == "export":
        (export / "train" / "pairs.jsonl").unlink()
        told = "incomplete"
    elif what == "empty":
        (export / "train" / "sft.jsonl").write_text("\n", encoding="utf-8")
        wanted, told = Wanted(method="sft"), "nothing to learn from"
    elif what == "model":
        model, told = export, "no folder of a language model"
    else:
        wanted, told = Wanted(max_length=9_999), "reads 160 tokens"
    with pytest.raises(BadInput, match=told):
        running.start(workspace, COMMAND_LINE, export, model, wanted)
    assert history(workspace, COMMAND_LINE) == []


def test_what_tunes_can_be_with_a_worker_alone(
    workspace: Workspace, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a dashboard has no GPU, and so no reason to have the packages."""
    monkeypatch.setattr(packages, "NEEDED", ("no_such_package",))
    assert not choices(workspace, COMMAND_LINE).installed
    a_worker(workspace)
    assert choices(workspace, COMMAND_LINE).installed
    number = running.start(workspace, COMMAND_LINE, *places, SHORT)
    assert [(run.run_id, run.state) for run in history(workspace, COMMAND_LINE)] == [(number, "queued")]


@needs_packages
def test_without_memory_it_does_not_begin(
    workspace: Workspace, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "free_bytes", lambda: 100_000_000)
    with pytest.raises(Unavailable, match="GB are free"):
        running.tune(workspace, COMMAND_LINE, *places, SHORT, on_event=nothing)
    found = history(workspace, COMMAND_LINE)[0]
    assert found.state == "failed"
    assert "Tune an adapter" in (found.message or "")


def test_the_page_offers_what_lies_in_its_folders_and_what_was_used(
    workspace: Workspace, places: tuple[Path, Path]
) -> None:
    assert choices(workspace, COMMAND_LINE).exports == ()
    own = tiny_model(workspace.settings.home / MODELS / "small")
    asked(workspace, folder=str(places[0]), base=str(places[1]))
    found = choices(workspace, COMMAND_LINE)
    assert [export.path for export in found.exports] == [places[0]]
    assert [model.path for model in found.models] == [own, places[1]]
    (places[1] / "adapter_config.json").write_text("{}")
    assert "holds an adapter" in choices(workspace, COMMAND_LINE).models[1].problem
    told = estimate(workspace, COMMAND_LINE, own, Wanted(lora=False))
    assert told.memory > estimate(workspace, COMMAND_LINE, own, Wanted()).memory > 0


@needs_packages
def test_a_run_that_came_along_with_the_export_is_not_overwritten(
    workspace: Workspace, places: tuple[Path, Path], tmp_path: Path
) -> None:
    """Of another database, with the same number; and what lies beside the runs is left alone."""
    other = places[0] / "runs" / "1"
    other.mkdir(parents=True)
    (other / "run.json").write_text('{"state": "finished", "started_at": "2026-01-01T10:00:00+00:00"}')
    mine = tmp_path / "mine"
    (mine / "checkpoints").mkdir(parents=True)
    (places[0] / "runs" / "best").symlink_to(mine)
    with pytest.raises(BadInput, match="holds another tuning"):
        running.tune(workspace, COMMAND_LINE, *places, SHORT, on_event=nothing)
    assert [path.name for path in other.iterdir()] == ["run.json"]
    other.rename(tmp_path / "moved")
    with pytest.raises(Cancelled):
        running.tune(workspace, COMMAND_LINE, *places, SHORT, on_event=_stop)
    assert (mine / "checkpoints").is_dir()
