"""The worth of all answers: intervals that hold the truth, and scores that can only help."""

import numpy as np
import pytest

from core.reward.worth.prediction_powered import FEWEST_QUESTIONS, Sampled, difference, estimate, ratings_for
from core.reward.worth.sampling import draw, questions_for

ANSWERS = (1, 2, 3, 5)
System = dict[str, np.ndarray]


def system(rng: np.random.Generator, *, told: float, questions: int = 600, lift: float = 0.0) -> System:
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
        "good": np.bincount(number, weights=values >= 4),
    }


def drawn(found: System, random: np.ndarray, certain: np.ndarray | None = None, values: str = "values") -> Sampled:
    """What is known where only these questions are rated."""
    certain = np.zeros(len(random), dtype=bool) if certain is None else certain
    return Sampled(
        questions=int((~certain).sum()),
        answers=float(found["answers"][~certain].sum()),
        scores=float(found["scores"][~certain].sum()),
        rated=found["answers"][random],
        rated_scores=found["scores"][random],
        values=found[values][random],
        certain_answers=float(found["answers"][certain].sum()),
        certain_rated=float(found["answers"][certain].sum()),
        certain_values=float(found[values][certain].sum()),
    )


def sample(rng: np.random.Generator, questions: int, size: int) -> np.ndarray:
    chosen = np.zeros(questions, dtype=bool)
    chosen[rng.choice(questions, size, replace=False)] = True
    return chosen


def width(metric) -> float:
    return metric.high - metric.low


@pytest.mark.parametrize("size", [30, 200])
@pytest.mark.parametrize("told", [0.0, 1.0])
@pytest.mark.parametrize("share", [False, True])
def test_the_interval_holds_the_truth(size: int, told: float, share: bool) -> None:
    """In 95 of 100 draws, give or take; narrower with good scores, and as wide as without where they tell nothing."""
    found, values = system(np.random.default_rng(1), told=told), "good" if share else "values"
    truth = found[values].sum() / found["answers"].sum()
    held, widths, saved = 0, [], []
    for number in range(400):
        result = estimate(drawn(found, draw(found["answers"], size, seed=number).random, values=values), share=share)
        mean = result.mean
        held += mean.low <= truth <= mean.high
        widths.append(width(mean) / width(result.alone))
        saved.append(result.saved)
        assert 0 <= result.weight <= 1
    assert 0.92 <= held / 400 <= 0.985
    assert (np.mean(widths) < 0.9) if told else (np.mean(widths) > 0.98)
    assert (np.mean(saved) > size / 2) if told and not share else np.mean(saved) >= 0


def test_shuffled_scores_save_nothing() -> None:
    """Scores that belong to other answers get hardly any weight, and the range is as wide as without."""
    found = system(np.random.default_rng(4), told=1.0)
    rng = np.random.default_rng(5)
    per_answer = found["scores"] / found["answers"]
    ratios = []
    for number in range(200):
        shuffled = found | {"scores": rng.permutation(per_answer) * found["answers"]}
        result = estimate(drawn(shuffled, draw(found["answers"], 60, seed=number).random), share=False)
        ratios.append(width(result.mean) / width(result.alone))
    assert np.mean(ratios) > 0.99


def test_a_very_large_question_is_taken_with_certainty() -> None:
    """One question with a third of the answers, unlike the others: a range that holds, whichever were drawn."""
    rng = np.random.default_rng(6)
    found = system(rng, told=1.0, questions=150)
    for name, value in (("answers", 200.0), ("values", 1000.0), ("scores", 900.0)):
        found[name] = np.append(found[name], value)
    truth, held = found["values"].sum() / found["answers"].sum(), 0
    for number in range(300):
        chosen = draw(found["answers"], 40, seed=number)
        assert np.flatnonzero(chosen.certain).tolist() == [150]
        assert chosen.random.sum() == 40
        assert not (chosen.random & chosen.certain).any()
        mean = estimate(drawn(found, chosen.random, chosen.certain), share=False).mean
        held += mean.low <= truth <= mean.high
    assert 0.92 <= held / 300 <= 0.985


def test_every_question_of_the_rest_is_drawn_as_often_as_another() -> None:
    """However many answers it has: a draw by size, or one that stops at enough answers, would be none."""
    sizes = np.array([1.0] * 50 + [5.0] * 50)
    often = sum(draw(sizes, 20, seed=number).random for number in range(2000)) / 2000
    assert abs(often[:50].mean() - 0.2) < 0.01
    assert abs(often[50:].mean() - 0.2) < 0.01


def test_as_many_questions_as_give_about_so_many_answers() -> None:
    """By their mean number of answers; where more are wanted than there are, all."""
    assert questions_for(np.full(100, 4.0), 60) == 15
    assert questions_for(np.full(100, 4.0), 10_000) == 100
    assert questions_for(np.append(np.full(99, 1.0), 50.0), 80) == 30


def test_where_everything_is_rated_the_range_is_for_more_questions_like_these() -> None:
    """The value is that of all; scores add nothing."""
    found = system(np.random.default_rng(2), told=1.0, questions=80)
    result = estimate(drawn(found, np.ones(80, dtype=bool)), share=False)
    assert result.mean.value == pytest.approx(found["values"].sum() / found["answers"].sum())
    assert width(result.mean) > 0.1
    assert (result.weight, result.saved) == (0.0, 0)


def test_answers_that_are_all_alike_tell_nothing_of_the_others() -> None:
    """Every drawn answer good is no proof that all are: a value without an interval."""
    ones = np.ones(40)
    found = estimate(Sampled(100, 100.0, 50.0, ones, ones / 2, ones), share=True)
    assert (found.mean.value, found.mean.low, found.mean.high) == (1.0, None, None)


def test_where_hardly_a_question_differs_the_range_is_not_nothing() -> None:
    """A third of the answers to each drawn question is good: others may differ all the same."""
    threes = np.full(40, 3.0)
    found = estimate(Sampled(100, 300.0, 100.0, threes, threes / 3, threes / 3), share=True).mean
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 / 3 < found.high


def test_too_few_questions_are_a_reason() -> None:
    """Below 30 no number is given, with how many there are."""
    found = system(np.random.default_rng(3), told=1.0)
    result = estimate(drawn(found, sample(np.random.default_rng(3), 600, FEWEST_QUESTIONS - 1)), share=False)
    assert result.mean.value is None
    assert result.mean.reason == "not estimable: 29 sampled questions of the 30 that are needed"


@pytest.mark.parametrize("paired", [True, False])
def test_a_difference_holds_the_truth(paired: bool) -> None:
    """Of two systems that answered the same questions, and of two that answered different ones."""
    rng = np.random.default_rng(7)
    common = 0.8 * rng.normal(size=600)
    answered = np.ones((2, 600), dtype=bool)
    if not paired:
        answered[0, 300:] = answered[1, :300] = False
    good = np.stack([(common + lift + 0.5 * rng.normal(size=600) > 0) for lift in (0.3, 0.0)]) * answered
    scores = good * 0.6 + 0.2 * rng.normal(size=(2, 600)) * answered
    truth = good[0].sum() / answered[0].sum() - good[1].sum() / answered[1].sum()
    held, widths = 0, []
    for number in range(400):
        chosen = sample(np.random.default_rng(number), 600, 120)
        one, other = (
            Sampled(600, float(a.sum()), float(s.sum()), a[chosen].astype(float), s[chosen], g[chosen].astype(float))
            for a, s, g in zip(answered, scores, good, strict=True)
        )
        found = difference(one, other)
        held += found.low <= truth <= found.high
        apart = [estimate(each, share=True).mean for each in (one, other)]
        widths.append(width(found) / np.hypot(width(apart[0]), width(apart[1])))
    assert 0.92 <= held / 400 <= 0.985
    assert np.mean(widths) < (0.95 if paired else 1.1)


def test_the_ratings_that_are_needed_are_enough() -> None:
    """With so many the range is about as narrow as was asked for."""
    found = system(np.random.default_rng(8), told=0.0, questions=3000)
    first = drawn(found, sample(np.random.default_rng(9), 3000, 100), values="good")
    wanted = ratings_for(estimate(first, share=True), first, 0.04)
    questions = round(wanted / found["answers"].mean())
    then = estimate(drawn(found, sample(np.random.default_rng(10), 3000, questions), values="good"), share=True).mean
    assert width(then) == pytest.approx(0.08, rel=0.2)
