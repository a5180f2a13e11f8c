"""Training runs as rows: queued, running, ended. Every viewer reads the same rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.roles import Rule, User
from core.store import audit
from core.store.tables import Prediction, Run, RunEvent
from core.store.types import now

__all__ = ["Run"]  # rows that the functions return

Events = Mapping[tuple[int, str], dict[str, Any]]
"""The latest event of a run by its number and the event's kind (``Evaluated``, ...)."""


def start(
    session: Session,
    recipe: str,
    seed: int,
    by: User | Rule,
    process: str | None,
    *,
    for_worker: bool = False,
    without_rater: int | None = None,
    may_promote: bool = True,
    **noted: Any,
) -> Run:
    """Add a run; the schema allows one active run at a time. ``noted`` goes to the audit log with it.

    Raises:
        Conflict: one is queued or running.
    """
    state = "queued" if process is None else "running"
    scheduled = isinstance(by, Rule)
    run = Run(
        state=state,
        active=True,
        recipe=recipe,
        seed=seed,
        requested_by=f"the {by}" if scheduled else str(by),
        process=process,
        for_worker=for_worker,
        without_rater=without_rater,
        scheduled=scheduled,
        may_promote=may_promote,
    )
    session.add(run)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("A training is running already. Wait until it ends, or cancel it on the Train page.") from error
    audit.write(session, by, "started training", f"run {run.run_id}", new={"recipe": recipe, "seed": seed} | noted)
    return run


def take(session: Session, run_id: int, process: str) -> Run:
    """Mark a queued run as running in this process.

    Raises:
        Conflict: the run is not queued any more.
    """
    run = session.get(Run, run_id, with_for_update=True)
    if run is None or run.state != "queued":
        raise Conflict(f"Run {run_id} is not waiting to be started.")
    return _taken(run, process)


def take_next(session: Session, process: str) -> Run | None:
    """Mark the run that waits for a worker as running in this process; None where none waits.

    On PostgreSQL a run that another worker is just taking is passed over.
    """
    waiting = select(Run).where(Run.active.is_(True), Run.state == "queued", Run.for_worker.is_(True))
    run = session.scalar(waiting.limit(1).with_for_update(skip_locked=True))
    return None if run is None else _taken(run, process)


def _taken(run: Run, process: str) -> Run:
    run.state, run.process, run.heartbeat_at, run.claim = "running", process, now(), run.claim + 1
    return run


def give_back(session: Session, run_id: int, claim: int, why: str, *, lost: bool = False) -> None:
    """Let a run that a worker took wait for the next one, which begins it again; ``lost``: the worker died."""
    # two may notice at once that it died: once given back it has no process
    taken = Run.process.is_not(None)
    mine = update(Run).where(Run.run_id == run_id, Run.active.is_(True), Run.claim == claim, taken)
    waits = mine.values(state="queued", process=None, heartbeat_at=now(), message=why, lost=Run.lost + int(lost))
    if session.execute(waits).rowcount:  # type: ignore[attr-defined]
        session.execute(delete(RunEvent).where(RunEvent.run_id == run_id))


def note_process(session: Session, run_id: int, process: str) -> None:
    """Note the process that will take a queued run, so that its early death is noticed."""
    session.execute(update(Run).where(Run.run_id == run_id, Run.state == "queued").values(process=process))


def beat(session: Session, run_id: int, claim: int | None = None) -> bool:
    """Write the heartbeat of a run; True when it shall stop (cancelled, given up, or taken by another process).

    Who has the ``claim`` holds the run until the transaction ends. None: whoever has it.
    """
    return not _lives(session, run_id, claim) or _cancel_requested(session, run_id)


def _lives(session: Session, run_id: int, claim: int | None) -> bool:
    alive = update(Run).where(Run.run_id == run_id, Run.active.is_(True), *_claimed(claim))
    return bool(session.execute(alive.values(heartbeat_at=now())).rowcount)  # type: ignore[attr-defined]


def _cancel_requested(session: Session, run_id: int) -> bool:
    return bool(session.scalar(select(Run.cancel_requested).where(Run.run_id == run_id)))


def _claimed(claim: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if claim is None else (Run.claim == claim,)


def add_event(session: Session, run_id: int, kind: str, payload: dict[str, Any], claim: int | None = None) -> bool:
    """Append one event to a run that is still this process's; also a heartbeat, with the result of ``beat``."""
    if not _lives(session, run_id, claim):
        return True
    last = session.scalar(select(func.max(RunEvent.number)).where(RunEvent.run_id == run_id)) or 0
    session.add(RunEvent(run_id=run_id, number=last + 1, kind=kind, payload=payload))
    return _cancel_requested(session, run_id)


def may_promote(session: Session, run_id: int) -> bool:
    """Whether a model of this run that passes the rule is put in use; else it is only proposed."""
    return session.scalars(select(Run.may_promote).where(Run.run_id == run_id)).one()


def newest(session: Session) -> Run | None:
    """The run that was started last, however it ended."""
    return session.scalar(select(Run).order_by(Run.run_id.desc()).limit(1))


def latest_scheduled(session: Session) -> Run | None:
    """The newest run that the schedule started."""
    return session.scalar(select(Run).where(Run.scheduled.is_(True)).order_by(Run.run_id.desc()).limit(1))


def events(session: Session, run_id: int, after: int = 0) -> list[RunEvent]:
    """The events of a run with a number above ``after``, in order."""
    rows = select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.number > after).order_by(RunEvent.number)
    return list(session.scalars(rows))


def finish(session: Session, run_id: int, state: str, message: str, *, claim: int | None = None, **values: Any) -> None:
    """End a run that is still active; one that was given up, or taken by another process, stays as it is."""
    ended = {"state": state, "active": None, "message": message, "finished_at": now(), **values}
    session.execute(update(Run).where(Run.run_id == run_id, Run.active.is_(True), *_claimed(claim)).values(ended))


def cancel(session: Session, run_id: int, *, by: User) -> None:
    """Request that a run stops; a queued one ends at once."""
    run = session.get(Run, run_id, with_for_update=True)
    if run is None or run.active is None or run.cancel_requested:
        return
    audit.write(session, by, "cancelled training", f"run {run_id}")
    if run.state == "queued":
        finish(session, run_id, "cancelled", "Cancelled before it started.")
    else:
        run.cancel_requested = True


def active(session: Session) -> Run | None:
    """The run that is queued or running."""
    return session.scalar(select(Run).where(Run.active.is_(True)))


def find(session: Session, run_id: int) -> Run | None:
    """One run."""
    return session.get(Run, run_id)


def listed(session: Session, limit: int = 50) -> list[Run]:
    """The latest runs, newest first."""
    return list(session.scalars(select(Run).order_by(Run.run_id.desc()).limit(limit)))


def latest_with_model(session: Session, *, sample: bool, recipe: str = "", with_scores: bool = False) -> Run | None:
    """The newest run that made a model of the sample, or of own ratings; of ``recipe`` where that made any.

    ``with_scores``: only one with out-of-fold scores, which trainings that tune layers do not have.
    """
    found = select(Run).where(Run.state == "finished", Run.model_version.is_not(None), Run.sample.is_(sample))
    if with_scores:
        found = found.where(exists().where(Prediction.run_id == Run.run_id))
    return session.scalar(found.order_by((Run.recipe == recipe).desc(), Run.run_id.desc()).limit(1))


def last_events(session: Session, run_ids: Collection[int], kinds: Collection[str]) -> Events:
    """The latest event of each of these kinds of each of these runs."""
    found = select(RunEvent.run_id, RunEvent.kind, RunEvent.payload)
    of_these = found.where(RunEvent.run_id.in_(run_ids), RunEvent.kind.in_(kinds)).order_by(RunEvent.number)
    return {(run_id, kind): payload for run_id, kind, payload in session.execute(of_these)}


def save_predictions(session: Session, run_id: int, rows: Sequence[tuple[int, int, float]]) -> None:
    """Keep the out-of-fold scores of a run: (interaction_id, fold, score)."""
    if rows:
        session.execute(
            insert(Prediction),
            [{"run_id": run_id, "interaction_id": i, "fold": fold, "score": score} for i, fold, score in rows],
        )


def predictions(session: Session, run_id: int) -> dict[int, float]:
    """The out-of-fold scores of a run, by interaction."""
    rows = select(Prediction.interaction_id, Prediction.score).where(Prediction.run_id == run_id)
    return {number: score for number, score in session.execute(rows)}  # noqa: C416
