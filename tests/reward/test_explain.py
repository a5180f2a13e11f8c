"""Explanations are true: the terms add up to the score, and rated answers are shown to those who may see them."""

import numpy as np
import pytest

from core.reward.evaluation.explain import Kind, reasons
from core.reward.linear import logistic
from core.reward.recipes.base import Pair
from tests.reward.fakes import embedder, rated_answers
from tests.services.versions_made import learned_from


def test_the_reasons_are_all_of_the_difference() -> None:
    """Their sum is the log-odds of an answer minus the mean log-odds of the others, and the strongest is first."""
    model = learned_from(rated_answers(15)).model
    pairs = [Pair("1 word1 word2", "word1"), Pair("1 word1 word2", "word3 word4 word5"), Pair("1 word1 word2", "")]
    odds = [float(np.log(p / (1 - p))) for p in model.score(pairs, embedder())]
    for place, found in enumerate(reasons(model, pairs, embedder())):
        others = [value for at, value in enumerate(odds) if at != place]
        assert sum(reason.added for reason in found) == pytest.approx(odds[place] - np.mean(others), abs=1e-4)
        assert [abs(r.added) for r in found] == sorted((abs(r.added) for r in found), reverse=True)
    length = next(reason for reason in reasons(model, pairs, embedder())[1] if reason.kind is Kind.LENGTH)
    assert (length.value, length.others) == (3, 0.5)


def test_a_single_answer_is_compared_with_the_training() -> None:
    """No others: its reasons and the bias are its score."""
    model = learned_from(rated_answers(15)).model
    ((*found,),) = reasons(model, [Pair("1 word1 word2", "word1")], embedder())
    total = sum(reason.added for reason in found) + model.linear.bias
    assert logistic(np.array([total]))[0] == pytest.approx(model.score([Pair("1 word1 word2", "word1")], embedder())[0])
    assert all(reason.others is None for reason in found)
