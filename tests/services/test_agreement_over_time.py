"""Agreement as it stood at the end of each of the last weeks, led back through the history of ratings."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from core.domain.progress import midnight, today
from core.domain.roles import COMMAND_LINE
from core.reward.metrics.agreement import FEW_PROMPTS, NOTHING_SHARED
from core.services.rating import rating
from core.services.review import agreement
from core.store.review.agreement import shared_at
from core.store.tables import RatingEvent
from tests import looked
from tests.databases import added, rater

MONDAY = today() - timedelta(days=today().weekday())


@pytest.fixture
def team(workspace):
    """Two who rate."""
    return rater(workspace, "Ana"), rater(workspace, "Ben")


def weeks_ago(weeks: int) -> datetime:
    """The middle of a week that ended so many weeks ago; 1: the last one that is over."""
    return midnight(MONDAY - timedelta(weeks=weeks) + timedelta(days=3))


def at(workspace, receipt, moment: datetime) -> None:
    """Let it have happened then."""
    with workspace.store.write() as session:
        session.execute(update(RatingEvent).where(RatingEvent.event_id == receipt.number).values(at=moment))


def shared(workspace, *moments: datetime) -> list[list[tuple[int, ...]]]:
    """Ratings of answers with several of them at these moments, the latest first."""
    with workspace.store.read() as session:
        return [sorted(tuple(sorted(given)) for _, given in found) for found in shared_at(session, moments)]


def test_ratings_stand_as_they_stood(workspace, team):
    """What was given, changed and withdrawn later is led back, change by change."""
    ana, ben = team
    number = added(workspace)
    at(workspace, looked.rate(workspace, ana, number, 4), weeks_ago(6))
    at(workspace, looked.rate(workspace, ben, number, 2), weeks_ago(5))
    at(workspace, looked.rate(workspace, ben, number, 3), weeks_ago(3))
    at(workspace, looked.rate(workspace, ben, number, 5), weeks_ago(3) + timedelta(hours=1))
    at(workspace, looked.withdraw(workspace, ben, number), weeks_ago(2))
    ends = [midnight(MONDAY - timedelta(weeks=ago)) for ago in range(6)]
    assert shared(workspace, *ends) == [[], [], [(4, 5)], [(2, 4)], [(2, 4)], []]


def test_what_was_undone_or_only_looked_at_again_changes_nothing(workspace, team):
    """An undone rating leaves what was before it; another answer is not touched by it."""
    ana, ben = team
    one, other = added(workspace), added(workspace, response="another")
    for user, value in ((ana, 4), (ben, 5)):
        at(workspace, looked.rate(workspace, user, one, value), weeks_ago(3))
    looked.rate(workspace, ben, other, 1)
    looked.rate(workspace, ana, other, 1)
    rating.undo_last(workspace, ana)
    with workspace.store.write() as session:
        repeat = {"status": "submitted", "rating": 1, "comment": None, "bias_flag": False}
        session.add(
            RatingEvent(
                interaction_id=one, rater_id=ana.rater_id, action="repeat", old={**repeat, "rating": 4}, new=repeat
            )
        )
    assert shared(workspace, weeks_ago(0) + timedelta(days=9), midnight(MONDAY)) == [[(4, 5)], [(4, 5)]]


def test_each_week_has_its_alpha_with_interval_and_the_answers_behind_it(workspace, team):
    """Nothing where too few prompts were rated by both, and the number of answers all the same."""
    ana, ben = team
    for number in range(24):
        item = added(workspace, prompt=f"question {number}")
        moment = weeks_ago(2) if number < 4 else weeks_ago(1)
        at(workspace, looked.rate(workspace, ana, item, number % 5 + 1), moment)
        at(workspace, looked.rate(workspace, ben, item, (number + (number % 6 == 0)) % 5 + 1), moment)
    looked.delete(workspace, ana, item)
    found = agreement.over_time(workspace, COMMAND_LINE, weeks=3)
    assert [point.day for point in found] == [*(MONDAY - timedelta(days=1 + 7 * ago) for ago in (2, 1, 0)), today()]
    assert [point.answers for point in found] == [0, 4, 23, 23]
    assert [point.alpha.reason for point in found] == [NOTHING_SHARED, FEW_PROMPTS, None, None]
    last = found[-1].alpha
    assert last.low is not None
    assert last.value is not None
    assert last.high is not None
    assert last.low < last.value < last.high <= 1
    assert last.value == agreement.measure(workspace, COMMAND_LINE).alpha.value
    assert found[-2].alpha == last
