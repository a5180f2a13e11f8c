"""Files that somebody is bringing in: their rows, and where their copies lie until they are imported."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.orm import Session

from core.domain.roles import User
from core.store.database import Store
from core.store.scratch import PREFIX
from core.store.tables import Upload
from core.store.types import now

__all__ = ["Upload"]  # rows that the functions return

KEPT = timedelta(days=30)
"""So long a copy stays that nobody comes back to."""
ACTIVE = ("checking", "importing")
ERASED = (
    "Something was erased here, and this file could have held it, so its copy was deleted. What came in before stays. "
    "To import the rest, choose the file again."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a process checks or imports, and for the how manieth time that was taken: only the last one writes."""

    upload_id: int
    number: int

    @classmethod
    def of(cls, upload: Upload) -> "Claim":
        """The present one."""
        return cls(upload.upload_id, upload.claim)


def copies_folder(home: Path) -> Path:
    """The folder below which the copies lie, each in a folder of its own."""
    return home / "uploads"


def add(session: Session, values: dict[str, Any], by: User) -> Upload:
    """Add an upload in the state ``chosen``; rows that are as old as copies may become go."""
    session.execute(delete(Upload).where(Upload.heartbeat_at < now() - KEPT, Upload.state.not_in(ACTIVE)))
    upload = Upload(state="chosen", requested_by=str(by), rater_id=by.rater_id, how={}, **values)
    session.add(upload)
    session.flush()
    return upload


def find(session: Session, upload_id: int, *, lock: bool = False) -> Upload | None:
    """One upload; ``lock`` keeps it as it is until the transaction ends."""
    return session.get(Upload, upload_id, with_for_update=lock or None)


def listed(session: Session) -> list[Upload]:
    """The uploads whose copies may still be here, and notes of finished ones, newest first."""
    recent = select(Upload).where(Upload.heartbeat_at >= now() - KEPT)
    return list(session.scalars(recent.order_by(Upload.upload_id.desc())))


def active(session: Session) -> list[Upload]:
    """The uploads that are being checked or imported."""
    return list(session.scalars(select(Upload).where(Upload.state.in_(ACTIVE))))


def begin(session: Session, upload: Upload, state: str, process: str | None, by: User) -> None:
    """Mark an upload as being checked or imported, for the person who asked for it.

    ``process`` does it; None: the next worker that can read its copy.
    """
    upload.state, upload.process, upload.heartbeat_at = state, process, now()
    upload.for_worker, upload.claim, upload.lost = process is None, upload.claim + 1, 0
    upload.rows_done, upload.cancel_requested, upload.message = 0, False, None
    upload.requested_by, upload.rater_id = str(by), by.rater_id
    session.flush()


def note_process(session: Session, upload_id: int, old: str, new: str) -> None:
    """Note the process that will take what was begun, so that its early death is noticed."""
    change = update(Upload).where(Upload.upload_id == upload_id, Upload.process == old, Upload.state.in_(ACTIVE))
    session.execute(change.values(process=new, heartbeat_at=now()))


def take(session: Session, upload: Upload, process: str) -> bool:
    """Let this process do what was begun; False where another one was quicker, or nothing is to be done any more."""
    seen = update(Upload).where(
        Upload.upload_id == upload.upload_id, Upload.claim == upload.claim, Upload.state.in_(ACTIVE)
    )
    taken = _changed(session, seen.values(process=process, heartbeat_at=now(), claim=Upload.claim + 1))
    session.refresh(upload)
    return taken


def take_next(session: Session, place: str, process: str) -> Upload | None:
    """Let this process do what waits for a worker longest, of files whose copies lie at this place; None: nothing.

    On PostgreSQL what another worker is just taking is passed over.
    """
    waiting = select(Upload).where(
        Upload.state.in_(ACTIVE),
        Upload.for_worker.is_(True),
        Upload.process.is_(None),
        Upload.cancel_requested.is_(False),
        Upload.place == place,
    )
    oldest = waiting.order_by(Upload.heartbeat_at, Upload.upload_id).limit(1).with_for_update(skip_locked=True)
    upload = session.scalar(oldest)
    if upload is not None:
        upload.process, upload.heartbeat_at, upload.claim = process, now(), upload.claim + 1
    return upload


def give_back(session: Session, claim: Claim, *, lost: bool = False) -> None:
    """Let what a worker was doing wait for the next one; ``lost``: the worker died."""
    # two may notice at once that it died: once given back it has no process
    taken = _claimed(claim).where(Upload.process.is_not(None))
    session.execute(taken.values(process=None, heartbeat_at=now(), lost=Upload.lost + int(lost)))


def beat(session: Session, claim: Claim, rows_done: int) -> bool:
    """Note how far it is and that its process lives.

    False when that shall stop: cancelled, erased, given up, or taken by another process. Who has the claim holds the
    upload until the transaction ends.
    """
    alive = _claimed(claim).where(Upload.cancel_requested.is_(False))
    return _changed(session, alive.values(rows_done=rows_done, heartbeat_at=now()))


def holds(session: Session, claim: Claim) -> bool:
    """Whether the claim still stands, cancelled or not; it then does until the transaction ends."""
    return _changed(session, _claimed(claim).values(heartbeat_at=now()))


def note_import(session: Session, upload_id: int, import_id: int) -> None:
    """Note under which record a file is imported."""
    session.execute(update(Upload).where(Upload.upload_id == upload_id).values(import_id=import_id))


def end(session: Session, claim: Claim, state: str, **values: Any) -> None:
    """End what is done with an upload under this claim; what others stopped or took stays as they left it."""
    ended = {"state": state, "process": None, "cancel_requested": False, "heartbeat_at": now(), **values}
    session.execute(_claimed(claim).values(ended))


def finish(session: Session, claim: Claim) -> str:
    """Leave a note of an import that came to its end: what the file held stands in its record only; its folder."""
    end(session, claim, "finished", how={}, report=None, message=None)
    return session.scalars(select(Upload.folder).where(Upload.upload_id == claim.upload_id)).one()


def remove(session: Session, upload_ids: Sequence[int]) -> None:
    """Delete uploads; their copies are deleted by whoever calls."""
    session.execute(delete(Upload).where(Upload.upload_id.in_(upload_ids)))


def of_import(session: Session, import_id: int) -> list[Upload]:
    """The uploads that were imported under this record."""
    return list(session.scalars(select(Upload).where(Upload.import_id == import_id)))


def count_unfinished(session: Session) -> int:
    """How many files lie here that an erasure takes away."""
    return session.scalar(select(func.count()).where(Upload.state != "finished")) or 0


def put_out(session: Session) -> list[str]:
    """Stop all that is being brought in, and forget what is known of the files: for an erasure; their folders."""
    folders = list(session.scalars(select(Upload.folder).where(Upload.state != "finished").with_for_update()))
    session.execute(
        update(Upload)
        .where(Upload.state != "finished")
        .values(state="stopped", process=None, how={}, report=None, message=ERASED)
        .execution_options(synchronize_session=False)
    )
    return folders


def delete_copy(home: Path, folder: str) -> None:
    """Delete the copy of one upload, if it is on this machine."""
    if folder:
        shutil.rmtree(copies_folder(home) / folder, ignore_errors=True)


def sweep(store: Store, home: Path) -> int:
    """Delete the copies on this machine that nobody needs any more; how many.

    Those of finished and erased uploads (that ended on another machine), and those that nobody came back to for 30
    days.
    """
    with suppress(OSError):
        folders = [entry for entry in os.scandir(copies_folder(home)) if not entry.name.startswith(PREFIX)]
        if folders:
            with store.read() as session:
                rows = session.execute(select(Upload.folder, Upload.state, Upload.message, Upload.heartbeat_at))
                known = {row.folder: row for row in rows}
            needless = [entry.name for entry in folders if _is_needless(known.get(entry.name), entry)]
            for name in needless:
                delete_copy(home, name)
            return len(needless)
    return 0


def _is_needless(upload: Any, entry: os.DirEntry[str]) -> bool:
    oldest = now() - KEPT
    if upload is None:  # of another database that uses this home, or of one from before a restore
        return datetime.fromtimestamp(entry.stat().st_mtime, oldest.tzinfo) < oldest
    if upload.state in ACTIVE:
        return False
    return bool(upload.state == "finished" or upload.message == ERASED or upload.heartbeat_at < oldest)


def _claimed(claim: Claim) -> Update:
    return update(Upload).where(
        Upload.upload_id == claim.upload_id, Upload.claim == claim.number, Upload.state.in_(ACTIVE)
    )


def _changed(session: Session, change: Any) -> bool:
    return bool(session.execute(change).rowcount)  # type: ignore[attr-defined]
