"""Workers that live, and what they can take: asked before work is given to them, and shown to people."""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.running.work import Work
from core.services.masking import masks_output
from core.services.workspace import Workspace, is_dead
from core.store.database import Session, private_folder
from core.store.running import workers
from core.store.running.workers import Worker
from core.store.scratch import scratch


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker that lives."""

    process: Annotated[str, AS_IS]
    """host:pid."""
    takes: tuple[Work, ...]
    gpu: bool
    started_at: datetime

    @property
    def host(self) -> str:
        """The machine that it runs on."""
        return self.process.rpartition(":")[0]

    @property
    def in_words(self) -> str:
        """Where it runs and what it takes."""
        return f"{self.process} takes {in_words(self.takes)}{' with a GPU' if self.gpu else ''}"


@masks_output()
def listed(workspace: Workspace, user: User) -> list[WorkerView]:
    """The workers that live, oldest first."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return [view(worker) for worker in living(session)]


def view(worker: Worker) -> WorkerView:
    """A worker as people see it."""
    return WorkerView(worker.process, _kinds(worker), worker.gpu, worker.started_at)


def living(session: Session) -> list[Worker]:
    """The workers that live: those of this machine are asked for, of others the last sign of life counts."""
    return [worker for worker in workers.recent(session) if not is_dead(worker.process, worker.heartbeat_at)]


def somebody_trains(session: Session) -> bool:
    """Whether a living worker takes trainings."""
    return any(Work.TRAINING in _kinds(worker) for worker in living(session))


def a_gpu_trains(session: Session) -> bool:
    """Whether a living worker with a GPU takes trainings: others leave them to it."""
    return any(worker.gpu and Work.TRAINING in _kinds(worker) for worker in living(session))


def somebody_tunes(session: Session, place: str, *, gpu: bool = False) -> bool:
    """Whether a living worker, with ``gpu`` one with a GPU, takes fine-tunings whose files lie at this place."""
    return any(
        Work.FINE_TUNING in _kinds(worker) and worker.place == place and worker.gpu >= gpu for worker in living(session)
    )


def somebody_imports(session: Session, place: str) -> bool:
    """Whether a living worker takes imports of files whose copies lie at this place."""
    return bool(place) and any(Work.IMPORT in _kinds(worker) and worker.place == place for worker in living(session))


def somebody_exports(session: Session, place: str) -> bool:
    """Whether a living worker takes exports whose files shall lie at this place."""
    return any(Work.EXPORT in _kinds(worker) and worker.place == place for worker in living(session))


def somebody_builds(session: Session, place: str, folder: str) -> bool:
    """Whether a living worker takes builds of the fast encoder, and would make this one at this place."""
    return any(
        Work.BUILD in _kinds(worker) and (worker.place, worker.builds) == (place, folder) for worker in living(session)
    )


def in_words(takes: Sequence[Work]) -> str:
    """What a worker takes."""
    *most, last = (f"{work}s" for work in takes)
    return f"{', '.join(most)} and {last}" if most else last


def place_of(home: Path) -> str:
    """What tells this ASSAY_HOME from others: a random number in a file of it, made when it is first needed.

    Two processes that read the same see the same files, whatever their machines are called.

    Raises:
        Unavailable: the folder cannot be made.
        OSError: the file cannot be written or read.
    """
    file = home / "place"
    private_folder(home)
    if not file.is_file():
        with scratch(home) as folder:
            made = folder / "place"
            made.write_text(secrets.token_hex(16), encoding="ascii")
            with suppress(FileExistsError):  # another process was quicker
                os.link(made, file)
    return file.read_text(encoding="ascii").strip()[:32]


def _kinds(worker: Worker) -> tuple[Work, ...]:
    return tuple(work for work in Work if work in worker.takes.split(","))
