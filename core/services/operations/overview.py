"""What Home shows: ratings by day and person, what waits, agreement, the model in use, and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from core.domain.plain import AS_IS, Name
from core.domain.progress import midnight, today
from core.domain.roles import Act, User, may
from core.domain.verdicts.judgement import Use
from core.services.masking import masks_output
from core.services.models.models import SampleInUse, sample_in_use
from core.services.models.verdicts import VersionVerdict, verdicts
from core.services.operations.status import Status, status
from core.services.rating import second_opinions
from core.services.training.forecast import latest_training
from core.services.training.readiness import what_helps
from core.services.training.readiness_checks import FEW_TWICE, TRAINING_CHECKS, Check, CheckResult, Counts
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.people import raters
from core.store.review import progress
from core.store.training import runs, statistics
from core.store.training.statistics import SharedRatings

DAYS = 14
OWN, EVERYBODY = "You", "Everybody"


@dataclass(frozen=True, slots=True)
class RatingsOfDays:
    """Ratings that were given here, day by day."""

    name: Name
    """Of a person, or ``OWN``, or ``EVERYBODY`` for who may not see whose they are."""
    per_day: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Where we stand, and what the next step depends on."""

    status: Status
    blockers: list[Check]
    """What a training would be refused for."""
    helps: Annotated[str, AS_IS]
    """What helps where more ratings hardly do; empty where they may help."""
    days: tuple[date, ...]
    """Oldest first, today last; local time of the server."""
    given: list[RatingsOfDays]
    """Of these days, most ratings first; without those who gave none."""
    agreement: SharedRatings | None
    """None for who may not see what others say."""
    in_use: VersionVerdict | None
    latest: VersionVerdict | None
    """Of the newest model that learned from this kind of data (sample or own)."""
    sample_in_use: SampleInUse | None
    training: bool
    """Whether one is running."""
    refused: Annotated[str | None, AS_IS]
    """What the latest training said where it made no model, and no rating came since."""
    second_opinions: bool
    """Whether this person could give any and they would help; looked up only where more ratings hardly do."""


@masks_output()
def overview(workspace: Workspace, user: User) -> Overview:
    """Count and look up what Home shows; ratings by name only for who may see those of others."""
    workspace.require(user, Act.LOOK)
    now = status(workspace, user)
    found = list(verdicts(workspace, user).values())
    last = today()
    days = tuple(last - timedelta(days=ago) for ago in reversed(range(DAYS)))
    with workspace.store.read() as session:
        outlook = latest_training(session, sample=now.sample)
        forecast = next((verdict for verdict in found if outlook and verdict.run_id == outlook.run_id), None)
        flat = outlook is not None and outlook.flat(now.rated)
        second_rater = flat and statistics.rated_twice(session) < FEW_TWICE
        return Overview(
            status=now,
            blockers=_blockers(workspace, session, now),
            helps=what_helps(forecast, second_rater=second_rater) if flat else "",
            days=days,
            given=_given(session, user, days),
            agreement=statistics.shared_ratings(session) if may(user, Act.READ_DATA) else None,
            in_use=next((verdict for verdict in found if verdict.use is Use.IN_USE), None),
            latest=next((verdict for verdict in found if verdict.sample == now.sample), None),
            sample_in_use=sample_in_use(workspace, user),
            training=runs.active(session) is not None,
            refused=_refused(session),
            second_opinions=second_rater and may(user, Act.RATE) and second_opinions.can_open(workspace, user),
        )


def _blockers(workspace: Workspace, session: Session, now: Status) -> list[Check]:
    settings = workspace.settings
    counts = Counts(
        now.rated,
        now.waiting,
        now.good,
        settings.min_samples_to_train,
        statistics.questions(session, settings.positive_rating_threshold),
    )
    return [found for check in TRAINING_CHECKS if (found := check(counts)).result is CheckResult.BLOCKER]


def _refused(session: Session) -> str | None:
    latest = next(iter(runs.listed(session, limit=1)), None)
    if latest is None or latest.state != "finished" or latest.model_version is not None:
        return None
    return None if statistics.ratings_between(session, latest.started_at) else latest.message


def _given(session: Session, user: User, days: Collection[date]) -> list[RatingsOfDays]:
    counted = progress.given_per_day(session, [midnight(day) for day in days])
    own, named = not may(user, Act.JUDGE) and may(user, Act.RATE), may(user, Act.JUDGE)
    names = raters.names(session) if named else {}
    by_name: dict[str, list[int]] = {}
    for (rater_id, number), ratings in counted.items():
        if own and rater_id != user.rater_id:
            continue
        name = names[rater_id] if named else OWN if own else EVERYBODY
        by_name.setdefault(name, [0] * len(days))[number] += ratings
    found = [RatingsOfDays(name, tuple(per_day)) for name, per_day in by_name.items()]
    return sorted(found, key=lambda one: (-sum(one.per_day), one.name))
