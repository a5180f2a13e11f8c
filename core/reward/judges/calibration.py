"""What an LLM judge's score means in experts' ratings: a monotone map, tested on questions that it had not seen.

The map is an isotonic regression (Barlow et al. 1972): the increasing step function that is closest to the ratings. Its
error is measured out of fold by question, so that it is not the error on what it was fitted to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from core.domain.metrics import Metric
from core.domain.ratings import MAX_RATING, MIN_RATING
from core.reward.judges.shares import by_question, over_questions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
MAX_POINTS = 50
"""Of the map as it is drawn."""
GROUPS = 8
"""Of answers with similar scores, whose ratings are shown beside the map."""
_RANGE = float(MAX_RATING - MIN_RATING)


@dataclass(frozen=True, slots=True)
class Similar:
    """Answers with similar scores: the middle score, and the mean of experts' ratings."""

    score: float
    rating: Metric
    answers: int


@dataclass(frozen=True, slots=True)
class ScoreMap:
    """From a judge's score to experts' rating."""

    points: tuple[tuple[float, float], ...]
    """Score and rating, rising; between two of them the rating lies on the line."""
    error: Metric
    """Mean distance of the rating that the map says from that of experts, on questions it had not seen."""
    error_of_mean: Metric
    """The same where every answer gets the mean rating."""
    groups: tuple[Similar, ...]

    @property
    def tells_apart(self) -> bool:
        """Whether the map is closer to the ratings than their mean is."""
        return (self.error.value or 0) < (self.error_of_mean.value or 0)


def score_map(scores: Floats, ratings: Floats, questions: Ints, *, seed: int) -> tuple[ScoreMap, Floats]:
    """Fit the map; with the rating it says of each answer, (n,), by a fit on other questions.

    Args:
        scores: of the judge, (n,).
        ratings: that count, (n,).
        questions: number of each answer's question from 0, (n,); at least FOLDS of them.
        seed: of the folds and draws.
    """
    # by rank: scikit-learn takes numbers that are close to each other for equal, which a scale of tiny ones is not
    different, places = np.unique(scores, return_inverse=True)
    ranks = places.astype(np.float64)
    number = int(questions.max()) + 1
    fold = (np.random.default_rng(seed).permutation(number) % FOLDS)[questions]
    said, mean = np.zeros(len(scores)), np.zeros(len(scores))
    for one in range(FOLDS):
        test = fold == one
        said[test] = _fit(ranks[~test], ratings[~test]).predict(ranks[test])
        mean[test] = ratings[~test].mean()
    whole = _fit(ranks, ratings)
    edges = np.unique(np.quantile(np.arange(len(whole.X_thresholds_)), np.linspace(0, 1, MAX_POINTS)).astype(int))
    points = zip(different[whole.X_thresholds_[edges].astype(int)], whole.y_thresholds_[edges], strict=True)
    found = ScoreMap(
        points=tuple((float(score), float(rating)) for score, rating in points),
        error=_error(np.abs(said - ratings), questions, seed),
        error_of_mean=_error(np.abs(mean - ratings), questions, seed),
        groups=_groups(different, ranks, ratings, questions, seed),
    )
    return found, said


def _fit(ranks: Floats, ratings: Floats) -> IsotonicRegression:
    return IsotonicRegression(y_min=MIN_RATING, y_max=MAX_RATING, out_of_bounds="clip").fit(ranks, ratings)


def _error(apart: Floats, questions: Ints, seed: int) -> Metric:
    sums, number = by_question(questions, apart, np.ones(len(apart)))
    return over_questions(
        sums, number, lambda sums: sums[:, 0] / sums[:, 1], within=(0.0, _RANGE), what="scored answers", seed=seed
    )


def _groups(different: Floats, ranks: Floats, ratings: Floats, questions: Ints, seed: int) -> tuple[Similar, ...]:
    """Answers in equal parts by their score; answers with one score are never parted."""
    edges = np.unique(np.quantile(ranks, np.linspace(0, 1, GROUPS + 1)[1:-1]))
    group = np.searchsorted(edges, ranks, side="left")
    found = []
    for one in np.unique(group):
        own = group == one
        sums, number = by_question(questions[own], ratings[own], np.ones(int(own.sum())))
        rating = over_questions(
            sums,
            number,
            lambda sums: sums[:, 0] / sums[:, 1],
            within=(MIN_RATING, MAX_RATING),
            what="such answers",
            seed=seed,
        )
        if rating.value is not None:
            found.append(Similar(float(different[int(np.median(ranks[own]))]), rating, int(own.sum())))
    return tuple(found)
