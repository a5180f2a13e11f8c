"""The effect of new ratings on the latest training, and the reminder when the next one is due."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.domain.metrics import Metric
from core.domain.retraining import RetrainSettings
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.domain.verdicts.judgement import times
from core.services.masking import masks_output
from core.services.running.schedule import schedule_of
from core.services.workspace import Workspace
from core.store import settings
from core.store.database import Session
from core.store.interactions.interactions import only_sample
from core.store.retrying import retried
from core.store.training import statistics, versions
from core.store.training.versions import ModelVersion

RETRAINING = "retraining"
MEASURE = "roc_auc"
OF_TWO = "the good one of a good and a poor answer"


@masks_output(as_is="a sentence of figures and days")
def rating_impact(workspace: Workspace, user: User) -> str:
    """One line for raters: what the ratings before the latest training changed, or that nothing can be said yet."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        found = versions.latest_two(session, sample=only_sample(session))
        if not found:
            return "No model was trained on these ratings yet, so nothing can be said about what they changed."
        latest, run = found[0]
        if len(found) == 1:
            first = _out_of_fold(latest)
            known = ""
            if first is not None and first.value is not None:
                known = f" On questions it had not seen it scored {OF_TWO} higher {times(first)}."
            return (
                f"The first model of its kind was trained {_day(run.started_at)}.{known} The next one will "
                "show what new ratings change."
            )
        before, earlier = found[1]
        number = statistics.ratings_between(session, earlier.started_at, run.started_at)
    if not number:
        return "Nothing was rated between the last two trainings. The next one will show what new ratings change."
    kind, old, new = _comparable(before, latest)
    since = f"{plural(number, 'rating')} since {_day(earlier.started_at)}"
    if old is None or new is None:
        return (
            f"{since}; nothing can be said about what they changed: the model could not be measured on the "
            "same ground twice."
        )
    change = f"{since}: on {kind}, {OF_TWO} was scored higher {_hundred(old)} times of 100 before and {times(new)} now"
    if new.low is not None and new.high is not None and old.value is not None and new.low <= old.value <= new.high:
        change += "; the difference is no larger than chance makes it"
    return change + "."


@dataclass(frozen=True, slots=True)
class Due:
    """Reason for which a training is due."""

    ratings: int
    """New since the latest training began."""
    days: int
    """Since it ended."""


@masks_output()
def due(workspace: Workspace, user: User) -> Due | None:
    """Whether somebody is to train the model again; None when not, when there is none yet, or where a schedule does it.

    Raises:
        NotAllowed: the role does not train.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        found = versions.latest_two(session, sample=only_sample(session))
        if not found or schedule_of(session).is_on:
            return None
        wanted, run = _settings(session), found[0][1]
        number = statistics.ratings_between(session, run.started_at)
    days = max(timedelta(0), datetime.now(UTC) - (run.finished_at or run.started_at)).days
    is_due = number >= wanted.ratings or (number > 0 and days >= wanted.days)
    return Due(number, days) if is_due else None


@masks_output()
def get_settings(workspace: Workspace, user: User) -> RetrainSettings:
    """After how much a reminder comes."""
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        return _settings(session)


@masks_output()
@retried
def change_settings(workspace: Workspace, user: User, wanted: RetrainSettings) -> None:
    """Set after how much a reminder comes.

    Raises:
        NotAllowed: only who trains sets this.
        BadInput: a number is outside its range.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.write() as session:
        settings.change(session, RETRAINING, wanted, by=user, action="changed reminder", subject="retraining")


def _settings(session: Session) -> RetrainSettings:
    return RetrainSettings(**settings.get(session, RETRAINING))


def _comparable(before: ModelVersion, latest: ModelVersion) -> tuple[str, Metric | None, Metric | None]:
    """The same measure of both on one ground: the kept-apart questions where both were measured on all of the same."""
    old, new = before.held_out, latest.held_out
    if old and new and (old["n"], old["prompts"]) == (new["n"], new["prompts"]):
        pair = _metric(old["metrics"]), _metric(new["metrics"])
        if all(metric is not None and metric.value is not None for metric in pair):
            return "questions kept apart", *pair
    pair = _out_of_fold(before), _out_of_fold(latest)
    known = all(metric is not None and metric.value is not None for metric in pair)
    return ("questions it had not seen", *pair) if known else ("", None, None)


def _out_of_fold(version: ModelVersion) -> Metric | None:
    return _metric(version.metrics)


def _metric(metrics: dict[str, Any]) -> Metric | None:
    return Metric.from_json(metrics[MEASURE]) if MEASURE in metrics else None


def _hundred(metric: Metric) -> str:
    return f"{100 * (metric.value or 0):.0f}"


def _day(at: datetime) -> str:
    """The day as people say it: a weekday within the last week, else the date."""
    local = at.astimezone()
    days = (datetime.now().astimezone().date() - local.date()).days
    return "today" if days <= 0 else f"{local:%A}" if days < 7 else f"{local:%d %b %Y}"
