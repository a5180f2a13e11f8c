"""Figures of an LLM judge on made ratings of known worth, and the sentence that they come to."""

import itertools

import numpy as np
import pytest

from core.domain.judges.scores import Choice, Judged, Place
from core.domain.metrics import Metric
from core.reward.judges.figures import FEWEST_QUESTIONS, measure
from core.reward.judges.verdict import verdict

EXPERTS = ("Ana", "Ben", "Cleo")


def answers(questions=60, *, experts=EXPERTS, noise=0.6, seed=1):
    """Five answers to each question: of a true worth, rated by each expert with a little noise, of any length."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(questions * 5):
        worth = rng.uniform(1, 5)
        given = tuple((name, int(np.clip(round(worth + rng.normal(0, noise)), 1, 5))) for name in experts)
        middle = float(np.median([rating for _, rating in given]))
        found.append((f"q{number // 5}", worth, int(rng.integers(20, 400)), middle, given))
    return found


def judged(rows, score):
    """What ``measure`` reads, by the score of each (worth, words, rating)."""
    return [
        Judged(number, question, question, float(score(worth, words, rating)), words, rating, given)
        for number, (question, worth, words, rating, given) in enumerate(rows)
    ]


def known(metric: Metric) -> tuple[float, float, float]:
    """Value and bounds of a figure that has them."""
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    return metric.value, metric.low, metric.high


def noisy(seed=2, spread=0.6):
    rng = np.random.default_rng(seed)
    return lambda worth, words, rating: worth + rng.normal(0, spread)


def test_a_judge_that_is_an_expert_is_as_good_as_one():
    """Made as the experts are made: the same right order against the same others, and the sentence says so."""
    differences, said = [], []
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        rows = answers(100, seed=seed)
        figures = measure(judged(rows, lambda worth, *_, rng=rng: np.clip(round(worth + rng.normal(0, 0.6)), 1, 5)))
        assert figures.better_than_chance
        assert [one.rater for one in figures.experts] == list(EXPERTS)
        differences.append(known(figures.beside.difference))
        said.append(verdict("j", figures))
    assert np.mean([value for value, _, _ in differences]) == pytest.approx(0, abs=0.01)
    assert sum(low <= 0 <= high for _, low, high in differences) >= 17
    assert sum("as good as a single expert (" in sentence for sentence in said) >= 15


def test_judge_and_expert_are_held_against_the_same_others_on_the_same_answers():
    """By hand: three experts, two answers; each expert's pair is judged by the median of the other two."""
    rows = [
        ("q0", 0, 10, 2.0, (("Ana", 1), ("Ben", 2), ("Cleo", 2))),
        ("q0", 0, 10, 4.0, (("Ana", 1), ("Ben", 4), ("Cleo", 5))),
    ]
    many = [(f"q{n}", *row[1:]) for n in range(40) for row in rows]
    figures = measure(judged(many, lambda worth, words, rating: -rating))
    ana, ben, cleo = figures.experts
    assert (ana.expert.value, ben.expert.value, cleo.expert.value) == (0.5, 1.0, 1.0)  # Ana's tie counts half
    assert {one.judge.value for one in figures.experts} == {0.0}
    assert (figures.beside.pairs, figures.beside.experts.value) == (120, pytest.approx(2.5 / 3))


def test_a_judge_that_is_less_than_an_expert_is_called_so():
    """Far noisier than they are, and still better than chance."""
    figures = measure(judged(answers(150), noisy(spread=3)))
    assert figures.better_than_chance
    assert known(figures.beside.difference)[2] < 0
    assert "less than a single expert manages" in verdict("j", figures)


def test_a_judge_that_follows_length_is_called_so():
    """Longer answers are better ones a little: better than chance, and leaning to length."""
    figures = measure(judged(answers(), lambda worth, words, rating: words))
    assert known(figures.longer)[1] > 0.9
    assert not figures.better_than_chance
    sentence = verdict("j", figures)
    assert "no better than chance" in sentence
    assert "it leans to longer answers" in sentence
    assert figures.length_alone == figures.right_order  # that is all it goes by
    assert f"the longer of two is the better one in {100 * known(figures.right_order)[0]:.0f} of 100 cases" in sentence
    both = measure(judged(answers(), lambda worth, words, rating: 100 * worth + words))
    assert both.better_than_chance
    assert "better than chance" in verdict("j", both)
    assert "but it leans to longer answers" in verdict("j", both)
    assert "leans to shorter" in verdict("j", measure(judged(answers(), lambda worth, words, rating: -words)))


def test_a_judge_without_a_leaning_is_not_accused_of_one():
    """Of 20 judges whose errors have nothing to do with length."""
    said = [verdict("j", measure(judged(answers(60, seed=n), noisy(n)))) for n in range(20)]
    assert not any("leans" in sentence for sentence in said)


def test_shuffled_scores_are_no_better_than_chance():
    """At most so often as the range allows: the lower bound is above a half in about 1 of 40 shuffles."""
    rows = answers(60)
    passed = 0
    for seed in range(60):
        shuffled = iter(np.random.default_rng(seed).permutation([row[3] for row in rows]))
        figures = measure(judged(rows, lambda worth, words, rating, left=shuffled: next(left)))
        passed += figures.better_than_chance
        if not figures.better_than_chance and not figures.upside_down:
            assert "no better than chance" in verdict("j", figures)
    assert passed <= 5


def test_a_constant_judge_says_nothing():
    """Every pair is tied: exactly a half, no range, no map that rises, nothing that parts from it."""
    figures = measure(judged(answers(), lambda worth, words, rating: 7))
    order = figures.right_order
    assert (order.value, order.low, order.high, figures.ties) == (0.5, 0.5, 0.5, 1.0)
    assert (figures.better_than_chance, figures.upside_down, figures.apart) == (False, False, ())
    assert "gives the answers to one question the same score" in verdict("j", figures)


def test_a_scale_that_is_upside_down_is_told():
    """Nothing is better than chance there, and the sentence says what to look at."""
    figures = measure(judged(answers(), lambda worth, words, rating: -worth))
    assert (figures.upside_down, figures.better_than_chance) == (True, False)
    assert "seems to be upside down" in verdict("j", figures)
    assert figures.apart == ()


def test_the_map_rises_and_its_error_is_that_on_unseen_questions():
    """On scores without any meaning it is not closer than the mean, which a fit on its own data would be."""
    rows = answers(60)
    good = measure(judged(rows, noisy(spread=0.3))).map
    ratings = [rating for _, rating in good.points]
    assert ratings == sorted(ratings)
    assert [score for score, _ in good.points] == sorted(score for score, _ in good.points)
    assert known(good.error)[0] < 0.5 < 1 < known(good.error_of_mean)[0]
    rng = np.random.default_rng(5)
    noise = measure(judged(rows, lambda worth, words, rating: rng.normal())).map
    assert known(noise.error)[0] > 0.97 * known(noise.error_of_mean)[0]


@pytest.mark.parametrize("scale", [lambda x: x, lambda x: 1e300 * x, lambda x: 1e-300 * x, lambda x: -50 + x / 1000])
def test_the_scale_does_not_matter(scale):
    """Very large and very small numbers neither; the figures are those of the order."""
    rows = answers(40)
    plain = measure(judged(rows, lambda worth, words, rating: round(worth, 3)))
    other = measure(judged(rows, lambda worth, words, rating: scale(round(worth, 3))))
    assert other.right_order == plain.right_order
    assert other.beside == plain.beside
    assert other.map.error.value == pytest.approx(plain.map.error.value, abs=0.02)


def test_answers_where_judge_and_experts_part_come_furthest_first():
    """A judge that is right but for three answers, which it turns round."""
    rows = answers(60, noise=0.1)
    wrong = {4, 10, 200}
    numbered = itertools.count()
    figures = measure(judged(rows, lambda worth, words, rating: 6 - worth if next(numbered) in wrong else worth))
    far = [abs(one.rating - one.reads_as) for one in figures.apart]
    assert far == sorted(far, reverse=True)
    listed = {one.interaction_id for one in figures.apart if abs(one.rating - one.reads_as) > 1.5}
    assert listed == {number for number in wrong if abs(rows[number][1] - 3) > 0.9}


def test_too_few_questions_are_too_few():
    """29 say nothing, 30 do; one question, one answer each, and nothing at all neither."""
    few = measure(judged(answers(FEWEST_QUESTIONS - 1), noisy()))
    assert few.right_order.value is None
    assert (few.better_than_chance, few.questions, few.map) == (False, 29, None)
    assert "only 29 questions" in verdict("j", few)
    assert "cannot be said yet" in verdict("j", few)
    assert measure(judged(answers(FEWEST_QUESTIONS), noisy())).better_than_chance
    assert "only 1 question has" in verdict("j", measure(judged(answers(1), noisy())))
    assert measure([]).right_order.value is None
    alone = [row for place, row in enumerate(answers(60)) if place % 5 == 0]
    figures = measure(judged(alone, noisy()))
    assert (figures.questions, figures.right_order.value) == (60, None)
    assert "no question has two answers that the judge scored" in verdict("j", figures)


def test_answers_that_nobody_rated_are_left_out():
    """They are counted as scored, and change no figure."""
    rows = answers(60)
    known = judged(rows, noisy())
    unrated = [Judged(1_000 + n, f"q{n}", f"q{n}", 9.0, 10, None) for n in range(60)]
    with_them, without = measure([*known, *unrated]), measure(known)
    assert (with_them.scores, with_them.answers) == (360, 300)
    assert with_them.right_order == without.right_order


def test_answers_compare_within_one_context_only():
    """Two questions of one wording about two things are one question to the range, and never compared."""
    rows = answers(60)
    whole = [
        Judged(n, question, f"{question} {n % 2}", worth, words, rating, given)
        for n, (question, worth, words, rating, given) in enumerate(rows)
    ]
    figures = measure(whole)
    pairs = sum(
        one[3] != other[3]
        for (n, one), (m, other) in itertools.combinations(enumerate(rows), 2)
        if one[0] == other[0] and n % 2 == m % 2
    )
    assert (figures.pairs, figures.questions) == (pairs, 60)


def test_one_expert_alone_leaves_nothing_to_stand_beside():
    """The judge is measured all the same."""
    figures = measure(judged(answers(experts=("Ana",)), noisy()))
    assert figures.better_than_chance
    assert (figures.beside.judge.value, figures.experts) == (None, ())
    assert "single expert" not in verdict("j", figures)


def choices(number, judge, people):
    return [Choice(f"q{n}", judge(n), people(n)) for n in range(number)]


def test_a_leaning_to_the_first_is_told_from_being_right():
    """A judge that is right where the better answer stands first twice as often leans to nothing; one that always says
    "first" does; where the better one always stands first nothing can be said.
    """
    often_first = {0: Place.FIRST, 1: Place.FIRST, 2: Place.SECOND}
    right = choices(90, lambda n: often_first[n % 3], lambda n: often_first[n % 3])
    assert measure([], right).first.value == 0.5
    always = measure([], choices(90, lambda n: Place.FIRST, lambda n: often_first[n % 3])).first
    assert (always.value, always.low) == (1.0, 1.0)
    unknown = measure([], choices(90, lambda n: Place.FIRST, lambda n: Place.FIRST)).first
    assert unknown.value is None
    assert "the same place" in (unknown.reason or "")
    ties = measure([], choices(90, lambda n: Place.TIE, lambda n: Place.TIE)).first
    assert ties.value == 0.5
    full = measure(judged(answers(), noisy()), choices(90, lambda n: Place.FIRST, lambda n: often_first[n % 3]))
    assert "it leans to whatever comes first" in verdict("j", full)
