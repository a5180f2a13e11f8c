"""Watching fine-tunings: every viewer reads the same rows; what can be chosen for the next one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import BadInput
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, User
from core.finetuning import folder, run_folder
from core.finetuning.base_model import look
from core.finetuning.memory import needs
from core.finetuning.packages import installed
from core.finetuning.settings import Wanted
from core.services.masking import masks_output
from core.services.running.carrying import give_up_dead, last_lines
from core.services.running.workers import place_of, somebody_tunes
from core.services.training.memory import free_bytes
from core.services.workspace import Workspace
from core.store.finetuning import runs
from core.store.finetuning.runs import FINE_TUNINGS, FineTuning

EXPORTS, MODELS = "finetuning", "language-models"
"""Folders of ASSAY_HOME in which the page looks for exports and for language models."""
LOST = "The worker that ran it ended unexpectedly. The next worker goes on from what was kept last."


@dataclass(frozen=True, slots=True)
class FineTuningView:
    """A fine-tuning as pages show it, live or ended."""

    run_id: int
    state: str
    method: str
    lora: bool
    export: Annotated[str, AS_IS]
    """Folder of the export."""
    base: Annotated[str, AS_IS]
    """Folder of the language model it began with."""
    settings: Annotated[dict[str, Any], AS_IS]
    """What was chosen, as arguments of ``Wanted``."""
    requested_by: Name
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    cancel_requested: bool
    message: Annotated[str | None, AS_IS]
    for_worker: bool
    host: Annotated[str, AS_IS]
    """The machine that carries it out; empty while it waits."""
    checkpoint: int
    """Steps that are kept: from there it goes on where it was stopped."""
    result: Annotated[dict[str, Any] | None, AS_IS]
    evaluation: Annotated[dict[str, Any] | None, AS_IS]
    verdict: Annotated[str | None, AS_IS]
    events: Annotated[tuple[dict[str, Any], ...], AS_IS]
    """The events' JSON in order, each with the time ``at``; empty in lists."""

    @property
    def active(self) -> bool:
        """Queued or running."""
        return self.state in ("queued", "running")


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """An export on this machine that can be learned from."""

    path: Annotated[Path, AS_IS]
    counts: dict[str, int]
    notes: tuple[str, ...]
    problem: str
    """Why it cannot be read; empty where it can."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A language model on this machine that can be begun with."""

    path: Annotated[Path, AS_IS]
    parameters: int
    problem: Annotated[str, AS_IS]
    """Why it cannot be tuned; empty where it can."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page offers."""

    installed: bool
    """Whether what tunes is installed here, or a worker has it."""
    exports: tuple[ExportChoice, ...]
    models: tuple[ModelChoice, ...]
    exports_folder: Annotated[Path, AS_IS]
    models_folder: Annotated[Path, AS_IS]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a fine-tuning needs, about, in bytes; ``free`` is None where it is not known."""

    memory: int
    disk: int
    free: int | None


@masks_output()
def choices(workspace: Workspace, user: User) -> Choices:
    """The exports and language models that are known here: in their folders of ASSAY_HOME, or used before."""
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        exports, bases = runs.known_folders(session), runs.known_bases(session)
        tuned = somebody_tunes(session, place_of(workspace.settings.home))
    home = workspace.settings.home
    return Choices(
        tuned or installed(),
        tuple(map(_export_choice, _folders(home / EXPORTS, exports, folder.EXPORT))),
        tuple(map(_model_choice, _folders(home / MODELS, bases, "config.json"))),
        home / EXPORTS,
        home / MODELS,
    )


@masks_output()
def estimate(workspace: Workspace, user: User, base: Path, wanted: Wanted) -> Estimate:
    """What a fine-tuning would need; the memory that is free is this machine's.

    Raises:
        NotAllowed: the person may not train.
        BadInput: the model or the settings cannot be used.
    """
    workspace.require(user, Act.TRAIN)
    needed = needs(wanted.checked(), look(base))
    return Estimate(needed.memory, needed.disk, free_bytes())


@masks_output()
def active_run(workspace: Workspace, user: User) -> FineTuningView | None:
    """The one that is queued or running; one whose process died is first marked as failed."""
    workspace.require(user, Act.LOOK)
    reap(workspace)
    with workspace.store.read() as session:
        run = runs.active(session)
        return None if run is None else _view(run, _events(session, run.run_id))


@masks_output()
def run_view(workspace: Workspace, user: User, run_id: int) -> FineTuningView | None:
    """One fine-tuning with its events."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        run = runs.find(session, run_id)
        return None if run is None else _view(run, _events(session, run_id))


@masks_output()
def history(workspace: Workspace, user: User) -> list[FineTuningView]:
    """The latest ones, newest first, without their events."""
    workspace.require(user, Act.LOOK)
    reap(workspace)
    with workspace.store.read() as session:
        return [_view(run, ()) for run in runs.listed(session)]


@masks_output()
def last_words(workspace: Workspace, user: User, run_id: int, *, lines: int = 12) -> tuple[str, ...]:
    """The last lines that its process wrote on this machine, oldest first.

    Raises:
        NotAllowed: the person may not train: the lines are about the server.
    """
    workspace.require(user, Act.TRAIN)
    return last_lines(log_file(workspace, run_id), lines)


def reap(workspace: Workspace) -> None:
    """Mark one whose process died as failed; one that was a worker's waits for the next worker, once."""
    give_up_dead(
        workspace,
        FINE_TUNINGS,
        waits=LOST,
        failed=lambda _: (
            "Its process ended unexpectedly (stopped, or out of memory). Started again in the same way, it goes on "
            "from what was kept last."
        ),
        keep_events=True,
    )


def log_file(workspace: Workspace, run_id: int) -> Path:
    """Where one that was started from the page, or by a worker, writes its last words."""
    return workspace.settings.home / "logs" / f"finetuning-{run_id}.log"


def _events(session: Any, run_id: int) -> tuple[dict[str, Any], ...]:
    return tuple(event.payload | {"at": event.at.isoformat()} for event in runs.events(session, run_id))


def _view(run: FineTuning, events: tuple[dict[str, Any], ...]) -> FineTuningView:
    return FineTuningView(
        run_id=run.run_id,
        state=run.state,
        method=run.method,
        lora=run.lora,
        export=run.folder,
        base=run.base,
        settings=run.settings,
        requested_by=run.requested_by,
        started_at=run.started_at,
        heartbeat_at=run.heartbeat_at,
        finished_at=run.finished_at,
        cancel_requested=run.cancel_requested,
        message=run.message,
        for_worker=run.for_worker,
        host=(run.process or "").rpartition(":")[0],
        checkpoint=run_folder.steps_done(run_folder.run_folder(Path(run.folder), run.run_id)),
        result=run.result,
        evaluation=run.evaluation,
        verdict=run.verdict,
        events=events,
    )


def _folders(home: Path, known: list[str], holds: str) -> list[Path]:
    """Folders with that file: those in ``home``, then those that are known, each once."""
    inside: list[Path] = []
    with suppress(OSError):  # there is none yet
        inside = sorted(home.iterdir())
    both = dict.fromkeys([*inside, *map(Path, known)])
    return [path for path in both if (path / holds).is_file()]


def _export_choice(path: Path) -> ExportChoice:
    try:
        found = folder.read(path)
    except BadInput as error:
        return ExportChoice(path, {}, (), str(error))
    return ExportChoice(path, dict(found.counts), found.notes, "")


def _model_choice(path: Path) -> ModelChoice:
    try:
        return ModelChoice(path, look(path).parameters, "")
    except BadInput as error:
        return ModelChoice(path, 0, str(error))
