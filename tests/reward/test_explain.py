"""Explanations are true: the terms add up to the score, and rated answers are shown to those who may see them."""

from dataclasses import replace

import numpy as np
import pytest

from core.reward.evaluation.explain import Kind, reasons
from core.reward.linear import logistic
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.pair import ALONE, FIRST
from core.reward.recipes.registry import PAIR
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


def reading(weighting: str) -> FittedModel:
    """A model with made weights on all columns of a weighting."""
    model = learned_from(rated_answers(15)).model
    columns = feature_matrix(PAIR, [Pair("a", "b")], embedder()).shape[1]
    linear = replace(model.linear, weights=PAIR.weightings(columns)[weighting], center=np.zeros(columns, np.float32))
    return replace(model, linear=linear)


@pytest.mark.parametrize(
    "weighting, kinds",
    [
        ("similarity alone", {Kind.CLOSENESS}),
        ("length alone", {Kind.LENGTH}),
        ("best length alone", {Kind.LENGTH}),
        ("answer alone", {Kind.MEANING}),
        (FIRST, {Kind.CLOSENESS, Kind.LENGTH, Kind.WORDS, Kind.MEANING}),
        ("prompt, answer and form", {*Kind} - {Kind.DEEP}),
    ],
)
def test_only_what_the_model_reads_is_a_reason(weighting: str, kinds: set[Kind]) -> None:
    """A model that is a simple rule names that rule, and the form is spoken of where it is read."""
    assert set(ALONE) < set(PAIR.weightings(4 * 8 + 23))
    pairs = [Pair("word1 word2", "word1!"), Pair("word1 word2", "- word3 word4, maybe 5?")]
    for found in reasons(reading(weighting), pairs, embedder()):
        assert {reason.kind for reason in found} == kinds


def test_likeness_is_shown_as_the_model_measures_it() -> None:
    """Of a model that goes by likeness alone the figure is the one that it orders by."""
    pairs = [Pair("word1 word2", "word1"), Pair("word1 word2", "word3 word4")]
    model = reading("similarity alone")
    features = feature_matrix(PAIR, pairs, embedder())
    column = int(np.flatnonzero(model.linear.weights)[0])
    assert [found[0].value for found in reasons(model, pairs, embedder())] == pytest.approx(
        features[:, column].tolist()
    )
