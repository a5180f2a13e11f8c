"""95 % intervals by drawing prompts, not rows, with replacement (the cluster bootstrap; Davison and Hinkley 1997, 3.8).

Answers to one prompt resemble each other, so rows are not independent and intervals over rows would be too narrow.

Two things make plain percentiles too narrow still, both measured and repaired here (docs/decisions/training.md): few
prompts, and scores of models that learned from the other prompts of the same set.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric

RESAMPLES = 1_000
FEWEST_PROMPTS = 10
"""With fewer there is no interval: from a handful of prompts it is far too narrow (Cameron and Miller 2015, VI)."""
BOTH_WAYS = 2**0.5
"""Cross-validated figures: in noise each prompt counts twice, judged by models of the others, and as what theirs
learned from. Resampling fixed scores sees one of the two, half of the variance (a quadratic form counts every pair
twice)."""
_CHUNK_CELLS = 2_000_000  # of a (resamples, rows) matrix of 8-byte numbers held at once: 16 MB each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draws(groups: Ints, *, seed: int, resamples: int = RESAMPLES) -> Iterator[Floats]:
    """Counts of each group in each resample, in chunks of shape (some resamples, number of groups).

    Nothing with fewer than FEWEST_PROMPTS groups. The same ``groups`` and ``seed`` give the same draws, so that two
    scorers can be compared draw by draw.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    if count < FEWEST_PROMPTS:
        return
    rng = np.random.default_rng(seed)
    size = max(1, _CHUNK_CELLS // max(len(groups), count))
    for start in range(0, resamples, size):
        chunk = min(size, resamples - start)
        drawn = rng.integers(count, size=(chunk, count)) + np.arange(chunk)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=chunk * count).reshape(chunk, count).astype(np.float64)


def alike_draws(alike: Ints, *, seed: int, resamples: int = RESAMPLES) -> Iterator[Floats]:
    """Counts of each kind of group in each resample, in chunks of shape (some resamples, kinds).

    The same as ``draws`` where many groups are alike and need not be told apart: ``alike`` (kinds,) says how many there
    are of each kind, and however many they are, one number per kind is drawn.
    """
    rng = np.random.default_rng(seed)
    count = int(alike.sum())
    size = max(1, _CHUNK_CELLS // max(len(alike), 1))
    for start in range(0, resamples, size):
        yield rng.multinomial(count, alike / count, size=min(size, resamples - start)).astype(np.float64)


def with_interval(
    value: float,
    samples: Floats,
    *,
    prompts: int,
    cross_validated: bool = False,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> Metric:
    """``value`` with its 95 % interval from ``samples`` (B,) over so many ``prompts``, never outside ``within``.

    Percentiles as far out as Student's t wants them for that number of prompts (the expanded percentile interval;
    Hesterberg 2015, 5.3), and BOTH_WAYS as wide for ``cross_validated`` figures.

    A resample may not be estimable (nan: it drew one class only) and is left out; where that happens to more than half
    of them, or there are none, the value stands without an interval.
    """
    usable = samples[np.isfinite(samples)]
    if len(usable) == 0 or 2 * len(usable) < len(samples):
        return Metric(value)
    low, high = (value + (bounds(usable, prompts) - value) * (BOTH_WAYS if cross_validated else 1.0)).clip(*within)
    return Metric(value, float(low), float(high))


def bounds(samples: Floats, prompts: int) -> Floats:
    """The two percentiles of ``samples`` (B, ...) that an interval over so many ``prompts`` reaches to, (2, ...)."""
    from scipy.special import ndtr  # ranking imports this module and needs no quantile

    outside = float(ndtr(t_quantile(0.025, prompts) * math.sqrt(prompts / (prompts - 1))))
    return np.asarray(np.quantile(samples, [outside, 1 - outside], axis=0))


def t_quantile(share: float, prompts: int) -> float:
    """Student's t below which this share lies, with one degree of freedom less than there are ``prompts``."""
    from scipy.special import stdtrit

    return float(stdtrit(prompts - 1, share))


def ranked_samples(scores: Floats, good: NDArray[np.bool_], groups: Ints, weights: Floats) -> tuple[Floats, Floats]:
    """ROC AUC and average precision of every resample in ``weights`` (B, number of groups), each of shape (B,).

    ROC AUC: the chance that a good answer scores above a poor one, ties counting half (= midranks; Mann and Whitney
    1947); nan where one class was drawn. Average precision: precision at every score, weighted with the good answers
    found there, equal scores taken together (as scikit-learn does); nan where nothing good was drawn.
    """
    positives, negatives = _by_score(scores, good, groups, weights)
    below = np.cumsum(negatives, axis=1)
    pairs = positives.sum(axis=1) * below[:, -1]
    wins = np.einsum("ij,ij->i", positives, below - negatives / 2)
    found = np.cumsum(positives[:, ::-1], axis=1)
    called = found + np.cumsum(negatives[:, ::-1], axis=1)
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    hits = np.einsum("ij,ij->i", positives[:, ::-1], precision)
    return ratio(wins, pairs), ratio(hits, found[:, -1])


def auc_samples(scores: Floats, good: NDArray[np.bool_], groups: Ints, weights: Floats) -> Floats:
    """ROC AUC alone, as ``ranked_samples`` has it."""
    positives, negatives = _by_score(scores, good, groups, weights)
    below = np.cumsum(negatives, axis=1)
    wins = np.einsum("ij,ij->i", positives, below - negatives / 2)
    return ratio(wins, positives.sum(axis=1) * below[:, -1])


def _by_score(scores: Floats, good: NDArray[np.bool_], groups: Ints, weights: Floats) -> tuple[Floats, Floats]:
    """How often good and poor answers were drawn at every different score, lowest first, each (B, scores)."""
    order = np.argsort(scores, kind="stable")
    levels = np.flatnonzero(np.concatenate(([True], np.diff(scores[order]) > 0)))
    drawn, labels = weights[:, groups[order]], good[order]
    positives, negatives = drawn * labels, drawn * ~labels
    if len(levels) < len(order):
        positives = np.add.reduceat(positives, levels, axis=1)
        negatives = np.add.reduceat(negatives, levels, axis=1)
    return positives, negatives


def ratio(part: Floats, whole: Floats) -> Floats:
    """``part`` / ``whole``, both (B,); nan where ``whole`` is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), math.nan), where=whole > 0))
