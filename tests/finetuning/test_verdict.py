"""Figures of an evaluation on pairs whose truth is known, and the sentence that comes of them."""

import numpy as np
import pytest

from core.finetuning.figures import answer_figures, preference_figures
from core.finetuning.folder import Pair, Question
from core.finetuning.verdict import PeopleSaid, enough, verdict

ENDING = "not yet seen by people."


def pairs(questions: int, each: int = 4, *, longer: float = 0.5) -> list[Pair]:
    """Pairs of which the chosen answer is the longer one in this share of the questions."""
    return [
        Pair(Question(number, "?\n", "?"), "good" * (9 if number < longer * questions else 1), "poor" * 5, "ratings")
        for number in range(questions)
        for _ in range(each)
    ]


def right(rows: list[Pair], share: float, seed: int = 0) -> np.ndarray:
    """Log-probabilities of a model that is right about this share of the pairs."""
    ahead = np.random.default_rng(seed).random(len(rows)) < share
    return np.stack([np.where(ahead, -1.0, -2.0), np.where(ahead, -2.0, -1.0)], axis=1)


@pytest.mark.parametrize(
    "questions, base, tuned, longer, learned, begins",
    [
        (40, 0.5, 0.9, 0.5, True, "Learned: "),
        (40, 0.5, 0.52, 0.5, False, "Nothing was learned that can be told from chance: "),
        (40, 0.5, 0.8, 0.95, False, "Nothing was learned that choosing the longer answer does not know: "),
        (40, 0.9, 0.5, 0.5, False, "Nothing was learned, and the model became worse: "),
        (9, 0.1, 1.0, 0.5, None, "No verdict: 9 questions that are kept apart"),
        (0, 0.5, 0.5, 0.5, None, "No verdict: 0 questions that are kept apart"),
    ],
)
def test_learned_is_what_is_better_than_before_and_than_length(questions, base, tuned, longer, learned, begins):
    """The interval decides, not the value; too few questions have none; nobody has seen it yet."""
    rows = pairs(questions, longer=longer)
    figures = preference_figures(rows, right(rows, base), right(rows, tuned, seed=1))
    found = verdict(figures, None)
    assert found.learned is learned
    assert found.sentence.startswith(begins)
    assert found.sentence.endswith(ENDING)


def test_pairs_that_a_model_reads_nothing_of_are_left_out_of_both():
    """The same pairs for both models, and a tie is worth a half."""
    rows = pairs(12, each=1)
    base, tuned = np.full((12, 2), -1.0), right(rows, 1.0)
    base[0, 1], tuned[5, 0] = np.nan, np.nan
    figures = preference_figures(rows, base, tuned)
    assert (figures.pairs, figures.questions, figures.left_out) == (10, 10, 2)
    assert (figures.base.value, figures.tuned.value, figures.gained.value) == (0.5, 1.0, 0.5)


def test_answers_of_about_equal_length_are_counted_apart():
    """A tuned model that only writes more wins, but not where both are equally long."""
    before = ["b" * 100] * 24
    tuned = ["t" * (90 if number < 12 else 300) for number in range(24)]
    scores = np.array([[0.5, 0.2 if number < 12 else 0.9] for number in range(24)])
    found = answer_figures(before, tuned, scores, model_version="m")
    assert (found.tuned_better.value, found.equally_long, found.tuned_better_equally_long.value) == (0.5, 12, 0.0)
    assert found.characters == (100, 195)
    few = answer_figures(before[:15], tuned[9:], scores[9:], model_version="m")
    assert few.tuned_better_equally_long.value is None
    assert "only 3 questions have answers of about equal length" in str(few.tuned_better_equally_long.reason)
    none = answer_figures(before, tuned, None, model_version=None, reason="no model")
    assert (none.tuned_better.reason, none.equally_long) == ("no model", 12)


@pytest.mark.parametrize(
    "served, better, worse, waiting, ends",
    [
        (20, 15, 5, 0, "people prefer the tuned model's answer in at least 15 of 20 pairs (15)."),
        (
            20,
            14,
            2,
            0,
            "people cannot tell: of 20 pairs they prefer the tuned model's answer in 14, the other one in 2.",
        ),
        (20, 3, 16, 0, "people prefer the answer of the model before in at least 15 of 20 pairs (16)."),
        (20, 15, 0, 5, f"15 of 20 pairs for people are compared, {ENDING}"),
        (4, 4, 0, 0, "people cannot tell: of 4 pairs they prefer the tuned model's answer in 4, the other one in 0."),
        (0, 0, 0, 0, ENDING),
    ],
)
def test_what_people_said_stands_behind_and_decides_nothing(served, better, worse, waiting, ends):
    """At least 15 of 20, or cannot tell; while pairs wait it is not yet seen."""
    rows = pairs(40)
    found = verdict(
        preference_figures(rows, right(rows, 0.5), right(rows, 0.9)), PeopleSaid(served, better, worse, waiting)
    )
    assert found.learned is True
    assert found.sentence.endswith(ends)


def test_how_many_are_enough_follows_from_a_fair_coin():
    """15 of 20 as the issue has it; the numbers of the two-sided sign test at 5 % for others."""
    assert [enough(number) for number in (0, 5, 6, 10, 12, 20)] == [None, None, 6, 9, 10, 15]
