"""Ratings per person and day against a target: what counts, on which day, and who is behind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.domain.errors import BadInput
from core.domain.progress import RatingTarget, midnight, today
from core.domain.roles import COMMAND_LINE, NotAllowed, Role
from core.services.people import accounts
from core.services.rating import rating
from core.services.review import progress
from core.store.tables import Audit, Rater, RatingEvent
from tests import looked
from tests.databases import added, rater

LAST_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def lea(workspace):
    """The lead, who is here for long."""
    return came(workspace, rater(workspace, "Lea"), 100)


@pytest.fixture
def ana(workspace, lea):
    """An expert, who is here for long."""
    found = came(workspace, rater(workspace, "Ana"), 100)
    accounts.set_role(workspace, COMMAND_LINE, found.rater_id, Role.SME)
    return found


def came(workspace, user, days_ago: int):
    """The same person, who was added so many days ago."""
    at = midnight(today() - timedelta(days=days_ago))
    with workspace.store.write() as session:
        session.execute(update(Rater).where(Rater.rater_id == user.rater_id).values(created_at=at))
    return user


def rated(workspace, user, at: datetime | None = None) -> int:
    """An answer that this person rated, at that moment."""
    number = added(workspace, response=f"answer {datetime.now(UTC).timestamp()}")
    event = looked.rate(workspace, user, number, 4).number
    if at is not None:
        move(workspace, event, at)
    return number


def move(workspace, event: int, at: datetime) -> None:
    with workspace.store.write() as session:
        session.execute(update(RatingEvent).where(RatingEvent.event_id == event).values(at=at))


def days_ago(days: int) -> datetime:
    """Noon of that day."""
    return midnight(today() - timedelta(days=days)) + timedelta(hours=12)


def by_name(workspace, lea) -> dict[str, progress.PersonProgress]:
    return {person.name: person for person in progress.by_person_and_day(workspace, lea).people}


def test_ratings_stand_on_their_day_from_midnight_to_midnight(workspace, lea, ana):
    """The first and the last moment of a day are in it; what is older than the first day is not shown."""
    first = today() - timedelta(days=13)
    for at in (midnight(first), midnight(first) - LAST_MOMENT, midnight(today()) - LAST_MOMENT, None, None):
        rated(workspace, ana, at)
    found = progress.by_person_and_day(workspace, lea)
    assert (found.days[0], found.days[-1]) == (first, today())
    assert by_name(workspace, lea)["Ana"].per_day == (1, *[0] * 11, 1, 2)


def test_people_without_ratings_are_listed_and_who_cannot_rate_is_not(workspace, lea, ana):
    """Unless they gave ratings on these days."""
    for name in ("Vera", "Otto", "Olga"):
        rater(workspace, name)
    people = {person.name: person.rater_id for person in accounts.listed(workspace, COMMAND_LINE)}
    rated(workspace, rater(workspace, "Olga"))
    accounts.set_role(workspace, COMMAND_LINE, people["Vera"], Role.VIEWER)
    for name in ("Otto", "Olga"):
        accounts.set_disabled(workspace, COMMAND_LINE, people[name], True)
    assert {name: person.given for name, person in by_name(workspace, lea).items()} == {"Ana": 0, "Lea": 0, "Olga": 1}


def test_what_was_taken_back_does_not_count(workspace, lea, ana):
    """Withdrawn or undone; what was changed counts once, on the day of the first rating; skipped is no rating."""
    looked.withdraw(workspace, ana, rated(workspace, ana))
    rated(workspace, ana)
    rating.undo_last(workspace, ana)
    changed = rated(workspace, ana, days_ago(3))
    looked.rate(workspace, ana, changed, 1)
    looked.skip(workspace, ana, added(workspace, response="skipped"), reason="unsure")
    assert by_name(workspace, lea)["Ana"].per_day == (*[0] * 10, 1, 0, 0, 0)


def test_a_rating_that_was_taken_back_and_given_again_counts_on_the_later_day(workspace, lea, ana):
    """Once, on the day of the rating that stands; where that one is undone, on the day of the one before."""
    number = rated(workspace, ana, days_ago(5))
    looked.withdraw(workspace, ana, number)
    looked.rate(workspace, ana, number, 2)
    assert by_name(workspace, lea)["Ana"].per_day[-1] == 1
    assert by_name(workspace, lea)["Ana"].given == 1
    discarded = rated(workspace, ana, days_ago(4))
    looked.discard(workspace, ana, discarded, reason="broken")
    looked.rate(workspace, ana, discarded, 5)
    rating.undo_last(workspace, ana)
    rating.undo_last(workspace, ana)
    assert by_name(workspace, lea)["Ana"].per_day == (*[0] * 9, 1, 0, 0, 0, 1)


def test_who_is_behind_by_how_much(workspace, lea, ana):
    """Workdays before today, since somebody is here; a lead who does not rate is not behind."""
    ben = came(workspace, rater(workspace, "Ben"), 0)
    accounts.set_role(workspace, COMMAND_LINE, ben.rater_id, Role.SME)
    progress.change_target(workspace, lea, RatingTarget(3))
    rated(workspace, ana, days_ago(2))
    rated(workspace, ana)
    workdays = sum((today() - timedelta(days=ago)).weekday() < 5 for ago in range(1, 14))
    found = by_name(workspace, lea)
    assert (found["Ana"].wanted, found["Ana"].missing) == (3 * workdays, 3 * workdays - 2)
    assert (found["Ben"].wanted, found["Ben"].missing) == (0, 0)
    assert found["Lea"].missing == 0
    rated(workspace, lea)
    assert by_name(workspace, lea)["Lea"].missing == 3 * workdays - 1


def test_a_lead_sets_the_target(workspace, lea, ana):
    """It is recorded, and none to begin with; others may neither see nor set it; nonsense changes nothing."""
    assert progress.get_target(workspace, lea) == RatingTarget(0)
    progress.change_target(workspace, lea, RatingTarget(20))
    with pytest.raises(BadInput):
        progress.change_target(workspace, lea, RatingTarget(-1))
    with pytest.raises(NotAllowed):
        progress.by_person_and_day(workspace, rater(workspace, "Ana"))
    assert progress.get_target(workspace, lea) == RatingTarget(20)
    with workspace.store.read() as session:
        assert session.scalars(select(Audit.new).where(Audit.action == "changed target")).all() == [{"per_day": 20}]


def test_a_day_begins_at_its_own_midnight_when_clocks_change(monkeypatch):
    """In Berlin the 25th of October 2026 began in summer time and ended in winter time."""
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert midnight(date(2026, 10, 25)) == datetime(2026, 10, 24, 22, tzinfo=UTC)
        assert midnight(date(2026, 10, 26)) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()
