"""95 % intervals by drawing prompts, not rows, with replacement (the cluster bootstrap; Davison and Hinkley 1997, 3.8).

Answers to one prompt resemble each other, so rows are not independent and intervals over rows would be too narrow.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric

RESAMPLES = 1_000
_CHUNK_CELLS = 2_000_000  # of a (resamples, rows) matrix of 8-byte numbers held at once: 16 MB each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draws(groups: Ints, *, seed: int, resamples: int = RESAMPLES) -> Iterator[Floats]:
    """How often each group is drawn in each resample, in chunks of shape (some resamples, number of groups).

    The same ``groups`` and ``seed`` give the same draws, so that two scorers can be compared draw by draw.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    if count < 2:  # one prompt drawn again and again shows no spread
        return
    rng = np.random.default_rng(seed)
    size = max(1, _CHUNK_CELLS // max(len(groups), count))
    for start in range(0, resamples, size):
        chunk = min(size, resamples - start)
        drawn = rng.integers(count, size=(chunk, count)) + np.arange(chunk)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=chunk * count).reshape(chunk, count).astype(np.float64)


def with_interval(value: float, samples: Floats) -> Metric:
    """``value`` with the 2.5th and 97.5th percentile of ``samples`` (B,).

    A resample may not be estimable (nan: it drew one class only) and is left out; where that happens to more than half
    of them, or there are none, the value stands without an interval.
    """
    usable = samples[np.isfinite(samples)]
    if len(usable) == 0 or 2 * len(usable) < len(samples):
        return Metric(value)
    low, high = np.percentile(usable, [2.5, 97.5])
    return Metric(value, float(low), float(high))


def auc_samples(scores: Floats, good: NDArray[np.bool_], groups: Ints, weights: Floats) -> Floats:
    """ROC AUC of every resample in ``weights`` (B, number of groups), shape (B,); nan where one class was drawn.

    The chance that a good answer scores above a poor one, ties counting half (= midranks; Mann and Whitney 1947).
    """
    order = np.argsort(scores, kind="stable")
    levels = np.flatnonzero(np.concatenate(([True], np.diff(scores[order]) > 0)))
    drawn, labels = weights[:, groups[order]], good[order]
    positives, negatives = drawn * labels, drawn * ~labels
    if len(levels) < len(order):
        positives = np.add.reduceat(positives, levels, axis=1)
        negatives = np.add.reduceat(negatives, levels, axis=1)
    below = np.cumsum(negatives, axis=1)
    total = positives.sum(axis=1) * below[:, -1]
    wins = np.einsum("ij,ij->i", positives, below - negatives / 2)
    return np.asarray(np.divide(wins, total, out=np.full(len(weights), math.nan), where=total > 0))
