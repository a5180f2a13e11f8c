"""Agreement of raters: right where it is defined, and undefined in words where it is not."""

import random

import krippendorff
import pytest

from core.domain.metrics import Metric
from core.reward.metrics.agreement import (
    FEW_PROMPTS,
    NOTHING_SHARED,
    ONE_VALUE,
    agreement,
    alpha_over_prompts,
    ordinal_alpha,
)


def invented(items: int, raters: int, noise: float, seed: int) -> list[tuple[int, str, int]]:
    """Ratings around a true value; each rater leaves out about a third of the answers."""
    draw = random.Random(seed)
    given = []
    for item in range(items):
        true = draw.randint(1, 5)
        for rater in range(raters):
            if draw.random() < 0.67:
                value = true if draw.random() > noise else draw.randint(1, 5)
                given.append((item, f"rater {rater}", value))
    return given


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("raters", [2, 3, 5])
def test_alpha_is_that_of_an_independent_computation(raters, noise):
    """Missing ratings, few or many raters, much or no noise: the same as the package that computes nothing else."""
    given = invented(60, raters, noise, seed=raters)
    table = [[float("nan")] * 60 for _ in range(raters)]
    for item, rater, value in given:
        table[int(rater.split()[1])][item] = value
    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="ordinal", value_domain=[1, 2, 3, 4, 5])
    assert agreement(given).alpha.value == pytest.approx(expected, abs=1e-12)


def test_full_agreement_is_one_and_opposite_verdicts_are_below_zero():
    """The two ends of the scale."""
    assert ordinal_alpha([(1, 1), (5, 5), (3, 3)]).value == 1.0
    opposite = ordinal_alpha([(1, 5), (5, 1), (1, 5)]).value
    assert opposite is not None
    assert opposite < 0


@pytest.mark.parametrize(
    "given,reason",
    [
        ([], NOTHING_SHARED),
        ([(1, "Ana", 4), (2, "Ben", 2)], NOTHING_SHARED),
        ([(1, "Ana", 3), (1, "Ben", 3), (2, "Ana", 3), (2, "Ben", 3)], ONE_VALUE),
    ],
    ids=["nothing", "nothing shared", "only threes"],
)
def test_undefined_is_said_with_its_reason(given, reason):
    """No number stands where none can be computed, and the kappas say the same."""
    found = agreement(given)
    assert (found.alpha.value, found.alpha.reason) == (None, reason)
    assert all((pair.kappa.value, pair.kappa.reason) == (None, reason) for pair in found.pairs)


def test_every_figure_says_on_how_many_answers():
    """Counts, shares, kappa and difference on data small enough to compute by hand."""
    given = [(1, "Ben", 1), (1, "ana", 1), (2, "Ben", 2), (2, "ana", 4), (3, "Ben", 5), (4, "ana", 4), (3, "ana", 4)]
    found = agreement(given, seconds={"ana": 3.5}, repeats={"Ben": [(2, 3), (5, 5)]})
    assert (found.items, found.ratings, found.shares.pairs) == (3, 6, 3)
    assert (found.shares.exact.value, found.shares.within_1.value) == pytest.approx((1 / 3, 2 / 3))
    (pair,) = found.pairs
    assert (pair.one, pair.other, pair.items) == ("ana", "Ben", 3)
    ana, ben = found.raters  # by name, whatever the figures
    assert (ana.name, ana.ratings, ana.distribution, ana.seconds, ana.shared) == ("ana", 4, (1, 0, 0, 3, 0), 3.5, 3)
    assert (ben.repeats.exact.value, ben.repeats.within_1.value, ben.repeats.pairs) == (0.5, 1.0, 2)
    assert ben.seconds is None
    assert ana.difference.value == pytest.approx(1 / 3)
    assert ana.difference.low is not None
    assert ana.difference.high is not None
    assert ana.difference.low < 0 < ana.difference.high
    assert ben.difference.value == pytest.approx(-1 / 3)


def test_a_rater_who_shares_nothing_has_no_difference():
    """Their counts are there all the same."""
    found = agreement([(1, "Ana", 4), (2, "Ben", 2), (2, "Cem", 2)])
    assert found.raters[0].ratings == 1
    assert found.raters[0].difference.value is None


def test_the_interval_holds_the_true_alpha_about_as_often_as_it_says():
    """Of many small samples of one population, drawn prompt by prompt with two answers each."""
    population = invented(4_000, 2, 0.4, seed=1)
    by_item: dict[int, list[int]] = {}
    for item, _, value in population:
        by_item.setdefault(item, []).append(value)
    units = {item: values for item, values in by_item.items() if len(values) == 2}
    true = ordinal_alpha(list(units.values())).value
    assert true is not None
    draw, held = random.Random(2), 0
    for _ in range(100):
        chosen = draw.sample(sorted(units), 60)
        found = alpha_over_prompts([units[item] for item in chosen], [str(place // 2) for place in range(60)])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= true <= found.high
    assert held >= 88


def test_answers_to_few_prompts_give_no_alpha():
    """Nine prompts are too few, however many answers they have; with ten there is an interval."""
    units = [(place % 5 + 1, place % 3 + 1) for place in range(90)]
    few = alpha_over_prompts(units, [str(place % 9) for place in range(90)])
    assert (few.value, few.reason) == (None, FEW_PROMPTS)
    enough = alpha_over_prompts(units, [str(place % 10) for place in range(90)])
    assert enough.value == ordinal_alpha(units).value
    assert enough.low is not None


def test_prompts_with_many_answers_widen_the_interval():
    """Answers of one prompt resemble each other: drawing answers would claim too much."""
    draw = random.Random(4)
    units, prompts = [], []
    for prompt in range(20):
        noisy = prompt % 2
        for _ in range(10):
            true = draw.randint(1, 5)
            units.append((true, draw.randint(1, 5) if noisy else true))
            prompts.append(str(prompt))
    by_prompt = alpha_over_prompts(units, prompts)
    by_answer = alpha_over_prompts(units, [str(place) for place in range(len(units))])
    assert by_prompt.value == by_answer.value
    assert _width(by_prompt) > 1.2 * _width(by_answer)


def _width(metric: Metric) -> float:
    assert metric.low is not None
    assert metric.high is not None
    return metric.high - metric.low
