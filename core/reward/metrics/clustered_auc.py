"""Test whether one way to fit ranks answers clearly better than another, on training rows only."""

import numpy as np
from numpy.typing import NDArray

from core.reward.linear import correct_prior
from core.reward.metrics.bootstrap import t_quantile

SURE = 0.95
"""One-sided, for scores taken as fixed. Where neither way knows anything the other one is taken in a fifth of all
cases, and nothing is lost; where ratings are half noise, in 0 to 5 of 100 (docs/decisions/recipe.md)."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def clearly_better(first: Floats, second: Floats, good: Bools, groups: Ints, folds: Ints) -> bool:
    """Whether the ROC AUC of ``first`` is higher than that of ``second`` by more than prompts vary.

    Both are probabilities (n,) from models of the other ``folds`` (n,). The standard error of the difference is that of
    clustered ROC curves (Obuchowski 1997; the clusters are the prompts), the bound Student's t for that many prompts.
    """
    (area, by_prompt), (other_area, other_by_prompt) = (
        _area(_joined(scores, good, folds), good, groups) for scores in (first, second)
    )
    error = float(np.sqrt(((by_prompt - other_by_prompt) ** 2).sum()))
    return area - other_area > t_quantile(SURE, len(np.unique(groups))) * error


def _joined(scores: Floats, good: Bools, folds: Ints) -> Floats:
    """Scores of all folds on one scale."""
    joined = np.empty(len(scores))
    for fold in np.unique(folds):
        held = folds == fold
        joined[held] = correct_prior(scores[held], float(good[~held].mean()), float(good.mean()))
    return joined


def _area(scores: Floats, good: Bools, groups: Ints) -> tuple[float, Floats]:
    """ROC AUC, and what each prompt adds to its deviation, shape (number of the highest group + 1,).

    The placement of a good answer is the share of poor ones below it, ties half, and the reverse (DeLong et al. 1988).
    """
    high, low = scores[good], scores[~good]
    below = _share_below(high, low)
    above = 1 - _share_below(low, high)
    area = float(below.mean())
    deviations = np.empty(len(scores))
    deviations[good] = (below - area) / len(high)
    deviations[~good] = (above - area) / len(low)
    return area, np.bincount(groups, weights=deviations).astype(np.float64)


def _share_below(values: Floats, others: Floats) -> Floats:
    """For each of ``values`` the share of ``others`` below it, equal ones counting half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(others))
