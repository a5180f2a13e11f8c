"""Ratings per person and day: when a day begins, and how many a lead wants."""

from dataclasses import dataclass
from datetime import date, datetime, time

from core.domain.errors import BadInput

MOST_PER_DAY = 1_000
WORKDAYS = range(5)
"""Monday to Friday: the days that a target is about."""


@dataclass(frozen=True, slots=True)
class RatingTarget:
    """How many ratings each person gives on a workday; 0: no target is set."""

    per_day: int = 0

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.per_day not in range(MOST_PER_DAY + 1):
            raise BadInput(f"A target is 0 (none) to {MOST_PER_DAY:,} ratings per person and day. Nothing was changed.")


def today() -> date:
    """The day that it is, local time of the server."""
    return datetime.now().astimezone().date()


def midnight(day: date) -> datetime:
    """The moment at which this day begins, local time of the server."""
    return datetime.combine(day, time()).astimezone()  # with the offset of that moment: clocks may change on that day
