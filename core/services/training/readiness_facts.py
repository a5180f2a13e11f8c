"""What the checks of the Readiness page look at, and what they say."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from core.domain.metrics import Metric
from core.domain.plain import AS_IS
from core.domain.queue import Order
from core.store.training import statistics


class CheckResult(StrEnum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"  # training works, but the result suffers
    BLOCKER = "blocker"  # training gives no usable result
    OPEN = "open"  # nothing can be said yet
    NOT_APPLICABLE = "not applicable"  # there is nothing here to look at


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps: a page, and for Rate which answers come first there."""

    label: str
    page: str
    order: Order | None = None
    """The order of the queue that helps; None leaves it as it is."""
    session: str = ""
    """Only answers of this session."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, what was found, what to do."""

    code: str
    title: str
    verdict: CheckResult
    sentence: str
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """What the latest finished training on this kind of data measured."""

    run_id: int
    n: int
    auc: Metric
    versus_length: Metric
    """ROC AUC minus that of answer length, paired."""
    more: int | None = None
    """About how many more ratings its report asks for."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at."""

    rated: int
    unrated: int
    good: int
    minimum: int
    shape: statistics.Shape
    by_rater: Annotated[dict[str, int], AS_IS]
    sample: bool = False
    low: int = 0
    """Answers with a consensus of 2 or less."""
    high: int = 0
    """Answers with a consensus of 4 or more."""
    rated_twice: int = 0
    """Answers with ratings of two people or more."""
    spread: Annotated[dict[str, statistics.Spread], AS_IS] = field(default_factory=dict)
    rated_by_session: dict[str, int] = field(default_factory=dict)
    unrated_by_session: dict[str, int] = field(default_factory=dict)
    latest: Latest | None = None
