"""Length bias: accuracy on the pairs whose better answer is the shorter one, and on those where it is the longer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import RESAMPLES, draws, ratio, with_interval
from core.reward.metrics.labels import Labels

MAX_ANSWERS = 300
"""Of one prompt and context that are compared with each other: pairs grow with the square. The first ones are taken."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LengthBias:
    """Pairwise accuracy by which of the two answers is the longer one."""

    shorter_better: Metric
    longer_better: Metric
    shorter_pairs: int
    longer_pairs: int
    gap: Metric
    """``longer_better`` minus ``shorter_better``, in the same resamples of prompts."""


def length_bias(
    rated: Labels,
    repeats: Floats,
    lengths: Floats,
    *,
    seed: int,
    cross_validated: bool = True,
    resamples: int = RESAMPLES,
) -> LengthBias:
    """Judge scores (repeats, n) on answers of ``lengths`` (n,); pairs of equal length do not count."""
    better, worse = _pairs(rated)
    won = (repeats[:, better] > repeats[:, worse]).mean(axis=0)
    shorter = lengths[better] < lengths[worse]
    longer = lengths[better] > lengths[worse]
    groups = rated.groups[better]

    sums = np.stack(
        [
            np.bincount(groups[chosen], weights=values[chosen], minlength=rated.prompts)
            for chosen in (shorter, longer)
            for values in (won, np.ones(len(won)))
        ],
        axis=1,
    )
    totals = [weights @ sums for weights in draws(rated.groups, seed=seed, resamples=resamples)]
    drawn = np.concatenate([*totals, np.empty((0, 4))])
    samples = {"shorter": ratio(drawn[:, 0], drawn[:, 1]), "longer": ratio(drawn[:, 2], drawn[:, 3])}

    def interval(value: float, samples: Floats, lowest: float) -> Metric:
        within = (lowest, 1.0)
        return with_interval(value, samples, prompts=rated.prompts, cross_validated=cross_validated, within=within)

    def share(chosen: NDArray[np.bool_], which: str) -> Metric:
        if not chosen.any():
            return Metric(None, reason=f"not estimable: no pair in which the better answer is the {which} one")
        return interval(float(won[chosen].mean()), samples[which], 0.0)

    short, long = share(shorter, "shorter"), share(longer, "longer")
    if short.value is None or long.value is None:
        gap = Metric(None, reason=short.reason or long.reason)
    else:
        gap = interval(long.value - short.value, samples["longer"] - samples["shorter"], -1.0)
    return LengthBias(short, long, int(shorter.sum()), int(longer.sum()), gap)


def _pairs(rated: Labels) -> tuple[Ints, Ints]:
    """Rows of the better and the worse answer of every comparable pair."""
    order = np.argsort(rated.contexts, kind="stable")
    edges = np.flatnonzero(np.diff(rated.contexts[order])) + 1
    better, worse = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for rows in np.split(order, edges):
        kept = rows[:MAX_ANSWERS]
        above = rated.ratings[kept][:, None] > rated.ratings[kept][None, :]
        first, second = np.nonzero(above)
        better.append(kept[first])
        worse.append(kept[second])
    return np.concatenate(better), np.concatenate(worse)
