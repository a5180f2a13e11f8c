"""A promise about picked answers: exact bounds, a fixed order of thresholds, and how often it is broken."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.reward.guarantee.learn_then_test import (
    CONFIDENCE,
    MAX_POOR,
    Evidence,
    Picks,
    Step,
    evidence,
    fewest_answered,
    thresholds,
    upper_bound,
)
from core.reward.metrics.labels import Labels


def labels(*, groups: list[int], contexts: list[int], ratings: list[float]) -> Labels:
    """Ratings of answers, good from 4 on."""
    given = np.array(ratings, dtype=np.float64)
    return Labels(given >= 4, given, np.array(groups, dtype=np.int64), np.array(contexts, dtype=np.int64))


@pytest.mark.parametrize("poor, answered", [(0, 9), (1, 9), (5, 40), (9, 9), (0, 1)])
@pytest.mark.parametrize("confidence", CONFIDENCE)
def test_the_bound_is_that_of_clopper_and_pearson(poor: int, answered: int, confidence: float) -> None:
    """As SciPy has it for one side."""
    exact = binomtest(poor, answered, alternative="less").proportion_ci(confidence, method="exact").high
    assert upper_bound(poor, answered, confidence) == pytest.approx(exact)


@pytest.mark.parametrize("max_poor", MAX_POOR)
@pytest.mark.parametrize("confidence", CONFIDENCE)
def test_the_first_threshold_has_so_many_that_it_can_pass(max_poor: float, confidence: float) -> None:
    """One answered less could not, however good; for one in four and 90 % these are 9."""
    fewest = fewest_answered(max_poor, confidence)
    assert upper_bound(0, fewest, confidence) <= max_poor < upper_bound(0, fewest - 1, confidence)
    assert fewest_answered(0.25, 0.9) == 9


def test_the_first_failure_ends_it() -> None:
    """A laxer threshold that would pass does not count after one that failed: that is what the promise rests on."""
    failed = Evidence((Step(0.9, 8, 0), Step(0.8, 12, 0), Step(0.7, 20, 9), Step(0.0, 100, 9)), 100)
    found = failed.certified(0.25, 0.9)
    assert found is not None
    assert (found.threshold, found.answered, found.questions) == (0.8, 12, 100)
    assert Evidence((Step(0.5, 9, 2), Step(0.0, 100, 2)), 100).certified(0.25, 0.9) is None


def test_a_question_about_several_things_is_one_trial() -> None:
    """Two contexts of a question depend on each other; questions with one answer are no trial."""
    rated = labels(groups=[0, 0, 0, 0, 1, 1, 2], contexts=[0, 0, 1, 1, 2, 2, 3], ratings=[5, 1, 1, 5, 2, 1, 5])
    picks = Picks.of(rated, np.array([0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 1.0]))
    assert picks.scores.tolist() == [0.9, 0.4]
    assert picks.poor.tolist() == [False, True]
    assert len(Picks.of(labels(groups=[0], contexts=[0], ratings=[5]), np.array([0.5])).scores) == 0


def test_thresholds_fall_to_nothing() -> None:
    """The last one leaves no question out; equal scores give one."""
    fixed = thresholds(np.random.default_rng(0).random(200))
    assert (np.diff(fixed) < 0).all()
    assert fixed[-1] == 0
    assert thresholds(np.full(9, 0.5)).tolist() == [0.5, 0.0]
    assert thresholds(np.zeros(0)).tolist() == [0.0]


@pytest.mark.parametrize("told", [0.0, 1.0])
def test_the_promise_is_seldom_broken(told: float) -> None:
    """In 1,000 draws of 46 questions from a population with 30 % poor picks: at most in 1 of 10 and two errors."""
    rng = np.random.default_rng(7)
    scores = rng.random(4_000)
    poor = rng.random(4_000) < 0.3 - told * 0.3 * (2 * scores - 1)
    fixed = thresholds(scores)
    broken = 0
    for _ in range(1_000):
        rows = rng.integers(len(scores), size=46)
        found = evidence(Picks(scores[rows], poor[rows]), fixed).certified(0.25, 0.9)
        broken += found is not None and poor[scores >= found.threshold].mean() > 0.25
    assert broken <= 120
