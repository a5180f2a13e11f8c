"""Fitting a recipe's classifier: which columns it reads, how strong the penalty is, from where on answers are good."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import ThreadpoolController

from core.reward.baselines import FittedBaselines, columns_of
from core.reward.comparisons import Comparisons
from core.reward.linear import LinearModel, logistic
from core.reward.metrics.clustered_auc import clearly_better
from core.reward.metrics.folds import Bools, Ints, grouped_folds
from core.reward.recipes.base import Recipe
from core.reward.ridge import fit_path

INNER_FOLDS = 3
FEW = 200
"""On fewer training rows the log loss of three inner folds cannot tell one C from the next: the strongest penalty whose
loss is within one standard error of the lowest is taken (docs/decisions/recipe.md)."""
CHOOSING_ROWS = 2_000
"""On more training rows C and threshold change little, but cost much: they are chosen on about this many of them."""
_PART = 1_000

_BASELINES = {"length_only": 1.0, "length_curve": 10_000.0, "prompt_only": 1.0, "cosine": 1.0}
"""C of each. A length and its square say nearly the same: a penalty would leave a straight line of the curve."""

Matrix = NDArray[np.float32]
Floats = NDArray[np.float64]

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
    weightings, towards = recipe.weightings(features.shape[1]), recipe.towards(features.shape[1])
    name, *others = weightings

    def prepare(weighting: str, also: Comparisons | None = None) -> _Prepared:
        return _prepare(
            features,
            weightings[weighting],
            standardise=recipe.standardise,
            towards=towards.get(weighting),
            compared=also,
        )

    prepared = prepare(name)
    c, threshold = recipe.grid[(len(recipe.grid) - 1) // 2], 0.5
    if len(recipe.grid) > 1 or recipe.tunes_threshold or compared is not None:
        some = _for_choosing(groups, seed=seed)
        inner = grouped_folds(good[some], groups[some], folds=INNER_FOLDS, seed=seed)
        if inner is not None:
            c, scores = _best_c(prepared, some, good, groups, inner, recipe, recipe.grid, steady=len(good) < FEW)
            # every second C: these are fitted each time, and seldom taken
            few = recipe.grid[1::2] or recipe.grid
            prompts = len(np.unique(groups))
            for other in (each for each in others if recipe.considers(each, len(good), prompts)):
                rival = prepare(other)
                its_grid = (c,) if _extends(weightings[other], weightings[name]) else few
                its_c, its_scores = _best_c(rival, some, good, groups, inner, recipe, its_grid)
                if clearly_better(its_scores, scores, good[some], groups[some], inner):
                    name, prepared, c, scores = other, rival, its_c, its_scores
            if compared is not None:
                rival = prepare(name, compared)
                its_c, its_scores = _best_c(rival, some, good, groups, inner, recipe, few)
                if clearly_better(its_scores, scores, good[some], groups[some], inner):
                    prepared, c, scores = rival, its_c, its_scores
            if recipe.tunes_threshold:
                threshold = best_threshold(scores, good[some])
    ((coefficients, bias),) = _path(prepared, good, (c,), balanced=recipe.balanced)
    return Fit(prepared.model(coefficients, bias), c, threshold, name, prepared.compared is not None)


def _extends(weights: Matrix, fewer: Matrix) -> bool:
    """Whether ``weights`` are ``fewer`` and some columns more, for which the same C is right."""
    return bool((weights[fewer > 0] == fewer[fewer > 0]).all())


def _best_c(
    prepared: "_Prepared",
    some: Ints,
    good: Bools,
    groups: Ints,
    inner: Ints,
    recipe: Recipe,
    grid: tuple[float, ...],
    *,
    steady: bool = False,
) -> tuple[float, Floats]:
    """The C of the ``grid`` with the lowest log loss out of the ``inner`` folds, and the scores it gave there.

    ``steady``: the lowest C whose loss is not clearly above that, by one standard error of the difference over prompts
    (Breiman et al. 1984).
    """
    if len(some) < len(good):
        prepared = prepared.only(some)
    scores = _inner_scores(prepared, good[some], groups[some], inner, grid, balanced=recipe.balanced)
    losses = _log_losses(scores, good[some])
    best = int(np.argmin(losses.mean(axis=1)))
    if steady:
        for lower in range(best):
            by_prompt = np.bincount(groups[some], weights=losses[lower] - losses[best])[np.unique(groups[some])]
            if by_prompt.sum() <= np.sqrt(((by_prompt - by_prompt.mean()) ** 2).sum()):
                return grid[lower], scores[lower]
    return grid[best], scores[best]


def fit_baselines(pair_features: Matrix, good: Bools) -> FittedBaselines:
    """Fit the baselines on ``pair`` features (n, d): logistic regressions on standardised columns."""
    linear = {}
    with _blas.limit(limits=1, user_api="blas"):
        for name, c in _BASELINES.items():
            columns = columns_of(name, pair_features)
            weights = np.full(columns.shape[1], columns.shape[1] ** -0.5, dtype=np.float32)
            prepared = _prepare(columns, weights, standardise=True)
            ((coefficients, bias),) = _path(prepared, good, (c,), balanced=False)
            linear[name] = prepared.model(coefficients, bias)
    return FittedBaselines(float(good.mean()), linear)


def best_threshold(scores: Floats, good: Bools) -> float:
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
    towards: Floats
    """Weights of the original columns (d,) that the penalty pulls to; zeros where it pulls to none."""
    offset: Floats
    """Log-odds (n,) that these give the rows."""
    compared: Comparisons | None
    """Their differences turned alike, shape (k, m)."""
    compared_offset: Floats
    """Log-odds (k,) that ``towards`` gives the differences."""
    span: tuple[Matrix, Floats] | None
    """Scaled rows (n + k, u), and (n + k, m): their product is the orthonormal basis (u, m) of the space. None where m
    is u."""

    def model(self, coefficients: Floats, bias: float) -> LinearModel:
        """The model of the original columns that gives every training row the same score."""
        back = coefficients if self.span is None else (self.span[1] @ coefficients) @ self.span[0]
        weights = np.zeros(len(self.scale), dtype=np.float32)
        weights[self.used] = back * self.scale[self.used]
        return LinearModel(self.center, (weights + self.towards).astype(np.float32), bias)

    def only(self, some: Bools | Ints) -> "_Prepared":
        """The same of some rows, with all comparisons."""
        return replace(self, rows=self.rows[some], offset=self.offset[some])

    def without(self, held_out: Bools, groups: Ints) -> "_Prepared":
        """What may be learned from where the rows ``held_out`` (n,) are tested: no comparison on their prompts either.

        ``groups`` (n,) are the prompts of the rows.
        """
        learned = self.only(~held_out)
        if self.compared is None:
            return learned
        kept = self.compared.elsewhere(groups[held_out])
        return replace(learned, compared=self.compared.only(kept), compared_offset=self.compared_offset[kept])


def _prepare(
    features: Matrix,
    weights: Matrix,
    *,
    standardise: bool,
    towards: Matrix | None = None,
    compared: Comparisons | None = None,
) -> _Prepared:
    """Standardise and weigh the columns; few rows are then turned into the space that they span.

    ``towards`` (d,): coefficients of the standardised columns that the penalty pulls to. Ridge-penalised coefficients,
    less those, lie in the space of the rows (the representer theorem), so the fit is the same and much cheaper.
    """
    columns = features.shape[1]
    center, scale, pull = np.zeros(columns, dtype=np.float32), weights, np.zeros(columns)
    if standardise:
        center, deviation = _moments(features)
        # A column that never changes says nothing; rounding leaves it a deviation of about 1e-8.
        changing, divisor = deviation > 1e-6, np.maximum(deviation, 1e-6)
        scale = np.where(changing, weights / divisor, 0.0).astype(np.float32)
        if towards is not None:
            pull = np.where(changing, towards / divisor, 0.0)
    pulled, used = np.flatnonzero(pull), np.flatnonzero(weights)
    offset = (features[:, pulled] - center[pulled]).astype(np.float64) @ pull[pulled]
    compared_offset = np.zeros(0)
    scaled = features - center if len(used) == columns else features[:, used] - center[used]
    scaled *= scale[used]
    own = len(scaled)
    if compared is not None:
        scaled = np.concatenate([scaled, compared.differences[:, used] * scale[used]])
        compared_offset = compared.differences[:, pulled].astype(np.float64) @ pull[pulled]

    def prepared(rows: Matrix, span: tuple[Matrix, Floats] | None) -> _Prepared:
        turned = None if compared is None else replace(compared, differences=rows[own:])
        return _Prepared(rows[:own], center, scale, used, pull, offset, turned, compared_offset, span)

    if 2 * len(scaled) > len(used):
        return prepared(scaled, None)
    double = scaled.astype(np.float64)
    squares, turns = np.linalg.eigh(double @ double.T)
    kept = squares > 1e-10 * max(float(squares[-1]), 1e-300)  # what is left of columns that do not exist is rounding
    if not kept.any():
        return prepared(scaled, None)
    lengths, turns = np.sqrt(squares[kept]), turns[:, kept]
    return prepared((turns * lengths).astype(np.float32), (scaled, turns / lengths))


def _moments(features: Matrix) -> tuple[Matrix, Floats]:
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
    prepared: _Prepared, good: Bools, groups: Ints, folds: Ints, grid: tuple[float, ...], *, balanced: bool
) -> Floats:
    """Out-of-fold probabilities for every C of the grid, shape (len(grid), n)."""
    scores = np.empty((len(grid), len(good)))
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        path = _path(prepared.without(test, groups), good[~test], grid, balanced=balanced)
        for row, (coefficients, bias) in zip(scores, path, strict=True):
            rows = prepared.rows[test]
            row[test] = logistic((rows @ coefficients.astype(rows.dtype)) + (prepared.offset[test] + bias))
    return scores


def _path(
    prepared: _Prepared, good: Bools, grid: tuple[float, ...], *, balanced: bool
) -> Iterator[tuple[Floats, float]]:
    """Coefficients (m,) and bias per C of ``grid``.

    Comparisons are rows of their own, of the class "better", in which the bias has no part.
    """
    rows, offset, weights = (
        prepared.rows,
        prepared.offset,
        compute_sample_weight("balanced" if balanced else None, good),
    )
    intercept = np.ones(len(rows))
    compared = prepared.compared
    if compared is not None:
        rows = np.concatenate([rows, compared.differences])
        good = np.concatenate([good, np.ones(len(compared), dtype=bool)])
        offset = np.concatenate([offset, prepared.compared_offset])
        weights = np.concatenate([weights, compared.weights])
        intercept = np.concatenate([intercept, np.zeros(len(compared))])
    return fit_path(rows, good, grid, offset=offset, weights=weights, intercept=intercept)


def _log_losses(scores: Floats, good: Bools) -> Floats:
    """Log loss of every row, shape (k, n), for ``scores`` (k, n)."""
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    return np.asarray(-np.log(np.where(good, clipped, 1 - clipped)))
