"""What scores mean: calibration, outcomes at every threshold, and how far the ROC curve may lie from where it is drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import BOTH_WAYS, RESAMPLES, bounds, draws, with_interval
from core.reward.metrics.curves import Confusion, confusion
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores

BINS = 10
BAND_POINTS = 41
THRESHOLDS = 51
_BAND_RESAMPLES = 300

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Answers with neighbouring scores: a calibrated model's ``said`` lies within the interval of ``true``."""

    n: int
    said: float
    """Their mean score."""
    true: Metric
    """The share of them that experts rate good."""


def calibration(rated: Labels, scores: Floats, *, seed: int, bins: int = BINS, resamples: int = RESAMPLES) -> list[Bin]:
    """Bins of about equally many answers, lowest scores first; equal scores stay together."""
    if not len(rated):
        return []
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, scores, side="right")
    weights = np.concatenate([*draws(rated.groups, seed=seed, resamples=resamples), np.empty((0, rated.prompts))])
    found = []
    for number in np.unique(place):
        inside = place == number
        counts = np.bincount(rated.groups[inside], minlength=rated.prompts).astype(np.float64)
        good = np.bincount(rated.groups[inside & rated.good], minlength=rated.prompts).astype(np.float64)
        whole = weights @ counts
        samples = np.divide(weights @ good, whole, out=np.full(len(weights), np.nan), where=whole > 0)
        value = float(rated.good[inside].mean())
        share = with_interval(value, samples, prompts=rated.prompts, within=(0.0, 1.0))
        found.append(Bin(int(inside.sum()), float(scores[inside].mean()), share))
    return found


def outcomes(rated: Labels, scores: Floats) -> list[tuple[float, Confusion]]:
    """The confusion counts at every threshold from 0 to 1 in steps of 0.02."""
    thresholds = np.linspace(0, 1, THRESHOLDS)
    return [(round(float(t), 2), confusion(rated, Scores(scores, scores >= t))) for t in thresholds]


def roc_band(rated: Labels, scores: Floats, *, seed: int) -> list[tuple[float, float, float]]:
    """(false positive rate, lowest, highest true positive rate) of the ROC curve of cross-validated ``scores``.

    95 % as ``with_interval`` has them. Pointwise, at a fixed false positive rate (vertical averaging; Fawcett 2006, section 8). Empty with one class only.
    """
    if rated.good.all() or not rated.good.any():
        return []
    grid = np.linspace(0, 1, BAND_POINTS)
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.concatenate((np.diff(scores[order]) < 0, [True])))
    labels, groups = rated.good[order], rated.groups[order]

    def curve(drawn: Floats) -> Floats | None:
        each = drawn[groups]
        true, false = np.cumsum(each * labels)[last], np.cumsum(each * ~labels)[last]
        if not true[-1] or not false[-1]:
            return None
        rate = np.concatenate(([0.0], true / true[-1]))
        return np.interp(grid, np.concatenate(([0.0], false / false[-1])), rate)

    drawn = (curve(row) for weights in draws(rated.groups, seed=seed, resamples=_BAND_RESAMPLES) for row in weights)
    curves = [found for found in drawn if found is not None]
    middle = curve(np.ones(rated.prompts))
    if not curves or middle is None:
        return []
    low, high = (middle + BOTH_WAYS * (bounds(np.stack(curves), rated.prompts) - middle)).clip(0, 1)
    return [(float(x), float(a), float(b)) for x, a, b in zip(grid, low, high, strict=True)]
