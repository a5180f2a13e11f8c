"""A judge beside the experts: better than chance or not, leaning to length, and what its scores mean."""

import numpy as np
import pytest

from core.reward.judges.trust import Judged, judge_trust

QUESTIONS, ANSWERS = 60, 5


def judged(kind: str, *, seed: int = 0, experts: int = 3, questions: int = QUESTIONS) -> list[Judged]:
    """Answers of known worth, rated by experts who err a little, scored by a judge of this ``kind``."""
    rng = np.random.default_rng(seed)
    found = []
    for question in range(questions):
        for _ in range(ANSWERS):
            worth, words = rng.uniform(1, 5), int(rng.integers(10, 200))
            ratings = {
                f"expert {number}": float(np.clip(np.round(worth + 0.7 * rng.normal()), 1, 5))
                for number in range(experts)
            }
            score = {
                "good": worth + 0.3 * rng.normal(),
                "length": float(words),
                "chance": rng.random(),
                "constant": 7.0,
                "reversed": -worth,
            }[kind]
            found.append(Judged(str(question), ratings, float(np.median(list(ratings.values()))), score, words))
    return found


def test_a_good_judge_is_better_than_chance_and_than_an_expert() -> None:
    """On the same answers, by what the same others say; it leans to no length."""
    found = judge_trust(judged("good"), seed=0)
    assert found.better_than_chance
    assert not found.follows_length
    assert (found.answers, found.questions) == (QUESTIONS * ANSWERS, QUESTIONS)
    assert found.difference.low is not None
    assert found.difference.low > 0
    assert found.beside.value == pytest.approx(found.expert.value + found.difference.value)  # type: ignore[operator]
    assert found.error.value < found.error_without.value / 2  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["chance", "constant", "reversed"])
@pytest.mark.parametrize("seed", range(3))
def test_what_knows_nothing_is_no_better_than_chance(kind: str, seed: int) -> None:
    """A judge that draws, one that says the same of everything, and one that has it the wrong way round."""
    found = judge_trust(judged(kind, seed=seed), seed=seed)
    assert not found.better_than_chance
    assert not found.follows_length
    if kind == "constant":
        assert found.right_order.value == 0.5


def test_a_judge_that_follows_length_is_found_out() -> None:
    """Of two answers that experts hold equal it always prefers the longer one."""
    found = judge_trust(judged("length"), seed=0)
    assert found.follows_length
    assert found.longer.value == 1
    assert not found.better_than_chance


def test_one_expert_alone_cannot_be_compared_with_others() -> None:
    """The order still can; what cannot be told has a reason."""
    found = judge_trust(judged("good", experts=1), seed=0)
    assert found.better_than_chance
    for metric in (found.beside, found.expert, found.difference):
        assert metric.value is None
        assert metric.reason


def test_meanings_rise_with_the_score() -> None:
    """A map from any scale to ratings of 1 to 5."""
    meanings = judge_trust([*judged("good")], seed=0).meanings
    scores, ratings = zip(*meanings, strict=True)
    assert list(scores) == sorted(scores)
    assert list(ratings) == sorted(ratings)
    assert 1 <= ratings[0] < 2.5 < 3.5 < ratings[-1] <= 5


def test_few_questions_have_no_interval_and_none_no_figure() -> None:
    """Nothing is claimed from nothing."""
    assert judge_trust([], seed=0).right_order.value is None
    few = judge_trust(judged("good", questions=3), seed=0)
    assert few.right_order.low is None
    assert not few.better_than_chance
    assert few.error.value is None
