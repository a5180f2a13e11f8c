"""What charts show: confusion matrix, classification report, ROC curve and band, calibration, outcomes by threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import BOTH_WAYS, RESAMPLES, bounds, draws, ratio, with_interval
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores

MAX_POINTS = 200
BAND_POINTS = 41
_BAND_RESAMPLES = 300
BINS = 10
THRESHOLDS = 51

Floats = NDArray[np.float64]
Confusion = dict[str, int]
Report = dict[str, dict[str, float | int | None]]
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Bin:
    """Answers with neighbouring scores: a calibrated model's ``said`` lies within the interval of ``true``."""

    n: int
    said: float
    """Their mean score."""
    true: Metric
    """The share of them that experts rate good."""


def confusion(rated: Labels, scores: Scores) -> Confusion:
    """Counts by outcome: true_good, false_good, true_poor, false_poor (false_poor = good, but called poor).

    ``scores`` must hold decisions.
    """
    assert scores.called_good is not None
    called, good = scores.called_good, rated.good
    return {
        "true_good": int((called & good).sum()),
        "false_good": int((called & ~good).sum()),
        "true_poor": int((~called & ~good).sum()),
        "false_poor": int((~called & good).sum()),
    }


def classification_report(counts: Confusion) -> Report:
    """Precision, recall, f1 and support of "good" and "poor"; None where there is nothing to divide by."""
    return {
        "good": _one_class(counts["true_good"], counts["false_good"], counts["false_poor"]),
        "poor": _one_class(counts["true_poor"], counts["false_poor"], counts["false_good"]),
    }


def roc_points(good: NDArray[np.bool_], values: Floats) -> Points:
    """(false positive rate, true positive rate) from (0, 0) to (1, 1), at most MAX_POINTS; [] with one class only.

    Thinned evenly along the curve, so that steep parts keep as many points as flat ones.
    """
    positives, negatives = int(good.sum()), int((~good).sum())
    if not positives or not negatives:
        return []
    order = np.argsort(-values, kind="stable")
    last = np.flatnonzero(np.concatenate((np.diff(values[order]) < 0, [True])))
    true = np.concatenate(([0], np.cumsum(good[order])[last])) / positives
    false = np.concatenate(([0], np.cumsum(~good[order])[last])) / negatives
    if len(true) > MAX_POINTS:
        way = true + false  # grows along the curve from 0 to 2
        kept = np.unique(np.searchsorted(way, np.linspace(0, 2, MAX_POINTS)).clip(max=len(way) - 1))
        true, false = true[kept], false[kept]
    return [(float(x), float(y)) for x, y in zip(false, true, strict=True)]


def roc_band(rated: Labels, scores: Floats, *, seed: int) -> list[tuple[float, float, float]]:
    """(false positive rate, lowest, highest true positive rate) of the ROC curve of cross-validated ``scores``.

    95 % as ``with_interval`` has them. Pointwise, at a fixed false positive rate (vertical averaging; Fawcett 2006,
    section 8). Empty with one class only.
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
        samples = ratio(weights @ good, whole)
        value = float(rated.good[inside].mean())
        share = with_interval(value, samples, prompts=rated.prompts, within=(0.0, 1.0))
        found.append(Bin(int(inside.sum()), float(scores[inside].mean()), share))
    return found


def outcomes(rated: Labels, scores: Floats) -> list[tuple[float, Confusion]]:
    """The confusion counts at every threshold from 0 to 1 in steps of 0.02."""
    thresholds = np.linspace(0, 1, THRESHOLDS)
    return [(round(float(t), 2), confusion(rated, Scores(scores, scores >= t))) for t in thresholds]


def _one_class(hits: int, false_alarms: int, missed: int) -> dict[str, float | int | None]:
    called, support = hits + false_alarms, hits + missed
    return {
        "precision": hits / called if called else None,
        "recall": hits / support if support else None,
        "f1": 2 * hits / (called + support) if called + support else None,
        "support": support,
    }
