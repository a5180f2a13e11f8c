"""Agreement of raters about A or B: how often two of them say the same of one pair, beside chance."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.domain.comparisons.picks import Verdict
from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import FEWEST_PROMPTS, draws, ratio, with_interval

NOTHING_SHARED = "no pair was compared by two people"


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Agreement of two raters on one pair."""

    equal: Metric
    """Share of equal verdicts among all two raters of one pair; its interval is from drawing pairs."""
    chance: float | None
    """The share that raters would reach who press each key as often as these did, whatever they see."""
    pairs: int
    """Compared by two people or more."""
    comparisons: int
    """Verdicts in all, of one person too."""


def agreement_of_pairs(given: Collection[tuple[int, int, str]]) -> PairAgreement:
    """Compute it from one verdict (``Verdict``) per pair and rater.

    Chance: sides are drawn, so whoever cannot tell picks either answer as often; two such raters pick the same one in
    half of the cases in which both pick one. With the shares of picks p, of equal e and of neither n it is
    p**2 / 2 + e**2 + n**2 (Scott's pi, of which the two answers share one frequency).
    """
    by_pair: dict[int, list[str]] = defaultdict(list)
    for number, _, verdict in given:
        by_pair[number].append(verdict)
    shared = [said for said in by_pair.values() if len(said) > 1]
    if not shared:
        return PairAgreement(Metric(None, reason=NOTHING_SHARED), None, 0, len(given))
    same = np.array([sum(one == other for one, other in combinations(said, 2)) for said in shared], dtype=float)
    of = np.array([len(said) * (len(said) - 1) / 2 for said in shared])
    value = float(same.sum() / of.sum())
    samples = [ratio(times @ same, times @ of) for times in draws(np.arange(len(shared)), seed=0)]
    equal = Metric(value)
    if len(shared) >= FEWEST_PROMPTS:
        equal = with_interval(value, np.concatenate(samples), prompts=len(shared), within=(0.0, 1.0))
    counted = Counter(verdict for said in shared for verdict in said)
    picked = counted[Verdict.FIRST] + counted[Verdict.SECOND]
    total = counted.total()
    chance = (
        ((picked / total) ** 2 / 2) + (counted[Verdict.EQUAL] / total) ** 2 + (counted[Verdict.NEITHER] / total) ** 2
    )
    return PairAgreement(equal, chance, len(shared), len(given))
