"""Thresholds of certainty that hold a promise: of the answers picked, at most so many are poor.

Learn then test with a fixed sequence (Angelopoulos, Bates, Candes, Jordan and Lei 2021, section 3): the thresholds are
fixed without a look at the trials, tested from the strictest to the laxest, each by an exact binomial bound, and the
first failure ends it. Then the chance that the last one that passed breaks the promise is at most 1 - confidence.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.metrics.best_of_n import Choices
from core.reward.metrics.labels import Labels

STEPS = 20
"""Thresholds that are tried: each leaves about this part more of the questions unanswered."""
MOST_MORE = 5_000
"""Further trials after which a promise counts as one that more of them do not bring."""

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
    answers: int
    """Rated answers to these questions: a promise holds for about as many to choose from."""
    good_from: int
    """Rating from which an answer is good, and below which it is poor."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "steps": [[step.threshold, step.answered, step.poor] for step in self.steps],
            "questions": self.questions,
            "answers": self.answers,
            "good_from": self.good_from,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Evidence":
        """Read what ``to_json`` wrote."""
        steps = tuple(Step(float(threshold), answered, poor) for threshold, answered, poor in data["steps"])
        return cls(steps, data["questions"], data["answers"], data["good_from"])

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

    def more_questions(self, max_poor: float, confidence: float) -> int | None:
        """Further trials with which a promise that is not certified would be, with the shares of these.

        None where not even ``MOST_MORE`` are enough. Both counts of every step grow in proportion; the first step with
        enough answered decides, as it does in ``certified``.
        """
        from scipy.special import betaincinv  # as in upper_bound

        factors = 1 + np.arange(1, MOST_MORE + 1) / self.questions
        answered = factors[:, np.newaxis] * np.array([step.answered for step in self.steps])
        eligible = answered >= fewest_answered(max_poor, confidence) - 1e-9
        first = eligible.argmax(axis=1)
        tried = answered[np.arange(MOST_MORE), first]
        poor = factors * np.array([step.poor for step in self.steps])[first]
        possible = eligible.any(axis=1) & (poor < tried)
        bounds = betaincinv(poor + 1, np.where(possible, tried - poor, 1.0), confidence)
        enough = possible & (bounds <= max_poor)
        return int(enough.argmax()) + 1 if enough.any() else None


@dataclass(frozen=True)
class Picks:
    """The answer that scores pick for every question with two or more rated answers."""

    scores: Floats
    """Of the picked answer, shape (questions,)."""
    poor: NDArray[np.bool_]
    """Whether its consensus is below the positive threshold."""
    outside: NDArray[np.bool_]
    """Whether the question is unlike those that the model learned from: then nothing is picked, whatever the score."""
    answers: int = 0
    """Rated answers to these questions."""

    @classmethod
    def of(cls, rated: Labels, values: Floats, outside: NDArray[np.bool_]) -> "Picks":
        """Picks by ``values`` (n,); ``outside`` (n,) says it of each answer's question.

        A question asked about several things (contexts) counts once, by the first.
        """
        choices = Choices.of(rated)
        scores: list[float] = []
        poor: list[bool] = []
        unlike: list[bool] = []
        answers = 0
        seen: set[int] = set()
        for group, rows in zip(choices.groups, np.split(choices.rows, choices.starts[1:]), strict=False):
            if int(group) not in seen:
                seen.add(int(group))
                best = rows[np.argmax(values[rows])]
                scores.append(float(values[best]))
                poor.append(not rated.good[best])
                unlike.append(bool(outside[best]))
                answers += len(rows)
        return cls(
            np.array(scores, dtype=np.float64), np.array(poor, dtype=bool), np.array(unlike, dtype=bool), answers
        )

    def answered(self, threshold: float) -> NDArray[np.bool_]:
        """Questions, shape (questions,), that are answered at this threshold."""
        return (self.scores >= threshold) & ~self.outside


def thresholds(scores: Floats) -> Floats:
    """Thresholds from picks' out-of-fold ``scores`` (n,) of training questions, strictest first; the last is 0.

    Quantiles, so that each leaves about as many more questions unanswered than the next.
    """
    if not len(scores):
        return np.zeros(1)
    inner = np.quantile(scores, np.linspace(0, 1, STEPS + 1)[1:-1])
    return np.concatenate([np.unique(inner)[::-1], [0.0]])


def evidence(picks: Picks, fixed: Floats, *, good_from: int) -> Evidence:
    """Counts of ``picks`` on kept-apart questions at ``fixed`` thresholds."""
    steps = []
    for threshold in fixed:
        answered = picks.answered(threshold)
        steps.append(Step(float(threshold), int(answered.sum()), int((answered & picks.poor).sum())))
    return Evidence(tuple(steps), len(picks.scores), picks.answers, good_from)


def upper_bound(poor: int, answered: int, confidence: float) -> float:
    """One-sided upper bound of a share from ``poor`` of ``answered`` (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv  # only a ranking with a promise needs it

    return 1.0 if poor >= answered else float(betaincinv(poor + 1, answered - poor, confidence))


def fewest_answered(max_poor: float, confidence: float) -> int:
    """Answered questions from which a promise holds where none is poor."""
    return math.ceil(math.log(1 - confidence) / math.log(1 - max_poor))
