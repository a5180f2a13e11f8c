"""Thresholds of certainty that hold a promise: of the answers picked, at most so many are poor.

Learn then test with a fixed sequence (Angelopoulos, Bates, Candes, Jordan and Lei 2021, section 3): the thresholds are
fixed without a look at the trials, tested from the strictest to the laxest, each by an exact binomial bound, and the
first failure ends it. Then the chance that the last one that passed breaks the promise is at most 1 - confidence.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.reward.metrics.best_of_n import Choices
from core.reward.metrics.labels import Labels

MAX_POOR = (0.05, 0.1, 0.2, 0.25, 0.3)
CONFIDENCE = (0.9, 0.95)
STEPS = 20
"""Thresholds that are tried: each leaves about this part more of the questions unanswered."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold and what became of the trials there."""

    threshold: float
    """Lowest score of a best answer that is still picked."""
    answered: int
    poor: int


@dataclass(frozen=True, slots=True)
class Certified:
    """A threshold that holds a promise."""

    threshold: float
    answered: int
    poor: int
    questions: int
    """Trials: answered or not."""


@dataclass(frozen=True)
class Evidence:
    """Counts of poor picks at every threshold, strictest first; what any promise is tested on."""

    steps: tuple[Step, ...]
    questions: int

    def certified(self, max_poor: float, confidence: float) -> Certified | None:
        """The laxest threshold that passed; None where not even the first one does.

        The first is the strictest one with so many answered that it would pass with none poor: 9 for one in four with
        90 %. That is counted without a look at the ratings, so it costs nothing.
        """
        fewest = fewest_answered(max_poor, confidence)
        found = None
        for step in self.steps:
            if step.answered < fewest:
                continue
            if upper_bound(step.poor, step.answered, confidence) > max_poor:
                break
            found = Certified(step.threshold, step.answered, step.poor, self.questions)
        return found


@dataclass(frozen=True)
class Picks:
    """The answer that scores pick for every question with two or more rated answers."""

    scores: Floats
    """Of the picked answer, shape (questions,)."""
    poor: NDArray[np.bool_]
    """Whether its consensus is below the positive threshold."""

    @classmethod
    def of(cls, rated: Labels, values: Floats) -> "Picks":
        """Picks by ``values`` (n,). A question asked about several things (contexts) counts once, by the first."""
        choices = Choices.of(rated)
        scores: list[float] = []
        poor: list[bool] = []
        seen: set[int] = set()
        for group, rows in zip(choices.groups, np.split(choices.rows, choices.starts[1:]), strict=False):
            if int(group) not in seen:
                seen.add(int(group))
                best = rows[np.argmax(values[rows])]
                scores.append(float(values[best]))
                poor.append(not rated.good[best])
        return cls(np.array(scores, dtype=np.float64), np.array(poor, dtype=bool))


def thresholds(scores: Floats) -> Floats:
    """Thresholds from picks' out-of-fold ``scores`` (n,) of training questions, strictest first; the last is 0.

    Quantiles, so that each leaves about as many more questions unanswered than the next.
    """
    if not len(scores):
        return np.zeros(1)
    inner = np.quantile(scores, np.linspace(0, 1, STEPS + 1)[1:-1])
    return np.concatenate([np.unique(inner)[::-1], [0.0]])


def evidence(picks: Picks, fixed: Floats) -> Evidence:
    """Counts of ``picks`` on kept-apart questions at ``fixed`` thresholds."""
    steps = []
    for threshold in fixed:
        answered = picks.scores >= threshold
        steps.append(Step(float(threshold), int(answered.sum()), int((answered & picks.poor).sum())))
    return Evidence(tuple(steps), len(picks.scores))


def upper_bound(poor: int, answered: int, confidence: float) -> float:
    """One-sided upper bound of a share from ``poor`` of ``answered`` (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv  # ranking imports this module and asks for no bound

    return 1.0 if poor >= answered else float(betaincinv(poor + 1, answered - poor, confidence))


def fewest_answered(max_poor: float, confidence: float) -> int:
    """Answered questions from which a promise holds where none is poor."""
    return math.ceil(math.log(1 - confidence) / math.log(1 - max_poor))
