"""Work as rows: queued, running, ended; every viewer reads the same ones. Trainings and fine-tunings are such rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.roles import User
from core.store import audit
from core.store.tables.base import RunColumns, RunEventColumns
from core.store.types import now

Row = TypeVar("Row", bound=RunColumns)
Event = TypeVar("Event", bound=RunEventColumns)


@dataclass(frozen=True, slots=True)
class Runs(Generic[Row, Event]):
    """The runs of one table, with their events in another."""

    table: type[Row]
    event_table: type[Event]
    work: str
    """What one is called in the audit log: ``training``."""
    subject: str
    """What stands before its number there: ``run``."""
    busy: str
    """The sentence while another one is active."""

    def add(self, session: Session, run: Row) -> Row:
        """Add a run; the schema allows one active run at a time.

        Raises:
            Conflict: one is queued or running.
        """
        session.add(run)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(self.busy) from error
        return run

    def take(self, session: Session, run_id: int, process: str) -> Row:
        """Mark a queued run as running in this process.

        Raises:
            Conflict: the run is not queued any more.
        """
        run = session.get(self.table, run_id, with_for_update=True)
        if run is None or run.state != "queued":
            raise Conflict(f"Run {run_id} is not waiting to be started.")
        return _taken(run, process)

    def take_next(self, session: Session, process: str, *where: ColumnElement[bool]) -> Row | None:
        """Mark the run that waits for a worker as running in this process; None where none waits.

        On PostgreSQL a run that another worker is just taking is passed over.
        """
        table = self.table
        waiting = select(table).where(table.active.is_(True), table.state == "queued", table.for_worker.is_(True))
        run = session.scalar(waiting.where(*where).limit(1).with_for_update(skip_locked=True))
        return None if run is None else _taken(run, process)

    def give_back(
        self, session: Session, run_id: int, claim: int, why: str, *, lost: bool = False, keep_events: bool = False
    ) -> None:
        """Let a run that a worker took wait for the next one; ``lost``: the worker died. What was cancelled ends.

        Without ``keep_events`` the next one begins it again.
        """
        table, events = self.table, self.event_table
        if session.scalar(select(table.cancel_requested).where(*self._mine(run_id, claim)).with_for_update()):
            self.finish(session, run_id, "cancelled", "It was cancelled.", claim=claim)
            return
        # two may notice at once that it died: once given back it has no process
        mine = update(table).where(*self._mine(run_id, claim), table.process.is_not(None))
        values = {"state": "queued", "process": None, "heartbeat_at": now(), "message": why}
        waits = mine.values(values | {"lost": table.lost + int(lost)})
        if session.execute(waits).rowcount and not keep_events:  # type: ignore[attr-defined]
            session.execute(delete(events).where(events.run_id == run_id))

    def note_process(self, session: Session, run_id: int, process: str) -> None:
        """Note the process that will take a queued run, so that its early death is noticed."""
        table = self.table
        session.execute(update(table).where(table.run_id == run_id, table.state == "queued").values(process=process))

    def beat(self, session: Session, run_id: int, claim: int | None = None) -> bool:
        """Write the heartbeat of a run; True when it shall stop (cancelled, given up, or taken by another process).

        Who has the ``claim`` holds the run until the transaction ends. None: whoever has it.
        """
        return not self._lives(session, run_id, claim) or self._cancel_requested(session, run_id)

    def add_event(
        self, session: Session, run_id: int, kind: str, payload: dict[str, Any], claim: int | None = None
    ) -> bool:
        """Append one event to a run that is still this process's; also a heartbeat, with the result of ``beat``."""
        if not self._lives(session, run_id, claim):
            return True
        events = self.event_table
        last = session.scalar(select(func.max(events.number)).where(events.run_id == run_id)) or 0
        session.add(events(run_id=run_id, number=last + 1, kind=kind, payload=payload))
        return self._cancel_requested(session, run_id)

    def events(self, session: Session, run_id: int, after: int = 0) -> list[Event]:
        """The events of a run with a number above ``after``, in order."""
        table = self.event_table
        rows = select(table).where(table.run_id == run_id, table.number > after).order_by(table.number)
        return list(session.scalars(rows))

    def finish(
        self, session: Session, run_id: int, state: str, message: str, *, claim: int | None = None, **values: Any
    ) -> None:
        """End a run that is still active; one that was given up, or taken by another process, stays as it is."""
        ended = {"state": state, "active": None, "message": message, "finished_at": now(), **values}
        session.execute(update(self.table).where(*self._mine(run_id, claim)).values(ended))

    def cancel(self, session: Session, run_id: int, *, by: User) -> None:
        """Request that a run stops; a queued one ends at once."""
        run = session.get(self.table, run_id, with_for_update=True)
        if run is None or run.active is None or run.cancel_requested:
            return
        audit.write(session, by, f"cancelled {self.work}", f"{self.subject} {run_id}")
        if run.state == "queued":
            self.finish(session, run_id, "cancelled", "Cancelled before it started.")
        else:
            run.cancel_requested = True

    def active(self, session: Session) -> Row | None:
        """The run that is queued or running."""
        return session.scalar(select(self.table).where(self.table.active.is_(True)))

    def find(self, session: Session, run_id: int) -> Row | None:
        """One run."""
        return session.get(self.table, run_id)

    def listed(self, session: Session, limit: int = 50) -> Sequence[Row]:
        """The latest runs, newest first."""
        return list(session.scalars(select(self.table).order_by(self.table.run_id.desc()).limit(limit)))

    def _mine(self, run_id: int, claim: int | None) -> tuple[ColumnElement[bool], ...]:
        table = self.table
        claimed = () if claim is None else (table.claim == claim,)
        return (table.run_id == run_id, table.active.is_(True), *claimed)

    def _lives(self, session: Session, run_id: int, claim: int | None) -> bool:
        alive = update(self.table).where(*self._mine(run_id, claim)).values(heartbeat_at=now())
        return bool(session.execute(alive).rowcount)  # type: ignore[attr-defined]

    def _cancel_requested(self, session: Session, run_id: int) -> bool:
        return bool(session.scalar(select(self.table.cancel_requested).where(self.table.run_id == run_id)))


def _taken(run: Row, process: str) -> Row:
    run.state, run.process, run.heartbeat_at, run.claim = "running", process, now(), run.claim + 1
    return run
