"""How many ratings each person gave on each of the last days, and who is behind the target that a lead set."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.plain import Name
from core.domain.progress import WORKDAYS, RatingTarget, midnight, today
from core.domain.roles import Act, Role, User, may
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import settings
from core.store.people import raters
from core.store.people.raters import Rater
from core.store.retrying import retried
from core.store.review import progress


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """Ratings of one person."""

    name: Name
    per_day: tuple[int, ...]
    """Of each day (``Progress.days``)."""
    wanted: int
    """By the target for the workdays before today since the person is here; 0 where nothing is asked of them."""

    @property
    def given(self) -> int:
        """Ratings of all these days."""
        return sum(self.per_day)

    @property
    def missing(self) -> int:
        """Ratings that are still wanted; today asks for none yet, but counts."""
        return max(0, self.wanted - self.given)


@dataclass(frozen=True, slots=True)
class Progress:
    """Ratings of everybody, day by day."""

    days: tuple[date, ...]
    """Oldest first, today last; local time of the server."""
    target: RatingTarget
    people: list[PersonProgress]
    """By name: everybody who may rate, and whoever else gave ratings on these days."""


@masks_output()
def by_person_and_day(workspace: Workspace, user: User, days: int = 14) -> Progress:
    """Ratings that each person gave here on each of the last days, today included.

    A rating that was withdrawn or undone does not count, a change not twice, an imported one not at all.
    """
    workspace.require(user, Act.JUDGE)
    last = today()
    shown = tuple(last - timedelta(days=ago) for ago in reversed(range(days)))
    with workspace.store.read() as session:
        given = progress.given_per_day(session, [midnight(day) for day in shown])
        target = progress.rating_target(session)
        active = {rater_id for rater_id, _ in given}
        people = []
        for rater in raters.listed(session):
            if not (_may_rate(rater) or rater.rater_id in active):
                continue
            per_day = tuple(given.get((rater.rater_id, number), 0) for number in range(days))
            asked = _may_rate(rater) and (rater.role == Role.SME or rater.rater_id in active)
            wanted = target.per_day * _workdays(rater, shown[:-1]) if asked else 0
            people.append(PersonProgress(rater.name, per_day, wanted))
    return Progress(shown, target, people)


@masks_output()
def get_target(workspace: Workspace, user: User) -> RatingTarget:
    """How many ratings each person gives on a workday."""
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        return progress.rating_target(session)


@masks_output()
@retried
def change_target(workspace: Workspace, user: User, wanted: RatingTarget) -> None:
    """Set how many ratings each person gives on a workday; 0: none.

    Raises:
        NotAllowed: only a lead sets this.
        BadInput: the number is outside its range.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        settings.change(
            session, progress.TARGET, wanted, by=user, action="changed target", subject="ratings per person and day"
        )


def _may_rate(rater: Rater) -> bool:
    return (
        rater.kind == "person"
        and rater.forgotten_at is None
        and not rater.disabled
        and may(User(rater.rater_id, rater.name, Role(rater.role)), Act.RATE)
    )


def _workdays(rater: Rater, days: tuple[date, ...]) -> int:
    """How many of these days ask something of this person: workdays after the one on which they came."""
    came = rater.created_at.astimezone().date()
    return sum(day.weekday() in WORKDAYS and day > came for day in days)
