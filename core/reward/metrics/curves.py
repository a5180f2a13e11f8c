"""Confusion matrix, classification report and ROC points, ready for a table or a chart."""

import numpy as np
from numpy.typing import NDArray

from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores

MAX_POINTS = 200

Confusion = dict[str, int]
Report = dict[str, dict[str, float | int | None]]
Points = list[tuple[float, float]]


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


def roc_points(good: NDArray[np.bool_], values: NDArray[np.float64]) -> Points:
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


def _one_class(hits: int, false_alarms: int, missed: int) -> dict[str, float | int | None]:
    called, support = hits + false_alarms, hits + missed
    return {
        "precision": hits / called if called else None,
        "recall": hits / support if support else None,
        "f1": 2 * hits / (called + support) if called + support else None,
        "support": support,
    }
