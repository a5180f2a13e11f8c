"""How good scores are: every metric with its interval, or the reason why there is none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.bootstrap import RESAMPLES, auc_samples, draws, with_interval
from core.reward.rated import Rated

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

METRICS = (
    "accuracy",
    "roc_auc",
    "pairwise_accuracy",
    "pairwise_accuracy_macro",
    "precision",
    "recall",
    "f1",
    "brier",
    "log_loss",
)

_NO_ROWS = "not estimable: no rated answers"
_ONE_CLASS = "not estimable: one class only"
_NO_PAIRS = "not estimable: no two answers to the same prompt have different ratings"
_NONE_CALLED_GOOD = "not estimable: no answer was called good"
_NONE_GOOD = "not estimable: no answer is rated good"
_AN_ORDER = "not estimable: an order says nothing about good or poor"


@dataclass(frozen=True)
class Scores:
    """What a scorer said about every row."""

    values: Floats
    """Shape (n,), higher is better; a probability of good where ``called_good`` is given."""
    called_good: Bools | None
    """Shape (n,): the decision; None for a scorer that only orders."""


def measure(rated: Rated, scores: Scores, *, seed: int, resamples: int = RESAMPLES) -> dict[str, Metric]:
    """All METRICS by name, with 95 % intervals from ``resamples`` (0: none) over prompts.

    pairwise_accuracy: the share of comparable pairs (same prompt and context, different consensus) in which the better
    answer scores strictly higher; ``_macro``: the mean of that share over prompts. Brier score and log loss (natural
    logarithm, probabilities clipped at 1e-15) are better when lower.
    """
    if not len(rated):
        return dict.fromkeys(METRICS, Metric(None, reason=_NO_ROWS))
    sums = _group_sums(rated, scores)
    everything = np.ones((1, rated.prompts))
    names = [name for name in METRICS if name != "roc_auc"]
    values = dict(zip(names, _ratios(everything @ sums), strict=True))
    values["roc_auc"] = auc_samples(scores.values, rated.good, rated.groups, everything)
    samples: dict[str, list[Floats]] = {name: [] for name in METRICS}
    for weights in draws(rated.groups, seed=seed, resamples=resamples):
        for name, column in zip(names, _ratios(weights @ sums), strict=True):
            samples[name].append(column)
        samples["roc_auc"].append(auc_samples(scores.values, rated.good, rated.groups, weights))
    reasons = _reasons(rated, scores)
    return {
        name: with_interval(float(values[name][0]), np.concatenate([*samples[name], np.empty(0)]))
        if np.isfinite(values[name][0])
        else Metric(None, reason=reasons[name])
        for name in METRICS
    }


def paired_difference(rated: Rated, first: Floats, second: Floats, *, seed: int, resamples: int = RESAMPLES) -> Metric:
    """ROC AUC of ``first`` (n,) minus that of ``second`` (n,), both in the same resamples of prompts."""
    if not len(rated):
        return Metric(None, reason=_NO_ROWS)
    if rated.good.all() or not rated.good.any():
        return Metric(None, reason=_ONE_CLASS)

    def difference(weights: Floats) -> Floats:
        return auc_samples(first, rated.good, rated.groups, weights) - auc_samples(
            second, rated.good, rated.groups, weights
        )

    samples = [difference(weights) for weights in draws(rated.groups, seed=seed, resamples=resamples)]
    value = float(difference(np.ones((1, rated.prompts)))[0])
    return with_interval(value, np.concatenate([*samples, np.empty(0)]))


def pair_counts(rated: Rated, values: Floats) -> tuple[Floats, Floats]:
    """Per row (n,): lower-rated competitors that score strictly lower, and all lower-rated competitors.

    Sorting instead of listing pairs: one prompt with thousands of answers stays cheap.
    """
    won, pairs = np.zeros(len(rated)), np.zeros(len(rated))
    ranks = np.unique(values, return_inverse=True)[1].astype(np.int64)
    span = int(ranks.max()) + 1
    keys = rated.contexts * span + ranks
    for rating in np.unique(rated.ratings)[1:]:
        better = rated.ratings == rating
        lower = np.sort(keys[rated.ratings < rating])
        first = np.searchsorted(lower, rated.contexts[better] * span)
        won[better] = np.searchsorted(lower, keys[better]) - first
        pairs[better] = np.searchsorted(lower, (rated.contexts[better] + 1) * span) - first
    return won, pairs


def _group_sums(rated: Rated, scores: Scores) -> Floats:
    """What the metrics are ratios of, summed per prompt, shape (prompts, 11)."""
    won, pairs = pair_counts(rated, scores.values)
    good = rated.good
    called = scores.called_good
    if called is None:
        unknown = np.full(len(good), np.nan)
        hits = right = called_sum = squared = surprise = unknown
    else:
        hits, right, called_sum = called & good, called == good, called
        squared = (scores.values - good) ** 2
        clipped = np.clip(scores.values, 1e-15, 1 - 1e-15)
        surprise = -np.log(np.where(good, clipped, 1 - clipped))
    rows = (np.ones(len(good)), right, won, pairs, hits, called_sum, good, squared, surprise)
    count = rated.prompts
    columns = [np.bincount(rated.groups, weights=row.astype(np.float64), minlength=count) for row in rows]
    share = np.divide(columns[2], columns[3], out=np.zeros(count), where=columns[3] > 0)
    return np.stack([*columns, share, columns[3] > 0], axis=1)


def _ratios(sums: Floats) -> tuple[Floats, ...]:
    """METRICS without roc_auc from summed columns (B, 11), each (B,), nan where undefined."""
    rows, right, won, pairs, hits, called, good, squared, surprise, shares, prompts = sums.T
    return (
        _ratio(right, rows),
        _ratio(won, pairs),
        _ratio(shares, prompts),
        _ratio(hits, called),
        _ratio(hits, good),
        _ratio(2 * hits, called + good),
        _ratio(squared, rows),
        _ratio(surprise, rows),
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _reasons(rated: Rated, scores: Scores) -> dict[str, str]:
    """Why a metric that came out undefined is so."""
    pairs = dict.fromkeys(("pairwise_accuracy", "pairwise_accuracy_macro"), _NO_PAIRS)
    if scores.called_good is None:
        decisions = dict.fromkeys(("accuracy", "precision", "recall", "f1", "brier", "log_loss"), _AN_ORDER)
    else:
        decisions = {"precision": _NONE_CALLED_GOOD, "recall": _NONE_GOOD, "f1": _NONE_GOOD}
    return {"roc_auc": _ONE_CLASS} | pairs | decisions
