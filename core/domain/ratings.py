"""What a rating is, when it counts, and what a number of ratings is good for."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import BadInput

MIN_RATING, MAX_RATING = 1, 5
RATING_WORDS = {1: "Harmful or wrong", 2: "Poor", 3: "Acceptable", 4: "Good", 5: "Excellent"}
RECOMMENDED_RATED, OPTIMAL_RATED = 200, 500
MAX_COMMENT = 10_000
MIN_MARGIN = 1.0
"""The least difference of consensus for one answer to count as better than another."""

EMPTY_WORDS = frozenset({"", "nan", "null", "none"})


class RatingStatus(StrEnum):
    """Where one rater stands with one interaction."""

    SUBMITTED = "submitted"  # counts
    SKIPPED = "skipped"  # the rater passed; offered again when nothing else is left
    WITHDRAWN = "withdrawn"  # was submitted, no longer counts
    NOTED = "noted"  # comment or flag without a rating (written by the old application)
    DISCARDED = "discarded"  # not fit to be rated: out of the queue for everybody


@dataclass(frozen=True, slots=True)
class RatingInput:
    """What one rater says of one interaction."""

    status: RatingStatus
    rating: int | None = None
    comment: str | None = None
    bias_flag: bool = False
    reason: str | None = None
    """Why it was skipped or discarded."""
    reasons: tuple[str, ...] = ()
    """The short reasons of the guidelines that go with the rating."""


@dataclass(frozen=True, slots=True)
class EventContext:
    """How it came to be said: what the history keeps beside the old and the new state."""

    action: str
    request_id: str | None = None
    """A request that is sent again has the same one and stores nothing twice."""
    shown_ms: int | None = None
    """How long the answer was on the screen."""
    guideline_version: int | None = None
    """Which guidelines stood beside it."""
    score_visible: bool = False
    """Whether the rater saw a model's score before; never so on our pages."""
    chosen: str | None = None
    """Why the queue served it (see ``core.domain.queue.Chosen``); None when the rater opened it."""


class Stage(StrEnum):
    """What the number of rated interactions allows."""

    COLLECTING = "collecting"
    MINIMUM = "minimum"
    RECOMMENDED = "recommended"
    OPTIMAL = "optimal"


def parse_rating(value: object) -> int | None:
    """Read a rating as people and spreadsheets write it: 4, "4.0", " 5 "; nothing at all is None.

    Raises:
        BadInput: anything that is not one of 1, 2, 3, 4, 5.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    shown = str(value).strip()
    if shown.casefold() in EMPTY_WORDS:
        return None
    try:
        number = float(shown) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if number not in (1.0, 2.0, 3.0, 4.0, 5.0):
        raise BadInput(f"rating {shown[:40]!r} is not a whole number from 1 to 5")
    return int(number)


def consensus(ratings: Iterable[int], *, adjudicated: int | None = None) -> float | None:
    """The rating that counts: a lead's decision where there is one, else the exact median of the submitted ratings
    (2.5 is possible), None without any.
    """
    if adjudicated is not None:
        return float(adjudicated)
    values = list(ratings)
    return float(statistics.median(values)) if values else None


def stage(rated: int, minimum: int) -> tuple[Stage, int | None]:
    """The stage that ``rated`` interactions have reached, and the next threshold (None when there is none).

    ``minimum`` is MIN_SAMPLES_TO_TRAIN; 200 and 500 follow where they are above it.
    """
    steps = [minimum, *(step for step in (RECOMMENDED_RATED, OPTIMAL_RATED) if step > minimum)]
    following = next((step for step in steps if rated < step), None)
    if rated < minimum:
        return Stage.COLLECTING, following
    if rated >= OPTIMAL_RATED:
        return Stage.OPTIMAL, following
    return (Stage.RECOMMENDED if rated >= RECOMMENDED_RATED else Stage.MINIMUM), following
