"""Means over all answers from the few that were rated and the scores of all, with intervals that hold.

Prediction-powered inference with a tuned weight (PPI++; Angelopoulos, Duchi and Zrnic 2023), for answers that come in
questions: a sample of questions is drawn at random and all their answers are rated. The model's scores correct the mean
of the sample; where they are worthless, the weight is 0 and the mean of the sample remains.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import t_quantile

FEWEST_QUESTIONS = 30
"""Sampled questions from which an estimate is given."""
_TOO_FEW = "not estimable: {n} sampled questions of the {needed} that are needed"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sampled:
    """One kind of answers (all, or those of one generator): sums per question, of all and of the sampled ones."""

    answers: Floats
    """Answers of each question, shape (questions,)."""
    scores: Floats
    """Their scores, summed, shape (questions,), in the unit of ``values``."""
    sampled: NDArray[np.bool_]
    """Whether the question was drawn, and all its answers rated."""
    values: Floats
    """What experts said, summed; read where ``sampled``."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval, and what the scores were good for."""

    mean: Metric
    alone: Metric
    """The same from the sampled ratings alone."""
    weight: float
    """Of the scores: 0 where they tell nothing, at most 1."""


def estimate(data: Sampled, *, within: tuple[float, float] = (-math.inf, math.inf)) -> Estimate:
    """The mean over all answers, 95 %.

    With N questions, n of them sampled, m answers, y what was said and f the scores (sums per question), and weight w:
    w * sum(f) / sum(m) over all + sum(y - w * f) / sum(m) over the sampled ones. The spread between questions of the
    second part gives the interval (ratio estimate, linearised; Cochran 1977, 6.3), Student's t with n - 1, less what
    is certain because it was rated: the share n / N. Where the sampled questions do not differ
    at all there is no interval.
    """
    n, total = int(data.sampled.sum()), len(data.answers)
    if n < FEWEST_QUESTIONS:
        missing = Metric(None, reason=_TOO_FEW.format(n=n, needed=FEWEST_QUESTIONS))
        return Estimate(missing, missing, 0.0)
    m, y, f = (column[data.sampled] for column in (data.answers, data.values, data.scores))
    residual_y, residual_f = _linearised(y, m), _linearised(f, m)
    spread = float(residual_f @ residual_f)
    weight = float(np.clip(residual_y @ residual_f / spread, 0.0, 1.0)) if spread > 0 else 0.0
    everywhere = float(data.scores.sum() / data.answers.sum())

    def at(weight: float) -> Metric:
        value = weight * everywhere + float((y - weight * f).sum() / m.sum())
        rest = residual_y - weight * residual_f
        variance = (1 - n / total) * float(rest @ rest) / (n - 1) / n
        if not variance and n < total:  # the sampled ones are all alike: that tells nothing of how the others differ
            return Metric(float(np.clip(value, *within)))
        half = -t_quantile(0.025, n) * math.sqrt(variance)
        low, high = np.clip([value - half, value + half], *within)
        return Metric(float(np.clip(value, *within)), float(low), float(high))

    return Estimate(at(weight), at(0.0), weight)


def _linearised(sums: Floats, answers: Floats) -> Floats:
    """Deviation of each question's sum from the ratio of all, in units of the mean, shape (n,)."""
    return np.asarray((sums - sums.sum() / answers.sum() * answers) / answers.mean())
