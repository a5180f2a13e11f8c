"""Fine-tuning of a language model: one at a time, its events stored as rows, in this process or in one of its own."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.domain.errors import AssayError, BadInput, Unavailable
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.finetuning import folder, run_folder
from core.finetuning.base_model import BaseModel, look
from core.finetuning.events import Event, Planned
from core.finetuning.folder import Export
from core.finetuning.memory import needs
from core.finetuning.packages import require_packages
from core.finetuning.settings import METHODS, Wanted
from core.services.finetuning.runs import log_file, reap
from core.services.masking import masks_output
from core.services.running.carrying import Cancelled, GivenBack, Sentences, end_recorded, heartbeat
from core.services.running.logs import process_log
from core.services.running.workers import place_of, somebody_tunes
from core.services.training.memory import free_bytes
from core.services.workspace import Workspace, this_process
from core.serving.processes import start_detached
from core.store.database import Session, private_folder
from core.store.finetuning import runs
from core.store.finetuning.runs import FINE_TUNINGS, FineTuning
from core.store.retrying import retried, written

ROOM = 1_000_000
"""Bytes below which a disk is full for a library that does not say why it could not write."""
GOES_ON = "Started again in the same way, it goes on from what was kept last, or begins anew where nothing was yet."
CANCELLED = f"It was cancelled. The language model it began with is as it was. {GOES_ON}"
GIVEN_BACK = "The worker that ran it was stopped. The next one goes on from what was kept last, if anything was."
SENTENCES = Sentences(
    failed=f"It stopped unexpectedly. {GOES_ON}",
    stopped=f"It was stopped. {GOES_ON}",
    memory="It needed more memory than there is. Tune an adapter (LoRA), choose a shorter limit of the texts or a "
    "smaller language model, or run a worker on a machine with more memory.",
)


@masks_output(as_is="figures and paths on this machine, for who runs it")
def tune(
    workspace: Workspace,
    user: User,
    directory: Path,
    base: Path,
    wanted: Wanted,
    *,
    on_event: Callable[[Event], None],
) -> dict[str, Any]:
    """Tune a language model in this process, to its end; returns what ``finetune run --json`` prints.

    One that was asked for alike and stopped goes on from its last checkpoint. ``on_event`` gets what is stored.

    Raises:
        NotAllowed: the person may not train.
        BadInput: packages are missing; export, model or settings cannot be used.
        Conflict: another one runs.
        Cancelled: somebody asked to stop it.
        AssayError: it could not be done; it is marked as failed with the sentence.
    """
    workspace.require(user, Act.TRAIN)
    values = _checked(workspace, directory, base, wanted)
    require_packages()
    reap(workspace)
    run = _begin(workspace, user, values, this_process(), for_worker=False)
    return _carry_out(workspace, run, on_event)


@masks_output(as_is="figures and paths on this machine, for who runs it")
def carry_out(workspace: Workspace, user: User, run_id: int, *, on_event: Callable[[Event], None]) -> dict[str, Any]:
    """Carry out one that was asked for on the page, in this process.

    Raises:
        As ``tune``.
    """
    workspace.require(user, Act.TRAIN)
    reap(workspace)
    os.nice(5)  # the raters at this machine come first
    run = written(workspace.store, lambda session: FINE_TUNINGS.take(session, run_id, this_process()))
    return _carry_out(workspace, run, on_event)


@masks_output(as_is="the number of a fine-tuning")
def carry_out_next(workspace: Workspace, user: User, *, gpu: bool, stopping: Callable[[], bool]) -> int | None:
    """Carry out the one that waits for a worker here, to its end; its number, None where none waits.

    How it ended, and why, stands in its row. Where ``stopping`` says so it is given back, and the next worker goes on.
    A worker without ``gpu`` leaves it to one that has it.

    Raises:
        NotAllowed: the person may not train.
        AssayError: it could not be carried out, or was given back.
    """
    workspace.require(user, Act.TRAIN)
    reap(workspace)
    place = place_of(workspace.settings.home)

    def take(session: Session) -> FineTuning | None:
        left_to_another = not gpu and somebody_tunes(session, place, gpu=True)
        return None if left_to_another else runs.take_next(session, this_process(), place)

    run = written(workspace.store, take)
    if run is None:
        return None
    with process_log(log_file(workspace, run.run_id), f"taken by {this_process()}, for the {run.claim}. time"):
        _carry_out(workspace, run, lambda _: None, stopping)
    return run.run_id


@masks_output()
def start(workspace: Workspace, user: User, directory: Path, base: Path, wanted: Wanted) -> int:
    """Start one that outlives the page; returns its number.

    A worker takes it that sees the same files. Where none lives, it begins in a process of its own on this machine,
    which then needs the packages.

    Raises:
        NotAllowed: the person may not train.
        BadInput: packages are missing; export, model or settings cannot be used.
        Conflict: another one runs.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.TRAIN)
    values = _checked(workspace, directory, base, wanted)
    reap(workspace)
    with workspace.store.read() as session:
        for_worker = somebody_tunes(session, values["place"])
    if not for_worker:
        require_packages()
    run = _begin(workspace, user, values, None, for_worker=for_worker)
    if not run.for_worker:
        _begin_process(workspace, run.run_id)
    return run.run_id


@masks_output()
@retried
def cancel(workspace: Workspace, user: User, run_id: int) -> None:
    """Ask one to stop; it does so within seconds.

    Raises:
        NotAllowed: the person may not train.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.write() as session:
        FINE_TUNINGS.cancel(session, run_id, by=user)


def _checked(workspace: Workspace, directory: Path, base: Path, wanted: Wanted) -> dict[str, Any]:
    """What is stored of one, if it can be begun; loads nothing."""
    export, model = folder.read(directory), look(base)
    wanted.checked().longest(model)
    if next(export.learned_from(METHODS[wanted.method]), None) is None:
        raise BadInput(
            f"{export.path / METHODS[wanted.method]} is empty, so there is nothing to learn from with the method "
            f"{wanted.method}. Nothing was started. Choose another one, or make a new export once there is something."
        )
    return {
        "place": place_of(workspace.settings.home),
        "folder": str(export.path),
        "base": str(model.path),
        "method": wanted.method,
        "lora": wanted.lora,
        "settings": wanted.to_json(),
        "fingerprint": _fingerprint(export, model, wanted),
    }


def _fingerprint(export: Export, base: BaseModel, wanted: Wanted) -> str:
    """What tells whether two would do the same: rows, settings, and the files of the model by name, size and time."""
    told = hashlib.sha256(json.dumps(wanted.to_json(), sort_keys=True).encode())
    with (export.path / METHODS[wanted.method]).open("rb") as file:
        told.update(hashlib.file_digest(file, "sha256").digest())
    for path in sorted(base.path.iterdir()):
        about = path.stat()
        told.update(f"{path.name} {about.st_size} {about.st_mtime_ns}".encode())
    return told.hexdigest()


@retried
def _begin(
    workspace: Workspace, user: User, values: dict[str, Any], process: str | None, *, for_worker: bool
) -> FineTuning:
    with workspace.store.write() as session:
        return runs.start(session, user, process, for_worker=for_worker, **values)


def _begin_process(workspace: Workspace, run_id: int) -> None:
    try:
        private_folder(log_file(workspace, 0).parent)
        with log_file(workspace, run_id).open("ab") as log:
            pid = start_detached("core", "finetune", "run", "--run", str(run_id), "--debug", output=log)
    except OSError as error:
        why = f"It could not be started: {error.strerror}. Check disk and rights of this server."
        written(workspace.store, lambda session: FINE_TUNINGS.finish(session, run_id, "failed", why))
        raise Unavailable(why) from error
    name = this_process().rpartition(":")[0] + f":{pid}"
    written(workspace.store, lambda session: FINE_TUNINGS.note_process(session, run_id, name))


def _carry_out(
    workspace: Workspace,
    run: FineTuning,
    on_event: Callable[[Event], None],
    stopping: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Carry out one that this process has; every event is stored."""
    run_id, claim = run.run_id, run.claim
    with (
        end_recorded(workspace, FINE_TUNINGS, run, SENTENCES, keep_events=True),
        heartbeat(workspace, FINE_TUNINGS, run) as stop_asked,
    ):

        def check() -> None:
            if stopping():
                raise GivenBack(GIVEN_BACK)
            if stop_asked():
                raise Cancelled(CANCELLED)

        def on(event: Event) -> None:
            told = event.to_json()
            if written(workspace.store, lambda session: runs.add_event(session, run_id, told["event"], told, claim)):
                raise Cancelled(CANCELLED)
            on_event(event)
            check()

        result = _tuned(run, on, check)
        said = _in_words(result)
        written(
            workspace.store,
            lambda session: FINE_TUNINGS.finish(session, run_id, "finished", said, claim=claim, result=result),
        )
    return result


def _tuned(run: FineTuning, on: Callable[[Event], None], check: Callable[[], None]) -> dict[str, Any]:
    """Tune, and write its folder; returns what ``finetune run --json`` prints."""
    wanted, export, base = Wanted(**run.settings), folder.read(Path(run.folder)), look(Path(run.base))
    require_packages()
    from core.finetuning.training import gpu_bytes, tune  # takes seconds to load, and needs the packages

    place = run_folder.run_folder(export.path, run.run_id)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _refuse_others(place, run)
        _tidy(export.path, run.run_id)
        on_gpu = gpu_bytes()
        planned = needs(wanted, base)
        free = on_gpu if on_gpu is not None else free_bytes()
        on(Planned(planned.memory, free, planned.disk, base.parameters))
        _check_room(planned.memory, free, planned.disk, shutil.disk_usage(place).free)
        about = {
            "format": run_folder.FORMAT,
            "run": run.run_id,
            "method": run.method,
            "lora": run.lora,
            "base_model": run.base,
            "export": export.path.name,
            "database": export.database,
            "started_at": run.started_at.isoformat(),
        }
        run_folder.write_about(place, about | {"state": "running"})
        tuned = tune(export, base, wanted, place, on, check)
        about |= {
            "chat": tuned.prepared.chat,
            "counts": {
                "train": tuned.prepared.rows,
                "left_out_too_long": tuned.prepared.left_out,
                "cut": tuned.prepared.cut,
                "steps": tuned.steps,
            },
            "settings": tuned.settings,
            "seconds": round(tuned.seconds, 1),
            "peak_memory_bytes": tuned.memory,
            "versions": tuned.versions,
            "finished_at": datetime.now(UTC).isoformat(),
        }
        run_folder.write_about(place, about | {"state": "finished"})
    except OSError as error:
        raise Unavailable(
            f"Files of it could not be read or written ({error.strerror or 'no reason given'}). {GOES_ON}",
            detail=str(error),
        ) from error
    except (AssayError, MemoryError):
        raise
    except Exception as error:
        # what writes weights and checkpoints has errors of its own
        if os.strerror(errno.ENOSPC) in str(error) or shutil.disk_usage(place).free < ROOM:
            raise Unavailable(f"The disk is full where the export lies. Free some room. {GOES_ON}") from error
        raise Unavailable(
            f"TRL could not tune this language model ({type(error).__name__}). The log says more. {GOES_ON}",
            detail=str(error)[:2_000],
        ) from error
    vllm, ollama = run_folder.ways_to_load(place, base.path, lora=run.lora)
    return {
        "run_id": run.run_id,
        "method": run.method,
        "lora": run.lora,
        "path": str(place),
        "model": str(place / run_folder.MODEL),
        "rows": tuned.prepared.rows,
        "left_out": tuned.prepared.left_out,
        "cut": tuned.prepared.cut,
        "steps": tuned.steps,
        "seconds": round(tuned.seconds, 1),
        "memory": tuned.memory,
        "vllm": vllm,
        "ollama": ollama,
    }


def _refuse_others(place: Path, run: FineTuning) -> None:
    """Go on only in a folder that is this one's: with an export, runs of another database can have come along.

    Raises:
        BadInput: it is another one's, whose result would be overwritten.
    """
    told = run_folder.read_about(place)  # none: a process that was killed wrote it, or nobody did
    if told and told.get("started_at") != run.started_at.isoformat():
        raise BadInput(
            f"{place} holds another tuning, of another database. Nothing was changed. Move that folder elsewhere, or "
            "make a new export, then start again."
        )


def _tidy(directory: Path, run_id: int) -> None:
    """Remove the checkpoints of earlier ones in this folder: none of them goes on any more."""
    for earlier in (directory / run_folder.RUNS).iterdir():
        if earlier.name.isdecimal() and earlier.name != str(run_id) and not earlier.is_symlink():
            shutil.rmtree(earlier / run_folder.CHECKPOINTS, ignore_errors=True)


def _check_room(memory: int, free: int | None, disk: int, free_disk: int) -> None:
    if free is not None and memory > free:
        raise Unavailable(
            f"This needs about {memory / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free. Nothing was "
            "changed. Tune an adapter (LoRA), choose a shorter limit of the texts or a smaller language model, or run "
            "a worker on a machine with more memory."
        )
    if disk > free_disk:
        raise Unavailable(
            f"This needs about {disk / 1e9:,.1f} GB of disk, and {free_disk / 1e9:,.1f} GB are free where the export "
            "lies. Nothing was changed. Free some, or copy the export to another disk."
        )


def _in_words(result: dict[str, Any]) -> str:
    said = f"It learned from {plural(result['rows'], 'row')} in {plural(result['steps'], 'step')}."
    if result["left_out"]:
        said += f" {plural(result['left_out'], 'row was', 'rows were')} left out: the question alone is too long."
    if result["cut"]:
        said += f" Of {plural(result['cut'], 'row')} only the beginning of an answer fits."
    return said
