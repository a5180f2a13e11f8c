"""A worker: takes from the database, one after the other, what pages ask for, and says meanwhile that it lives."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.domain.errors import AssayError, BadInput, Conflict
from core.domain.roles import Act, User
from core.domain.running.work import Work
from core.finetuning.packages import require_packages
from core.services.data import prepared, uploads
from core.services.finetuning import running as tunings
from core.services.masking import masks_output
from core.services.running import builds
from core.services.running.carrying import BEAT_SECONDS, GivenBack, beating
from core.services.running.schedule import LOOK_SECONDS, begin_if_due
from core.services.running.workers import living, place_of
from core.services.scoring import embedding
from core.services.training import training
from core.services.workspace import Workspace, this_process
from core.store.database import Session
from core.store.retrying import written
from core.store.running import workers

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Between two looks for work while there is none."""
AWAY_SECONDS = 10.0
"""After something went wrong, as when the database is away."""


@masks_output(as_is="how many pieces of work were carried out")
def work(
    workspace: Workspace,
    user: User,
    *,
    takes: Sequence[Work],
    gpu: bool,
    stop: threading.Event,
) -> int:
    """Take what pages ask for, of the kinds in ``takes``, until ``stop`` is set; how many pieces were carried out.

    What it is doing when ``stop`` is set is given back at the next step. What goes wrong with one piece of work stands
    in that; the worker goes on with the next.

    Raises:
        NotAllowed: the person may not train, import and export.
        BadInput: ``gpu``, and PyTorch finds none; fine-tunings, and what they need is not installed.
        Conflict: another worker lives, and the database is an SQLite file, which has one writer at a time.
        Unavailable: the database does not answer at the start.
    """
    workspace.require(user, Act.TRAIN)
    workspace.require(user, Act.CHANGE_DATA)
    workspace.require(user, Act.READ_DATA)
    if gpu and not _finds_a_gpu():
        raise BadInput("PyTorch finds no GPU here. Leave --gpu out, or install PyTorch with CUDA where there is one.")
    if Work.FINE_TUNING in takes:
        require_packages()
    done, look_at = 0, 0.0
    with _registered(workspace, takes, gpu=gpu):
        while not stop.is_set():
            try:
                if Work.TRAINING in takes and time.monotonic() >= look_at:
                    look_at = time.monotonic() + LOOK_SECONDS
                    begin_if_due(workspace, user)
                took = _one(workspace, user, takes, gpu=gpu, stop=stop)
            except GivenBack as error:
                log.info("%s", error)
                break
            except AssayError as error:  # of one piece of work, where it is told; or of a database that is away
                log.warning("%s", error.in_full)
                stop.wait(PAUSE_SECONDS)
            except Exception as error:  # one piece of work must not end the worker
                log.exception("something unexpected happened: %s", type(error).__name__)
                stop.wait(AWAY_SECONDS)
            else:
                done += took
                if not took:
                    stop.wait(PAUSE_SECONDS)
    return done


def _one(workspace: Workspace, user: User, takes: Sequence[Work], *, gpu: bool, stop: threading.Event) -> bool:
    """Carry out one piece of work; False where there is none.

    What somebody waits for at a page comes first, and a training before what is only computed ahead of the next one.
    """
    stopping = stop.is_set
    if Work.IMPORT in takes and uploads.carry_out_next(workspace, user, stopping=stopping) is not None:
        return True
    if Work.EXPORT in takes and prepared.carry_out_next(workspace, user, stopping=stopping) is not None:
        return True
    if Work.BUILD in takes and builds.carry_out_next(workspace, user, stopping=stopping) is not None:
        return True
    if Work.TRAINING in takes and training.carry_out_next(workspace, user, gpu=gpu, stopping=stopping) is not None:
        return True
    if Work.FINE_TUNING in takes and tunings.carry_out_next(workspace, user, gpu=gpu, stopping=stopping) is not None:
        return True
    return Work.TRAINING in takes and embedding.carry_out_next(workspace, user, stopping=stopping) is not None


@contextmanager
def _registered(workspace: Workspace, takes: Sequence[Work], *, gpu: bool) -> Iterator[None]:
    place = place_of(workspace.settings.home)
    build = builds.own_build(workspace.settings) if Work.BUILD in takes else None

    def add(session: Session) -> int:
        folder = "" if build is None else build.name
        worker_id = workers.add(session, this_process(), place, tuple(takes), gpu=gpu, builds=folder).worker_id
        others = [other for other in living(session) if other.worker_id != worker_id]
        if workspace.store.is_sqlite and others:
            raise Conflict(
                f"A worker runs already ({others[0].process}), and an SQLite file takes one at a time. Stop that one "
                "first, or move the data to PostgreSQL (docs/workers.md)."
            )
        return worker_id

    worker_id = written(workspace.store, add)

    def beat() -> bool:
        written(workspace.store, lambda session: workers.beat(session, worker_id))
        return False

    try:
        with beating(beat, BEAT_SECONDS):
            yield
    finally:
        try:
            written(workspace.store, lambda session: workers.remove(session, worker_id))
        except AssayError as error:  # its silence says the same within half a minute
            log.warning("the end of the worker could not be written: %s", error.in_full)


def _finds_a_gpu() -> bool:
    from torch import cuda  # takes a second to load, and only who says that there is one needs it

    return bool(cuda.is_available())
