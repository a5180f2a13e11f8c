"""Work beside the pages that has no row elsewhere: who does it, how far it is, and how it ended.

Large exports, texts that are read ahead of a training, and builds of the fast encoder; what each of them does is in
its subject. Every page reads the same rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import NotFound
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.running.carrying import (
    GIVEN_BACK,
    MOST_LOST,
    Cancelled,
    GivenBack,
    Sentences,
    beating,
    end_told,
)
from core.services.running.logs import process_log
from core.services.workspace import Workspace, is_dead, this_process
from core.store import audit
from core.store.database import Session
from core.store.retrying import retried, written
from core.store.running import jobs
from core.store.running.jobs import BUILD, EMBEDDING, EXPORT, Claim, Job

BEAT_SECONDS = 1.0
ALLOWED = {EXPORT: Act.READ_DATA, EMBEDDING: Act.TRAIN, BUILD: Act.TRAIN}
SENTENCES = Sentences(
    failed="It stopped unexpectedly. Nothing was lost; start it again.",
    stopped="It was stopped.",
    memory="It needed more memory than there is. End other programs on that machine and start it again.",
)
DIED = "It ended unexpectedly (stopped, or out of memory). Nothing was lost; start it again."


@dataclass(frozen=True, slots=True)
class JobView:
    """One job, for everybody who may start one."""

    job_id: int
    kind: Annotated[str, AS_IS]
    """``export``, ``embedding`` or ``build``."""
    state: Annotated[str, AS_IS]
    """``waiting``, ``running``, ``finished``, ``failed`` or ``cancelled``."""
    options: Annotated[dict[str, Any], AS_IS]
    """What was asked for, in words of ours."""
    requested_by: Name
    done: int
    total: int | None
    """None while that is not known."""
    cancel_requested: bool
    message: str | None
    """Why it ended early."""
    result: Annotated[dict[str, Any], AS_IS]
    """Figures of what it came to."""
    for_worker: bool
    host: Annotated[str, AS_IS]
    """The machine that does it; empty while it waits."""
    created_at: datetime
    heartbeat_at: datetime

    @property
    def active(self) -> bool:
        """Whether it runs or waits."""
        return self.state in jobs.ACTIVE


@dataclass
class Step:
    """How far a job is, as the process that does it says."""

    job: Job
    stopping: Callable[[], bool]
    """Whether its worker was asked to stop."""
    stop_asked: Callable[[], bool] = bool  # False, until its heart beats
    """Whether it was cancelled, or another process has it."""
    done: int = 0
    total: int | None = None

    def at(self, done: int, total: int | None = None) -> None:
        """Note how far it is.

        Raises:
            Cancelled: somebody asked to stop it.
            GivenBack: its worker was asked to stop.
        """
        self.done, self.total = done, self.total if total is None else total
        if self.stop_asked():
            raise Cancelled("It was stopped.")
        if self.stopping():
            raise GivenBack("The worker was stopped. The next one takes it up.")


@masks_output()
def listed(workspace: Workspace, user: User, kinds: Sequence[str]) -> list[JobView]:
    """The jobs of these kinds that run, wait, or ended within a day, newest first.

    One whose process died is first told as ended, or waits for the next worker.
    """
    workspace.require(user, Act.LOOK)
    for kind in kinds:
        workspace.require(user, ALLOWED[kind])
    stop_dead(workspace)
    with workspace.store.read() as session:
        return [_view(job) for job in jobs.listed(session, *kinds)]


@masks_output()
@retried
def cancel(workspace: Workspace, user: User, job_id: int) -> None:
    """Ask a job to stop, which it does within seconds; one that waits is cancelled at once.

    Raises:
        NotAllowed: the person could not have started it.
    """
    workspace.require(user, Act.LOOK)
    with workspace.store.write() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is None:
            return
        workspace.require(user, ALLOWED[job.kind])
        if job.state not in jobs.ACTIVE or job.cancel_requested:
            return
        job.cancel_requested = True
        if job.process is None:
            jobs.end(session, Claim.of(job), "cancelled", message="It was cancelled before it began.")
        audit.write(session, user, f"cancelled {job.kind}", f"job {job_id}")


@masks_output()
def put_away(workspace: Workspace, user: User, job_id: int) -> None:
    """Delete the note of a job that ended, and its file where it has one; nothing where it is gone already.

    Raises:
        NotAllowed: the person could not have started it.
    """
    workspace.require(user, Act.LOOK)

    def remove(session: Session) -> str:
        job = jobs.find(session, job_id, lock=True)
        if job is None or job.state in jobs.ACTIVE:
            return ""
        workspace.require(user, ALLOWED[job.kind])
        jobs.remove(session, job_id)
        return jobs.folder_of(job)

    jobs.delete_file(workspace.settings.home, written(workspace.store, remove))


def stop_dead(workspace: Workspace) -> None:
    """Tell the jobs whose process died as failed; one that a worker had waits once for the next worker."""
    with workspace.store.read() as session:
        begun = [job for job in jobs.active(session) if job.process is not None or not job.for_worker]
        dead = [job for job in begun if is_dead(job.process, job.heartbeat_at)]

    def end(session: Session) -> None:
        for job in dead:
            if job.for_worker and job.lost < MOST_LOST:
                jobs.give_back(session, Claim.of(job), lost=True)
            else:
                state, why = ("cancelled", "It was stopped.") if job.cancel_requested else ("failed", DIED)
                jobs.end(session, Claim.of(job), state, message=why)

    if dead:
        written(workspace.store, end)


def taken_next(workspace: Workspace, kind: str, place: str = "") -> Job | None:
    """The job of this kind that waits longest for a worker at this place, now this process's; None: nothing waits."""
    stop_dead(workspace)
    return written(workspace.store, lambda session: jobs.take_next(session, kind, place, this_process()))


def taken(workspace: Workspace, job_id: int) -> Job:
    """A job that waits for this process.

    Raises:
        NotFound: it does not wait any more.
    """
    job = written(workspace.store, lambda session: jobs.take(session, job_id, this_process()))
    if job is None:
        raise NotFound(f"Job {job_id} does not wait to be done any more.")
    return job


def log_file(workspace: Workspace, job_id: int) -> Path:
    """Where a process that does a job writes its last words."""
    return workspace.settings.home / "logs" / f"job-{job_id}.log"


@contextmanager
def logged(workspace: Workspace, job: Job) -> Iterator[None]:
    """What a worker writes down of a job, where a process of its own would have written it."""
    with process_log(log_file(workspace, job.job_id), f"{job.kind}, by {this_process()}"):
        yield


@contextmanager
def carried_out(workspace: Workspace, job: Job, stopping: Callable[[], bool] = lambda: False) -> Iterator[Step]:
    """Around the work: says every second that it lives and how far it is, and whatever happens the job has an end.

    The work itself ends it with ``finished``; where it stops early, the sentence why is kept.
    """
    claim, step = Claim.of(job), Step(job, stopping)

    def beat() -> bool:
        return not written(workspace.store, lambda session: jobs.beat(session, claim, step.done, step.total))

    def end(state: str, why: str) -> None:
        def write(session: Session) -> None:
            if state == GIVEN_BACK:
                jobs.give_back(session, claim)
            else:
                jobs.end(session, claim, state, message=why, done=step.done, total=step.total)

        written(workspace.store, write)

    with end_told(SENTENCES, end), beating(beat, BEAT_SECONDS) as step.stop_asked:
        yield step


def finished(workspace: Workspace, step: Step, **result: Any) -> None:
    """End a job with what it came to.

    Raises:
        Cancelled: another process has it, or an erasure put it out; nothing was written.
    """
    values = {"done": step.done, "total": step.total, "result": result, "message": None}
    if not written(workspace.store, lambda session: jobs.end(session, Claim.of(step.job), "finished", **values)):
        raise Cancelled("It was stopped.")


def _view(job: Job) -> JobView:
    return JobView(
        job_id=job.job_id,
        kind=job.kind,
        state=job.state,
        options=jobs.what(job),
        requested_by=job.requested_by,
        done=job.done,
        total=job.total,
        cancel_requested=job.cancel_requested,
        message=job.message,
        result=job.result or {},
        for_worker=job.for_worker,
        host=(job.process or "").rpartition(":")[0],
        created_at=job.created_at,
        heartbeat_at=job.heartbeat_at,
    )
