"""Measuring, at the end of a training, how far its scores can be trusted (docs/decisions/reranking.md)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from core.domain.records import Example
from core.reward.confidence import KnownPrompts, Level, ScoreConfidence
from core.reward.encoding.embedder import Embedder, View
from core.reward.metrics.bootstrap import FEWEST_PROMPTS, draws
from core.reward.metrics.labels import Labels
from core.reward.recipes.pair import pool

FEWEST_IN_LEVEL = 20
"""A share of fewer answers says little: the 95 % interval of 10 in 20 is already .27 to .73 (Clopper-Pearson)."""
FEWEST_IN_BIN, MOST_BINS = 30, 10
PAIRED = 60
"""Answers to one prompt that are compared with each other; of more, a sample, so that one prompt is not everything."""
FEWEST_KNOWN = 20
"""With fewer prompts their 5th percentile is the single most unusual one."""
MOST_KNOWN = 5_000
"""Prompts that are kept beside a model, 4 MB; of more, a sample, whose likeness is measured within itself."""
UNFAMILIAR = 5.0

Floats = NDArray[np.float64]


def fit_score_confidence(
    examples: Sequence[Example], rated: Labels, values: Floats, embedder: Embedder, *, seed: int
) -> ScoreConfidence:
    """Fit the confidence to out-of-fold scores ``values`` (n,) of rated answers, whose prompts' vectors are cached."""
    margin, pairs = _margin(rated, values, seed=seed)
    known = _known(examples, embedder, seed=seed)
    return ScoreConfidence(_levels(rated, values), margin, pairs, _familiar(known.vectors), known)


def prompts_alone(examples: Sequence[Example], embedder: Embedder, *, seed: int) -> ScoreConfidence:
    """The confidence of a model without out-of-fold scores: which prompts it knows, and nothing about its scores."""
    known = _known(examples, embedder, seed=seed)
    return ScoreConfidence((), None, 0, _familiar(known.vectors), known)


def _levels(rated: Labels, values: Floats) -> tuple[Level, ...]:
    """Isotonic regression, whose steps are joined until each holds enough answers: shares that are real counts."""
    if len(rated) < FEWEST_IN_LEVEL:
        return ()
    order = np.argsort(values, kind="stable")
    scores, good = values[order], rated.good[order]
    fitted = IsotonicRegression(y_min=0, y_max=1).fit_transform(scores, good.astype(np.float64))
    starts = [0]
    for step in np.flatnonzero(np.diff(fitted) > 1e-12) + 1:
        if step - starts[-1] >= FEWEST_IN_LEVEL:
            starts.append(int(step))
    if len(starts) > 1 and len(scores) - starts[-1] < FEWEST_IN_LEVEL:
        del starts[-1]
    edges = [*starts, len(scores)]
    return tuple(
        Level(
            0.0 if start == 0 else float(scores[start - 1] + scores[start]) / 2,
            int(good[start:end].sum()),
            end - start,
        )
        for start, end in pairwise(edges)
    )


def _margin(rated: Labels, values: Floats, *, seed: int) -> tuple[float | None, int]:
    """The smallest difference of scores that tells two answers apart, and the number of pairs.

    Pairs in bins of equal size by their difference; from the largest difference down as long as the 95 % interval
    (bootstrap over prompts) of the share that is in the right order lies above one half. Testing in this fixed order
    keeps the chance of any false claim at that of the first test (Maurer, Hothorn and Lehmacher 1995).
    """
    first, second = _pairs(rated, seed=seed)
    bins = min(MOST_BINS, len(first) // FEWEST_IN_BIN)
    if bins == 0 or len(np.unique(rated.groups[first])) < FEWEST_PROMPTS:
        return None, len(first)
    apart = values[first] - values[second]
    right = (apart * (rated.ratings[first] - rated.ratings[second]) > 0).astype(np.float64)
    groups = np.unique(rated.groups[first], return_inverse=True)[1].astype(np.int64)
    count = int(groups.max()) + 1
    margin = 1.0
    for rows in reversed(np.array_split(np.argsort(np.abs(apart), kind="stable"), bins)):
        won = np.bincount(groups[rows], weights=right[rows], minlength=count)
        tried = np.bincount(groups[rows], minlength=count).astype(np.float64)
        shares = [(w @ won, w @ tried) for w in draws(groups, seed=seed)]
        wins, tries = (np.concatenate([part[place] for part in shares]) for place in (0, 1))
        if np.percentile(wins[tries > 0] / tries[tries > 0], 2.5) <= 0.5:
            break
        margin = float(np.median(np.abs(apart[rows])))
    return margin, len(first)


def _pairs(rated: Labels, *, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of every two answers to one prompt in one context that were rated differently."""
    rng = np.random.default_rng(seed)
    order = np.argsort(rated.contexts, kind="stable")
    found: list[NDArray[np.int64]] = []
    for rows in np.split(order, np.flatnonzero(np.diff(rated.contexts[order])) + 1):
        chosen = rows if len(rows) <= PAIRED else np.sort(rng.choice(rows, PAIRED, replace=False))
        one, other = np.triu_indices(len(chosen), 1)
        pairs = np.stack([chosen[one], chosen[other]])
        found.append(pairs[:, rated.ratings[pairs[0]] != rated.ratings[pairs[1]]])
    first, second = np.concatenate(found, axis=1)
    return first, second


def _known(examples: Sequence[Example], embedder: Embedder, *, seed: int) -> KnownPrompts:
    prompts = {example.group: example.prompt for example in reversed(examples)}
    groups = sorted(prompts)
    if len(groups) > MOST_KNOWN:
        groups = sorted(np.random.default_rng(seed).choice(groups, MOST_KNOWN, replace=False).tolist())
    vectors = embedder.vectors([prompts[group] for group in groups], View.WINDOWS)
    pooled = [pool(vectors[prompts[group]], np.ones(len(vectors[prompts[group]]))) for group in groups]
    return KnownPrompts(tuple(groups), np.stack(pooled).astype(np.float16).astype(np.float32))


def _familiar(vectors: NDArray[np.float32]) -> float | None:
    """The 5th percentile of each prompt's cosine to its nearest neighbour."""
    if len(vectors) < FEWEST_KNOWN:
        return None
    nearest = np.empty(len(vectors))
    for start in range(0, len(vectors), 500):
        likeness = vectors[start : start + 500] @ vectors.T
        likeness[np.arange(len(likeness)), start + np.arange(len(likeness))] = -np.inf
        nearest[start : start + 500] = likeness.max(axis=1)
    return float(np.percentile(nearest, UNFAMILIAR))
