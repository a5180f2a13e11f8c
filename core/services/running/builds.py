"""Builds of the fast encoder: left to a worker that would make the same one, else begun where it is needed."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from core.domain.errors import AssayError, Unavailable
from core.domain.roles import Act, Rule, User
from core.domain.settings import Settings
from core.reward.encoding import openvino_build
from core.reward.encoding.weights import locate
from core.services.masking import masks_output
from core.services.running import carrying, jobs
from core.services.running.workers import place_of, somebody_builds
from core.services.runtime import runtime
from core.services.workspace import Workspace, is_dead, this_process
from core.serving import building
from core.store import schema
from core.store.database import Session, connect
from core.store.retrying import written
from core.store.running import jobs as stored
from core.store.running.jobs import BUILD, Claim
from core.store.types import now

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
WAITS = timedelta(minutes=2)
"""So long a build waits for workers that are at something else."""


def begin(settings: Settings, emb_model: str, folder: Path) -> None:
    """Have a build made in ``folder`` and return at once: by a worker, or in a process of its own on this machine.

    Raises:
        OSError: the process cannot be started.
    """
    try:
        if _left_to_worker(settings, folder):
            log.info("a worker builds the fast encoder in %s", folder)
            return
    except (AssayError, OSError) as error:  # no database: it is built here, as without workers
        log.info("no worker was asked for the build: %s", type(error).__name__)
    building.start(emb_model, folder)


def own_build(settings: Settings) -> Path | None:
    """The folder of the build that this process would make; None where it cannot make any."""
    with suppress(AssayError):
        if settings.fast_encoder and openvino_build.installed() and (sha256 := locate(settings.emb_model).sha256):
            return openvino_build.folder_for(settings.home, sha256)
    return None


@masks_output()
def carry_out_next(workspace: Workspace, user: User, *, stopping: Callable[[], bool]) -> int | None:
    """Make the build that waits for a worker like this one; its number, None where none waits.

    It runs in a process of its own, which ends with the worker's patience; this one only waits for it.

    Raises:
        Unavailable: it ended without a result.
        Cancelled: somebody cancelled it.
        GivenBack: the worker was asked to stop.
    """
    workspace.require(user, Act.TRAIN)
    folder = own_build(workspace.settings)
    if folder is None:
        return None
    job = jobs.taken_next(workspace, BUILD, _place(workspace.settings, folder))
    if job is None:
        return None
    with jobs.logged(workspace, job), jobs.carried_out(workspace, job, stopping) as step:
        process = ""
        try:
            if openvino_build.read(folder) is None:
                pid = building.start(workspace.settings.emb_model, folder)
                process = this_process().rpartition(":")[0] + f":{pid}"
            while (check := openvino_build.read(folder)) is None:
                if is_dead(process, job.heartbeat_at):
                    raise Unavailable("The build ended without a result; encoders/build.log has its last words.")
                step.at(0)
                time.sleep(LOOK_SECONDS)
        except (carrying.Cancelled, carrying.GivenBack):
            with suppress(ProcessLookupError):
                os.kill(int(process.rpartition(":")[2]), signal.SIGTERM)
            raise
        jobs.finished(workspace, step, seconds=round(check.seconds), usable=check.usable)
    return job.job_id


def _left_to_worker(settings: Settings, folder: Path) -> bool:
    store = runtime.keep("database of builds", settings, partial(connect, settings))
    if not schema.exists(store):
        return False
    place, where = place_of(settings.home), _place(settings, folder)

    def ask(session: Session) -> bool:
        there = [job for job in stored.active(session, BUILD) if job.place == where]
        late = any(job.process is None and now() - job.created_at > WAITS for job in there)
        if late or not somebody_builds(session, place, folder.name):
            for job in there:
                stored.end(session, Claim.of(job), "cancelled", message="No worker had time for it.")
            return False
        if not there:
            stored.begin(session, BUILD, {}, User(0, Rule.ASSAY), for_worker=True, place=where)
        return True

    return written(store, ask)


def _place(settings: Settings, folder: Path) -> str:
    return f"{place_of(settings.home)}/{folder.name}"
