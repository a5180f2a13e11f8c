"""Trainings that begin by themselves: what a lead set, whether one is due, and the model that the last one proposes.

Whoever runs all the time looks: workers and the dashboard's process. Which of them starts a training is decided in one
transaction on one row, so that a date is never made up twice.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from core.domain.errors import Conflict
from core.domain.plain import AS_IS, Name
from core.domain.retraining import Schedule
from core.domain.roles import Act, Rule, User
from core.reward.recipes.registry import PAIR, RECIPES
from core.services.masking import masks_output
from core.services.running.workers import somebody_trains
from core.services.workspace import Workspace
from core.store import audit, settings
from core.store.database import Session
from core.store.interactions.interactions import only_sample
from core.store.people import raters
from core.store.retrying import retried, written
from core.store.training import runs, statistics, versions
from core.store.training.runs import Run
from core.store.types import now

SCHEDULE, STATE = "training schedule", "training schedule state"
LOOK_SECONDS = 30.0
"""How often workers and the dashboard look whether a training is due."""
NOTHING_NEW = "Nothing new was rated, so nothing was trained."


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """The schedule as Train shows it."""

    schedule: Schedule
    next_at: datetime | None
    """When the days are over; None where only ratings count, or it is off."""
    new_ratings: int
    """Since the latest training began."""
    set_by: Name
    """Empty where nobody set it yet."""
    set_at: datetime | None
    last: Annotated[str, AS_IS]
    """What came of the latest training that began by itself; empty where there was none."""
    last_at: datetime | None
    met: int
    """How many models were measured on the present kept-apart questions before."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model that passed the rule in a training on the schedule, and waits for a person."""

    model_version: str
    name: Annotated[str, AS_IS]
    made_at: datetime
    instead_of: str
    """The version in use that it was compared with; "" for none."""
    met: int
    """How many models were measured on the same kept-apart questions before it."""


@masks_output()
def get_schedule(workspace: Workspace, user: User) -> ScheduleView:
    """What is set, when the next training begins, and what came of the last one."""
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        wanted, state = schedule_of(session), settings.get(session, STATE)
        last = runs.latest_scheduled(session)
        names = raters.names(session)
        met = versions.met_held_out(session)
        new = _new_ratings(session) if wanted.is_on else 0
        name = None if last is None or last.model_version is None else _name(session, last.model_version)
    skipped_at = _time(state.get("skipped_at"))
    outcome, at = "", None
    if last is not None:
        outcome, at = _outcome(last, name), last.started_at
    if skipped_at is not None and (at is None or skipped_at > at):
        outcome, at = NOTHING_NEW, skipped_at
    key = str(state.get("set_by", ""))
    who = names.get(int(key.removeprefix("person ")), "somebody who is not here any more") if "person " in key else key
    return ScheduleView(
        schedule=wanted,
        next_at=_time(state.get("next_at")) if wanted.days else None,
        new_ratings=new,
        set_by=who,
        set_at=_time(state.get("set_at")),
        last=outcome,
        last_at=at,
        met=met,
    )


@masks_output()
@retried
def change_schedule(workspace: Workspace, user: User, wanted: Schedule) -> None:
    """Set when trainings begin by themselves; the days count from now on.

    Raises:
        NotAllowed: only who trains sets this.
        BadInput: a number is outside its range.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.write() as session:
        settings.hold(session, STATE)
        if not settings.change(session, SCHEDULE, wanted, by=user, action="changed schedule", subject="retraining"):
            return
        state = settings.get(session, STATE) | {"set_by": user.key, "set_at": now().isoformat()}
        settings.put(session, STATE, state | {"next_at": _next(wanted)})


@masks_output(as_is="the number of a training")
def begin_if_due(workspace: Workspace, user: User) -> int | None:
    """Begin a training if the schedule says so; its number, None where none is due.

    A date that was missed is made up once, whoever of several processes looks first. While another training runs, or
    waits, nothing begins, and the date stays due.

    Raises:
        NotAllowed: the person may not train.
        Unavailable: its process could not be started; it is told as failed.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        if not schedule_of(session).is_on:
            return None
    # they load scikit-learn: not to look at a page
    from core.services.training.runs import reap
    from core.services.training.training import begin_where_no_worker

    reap(workspace)
    with workspace.store.read() as session:
        if not _is_due(session):  # most of the time: nobody waits for a lock
            return None
    try:
        run = written(workspace.store, _claim)
    except Conflict:  # somebody started one at this moment
        return None
    if run is None:
        return None
    begin_where_no_worker(workspace, run)
    return run.run_id


@masks_output()
def proposal(workspace: Workspace, user: User) -> Proposal | None:
    """The model that the latest training on the schedule proposes; None where that is decided, or overtaken.

    It is overtaken by a newer model, and by any change of the model in use: it was compared with the one before.
    """
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        found = versions.newest(session)
        if found is None or found.champion or found.archived_at is not None:
            return None
        run = runs.find(session, found.run_id)
        passed = bool((found.judgement or {}).get("gate") == "passed")
        if run is None or not run.scheduled or run.may_promote or not passed:
            return None
        changed = versions.promotions(session)
        if (changed and changed[0].at >= found.created_at) or found.sample != only_sample(session):
            return None
        champion = versions.champion(session)
        met = max(0, versions.met_held_out(session) - 1)
        in_use = champion.model_version if champion else ""
        return Proposal(found.model_version, found.name, found.created_at, in_use, met)


def _is_due(session: Session) -> bool:
    wanted, next_at = schedule_of(session), _time(settings.get(session, STATE).get("next_at"))
    if not wanted.is_on or runs.active(session) is not None:
        return False
    if wanted.days and next_at is not None and now() >= next_at:
        return True
    return bool(wanted.ratings) and _new_ratings(session) >= wanted.ratings


def _new_ratings(session: Session) -> int:
    """How many ratings came since the latest training began, however that ended; of all time before the first."""
    latest = runs.newest(session)
    return statistics.ratings_between(session, latest.started_at if latest else datetime.fromtimestamp(0, UTC))


def _claim(session: Session) -> Run | None:
    """Decide in one transaction whether a training is due, and add its run; nobody else decides meanwhile."""
    settings.hold(session, STATE)
    if not _is_due(session):
        return None
    wanted = schedule_of(session)
    state = settings.get(session, STATE) | {"next_at": _next(wanted)}
    # the same ratings give the same model, and it would meet the kept-apart questions once more
    if not _new_ratings(session):
        settings.put(session, STATE, state | {"skipped_at": now().isoformat()})
        audit.write(session, Rule.SCHEDULE, "skipped training", "retraining", new={"new_ratings": 0})
        return None
    settings.put(session, STATE, state)
    champion = versions.champion(session)
    recipe = champion.recipe if champion is not None and champion.recipe in RECIPES else PAIR.name
    return runs.start(
        session,
        recipe,
        0,
        Rule.SCHEDULE,
        None,
        for_worker=somebody_trains(session),
        may_promote=wanted.promotes,
        met_kept_apart=versions.met_held_out(session),
    )


def schedule_of(session: Session) -> Schedule:
    """What a lead set; off before that."""
    return Schedule(**settings.get(session, SCHEDULE))


def _next(wanted: Schedule) -> str | None:
    return (now() + timedelta(days=wanted.days)).isoformat() if wanted.days else None


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _name(session: Session, model_version: str) -> str | None:
    found = versions.maybe(session, model_version)
    return None if found is None else found.name


def _outcome(run: Run, name: str | None) -> str:
    if run.state in ("queued", "running"):
        return f"Training {run.run_id} is under way."
    if run.model_version is not None:
        promoted = bool((run.result or {}).get("promoted"))
        return f"It made {name or 'a model that is not here any more'}{', and put it in use' if promoted else ''}."
    told = {"failed": "It failed", "cancelled": "It was cancelled"}.get(run.state, "It made no model")
    return f"{told}: {run.message}" if run.message else f"{told}."
