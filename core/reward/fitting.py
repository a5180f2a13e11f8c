"""Fitting a recipe's classifier; the only module that needs scikit-learn's estimators."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.reward.baselines import FittedBaselines, columns_of
from core.reward.folds import Bools, Ints, grouped_folds
from core.reward.linear import LinearModel
from core.reward.recipe import Recipe

INNER_FOLDS = 3
_MAX_ITERATIONS = 2_000

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Fit:
    """A fitted classifier and what the inner cross-validation chose for it."""

    model: LinearModel
    c: float
    threshold: float
    """Probability from which an answer is called good."""


def fit(recipe: Recipe, features: Matrix, good: Bools, groups: Ints, *, seed: int) -> Fit:
    """Fit ``recipe`` on ``features`` (n, d) with both classes in ``good`` (n,).

    Where the rows allow no inner cross-validation, C is the middle of the recipe's grid and the threshold 0.5.
    """
    c, threshold = recipe.grid[len(recipe.grid) // 2], 0.5
    if len(recipe.grid) > 1 or recipe.tunes_threshold:
        inner = grouped_folds(good, groups, folds=INNER_FOLDS, seed=seed)
        if inner is not None:
            scores = _inner_scores(recipe, features, good, inner)
            best = int(np.argmin([_log_loss(column, good) for column in scores]))
            c = recipe.grid[best]
            if recipe.tunes_threshold:
                threshold = best_threshold(scores[best], good)
    return Fit(_fit_path(recipe, features, good, (c,))[0], c, threshold)


def fit_baselines(pair_features: Matrix, good: Bools) -> FittedBaselines:
    """Fit the baselines on ``pair`` features (n, d): plain logistic regressions (C = 1) on standardised columns."""
    linear = {}
    for name in ("length_only", "prompt_only", "cosine"):
        columns = columns_of(name, pair_features)
        weights = np.full(columns.shape[1], columns.shape[1] ** -0.5, dtype=np.float32)
        linear[name] = _fit_grid(columns, good, weights, (1.0,), standardise=True, balanced=False)[0]
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


def _inner_scores(recipe: Recipe, features: Matrix, good: Bools, folds: Ints) -> NDArray[np.float64]:
    """Out-of-fold probabilities for every C of the grid, shape (len(grid), n)."""
    scores = np.empty((len(recipe.grid), len(good)))
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        for row, model in zip(scores, _fit_path(recipe, features[~test], good[~test], recipe.grid), strict=True):
            row[test] = model.predict(features[test])
    return scores


def _fit_path(recipe: Recipe, features: Matrix, good: Bools, grid: tuple[float, ...]) -> list[LinearModel]:
    weights = recipe.column_weights(features.shape[1])
    return _fit_grid(features, good, weights, grid, standardise=recipe.standardise, balanced=recipe.balanced)


def _fit_grid(
    features: Matrix, good: Bools, weights: Matrix, grid: tuple[float, ...], *, standardise: bool, balanced: bool
) -> list[LinearModel]:
    """One model per C of ``grid``, each started from the one before: neighbours are close."""
    columns = features.shape[1]
    center, scale = np.zeros(columns, dtype=np.float32), weights
    if standardise:
        center = features.mean(axis=0, dtype=np.float64).astype(np.float32)
        deviation = features.std(axis=0, dtype=np.float64)
        # A column that never changes says nothing; rounding leaves it a deviation of about 1e-8.
        scale = np.where(deviation > 1e-6, weights / np.maximum(deviation, 1e-6), 0.0).astype(np.float32)
    scaled = (features - center) * scale
    # newton-cg: ten times as fast as lbfgs on this many columns, to the same minimum.
    estimator = LogisticRegression(
        solver="newton-cg", class_weight="balanced" if balanced else None, max_iter=_MAX_ITERATIONS, warm_start=True
    )
    models = []
    for c in grid:
        estimator.set_params(C=c).fit(scaled, good)
        models.append(
            LinearModel(center, (estimator.coef_[0] * scale).astype(np.float32), float(estimator.intercept_[0]))
        )
    return models


def _log_loss(scores: NDArray[np.float64], good: Bools) -> float:
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    return float(-np.mean(np.log(np.where(good, clipped, 1 - clipped))))
