"""Metrics of scores: each with its interval, or the reason why there is none."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.best_of_n import Choices
from core.reward.metrics.bootstrap import RESAMPLES, auc_samples, draws, ranked_samples, ratio, with_interval
from core.reward.metrics.labels import Labels

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

METRICS = (
    "accuracy",
    "balanced_accuracy",
    "roc_auc",
    "average_precision",
    "pairwise_accuracy",
    "pairwise_accuracy_macro",
    "best_of_n_lift",
    "precision",
    "recall",
    "f1",
    "brier",
    "brier_skill",
    "log_loss",
)
_RANKED = ("roc_auc", "average_precision")
_BEYOND_ONE = {"best_of_n_lift": (-4.0, 4.0), "brier_skill": (-math.inf, 1.0), "log_loss": (0.0, math.inf)}
_RATIOS = tuple(name for name in METRICS if name not in _RANKED)

_NO_ROWS = "not estimable: no rated answers"
_ONE_CLASS = "not estimable: one class only"
_NO_PAIRS = "not estimable: no two answers to the same question have different ratings"
_NO_CHOICE = "not estimable: no question has two rated answers"
_NONE_CALLED_GOOD = "not estimable: no answer was called good"
_NONE_GOOD = "not estimable: no answer is rated good"
_AN_ORDER = "not estimable: an order says nothing about good or poor"


@dataclass(frozen=True)
class Scores:
    """Scores of every row, and decisions where there are any."""

    values: Floats
    """Shape (n,), higher is better; a probability of good where ``called_good`` is given."""
    called_good: Bools | None
    """Shape (n,): the decision; None for a scorer that only orders."""


def measure(
    rated: Labels, *repeats: Scores, seed: int, cross_validated: bool = False, resamples: int = RESAMPLES
) -> dict[str, Metric]:
    """All METRICS by name, with 95 % intervals from ``resamples`` (0: none) over prompts.

    ``cross_validated``: the scores are of models that learned from the other rows; see ``with_interval``.

    Several ``repeats`` (the same rows, scored in other folds) give the mean of their metrics, also within every
    resample: their mean *score* would be that of an ensemble, which nobody is going to use.

    pairwise_accuracy: the share of comparable pairs (same prompt and context, different consensus) in which the better
    answer scores strictly higher; ``_macro``: the mean of that share over prompts. best_of_n_lift: mean rating of the
    highest scored answer to a prompt minus that of a random one, in points of 1 to 5. brier_skill: 1 - Brier score /
    that of always saying the share of good answers; 0 is no better, 1 perfect. Brier score and log loss (natural
    logarithm, probabilities clipped at 1e-15) are better when lower.
    """
    if not len(rated):
        return dict.fromkeys(METRICS, Metric(None, reason=_NO_ROWS))
    choices = Choices.of(rated)
    sums = [_group_sums(rated, scores, choices) for scores in repeats]

    def under(weights: Floats) -> dict[str, Floats]:
        found: dict[str, list[Floats]] = {name: [] for name in METRICS}
        for scores, columns in zip(repeats, sums, strict=True):
            ranked = ranked_samples(scores.values, rated.good, rated.groups, weights)
            for name, value in zip((*_RANKED, *_RATIOS), (*ranked, *_ratios(weights @ columns)), strict=True):
                found[name].append(value)
        return {name: np.mean(values, axis=0) for name, values in found.items()}

    values = under(np.ones((1, rated.prompts)))
    samples: dict[str, list[Floats]] = {name: [np.empty(0)] for name in METRICS}
    for weights in draws(rated.groups, seed=seed, resamples=resamples):
        for name, column in under(weights).items():
            samples[name].append(column)
    reasons = _reasons(repeats[0])
    return {
        name: with_interval(
            float(values[name][0]),
            np.concatenate(samples[name]),
            prompts=rated.prompts,
            cross_validated=cross_validated,
            within=_BEYOND_ONE.get(name, (0.0, 1.0)),
        )
        if np.isfinite(values[name][0])
        else Metric(None, reason=reasons[name])
        for name in METRICS
    }


def paired_difference(
    rated: Labels,
    first: Floats,
    second: Floats,
    *,
    seed: int,
    cross_validated: bool = False,
    resamples: int = RESAMPLES,
) -> Metric:
    """ROC AUC of ``first`` minus that of ``second``, both in the same resamples of prompts.

    Each is of shape (n,), or (repeats, n) for the mean over repeats; ``cross_validated`` as for ``measure``.
    """
    if not len(rated):
        return Metric(None, reason=_NO_ROWS)
    if rated.good.all() or not rated.good.any():
        return Metric(None, reason=_ONE_CLASS)

    def area(repeats: Floats, weights: Floats) -> Floats:
        areas = [auc_samples(v, rated.good, rated.groups, weights) for v in np.atleast_2d(repeats)]
        return np.asarray(np.mean(areas, axis=0))

    return _difference(
        rated,
        lambda weights: area(first, weights) - area(second, weights),
        seed=seed,
        cross_validated=cross_validated,
        resamples=resamples,
    )


def paired_order_difference(
    rated: Labels,
    first: Floats,
    second: Floats,
    *,
    seed: int,
    cross_validated: bool = False,
    resamples: int = RESAMPLES,
) -> Metric:
    """Pairwise accuracy of ``first`` minus that of ``second``, both in the same resamples of prompts.

    Shapes and ``cross_validated`` as for ``paired_difference``.
    """
    if not len(rated):
        return Metric(None, reason=_NO_ROWS)

    def per_prompt(repeats: Floats) -> tuple[Floats, Floats]:
        counts = [pair_counts(rated, values) for values in np.atleast_2d(repeats)]
        won = np.mean([won for won, _ in counts], axis=0)
        both = [np.bincount(rated.groups, weights=row, minlength=rated.prompts) for row in (won, counts[0][1])]
        return both[0].astype(np.float64), both[1].astype(np.float64)

    (won, pairs), (lost, _) = per_prompt(first), per_prompt(second)
    if not pairs.sum():
        return Metric(None, reason=_NO_PAIRS)
    return _difference(
        rated,
        lambda weights: ratio(weights @ (won - lost), weights @ pairs),
        seed=seed,
        cross_validated=cross_validated,
        resamples=resamples,
    )


def _difference(
    rated: Labels, under: Callable[[Floats], Floats], *, seed: int, cross_validated: bool, resamples: int
) -> Metric:
    """A difference that is ``under`` weights of prompts (B, prompts) of shape (B,), with its interval."""
    value = float(under(np.ones((1, rated.prompts)))[0])
    samples = [under(weights) for weights in draws(rated.groups, seed=seed, resamples=resamples)]
    drawn = np.concatenate([*samples, np.empty(0)])
    return with_interval(value, drawn, prompts=rated.prompts, cross_validated=cross_validated, within=(-1.0, 1.0))


def pair_counts(rated: Labels, values: Floats) -> tuple[Floats, Floats]:
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


def _group_sums(rated: Labels, scores: Scores, choices: Choices) -> Floats:
    """What the metrics are ratios of, summed per prompt, shape (prompts, 13)."""
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
    by_chance = choices.picked(rated.ratings, np.zeros(len(rated)))
    gained = choices.picked(rated.ratings, scores.values) - by_chance
    return np.stack([*columns, share, columns[3] > 0, gained, choices.per_prompt], axis=1)


def _ratios(sums: Floats) -> tuple[Floats, ...]:
    """_RATIOS from summed columns (B, 13), each (B,), nan where undefined."""
    rows, right, won, pairs, hits, called, good, squared, surprise, shares, prompts, gained, choices = sums.T
    return (
        ratio(right, rows),
        (ratio(hits, good) + ratio(right - hits, rows - good)) / 2,
        ratio(won, pairs),
        ratio(shares, prompts),
        ratio(gained, choices),
        ratio(hits, called),
        ratio(hits, good),
        ratio(2 * hits, called + good),
        ratio(squared, rows),
        1 - ratio(squared * rows, good * (rows - good)),
        ratio(surprise, rows),
    )


def _reasons(scores: Scores) -> dict[str, str]:
    """Why a metric that came out undefined is so."""
    reasons = {
        "roc_auc": _ONE_CLASS,
        "average_precision": _NONE_GOOD,
        "pairwise_accuracy": _NO_PAIRS,
        "pairwise_accuracy_macro": _NO_PAIRS,
        "best_of_n_lift": _NO_CHOICE,
    }
    if scores.called_good is None:
        return dict.fromkeys(METRICS, _AN_ORDER) | reasons
    decisions = {"balanced_accuracy": _ONE_CLASS, "brier_skill": _ONE_CLASS}
    return reasons | decisions | {"precision": _NONE_CALLED_GOOD, "recall": _NONE_GOOD, "f1": _NONE_GOOD}
