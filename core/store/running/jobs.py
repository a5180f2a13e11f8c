"""Work beside the pages that has no row elsewhere: large exports, texts read ahead of a training, builds.

What a process does it does under a claim, as with trainings and files that are brought in: only the last one writes.
"""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core.domain.roles import User
from core.store.database import Store, lock_writers
from core.store.scratch import PREFIX
from core.store.tables import Job
from core.store.types import now

__all__ = ["Job"]  # rows that the functions return

EXPORT, EMBEDDING, BUILD = "export", "embedding", "build"
ACTIVE = ("waiting", "running")
KEPT = timedelta(days=1)
"""So long the note of what ended stays, and the file of an export."""
ERASED = (
    "Something was erased here, and this file could have held it, so it was deleted. To have it without that, "
    "prepare it again."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a process does, and for the how manieth time that was taken."""

    job_id: int
    number: int

    @classmethod
    def of(cls, job: Job) -> "Claim":
        """The present one."""
        return cls(job.job_id, job.claim)


def files_folder(home: Path) -> Path:
    """The folder below which files of exports wait to be downloaded, each in a folder of its own."""
    return home / "exports"


def begin(
    session: Session,
    kind: str,
    options: dict[str, Any],
    by: User,
    *,
    process: str | None = None,
    for_worker: bool = False,
    place: str = "",
) -> Job:
    """Add a job that a process does, or that waits for a worker; until the transaction ends no other one is added."""
    lock_writers(session)
    session.execute(delete(Job).where(Job.heartbeat_at < now() - KEPT, Job.state.not_in(ACTIVE)))
    state = "waiting" if process is None else "running"
    job = Job(
        kind=kind,
        options=options,
        requested_by=str(by),
        rater_id=by.rater_id,
        process=process,
        for_worker=for_worker,
        place=place,
        state=state,
        claim=int(process is not None),
    )
    session.add(job)
    session.flush()
    return job


def find(session: Session, job_id: int, *, lock: bool = False) -> Job | None:
    """One job; ``lock`` keeps it as it is until the transaction ends."""
    return session.get(Job, job_id, with_for_update=lock or None)


def listed(session: Session, *kinds: str) -> list[Job]:
    """The jobs of these kinds that run, wait, or ended lately, newest first."""
    here = or_(Job.heartbeat_at >= now() - KEPT, Job.state.in_(ACTIVE))  # what waits for a worker has no heartbeat
    return list(session.scalars(select(Job).where(Job.kind.in_(kinds), here).order_by(Job.job_id.desc())))


def active(session: Session, *kinds: str) -> list[Job]:
    """The jobs that run or wait, of these kinds or, without any, of all."""
    query = select(Job).where(Job.state.in_(ACTIVE))
    wanted = query.where(Job.kind.in_(kinds)) if kinds else query
    return list(session.scalars(wanted.order_by(Job.job_id)))  # in one order, as who locks several does


def waiting_alike(session: Session, kind: str, options: dict[str, Any], by: User) -> Job | None:
    """The job that this person asked for with the same options and that nobody began; until the transaction ends no
    other one is added.
    """
    lock_writers(session)
    of_them = select(Job).where(
        Job.kind == kind, Job.state == "waiting", Job.rater_id == by.rater_id, Job.requested_by == str(by)
    )
    return next((job for job in session.scalars(of_them) if job.options == options), None)


def note_process(session: Session, job_id: int, process: str) -> None:
    """Note the process that will take a job, so that its early death is noticed."""
    waiting = update(Job).where(Job.job_id == job_id, Job.state == "waiting")
    session.execute(waiting.values(process=process, heartbeat_at=now()))


def take(session: Session, job_id: int, process: str) -> Job | None:
    """Let this process do a job that waits; None where another one was quicker, or it was cancelled."""
    waiting = update(Job).where(Job.job_id == job_id, Job.state == "waiting", Job.cancel_requested.is_(False))
    values = {"state": "running", "process": process, "heartbeat_at": now(), "claim": Job.claim + 1}
    return session.get(Job, job_id, populate_existing=True) if _changed(session, waiting.values(values)) else None


def take_next(session: Session, kind: str, place: str, process: str) -> Job | None:
    """Let this process do what waits longest for a worker at this place; None: nothing does.

    On PostgreSQL what another worker is just taking is passed over.
    """
    waiting = select(Job).where(
        Job.kind == kind,
        Job.state == "waiting",
        Job.for_worker.is_(True),
        Job.cancel_requested.is_(False),
        Job.place == place,
    )
    job = session.scalar(waiting.order_by(Job.job_id).limit(1).with_for_update(skip_locked=True))
    if job is not None:
        job.state, job.process, job.heartbeat_at, job.claim, job.done = "running", process, now(), job.claim + 1, 0
    return job


def give_back(session: Session, claim: Claim, *, lost: bool = False) -> None:
    """Let what a worker was doing wait for the next one; ``lost``: the worker died. What was cancelled ends."""
    mine = _mine(session, claim)
    if mine is not None and mine.cancel_requested:
        end(session, claim, "cancelled", message="It was stopped.")
        return
    taken = _claimed(claim).where(Job.process.is_not(None))  # two may notice at once that it died
    values = {"state": "waiting", "process": None, "heartbeat_at": now(), "done": 0, "lost": Job.lost + int(lost)}
    session.execute(taken.values(values))


def beat(session: Session, claim: Claim, done: int, total: int | None) -> bool:
    """Note how far it is; False when it shall stop: cancelled, erased, given up, or taken by another process."""
    alive = _claimed(claim).where(Job.cancel_requested.is_(False))
    return _changed(session, alive.values(done=done, total=total, heartbeat_at=now()))


def end(session: Session, claim: Claim, state: str, **values: Any) -> bool:
    """End a job under this claim; False where others ended or took it: that stays as they left it."""
    job = _mine(session, claim)
    if job is None:
        return False
    ended = {"state": state, "process": None, "cancel_requested": False, "heartbeat_at": now(), "options": what(job)}
    for name, value in (ended | values).items():
        setattr(job, name, value)
    session.flush()
    return True


def remove(session: Session, job_id: int) -> None:
    """Delete the note of a job; a file of it is deleted by whoever calls."""
    session.execute(delete(Job).where(Job.job_id == job_id))


def folder_of(job: Job) -> str:
    """The folder in which the file of an export lies; empty where there is none."""
    return str((job.result or {}).get("folder", ""))


def count_files(session: Session) -> int:
    """How many files of exports an erasure takes away, those that are being written among them."""
    query = select(func.count()).where(Job.kind == EXPORT, Job.state.in_(("finished", *ACTIVE)))
    return session.scalar(query) or 0


def put_out(session: Session) -> list[str]:
    """Stop all exports beside the pages, and forget what is known of their files: for an erasure; their folders."""
    found = list(session.scalars(select(Job).where(Job.kind == EXPORT).with_for_update()))
    folders = []
    for job in found:
        folder = folder_of(job)
        if folder or job.state in ACTIVE:
            folders.append(folder)
            job.state, job.process, job.message, job.result = "failed", None, ERASED, None
            job.options = what(job)
        else:
            session.delete(job)
    session.flush()
    return folders


def what(job: Job) -> dict[str, Any]:
    """What was asked for, without why identifiers were to be included: once it ended, that stands in the list of
    exports alone.
    """
    return {name: value for name, value in job.options.items() if name != "reason"}


def delete_file(home: Path, folder: str) -> None:
    """Delete the file of an export, if it is on this machine."""
    if folder:
        shutil.rmtree(files_folder(home) / folder, ignore_errors=True)


def sweep(store: Store, home: Path) -> int:
    """Delete the files on this machine that no export names any more, or whose day is over; how many."""
    with suppress(OSError):
        lying = [entry for entry in os.scandir(files_folder(home)) if not entry.name.startswith(PREFIX)]
        if lying:
            with store.read() as session:
                kept = {folder_of(job) for job in listed(session, EXPORT)}
            # one that was just finished may not stand in its row yet
            old = [entry.name for entry in lying if entry.name not in kept and entry.stat().st_mtime < time.time() - 60]
            for name in old:
                delete_file(home, name)
            return len(old)
    return 0


def _mine(session: Session, claim: Claim) -> Job | None:
    """The job while the claim stands, which then does until the transaction ends."""
    query = select(Job).where(*_stands(claim)).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _claimed(claim: Claim) -> Update:
    return update(Job).where(*_stands(claim))


def _stands(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return Job.job_id == claim.job_id, Job.claim == claim.number, Job.state.in_(ACTIVE)


def _changed(session: Session, change: Any) -> bool:
    return bool(session.execute(change).rowcount)  # type: ignore[attr-defined]
