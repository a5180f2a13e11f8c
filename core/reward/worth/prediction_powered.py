"""Means over all answers from the few that were rated and the scores of all, with intervals that hold.

Prediction-powered inference with a tuned weight (PPI++; Angelopoulos, Duchi and Zrnic 2023), for answers that come in
questions: a sample of questions is drawn (``sampling.draw``) and all their answers are rated. The model's scores
correct the mean of the sample; where they are worthless, the weight is 0 and the mean of the sample remains.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.ratings import MAX_RATING, MIN_RATING
from core.reward.metrics.bootstrap import t_quantile

FEWEST_QUESTIONS = 30
"""Questions drawn at random from which an estimate is given."""
_TOO_FEW = "not estimable: {n} sampled questions of the {needed} that are needed"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sampled:
    """One kind of answers (all, or those of one generator), of which some questions were drawn and rated.

    The very large questions were taken with certainty and are a part of their own: they add no variance. The sums per
    question are those of the questions that were drawn at random of the rest, each of shape (n,).
    """

    questions: int
    """How many there are of the rest, drawn or not."""
    answers: float
    """To these."""
    scores: float
    """Of these answers, summed, in the unit of ``values``."""
    rated: Floats
    """Rated answers of each question that was drawn."""
    rated_scores: Floats
    """Their scores, summed."""
    values: Floats
    """What experts said of them, summed."""
    certain_answers: float = 0.0
    """Answers to the questions that were taken with certainty."""
    certain_rated: float = 0.0
    certain_values: float = 0.0

    @property
    def drawn(self) -> int:
        """Questions that were drawn at random and hold answers of this kind."""
        return int(np.count_nonzero(self.rated))

    @property
    def complete(self) -> bool:
        """Whether every question was drawn."""
        return len(self.rated) >= self.questions

    @property
    def share(self) -> float:
        """Of all answers, those to questions that were not taken with certainty."""
        return self.answers / (self.answers + self.certain_answers)


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval, and what the scores were good for."""

    mean: Metric
    alone: Metric
    """The same from the sampled ratings alone."""
    weight: float
    """Of the scores: 0 where they tell nothing, at most 1."""
    saved: int = 0
    """How many more ratings the same interval would have needed without the scores."""
    spread: float = 0.0
    """Variance between questions of what is left when the scores are used."""
    per_question: float = 0.0
    """Rated answers of a question."""


def estimate(data: Sampled, *, share: bool) -> Estimate:
    """The mean over all answers, 95 %: of ratings, or a ``share`` of answers, whose values are 0 or 1.

    With N questions, n of them drawn, m answers, y what was said and f the scores (sums per question), and weight w:
    w * sum(f) / sum(m) over all + sum(y - w * f) / sum(m) over those drawn. The spread between questions of the
    second part gives the interval (ratio estimate, linearised; Cochran 1977, 6.3), Student's t with n - 1, less what
    is certain because it was rated: the share n / N. Where the drawn questions do not differ at all there is no
    interval. Questions taken with certainty are a stratum without variance (Cochran 1977, 5.3).

    Of a share, the variance is that of the n questions and of one more whose answers are independent of each other,
    where that is more: where hardly a question differs from the others, a sample may hold none of these.

    Where every question is rated the mean is known, and the interval is about more questions like these.
    """
    if data.drawn < FEWEST_QUESTIONS:
        missing = _too_few(data.drawn)
        return Estimate(missing, missing, 0.0)
    y, f = _linearised(data.values, data.rated), _linearised(data.rated_scores, data.rated)
    weight, spread, alone = _tuned(y, f, known=data.complete)
    within = (0.0, 1.0) if share else (float(MIN_RATING), float(MAX_RATING))
    if share:
        spread, alone = (_with_one_more(left, _independent(data), len(y)) for left in (spread, alone))
    mean, without = (
        _metric(_value(data, w), data.share * _error(v, data), len(y), within)
        for w, v in ((weight, spread), (0, alone))
    )
    per_question = float(data.rated.sum() / len(y))
    saved = 0.0
    if weight:  # as many questions as would leave that variance with ratings alone
        left = (1 / len(y) - 1 / data.questions) * spread / alone
        saved = (1 / (1 / data.questions + left) - len(y)) * per_question
    return Estimate(mean, without, weight, round(saved), spread, per_question)


def difference(one: Sampled, other: Sampled) -> Metric:
    """The share of ``one`` kind of answers minus that of the ``other``, 95 %.

    Both over the same questions in the same order: those that hold answers of either, with zeros where it is only the
    other. What a question has in common for both cancels: the variance is that of the difference of its residuals.
    """
    fewest = min(one.drawn, other.drawn)
    if fewest < FEWEST_QUESTIONS:
        return _too_few(fewest)
    y, f = (
        one.share * _linearised(of_one, one.rated) - other.share * _linearised(of_other, other.rated)
        for of_one, of_other in ((one.values, other.values), (one.rated_scores, other.rated_scores))
    )
    weight, spread, _ = _tuned(y, f, known=one.complete)
    spread = _with_one_more(spread, sum(each.share**2 * _independent(each) for each in (one, other)), len(y))
    value = _value(one, weight) - _value(other, weight)
    return _metric(value, _error(spread, one), len(y), (-1.0, 1.0))


def ratings_for(found: Estimate, data: Sampled, half: float) -> int:
    """Ratings in all with which the interval reaches ``half`` to each side, those that are there among them."""
    questions = FEWEST_QUESTIONS
    for _ in range(5):  # Student's t depends on what is looked for; it settles at once
        error = half / -t_quantile(0.025, questions) / data.share
        share = error**2 / found.spread + 1 / data.questions if found.spread else 1.0
        questions = min(max(FEWEST_QUESTIONS, math.ceil(1 / share)), data.questions)
    return round(questions * found.per_question + data.certain_answers)


def _tuned(y: Floats, f: Floats, *, known: bool) -> tuple[float, float, float]:
    """The weight of the scores, and the variance between questions with them and without.

    A weight that was tuned costs a degree of freedom; scores that do not make up for it get none.
    """
    alone, spread = float(y @ y) / (len(y) - 1), float(f @ f)
    weight = float(np.clip(y @ f / spread, 0.0, 1.0)) if spread > 0 and not known else 0.0
    rest = y - weight * f
    left = float(rest @ rest) / (len(y) - 2)
    return (weight, left, alone) if weight and left < alone else (0.0, alone, alone)


def _independent(data: Sampled) -> float:
    """Variance between questions of a share if answers to one question had nothing in common."""
    share = float(data.values.sum() / data.rated.sum())
    return share * (1 - share) / float(data.rated.mean())


def _with_one_more(spread: float, independent: float, questions: int) -> float:
    return max(spread, ((questions - 1) * spread + independent) / questions)


def _error(spread: float, data: Sampled) -> float:
    """Standard error of a mean over the questions that were drawn."""
    n = len(data.rated)
    return math.sqrt((1.0 if data.complete else 1 - n / data.questions) * spread / n)


def _value(data: Sampled, weight: float) -> float:
    rest = float((data.values - weight * data.rated_scores).sum() / data.rated.sum())
    if weight:
        rest += weight * data.scores / data.answers
    certain = data.certain_values / data.certain_rated if data.certain_rated else rest
    return data.share * rest + (1 - data.share) * certain


def _metric(value: float, error: float, questions: int, within: tuple[float, float]) -> Metric:
    shown = float(np.clip(value, *within))
    if not error:  # the drawn ones are all alike: that tells nothing of how the others differ
        return Metric(shown)
    half = -t_quantile(0.025, questions) * error
    low, high = np.clip([value - half, value + half], *within)
    return Metric(shown, float(low), float(high))


def _too_few(questions: int) -> Metric:
    return Metric(None, reason=_TOO_FEW.format(n=questions, needed=FEWEST_QUESTIONS))


def _linearised(sums: Floats, answers: Floats) -> Floats:
    """Deviation of each question's sum from the ratio of all, in units of the mean, shape (n,)."""
    return np.asarray((sums - sums.sum() / answers.sum() * answers) / answers.mean())
