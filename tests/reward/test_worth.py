"""The worth of all answers: intervals that hold the truth, and scores that can only help."""

import numpy as np
import pytest

from core.reward.worth.prediction_powered import (
    FEWEST_QUESTIONS,
    Sampled,
    estimate,
)

ANSWERS = (1, 2, 3, 5)


def system(rng: np.random.Generator, *, told: float, questions: int = 600, lift: float = 0.0) -> dict[str, np.ndarray]:
    """Answers of one system, summed by question: how many, their scores, and what experts would say; alike within."""
    sizes = rng.choice(ANSWERS, size=questions).astype(float)
    number = np.repeat(np.arange(questions), sizes.astype(int))
    shared = 0.5 * rng.normal(size=questions)[number]
    seen = rng.normal(size=len(number))
    values = np.clip(np.round(3 + lift + seen + shared + 0.5 * rng.normal(size=len(number))), 1, 5)
    scores = 3 + told * seen + (1 - told) * rng.normal(size=len(number))
    return {
        "answers": sizes,
        "scores": np.bincount(number, weights=scores),
        "values": np.bincount(number, weights=values),
    }


def drawn(found: dict[str, np.ndarray], sampled: np.ndarray) -> Sampled:
    """What is known where only the ``sampled`` questions are rated."""
    return Sampled(found["answers"], found["scores"], sampled, np.where(sampled, found["values"], np.nan))


def sample(rng: np.random.Generator, questions: int, size: int) -> np.ndarray:
    chosen = np.zeros(questions, dtype=bool)
    chosen[rng.choice(questions, size, replace=False)] = True
    return chosen


@pytest.mark.parametrize("size", [30, 200])
@pytest.mark.parametrize("told", [0.0, 1.0])
def test_the_interval_holds_the_truth(size: int, told: float) -> None:
    """In 95 of 100 draws, give or take; narrower with good scores, and as wide as without where they tell nothing."""
    found = system(np.random.default_rng(1), told=told)
    truth = found["values"].sum() / found["answers"].sum()
    held, widths = 0, []
    for draw in range(400):
        result = estimate(drawn(found, sample(np.random.default_rng(draw), 600, size)))
        mean, alone = result.mean, result.alone
        assert mean.low is not None
        assert mean.high is not None
        held += mean.low <= truth <= mean.high
        widths.append((mean.high - mean.low) / (alone.high - alone.low))  # type: ignore[operator]
        assert 0 <= result.weight <= 1
    assert 0.92 <= held / 400 <= 0.985
    assert (np.mean(widths) < 0.85) if told else (np.mean(widths) > 0.97)


def test_what_is_rated_completely_is_known() -> None:
    """Where every question was drawn there is nothing left to estimate."""
    found = system(np.random.default_rng(2), told=1.0, questions=80)
    result = estimate(drawn(found, np.ones(80, dtype=bool)))
    truth = found["values"].sum() / found["answers"].sum()
    assert (result.mean.low, result.mean.high) == (pytest.approx(truth), pytest.approx(truth))


def test_answers_that_are_all_alike_tell_nothing_of_the_others():
    """Every drawn answer good is no proof that all are: a value without an interval."""
    sampled = np.arange(100) < 40
    ones = np.ones(100)
    found = estimate(Sampled(ones, 0.5 * ones, sampled, ones), within=(0.0, 1.0))
    assert (found.mean.value, found.mean.low, found.mean.high) == (1.0, None, None)


def test_too_few_questions_are_a_reason() -> None:
    """Below 30 no number is given, with how many there are."""
    found = system(np.random.default_rng(3), told=1.0)
    result = estimate(drawn(found, sample(np.random.default_rng(3), 600, FEWEST_QUESTIONS - 1)))
    assert result.mean.value is None
    assert result.mean.reason == "not estimable: 29 sampled questions of the 30 that are needed"
