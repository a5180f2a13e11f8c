"""Training runs as rows: queued, running, ended. Every viewer reads the same rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from core.domain.roles import Rule, User
from core.store import audit
from core.store.running.runs import Runs
from core.store.tables import Prediction, Run, RunEvent

__all__ = ["Run"]  # rows that the functions return

Events = Mapping[tuple[int, str], dict[str, Any]]
"""The latest event of a run by its number and the event's kind (``Evaluated``, ...)."""

BUSY = "A training is running already. Wait until it ends, or cancel it on the Train page."
TRAININGS = Runs(Run, RunEvent, "training", "run", BUSY)
take, take_next, give_back, note_process = (
    TRAININGS.take,
    TRAININGS.take_next,
    TRAININGS.give_back,
    TRAININGS.note_process,
)
beat, add_event, events = TRAININGS.beat, TRAININGS.add_event, TRAININGS.events
finish, cancel, active = TRAININGS.finish, TRAININGS.cancel, TRAININGS.active
find, listed = TRAININGS.find, TRAININGS.listed


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
    TRAININGS.add(session, run)
    audit.write(session, by, "started training", f"run {run.run_id}", new={"recipe": recipe, "seed": seed} | noted)
    return run


def may_promote(session: Session, run_id: int) -> bool:
    """Whether a model of this run that passes the rule is put in use; else it is only proposed."""
    return session.scalars(select(Run.may_promote).where(Run.run_id == run_id)).one()


def newest(session: Session) -> Run | None:
    """The run that was started last, however it ended."""
    return session.scalar(select(Run).order_by(Run.run_id.desc()).limit(1))


def latest_scheduled(session: Session) -> Run | None:
    """The newest run that the schedule started."""
    return session.scalar(select(Run).where(Run.scheduled.is_(True)).order_by(Run.run_id.desc()).limit(1))


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
