"""Metrics by source and by rater: an average can hide a group on which the model fails."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain.identifiers.session_names import OTHERS, source_of
from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.fitting import fit
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure
from core.reward.recipes.base import Recipe

MAX_SLICES = 12
SHOWN = ("accuracy", "roc_auc", "pairwise_accuracy")
RESAMPLES = 300
NOT_MEASURED = "not measured for this recipe"
"""Why a model with tuned layers lacks what needs out-of-fold scores: each of its fits takes minutes."""
MAX_RATERS = 6
"""Left out one after the other: each costs a whole cross-validation. Those who rated most."""
LEFT_OUT_FROM = 30
"""Ratings of a rater, and of all others, below which leaving somebody out says nothing."""


@dataclass(frozen=True)
class Slice:
    """One part of the rows."""

    name: str
    n: int
    prompts: int
    good: int
    metrics: dict[str, Metric]
    """SHOWN."""


@dataclass(frozen=True)
class RaterSlice:
    """Metrics by one rater's own ratings."""

    part: Slice
    agreement: Metric
    """Share of the rater's answers, rated by others too, on which good or poor is what the others' median says."""
    left_out: Metric
    """ROC AUC on the rater's ratings of models that learned from the other raters, and other prompts, only."""


def by_source(examples: Sequence[Example], rated: Labels, repeats: Sequence[Scores], *, seed: int) -> list[Slice]:
    """Results per session, or per kind of session where labels are numbered ("liveqa:1", "liveqa:2"); largest first."""
    names = [source_of(example.session) for example in examples]
    counts = Counter(names)
    kept = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_SLICES]
    named = np.array([name if name in kept else OTHERS for name in names], dtype=object)
    shown = [*kept, OTHERS] if len(counts) > len(kept) else kept
    return [_slice(name, rated, repeats, named == name, seed=seed) for name in shown]


def by_rater(
    examples: Sequence[Example],
    repeats: Sequence[Scores],
    left_out: dict[str, Metric] | None,
    *,
    positive_threshold: int,
    seed: int,
) -> list[RaterSlice]:
    """Results per rater, by the rater's own ratings; the busiest first, at most MAX_SLICES."""
    counts = _ratings_by_rater(examples)
    found = []
    for rater in sorted(counts, key=lambda name: (-counts[name], name))[:MAX_SLICES]:
        rows = np.array([any(name == rater for name, _ in example.ratings) for example in examples])
        own = Labels.of(_as_rated_by(rater, examples), positive_threshold=positive_threshold)
        scores = [Scores(s.values[rows], None if s.called_good is None else s.called_good[rows]) for s in repeats]
        part = _slice(rater, own, scores, np.ones(len(own), dtype=bool), seed=seed)
        reason = (
            NOT_MEASURED
            if left_out is None
            else "not estimable: there is only one rater"
            if len(counts) == 1
            else f"not estimable: too few ratings, or not among the {MAX_RATERS} busiest raters"
        )
        found.append(
            RaterSlice(
                part,
                _agreement(rater, examples, positive_threshold),
                (left_out or {}).get(rater, Metric(None, reason=reason)),
            )
        )
    return found


def _ratings_by_rater(examples: Sequence[Example]) -> Counter[str]:
    return Counter(rater for example in examples for rater, _ in example.ratings)


def raters_to_leave_out(examples: Sequence[Example]) -> list[str]:
    """Raters to leave out, one after the other: with enough ratings, and enough by others to learn from."""
    counts = _ratings_by_rater(examples)
    total = sum(counts.values())
    able = [name for name, number in counts.items() if min(number, total - number) >= LEFT_OUT_FROM]
    return sorted(able, key=lambda name: (-counts[name], name))[:MAX_RATERS]


def leave_rater_out(
    rater: str,
    recipe: Recipe,
    features: NDArray[np.float32],
    examples: Sequence[Example],
    *,
    positive_threshold: int,
    folds: int,
    seed: int,
) -> Iterator[Metric | None]:
    """ROC AUC on ``rater``'s ratings without having learned from them; None after every fit, then the Metric.

    Learned from: the median of the other raters, on the prompts of the other folds.
    """
    others = [rated_by_others(rater, example) for example in examples]
    seen = np.array([example is not None for example in others])
    # rows that nobody else rated keep their place, but are learned from by nobody
    learned = [other or example for other, example in zip(others, examples, strict=True)]
    rated = Labels.of(learned, positive_threshold=positive_threshold)
    own_rows = np.array([any(name == rater for name, _ in example.ratings) for example in examples])
    own = Labels.of(_as_rated_by(rater, examples), positive_threshold=positive_threshold)
    split = grouped_folds(rated.good, rated.groups, folds=folds, seed=seed)
    if split is None:
        yield Metric(None, reason="not estimable: too few good or too few poor answers")
        return
    scores = np.full(len(examples), np.nan)
    for fold in range(int(split.max()) + 1):
        test, train = (split == fold) & own_rows, (split != fold) & seen
        if test.any() and 0 < int(rated.good[train].sum()) < int(train.sum()):
            fitted = fit(recipe, features[train], rated.good[train], rated.groups[train], seed=seed)
            scores[test] = fitted.model.predict(features[test])
        yield None
    values = scores[own_rows]
    if not np.isfinite(values).all():
        yield Metric(None, reason="not estimable: the other raters' ratings hold one class only")
        return
    yield measure(own, Scores(values, None), seed=seed, cross_validated=True, resamples=RESAMPLES)["roc_auc"]


def _slice(name: str, rated: Labels, repeats: Sequence[Scores], chosen: NDArray[np.bool_], *, seed: int) -> Slice:
    part = rated.rows(chosen)
    scores = [Scores(s.values[chosen], None if s.called_good is None else s.called_good[chosen]) for s in repeats]
    metrics = measure(part, *scores, seed=seed, cross_validated=True, resamples=RESAMPLES)
    return Slice(name, len(part), part.prompts, int(part.good.sum()), {key: metrics[key] for key in SHOWN})


def _as_rated_by(rater: str, examples: Sequence[Example]) -> list[Example]:
    """The rows that ``rater`` rated, with this rater's ratings."""
    return [
        replace(example, rating=float(value))
        for example in examples
        for name, value in example.ratings
        if name == rater
    ]


def rated_by_others(rater: str, example: Example) -> Example | None:
    """``example`` without ``rater``: rated by the median of the others, or as a lead decided; None without others."""
    others = tuple((name, value) for name, value in example.ratings if name != rater)
    if len(others) == len(example.ratings):
        return example
    if example.decided:
        return replace(example, ratings=others)
    if not others:
        return None
    return replace(example, ratings=others, rating=float(statistics.median(value for _, value in others)))


def _agreement(rater: str, examples: Sequence[Example], positive_threshold: int) -> Metric:
    same = []
    for example in examples:
        own = [value for name, value in example.ratings if name == rater]
        others = [value for name, value in example.ratings if name != rater]
        if own and others:
            same.append((own[0] >= positive_threshold) == (statistics.median(others) >= positive_threshold))
    if not same:
        return Metric(None, reason="not estimable: nobody else rated the same answers")
    return Metric(float(np.mean(same)))
