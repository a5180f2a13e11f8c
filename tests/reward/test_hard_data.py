"""Data on which no model may come into use, however it came about: each gets a plain sentence that says why."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from core.domain.records import Example
from core.domain.verdicts.figures import Basis
from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Judgement, Use
from core.reward.training.events import Refused, TrainingResult
from core.reward.training.figures import kept_apart_figures, learned_from_one_person
from core.reward.training.trainer import train
from tests.reward.fakes import embedder, rated_answers

SEEDS = (0, 1)
NOT_USED = {
    Gate.TOO_FEW_QUESTIONS: "Not used: too few questions to tell skill from luck.",
    Gate.CHANCE: "Not used: not clearly better than guessing.",
    Gate.LENGTH: "Not used: not clearly better than the length of the answer.",
    Gate.FOLLOWS_LENGTH: "Not used: it follows the length of the answer.",
}


def trained(examples: Sequence[Example], *, seed: int, minimum: int = 1) -> TrainingResult | Refused:
    steps = train(examples, recipe="pair", embedder=embedder(), seed=seed, positive_threshold=4, minimum=minimum)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def result(examples: Sequence[Example], *, seed: int = 0) -> TrainingResult:
    found = trained(examples, seed=seed)
    assert isinstance(found, TrainingResult)
    return found


def judged(found: TrainingResult) -> Judgement:
    decision = found.judged.decision
    return Judgement(found.figures, decision.gate, decision.reason, None, found.one_person)


def answers_of_length(rating: Callable[[int], float], *, seed: int, questions: int = 30) -> list[Example]:
    """Answers of 5 to 80 random words, which say nothing of what was asked, rated by their length."""
    rng = random.Random(seed)
    words = [f"word{number}" for number in range(400)]
    examples: list[Example] = []
    for number in range(questions):
        for _ in range(4):
            length = rng.randint(5, 80)
            text = " ".join(rng.choices(words, k=length))
            examples.append(Example(len(examples) + 1, f"question {number}?", text, None, rating(length)))
    return examples


def longer(length: int) -> float:
    return 1.0 + min(4, length // 16)


def shorter(length: int) -> float:
    return 5.0 - min(4, length // 16)


def middle(length: int) -> float:
    return 5.0 if 20 <= length <= 50 else 2.0


def shuffled(examples: Sequence[Example], seed: int) -> list[Example]:
    ratings = [example.rating for example in examples]
    random.Random(seed).shuffle(ratings)
    return [replace(example, rating=rating) for example, rating in zip(examples, ratings, strict=True)]


def constant(seed: int) -> list[Example]:
    """The same answer everywhere: whatever is scored is scored alike."""
    return [replace(example, response="the same") for example in shuffled(rated_answers(30), seed)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "make, gates",
    [
        (lambda seed: answers_of_length(longer, seed=seed), {Gate.LENGTH}),
        (lambda seed: answers_of_length(shorter, seed=seed), {Gate.LENGTH}),
        (lambda seed: answers_of_length(middle, seed=seed), {Gate.FOLLOWS_LENGTH, Gate.LENGTH}),
        (lambda seed: shuffled(rated_answers(30), seed), {Gate.LENGTH, Gate.CHANCE}),
        (constant, {Gate.LENGTH, Gate.CHANCE}),
    ],
    ids=["longer is better", "shorter is better", "middle length is best", "shuffled", "constant"],
)
def test_none_of_these_is_promoted_and_each_says_why(
    make: Callable[[int], list[Example]], gates: set[Gate], seed: int
) -> None:
    """The rule refuses it whatever the seed, and the sentence names the reason first."""
    found = judged(result(make(seed), seed=seed))
    assert not found.promoted
    assert found.gate in gates
    assert found.sentence(Use.NOT_USED).startswith(NOT_USED[found.gate])


def test_where_middle_length_is_best_the_model_is_refused_for_following_it() -> None:
    """It beats "longer is better" clearly, which was enough before; the rule that may bend is what it follows."""
    examples = answers_of_length(middle, seed=1, questions=80)
    # answers of the best length that lead with one word, so that there is something to learn beside length
    found = result([replace(e, response=("fine " * 3 if e.rating > 4 else "") + e.response) for e in examples], seed=1)
    assert (found.evaluation.versus_length.low or 0) > 0
    assert found.figures.rule == "length_curve"


def test_one_class_is_refused_before_anything_is_computed() -> None:
    """Nothing is good, so there is no version and no verdict: one sentence."""
    found = trained([replace(example, rating=3.0) for example in rated_answers(20)], seed=0)
    assert isinstance(found, Refused)
    assert "no difference to learn" in found.reason


@pytest.mark.parametrize("seed", SEEDS)
def test_twelve_ratings_are_too_few_questions(seed: int) -> None:
    """A number, but no interval, and no promotion."""
    found = trained(rated_answers(3, seed=seed), seed=seed)
    if isinstance(found, Refused):
        assert found.reason.startswith("Only one question")
        return
    said = judged(found).sentence(Use.NOT_USED)
    assert said.startswith(NOT_USED[Gate.TOO_FEW_QUESTIONS])
    assert "[" not in said


def test_answers_that_cannot_be_compared_within_questions_are_measured_by_auc() -> None:
    """One answer a question: of a good and a poor answer, not of two answers to a question."""
    found = result(rated_answers(120, 1))
    assert found.figures.measure == "roc_auc"
    assert found.figures.right_order == found.evaluation.metrics["roc_auc"]
    assert found.figures.better_pick.reason == "not estimable: no question has two rated answers"
    assert "Of a good and a poor answer it scores the good one higher" in judged(found).sentence(Use.NOT_USED)


def test_figures_are_those_of_the_evaluation_and_their_rule_the_best_one() -> None:
    """Right order is its pairwise accuracy; no other simple rule has a higher one."""
    found = result(rated_answers(40))
    figures = found.figures
    assert figures.basis is Basis.CROSS_VALIDATED
    assert (figures.answers, figures.questions, figures.measure) == (160, 40, "pairwise_accuracy")
    assert figures.right_order == found.evaluation.metrics["pairwise_accuracy"]
    assert figures.accuracy == found.evaluation.metrics["accuracy"]
    order = {
        name: metrics["pairwise_accuracy"] for name, metrics in found.evaluation.baselines.items() if name != "majority"
    }
    assert figures.rule is not None
    assert figures.rule_order == order[figures.rule]
    assert figures.rule_order.value == max(metric.value or 0 for metric in order.values())
    assert figures.gain.value == pytest.approx((figures.right_order.value or 0) - (figures.rule_order.value or 0))
    assert figures.length_gap == found.report.length_bias.gap


@pytest.mark.parametrize("questions, measured", [(29, False), (30, True)])
def test_from_thirty_questions_kept_apart_the_figures_are_of_those(questions: int, measured: bool) -> None:
    """Below that they stay cross-validated; the rule is the one that was best there."""
    found = result(rated_answers(40))
    apart = rated_answers(questions, seed=9)
    kept = kept_apart_figures(found.model, found.figures, apart, embedder(), positive_threshold=4, seed=0)
    assert (kept is not None) is measured
    if kept is not None:
        assert kept.basis is Basis.KEPT_APART
        assert (kept.answers, kept.questions) == (120, 30)
        assert (kept.measure, kept.rule) == (found.figures.measure, found.figures.rule)
        assert kept.right_order.value != found.figures.right_order.value


def test_kept_apart_answers_that_cannot_be_compared_leave_the_figures_cross_validated() -> None:
    """Thirty questions with one answer each hold no pair, and a few pairs say nothing: no figure is made of them."""
    found = result(rated_answers(40))
    lone = rated_answers(30, 1, seed=9)
    few = [*lone, *rated_answers(3, 4, seed=10)]
    for apart in (lone, few):
        assert kept_apart_figures(found.model, found.figures, apart, embedder(), positive_threshold=4, seed=0) is None


@pytest.mark.parametrize(
    "ratings, one",
    [
        ([("Ana", 91), ("Ben", 9)], True),
        ([("Ana", 90), ("Ben", 10)], False),
        ([("imported", 100)], False),
        ([("legacy", 95), ("Ana", 5)], False),
        ([], False),
    ],
)
def test_more_than_nine_tenths_by_one_person_is_learned_from_one_person(
    ratings: list[tuple[str, int]], one: bool
) -> None:
    """Ratings that name nobody may be of many people."""
    examples = [
        Example(1, "question", "answer", None, 4.0, ratings=((name, 4),))
        for name, times in ratings
        for _ in range(times)
    ]
    assert learned_from_one_person(examples) is one
