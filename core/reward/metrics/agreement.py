"""Agreement of raters: over all of them, for each two of them, and each against the others.

Nothing here orders people: what is undefined says why, and every figure comes with the number of answers behind it.
"""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from core.domain.metrics import Metric
from core.domain.plain import Name
from core.domain.ratings import MAX_RATING, MIN_RATING
from core.reward.metrics.bootstrap import FEWEST_PROMPTS, RESAMPLES, Floats, with_interval

VALUES = range(MIN_RATING, MAX_RATING + 1)
MAX_PAIRED = 100
"""Raters who are compared two by two: those with the most shared answers. An import can bring thousands of names."""
NOTHING_SHARED = "no answer was rated by two people"
FEW_PROMPTS = f"fewer than {FEWEST_PROMPTS} questions have answers that several people rated"
_CHUNK_CELLS = 2_000_000  # of a (resamples, kinds of prompts) matrix of 8-byte numbers held at once: 16 MB
ONE_VALUE = "all ratings of shared answers are the same, so there is nothing to tell apart"

Given = tuple[int, str, int]
"""Interaction, rater, rating."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of pairs of ratings of one answer that are equal, and that differ by at most 1."""

    exact: Metric
    within_1: Metric
    pairs: int
    """Of ratings that were compared."""


@dataclass(frozen=True, slots=True)
class PairOfRaters:
    """Two raters on the answers that both rated."""

    one: Name
    other: Name
    items: int
    kappa: Metric
    """Cohen's kappa with quadratic weights."""
    shares: Shares


@dataclass(frozen=True, slots=True)
class OneRater:
    """One rater: how much, how fast, how spread, and how far from the others."""

    name: Name
    ratings: int
    distribution: tuple[int, ...]
    """How many 1, 2, 3, 4 and 5."""
    seconds: float | None
    """Median time on the screen; None where it was never measured."""
    shared: int
    difference: Metric
    """Mean of own rating less the mean of the others', on shared answers; interval by Student's t over answers."""
    repeats: Shares
    """The same answer rated again later, without seeing the first rating."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of all raters, of pairs of raters, and of each."""

    alpha: Metric
    items: int
    """Answers with at least two ratings: what everything but the single raters' counts is about."""
    ratings: int
    """Of these answers."""
    shares: Shares
    pairs: list[PairOfRaters]
    """Of the MAX_PAIRED raters with the most shared answers."""
    raters: list[OneRater]
    """By name."""


def agreement(
    given: Collection[Given],
    *,
    seconds: Mapping[str, float] | None = None,
    repeats: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> Agreement:
    """Compute everything from one rating per rater and interaction.

    ``seconds``: the median time of each rater; ``repeats``: (first, repeated) ratings of each rater.
    """
    by_item: dict[int, dict[str, int]] = defaultdict(dict)
    for item, rater, rating in given:
        by_item[item][rater] = rating
    shared = {item: ratings for item, ratings in by_item.items() if len(ratings) > 1}
    names = sorted({rater for _, rater, _ in given}, key=str.casefold)
    own: dict[str, list[int]] = defaultdict(list)
    gaps: dict[str, list[float]] = defaultdict(list)
    for _, rater, rating in given:
        own[rater].append(rating)
    for ratings in shared.values():
        total = sum(ratings.values())
        for rater, rating in ratings.items():
            gaps[rater].append(rating - (total - rating) / (len(ratings) - 1))
    return Agreement(
        alpha=ordinal_alpha([tuple(ratings.values()) for ratings in shared.values()]),
        items=len(shared),
        ratings=sum(map(len, shared.values())),
        shares=_shares_within([tuple(ratings.values()) for ratings in shared.values()]),
        pairs=_pairs(shared),
        raters=[_one(name, own[name], gaps[name], seconds or {}, repeats or {}) for name in names],
    )


def ordinal_alpha(units: Sequence[Sequence[int]]) -> Metric:
    """Krippendorff's alpha with the ordinal distance; ``units`` holds the ratings of each answer, two or more.

    Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): coincidences within answers against what the
    values' frequencies alone would give, ``1 - (n - 1) * sum(o * d) / sum(n_c * n_k * d)``.
    """
    if not units:
        return Metric(None, reason=NOTHING_SHARED)
    value = float(_alphas(_coincidences(units).sum(axis=0)))
    return Metric(None, reason=ONE_VALUE) if math.isnan(value) else Metric(value)


def alpha_over_prompts(units: Sequence[Sequence[int]], prompts: Sequence[str], *, seed: int = 0) -> Metric:
    """``ordinal_alpha`` with its 95 % interval from drawing prompts; ``prompts`` holds that of each answer.

    Undefined with fewer than FEWEST_PROMPTS prompts, for which there is no honest interval.
    """
    if not units:
        return Metric(None, reason=NOTHING_SHARED)
    by_prompt: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for prompt, ratings in zip(prompts, units, strict=True):
        by_prompt[prompt].append(tuple(sorted(ratings)))
    if len(by_prompt) < FEWEST_PROMPTS:
        return Metric(None, reason=FEW_PROMPTS)
    # prompts with the same ratings are drawn together: how often each kind is drawn is multinomial
    counted = Counter(tuple(sorted(answers)) for answers in by_prompt.values())
    kinds = np.stack([_coincidences(answers).sum(axis=0).ravel() for answers in counted])
    times = np.fromiter(counted.values(), dtype=np.int64)
    rng, shape, number = np.random.default_rng(seed), (len(VALUES), len(VALUES)), len(by_prompt)
    value = float(_alphas((times @ kinds).reshape(shape)))
    if math.isnan(value):
        return Metric(None, reason=ONE_VALUE)
    size = max(1, _CHUNK_CELLS // len(kinds))
    samples = [
        _alphas((rng.multinomial(number, times / number, size=drawn) @ kinds).reshape(drawn, *shape))
        for drawn in (min(size, RESAMPLES - start) for start in range(0, RESAMPLES, size))
    ]
    return with_interval(value, np.concatenate(samples), prompts=number, within=(-math.inf, 1.0))


def _coincidences(units: Sequence[Sequence[int]]) -> Floats:
    """How often which two values meet within each answer, (answers, values, values)."""
    counts = np.asarray([[ratings.count(value) for value in VALUES] for ratings in units], dtype=np.float64)
    weighted = counts / (counts.sum(axis=1, keepdims=True) - 1)
    found: Floats = counts[:, :, None] * weighted[:, None, :]
    found[:, range(len(VALUES)), range(len(VALUES))] -= weighted
    return found


def _alphas(observed: Floats) -> Floats:
    """Alpha of each matrix of coincidences (..., values, values); nan where nothing is there to tell apart."""
    frequency = observed.sum(axis=-1)
    middle = np.cumsum(frequency, axis=-1) - frequency / 2
    distance = (middle[..., :, None] - middle[..., None, :]) ** 2  # how many ratings lie between two values' middles
    expected = (frequency[..., :, None] * frequency[..., None, :] * distance).sum(axis=(-2, -1))
    wrong = (frequency.sum(axis=-1) - 1) * (observed * distance).sum(axis=(-2, -1))
    share = np.divide(wrong, expected, out=np.full_like(expected, math.nan), where=expected > 0)
    return np.asarray(1 - share)


def _pairs(shared: Mapping[int, Mapping[str, int]]) -> list[PairOfRaters]:
    together: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    answers = Counter(name for ratings in shared.values() for name in ratings)
    busiest = {name for name, _ in answers.most_common(MAX_PAIRED)}
    for ratings in shared.values():
        for one, other in combinations(sorted(busiest.intersection(ratings), key=str.casefold), 2):
            together[one, other].append((ratings[one], ratings[other]))
    return [
        PairOfRaters(one, other, len(both), _kappa(both), _shares(both, NOTHING_SHARED))
        for (one, other), both in sorted(together.items(), key=lambda found: tuple(map(str.casefold, found[0])))
    ]


def _kappa(both: Sequence[tuple[int, int]]) -> Metric:
    ones, others = zip(*both, strict=True)
    if len({*ones, *others}) == 1:
        return Metric(None, reason=ONE_VALUE)
    return Metric(float(cohen_kappa_score(ones, others, labels=list(VALUES), weights="quadratic")))


def _shares(pairs: Sequence[tuple[int, int]], nothing: str) -> Shares:
    if not pairs:
        return Shares(Metric(None, reason=nothing), Metric(None, reason=nothing), 0)
    apart = [abs(one - other) for one, other in pairs]
    return Shares(
        Metric(sum(gap == 0 for gap in apart) / len(apart)),
        Metric(sum(gap <= 1 for gap in apart) / len(apart)),
        len(apart),
    )


def _shares_within(units: Sequence[Sequence[int]]) -> Shares:
    """As ``_shares`` of every two ratings of each answer, counted by value: an answer can have very many ratings."""
    pairs = equal = next_to = 0
    for ratings in units:
        counts = [ratings.count(value) for value in VALUES]
        pairs += math.comb(len(ratings), 2)
        equal += sum(math.comb(count, 2) for count in counts)
        next_to += sum(one * other for one, other in pairwise(counts))
    if not pairs:
        return _shares((), NOTHING_SHARED)
    return Shares(Metric(equal / pairs), Metric((equal + next_to) / pairs), pairs)


def _one(
    name: str,
    own_ratings: Sequence[int],
    gaps: Sequence[float],
    seconds: Mapping[str, float],
    repeats: Mapping[str, Sequence[tuple[int, int]]],
) -> OneRater:
    return OneRater(
        name=name,
        ratings=len(own_ratings),
        distribution=tuple(own_ratings.count(value) for value in VALUES),
        seconds=seconds.get(name),
        shared=len(gaps),
        difference=_mean(gaps),
        repeats=_shares(repeats.get(name, ()), "no answer was rated a second time"),
    )


def _mean(gaps: Sequence[float]) -> Metric:
    if not gaps:
        return Metric(None, reason="shares no answer with anybody")
    if len(gaps) == 1:
        return Metric(gaps[0])
    reach = float(stats.t.ppf(0.975, len(gaps) - 1)) * statistics.stdev(gaps) / math.sqrt(len(gaps))
    return Metric(statistics.mean(gaps), statistics.mean(gaps) - reach, statistics.mean(gaps) + reach)
