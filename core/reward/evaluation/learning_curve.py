"""The learning curve: quality by number of ratings learned from, and a cautious forecast.

Forecast: an inverse power law, AUC(n) = a - b * n ** -c (Cortes et al. 1994; Viering and Loog 2021), fitted to the
measured sizes again in every resample of prompts. Never beyond twice the data: curves bend in ways no law knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.fitting import fit
from core.reward.metrics.bootstrap import auc_samples, draws, ratio, with_interval
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores
from core.reward.recipes.base import Recipe

SIZES = (25, 50, 100, 200, 500, 1_000, 2_000, 5_000)
FARTHEST = 2.0
"""Times the present number of ratings."""
RESAMPLES = 400
_AHEAD = (1.0, 1.25, 1.5, 1.75, FARTHEST)
_EXPONENTS = np.linspace(0.1, 1.5, 29)
_USUAL_EXPONENT = 0.5  # three sizes cannot tell the exponent; errors that shrink with the root of n are the rule
_FEWEST_SIZES = 3

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Point:
    """Quality after learning from about ``n`` ratings."""

    n: int
    auc: Metric


@dataclass(frozen=True)
class LearningCurve:
    """Measured and forecast ROC AUC; mean over folds, so the last point may differ a little from the pooled figure."""

    measured: tuple[Point, ...]
    forecast: tuple[Point, ...]
    """From the present number of ratings to twice as many; empty when ``reason`` says why."""
    exponent: float | None
    reason: str | None
    more: int | None
    """About how many more ratings make the difference to answer length clear; None: not within twice the data."""


@dataclass(frozen=True)
class Sized:
    """Scores of every row by models that learned from ``n`` ratings to other prompts."""

    n: int
    scores: list[Floats]
    """One array (n,) per draw of the training prompts."""


def fits_to_do(n: int, folds: int) -> int:
    """Number of models that ``sized_scores`` fits."""
    return folds * sum(_draws(size) for size in _sizes(n, folds))


def sized_scores(
    recipe: Recipe, features: Matrix, rated: Labels, folds: NDArray[np.int64], *, seed: int
) -> Iterator[Sized | None]:
    """Score every fold by models that learned from fewer of the other prompts; None after every fit, then Sized.

    A size at which some fold's draw holds one class only is left out.
    """
    count = int(folds.max()) + 1
    for size in _sizes(len(rated), count):
        complete, sizes = [], []
        for draw in range(_draws(size)):
            scores = np.full(len(rated), np.nan)
            for fold in range(count):
                chosen = some_prompts(rated, folds != fold, size, seed=(seed, fold, draw))
                if 0 < int(rated.good[chosen].sum()) < int(chosen.sum()):
                    fitted = fit(recipe, features[chosen], rated.good[chosen], rated.groups[chosen], seed=seed)
                    scores[folds == fold] = fitted.model.predict(features[folds == fold])
                    sizes.append(int(chosen.sum()))
                yield None
            if np.isfinite(scores).all():
                complete.append(scores)
        if complete:
            yield Sized(round(float(np.mean(sizes))), complete)


def learning_curve(
    rated: Labels, folds: NDArray[np.int64], sized: list[Sized], full: Scores, versus_length: Metric, *, seed: int
) -> LearningCurve:
    """Put the curve together; ``full`` are the scores of models that learned from all other folds."""
    count = int(folds.max()) + 1
    everything = [*sized, Sized(round(len(rated) * (count - 1) / count), [full.values])]
    ones = np.ones((1, rated.prompts))
    weights = np.concatenate([ones, *draws(rated.groups, seed=seed, resamples=RESAMPLES)])
    areas = np.stack([_areas(rated, folds, item.scores, weights) for item in everything], axis=1)
    measured = tuple(
        Point(item.n, _point(rated, column))
        for item, column in zip(everything, areas.T, strict=True)
        if np.isfinite(column[0])
    )
    if len(everything) < _FEWEST_SIZES:
        reason = "There are too few ratings for a look ahead: it needs the curve at three sizes or more."
        return LearningCurve(measured, (), None, reason, _by_width(versus_length, len(rated)))
    usable = areas[np.isfinite(areas).all(axis=1)]
    if len(weights) < 2 or 2 * len(usable) < len(areas) or not np.isfinite(areas[0]).all():
        reason = "There are too few questions with good and poor answers for a look ahead."
        return LearningCurve(measured, (), None, reason, _by_width(versus_length, len(rated)))
    law = _Law.fitted(np.array([item.n for item in everything], dtype=np.float64), usable)
    forecast = []
    for times in _AHEAD:
        ahead = law.at(times * len(rated))
        forecast.append(Point(round(times * len(rated)), _point(rated, ahead)))
    return LearningCurve(
        measured, tuple(forecast), law.exponent, None, _more(law, len(rated), everything[-1].n, versus_length)
    )


def _point(rated: Labels, areas: Floats) -> Metric:
    """The first of ``areas`` with the range of the others."""
    return with_interval(float(areas[0]), areas[1:], prompts=rated.prompts, cross_validated=True, within=(0.0, 1.0))


@dataclass(frozen=True)
class _Law:
    """a - b * n ** -c, one a and b per resample (the first for the data as they are)."""

    a: Floats
    b: Floats
    exponent: float

    @classmethod
    def fitted(cls, sizes: Floats, areas: Floats) -> "_Law":
        """Least squares, weighted by how steady each size is over the resamples; b >= 0 and a <= 1."""
        weights = 1 / np.maximum(areas.std(axis=0), 1e-3) ** 2
        exponents = _EXPONENTS if len(sizes) > _FEWEST_SIZES else np.array([_USUAL_EXPONENT])
        candidates = [cls._with_exponent(float(c), sizes, areas, weights) for c in exponents]
        errors = [float((law.a[0] - law.b[0] * sizes**-law.exponent - areas[0]) ** 2 @ weights) for law in candidates]
        return candidates[int(np.argmin(errors))]

    @classmethod
    def _with_exponent(cls, c: float, sizes: Floats, areas: Floats, weights: Floats) -> "_Law":
        x, total = sizes**-c, weights.sum()
        x_mean, y_mean = weights @ x / total, areas @ weights / total
        b = -((areas - y_mean[:, None]) * (x - x_mean)) @ weights / (weights @ (x - x_mean) ** 2)
        b = np.maximum(b, 0)
        a = y_mean + b * x_mean
        capped = a > 1
        b = np.where(capped, np.maximum(((1 - areas) * x) @ weights / (weights @ x**2), 0), b)
        return cls(np.where(capped, 1.0, a), b, c)

    def at(self, n: float) -> Floats:
        """AUC at ``n`` ratings in every resample."""
        return np.asarray(self.a - self.b * n**-self.exponent)


def _areas(rated: Labels, folds: NDArray[np.int64], scores: list[Floats], weights: Floats) -> Floats:
    """Mean over folds and draws of the AUC within each fold, per resample; a fold with one class does not count."""
    found = []
    for fold in range(int(folds.max()) + 1):
        rows = folds == fold
        labels, groups = rated.good[rows], rated.groups[rows]
        found += [auc_samples(values[rows], labels, groups, weights) for values in scores]
    areas = np.stack(found)
    known = np.isfinite(areas)
    return ratio(np.where(known, areas, 0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def _more(law: _Law, n: int, learned_from: int, versus_length: Metric) -> int | None:
    """Ratings to add until the lower bound of the difference is expected above 0, at most as many as there are.

    The difference follows the law; its interval shrinks with the root of the number of ratings.
    """
    if versus_length.value is None or versus_length.low is None or versus_length.low > 0:
        return None
    width = versus_length.value - versus_length.low
    growth = np.linspace(1.0, FARTHEST, 101)[1:]
    for times in growth:
        gained = float(law.at(times * learned_from)[0] - law.at(learned_from)[0])
        if versus_length.value + gained - width * times**-0.5 > 0:
            return _rounded((times - 1) * n)
    return None


def _by_width(versus_length: Metric, n: int) -> int | None:
    """The same without a law: the difference stays as it is."""
    if versus_length.value is None or versus_length.low is None or versus_length.low > 0 or versus_length.value <= 0:
        return None
    needed = n * ((versus_length.value - versus_length.low) / versus_length.value) ** 2
    return _rounded(needed - n) if needed <= FARTHEST * n else None


def _rounded(ratings: float) -> int:
    """To two digits, upwards: more would pretend to know."""
    step = 10 ** max(1, len(str(int(ratings))) - 2)
    return int(-(-ratings // step) * step)


def _sizes(n: int, folds: int) -> list[int]:
    """Sizes clearly below what the models of the evaluation learn from."""
    return [size for size in SIZES if size <= 0.8 * n * (folds - 1) / folds]


def _draws(size: int) -> int:
    return 2 if size <= 100 else 1  # small samples vary more, and cost less


def some_prompts(rated: Labels, allowed: Bools, size: int, *, seed: tuple[int, ...]) -> Bools:
    """Rows of whole prompts among the ``allowed`` ones, drawn until there are about ``size`` rows."""
    rows = np.bincount(rated.groups[allowed], minlength=rated.prompts)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(rows))
    enough = int(np.searchsorted(np.cumsum(rows[order]), size)) + 1
    return allowed & np.isin(rated.groups, order[:enough])
