"""Fitting a recipe's classifier; the only module that needs scikit-learn's estimators."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import ThreadpoolController

from core.reward.baselines import FittedBaselines, columns_of
from core.reward.comparisons import Comparisons
from core.reward.linear import LinearModel, logistic
from core.reward.metrics.clustered_auc import clearly_better
from core.reward.metrics.folds import Bools, Ints, grouped_folds
from core.reward.recipes.base import Recipe

INNER_FOLDS = 3
CHOOSING_ROWS = 2_000
"""On more training rows C and threshold change little, but cost much: they are chosen on about this many of them."""
_MAX_ITERATIONS = 2_000
_PART = 1_000
_ONE = 100.0
"""What stands for 1 in the column of the bias where that is a column: so large that the penalty on it is nothing."""

_BASELINES = {"length_only": 1.0, "length_curve": 10_000.0, "prompt_only": 1.0, "cosine": 1.0}
"""C of each. A length and its square say nearly the same: a penalty would leave a straight line of the curve."""

Matrix = NDArray[np.float32]

# These matrices are small: two threads wait for each other more than they help (104 s of processor time for 1,629 rows
# and their report, 22 s with one), and take the second core from whoever is rating.
_blas = ThreadpoolController()


@dataclass(frozen=True)
class Fit:
    """A fitted classifier and what the inner cross-validation chose for it."""

    model: LinearModel
    c: float
    threshold: float
    """Probability from which an answer is called good."""
    weighting: str
    """Which of the recipe's weightings it chose."""
    compared: bool
    """Whether it chose to learn from comparisons too."""


def fit(
    recipe: Recipe, features: Matrix, good: Bools, groups: Ints, *, seed: int, compared: Comparisons | None = None
) -> Fit:
    """Fit ``recipe`` on ``features`` (n, d) with both classes in ``good`` (n,), and on ``compared`` answers that help.

    Weighting of the columns, C and threshold come from one inner grouped cross-validation on rated rows. In it,
    comparisons are learned from but for those on the prompts that are tested; they are part of the fit where it ranks
    clearly better with them, and else it is the fit without any. Where the rows allow no such validation, weighting, C
    and threshold are the recipe's first, the middle of its grid, and 0.5, and no comparison is learned from.
    """
    with _blas.limit(limits=1, user_api="blas"):
        return _fit(recipe, features, good, groups, seed, compared if compared is not None and len(compared) else None)


def _fit(recipe: Recipe, features: Matrix, good: Bools, groups: Ints, seed: int, compared: Comparisons | None) -> Fit:
    weightings = recipe.weightings(features.shape[1])
    name, *others = weightings
    prepared = _prepare(features, weightings[name], standardise=recipe.standardise)
    c, threshold = recipe.grid[(len(recipe.grid) - 1) // 2], 0.5
    if len(recipe.grid) > 1 or recipe.tunes_threshold or compared is not None:
        some = _for_choosing(groups, seed=seed)
        inner = grouped_folds(good[some], groups[some], folds=INNER_FOLDS, seed=seed)
        if inner is not None:
            c, scores = _best_c(prepared, some, good, groups, inner, recipe, recipe.grid)
            # every second C: these are fitted each time, and seldom taken
            few = recipe.grid[1::2] or recipe.grid
            for other in others:
                rival = _prepare(features, weightings[other], standardise=recipe.standardise)
                its_c, its_scores = _best_c(rival, some, good, groups, inner, recipe, few)
                if clearly_better(its_scores, scores, good[some], groups[some], inner):
                    name, prepared, c, scores = other, rival, its_c, its_scores
            if compared is not None:
                rival = _prepare(features, weightings[name], standardise=recipe.standardise, compared=compared)
                its_c, its_scores = _best_c(rival, some, good, groups, inner, recipe, few)
                if clearly_better(its_scores, scores, good[some], groups[some], inner):
                    prepared, c, scores = rival, its_c, its_scores
            if recipe.tunes_threshold:
                threshold = best_threshold(scores, good[some])
    learned = prepared.compared
    ((coefficients, bias),) = _fit_path(prepared.rows, good, (c,), balanced=recipe.balanced, compared=learned)
    return Fit(prepared.model(coefficients, bias), c, threshold, name, learned is not None)


def _best_c(
    prepared: "_Prepared",
    some: Ints,
    good: Bools,
    groups: Ints,
    inner: Ints,
    recipe: Recipe,
    grid: tuple[float, ...],
) -> tuple[float, NDArray[np.float64]]:
    """The C of the ``grid`` with the lowest log loss out of the ``inner`` folds, and the scores it gave there."""
    rows = prepared.rows if len(some) == len(good) else prepared.rows[some]
    scores = _inner_scores(
        rows, good[some], groups[some], inner, grid, balanced=recipe.balanced, compared=prepared.compared
    )
    best = int(np.argmin([_log_loss(column, good[some]) for column in scores]))
    return grid[best], scores[best]


def fit_baselines(pair_features: Matrix, good: Bools) -> FittedBaselines:
    """Fit the baselines on ``pair`` features (n, d): logistic regressions on standardised columns."""
    linear = {}
    with _blas.limit(limits=1, user_api="blas"):
        for name, c in _BASELINES.items():
            columns = columns_of(name, pair_features)
            weights = np.full(columns.shape[1], columns.shape[1] ** -0.5, dtype=np.float32)
            prepared = _prepare(columns, weights, standardise=True)
            ((coefficients, bias),) = _fit_path(prepared.rows, good, (c,), balanced=False, compared=None)
            linear[name] = prepared.model(coefficients, bias)
    return FittedBaselines(float(good.mean()), linear)


def best_threshold(scores: NDArray[np.float64], good: Bools) -> float:
    """The threshold with the best accuracy on out-of-fold ``scores``, steadied against the luck of few rows.

    Among the thresholds whose accuracy is within one standard error of the best, the one closest to 0.5.
    """
    order = np.argsort(scores, kind="stable")
    ranked, labels = scores[order], good[order]
    # Cutting before position i calls ranked[i:] good; only between different scores.
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(ranked)) + 1, [len(ranked)]))
    right = (
        np.concatenate(([0], np.cumsum(~labels)))[cuts] + labels.sum() - np.concatenate(([0], np.cumsum(labels)))[cuts]
    )
    accuracy = right / len(ranked)
    below = np.concatenate(([0.0], ranked))[cuts]
    above = np.concatenate((ranked, [1.0]))[cuts]
    best = accuracy.max()
    near = accuracy >= best - np.sqrt(best * (1 - best) / len(ranked))
    nearest = np.clip(0.5, below[near], above[near])
    # Strictly inside a gap, so that rounding cannot move a row across.
    middle = (below[near] + above[near]) / 2
    choice = np.where((nearest > below[near]) & (nearest < above[near]), nearest, middle)
    return float(choice[np.argmin(np.abs(choice - 0.5))])


@dataclass(frozen=True)
class _Prepared:
    """Training rows as the classifier meets them, and the way back to the columns they came from."""

    rows: Matrix
    """Shape (n, m)."""
    center: Matrix
    scale: Matrix
    used: Ints
    """The columns (u,) that weigh anything."""
    compared: Comparisons | None
    """Their differences turned alike, shape (k, m)."""
    span: tuple[Matrix, NDArray[np.float64]] | None
    """Scaled rows (n + k, u), and (n + k, m): their product is the orthonormal basis (u, m) of the space. None where m
    is u."""

    def model(self, coefficients: NDArray[np.floating], bias: float) -> LinearModel:
        """The model of the original columns that gives every training row the same score."""
        back = coefficients if self.span is None else (self.span[1] @ coefficients) @ self.span[0]
        weights = np.zeros(len(self.scale), dtype=np.float32)
        weights[self.used] = back * self.scale[self.used]
        return LinearModel(self.center, weights, bias)


def _prepare(features: Matrix, weights: Matrix, *, standardise: bool, compared: Comparisons | None = None) -> _Prepared:
    """Standardise and weigh the columns; few rows are then turned into the space that they span.

    Ridge-penalised coefficients lie in that space (the representer theorem), so the fit is the same and much cheaper.
    """
    columns = features.shape[1]
    center, scale = np.zeros(columns, dtype=np.float32), weights
    if standardise:
        center, deviation = _moments(features)
        # A column that never changes says nothing; rounding leaves it a deviation of about 1e-8.
        scale = np.where(deviation > 1e-6, weights / np.maximum(deviation, 1e-6), 0.0).astype(np.float32)
    used = np.flatnonzero(weights)
    scaled = features - center if len(used) == columns else features[:, used] - center[used]
    scaled *= scale[used]
    own = len(scaled)
    if compared is not None:
        scaled = np.concatenate([scaled, compared.differences[:, used] * scale[used]])

    def prepared(rows: Matrix, span: tuple[Matrix, NDArray[np.float64]] | None) -> _Prepared:
        turned = None if compared is None else replace(compared, differences=rows[own:])
        return _Prepared(rows[:own], center, scale, used, turned, span)

    if 2 * len(scaled) > len(used):
        return prepared(scaled, None)
    double = scaled.astype(np.float64)
    squares, turns = np.linalg.eigh(double @ double.T)
    kept = squares > 1e-10 * max(float(squares[-1]), 1e-300)  # what is left of columns that do not exist is rounding
    if not kept.any():
        return prepared(scaled, None)
    lengths, turns = np.sqrt(squares[kept]), turns[:, kept]
    return prepared((turns * lengths).astype(np.float32), (scaled, turns / lengths))


def _moments(features: Matrix) -> tuple[Matrix, NDArray[np.float64]]:
    """Mean and deviation of every column, a part of the rows at a time: no copy of them in double precision."""
    columns = features.shape[1]
    total, squares = np.zeros(columns), np.zeros(columns)
    parts = range(0, len(features), _PART)
    for start in parts:
        total += features[start : start + _PART].sum(axis=0, dtype=np.float64)
    mean = total / len(features)
    for start in parts:
        squares += ((features[start : start + _PART] - mean) ** 2).sum(axis=0)
    return mean.astype(np.float32), np.sqrt(squares / len(features))


def _for_choosing(groups: Ints, *, seed: int) -> Ints:
    """The rows that C and threshold are chosen on: all, or whole prompts with about CHOOSING_ROWS of them."""
    if len(groups) <= CHOOSING_ROWS:
        return np.arange(len(groups))
    sizes = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(sizes))
    enough = int(np.searchsorted(np.cumsum(sizes[order]), CHOOSING_ROWS)) + 1
    return np.flatnonzero(np.isin(groups, order[:enough]))


def _inner_scores(
    rows: Matrix,
    good: Bools,
    groups: Ints,
    folds: Ints,
    grid: tuple[float, ...],
    *,
    balanced: bool,
    compared: Comparisons | None,
) -> NDArray[np.float64]:
    """Out-of-fold probabilities for every C of the grid, shape (len(grid), n)."""
    scores = np.empty((len(grid), len(good)))
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        allowed = compared and compared.without(groups[test])
        path = _fit_path(rows[~test], good[~test], grid, balanced=balanced, compared=allowed)
        for row, (coefficients, bias) in zip(scores, path, strict=True):
            row[test] = logistic((rows[test] @ coefficients).astype(np.float64) + bias)
    return scores


def _fit_path(
    rows: Matrix, good: Bools, grid: tuple[float, ...], *, balanced: bool, compared: Comparisons | None
) -> list[tuple[NDArray[np.floating], float]]:
    """Coefficients (m,) and bias per C of ``grid``, each started from the one before: neighbours are close."""
    if compared is not None:
        return _fit_path_compared(rows, good, grid, balanced=balanced, compared=compared)
    # newton-cg: ten times as fast as lbfgs on this many columns, to the same minimum.
    estimator = LogisticRegression(
        solver="newton-cg", class_weight="balanced" if balanced else None, max_iter=_MAX_ITERATIONS, warm_start=True
    )
    found = []
    for c in grid:
        estimator.set_params(C=c).fit(rows, good)
        found.append((estimator.coef_[0].copy(), float(estimator.intercept_[0])))
    return found


def _fit_path_compared(
    rows: Matrix, good: Bools, grid: tuple[float, ...], *, balanced: bool, compared: Comparisons
) -> list[tuple[NDArray[np.floating], float]]:
    """The same with comparisons: rows of their own, of the class "better", in which the bias has no part."""
    one = np.concatenate([np.full(len(rows), _ONE), np.zeros(len(compared))])
    everything = np.column_stack([np.concatenate([rows, compared.differences]).astype(np.float64), one])
    labels = np.concatenate([good, np.ones(len(compared), dtype=bool)])
    own = compute_sample_weight("balanced" if balanced else None, good)
    weights = np.concatenate([own, compared.weights])
    estimator = LogisticRegression(solver="newton-cg", fit_intercept=False, max_iter=_MAX_ITERATIONS, warm_start=True)
    found = []
    for c in grid:
        estimator.set_params(C=c).fit(everything, labels, sample_weight=weights)
        found.append((estimator.coef_[0, :-1].copy(), float(estimator.coef_[0, -1] * _ONE)))
    return found


def _log_loss(scores: NDArray[np.float64], good: Bools) -> float:
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    return float(-np.mean(np.log(np.where(good, clipped, 1 - clipped))))
