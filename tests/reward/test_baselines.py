import numpy as np
from sklearn.metrics import roc_auc_score

from core.domain.records import Example
from core.reward.baselines import columns_of, original_order
from core.reward.evaluation.out_of_fold import score_baselines_held_out
from core.reward.fitting import fit_baselines
from core.reward.metrics.labels import Labels
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR
from tests.reward.fakes import DIM, embedder, rated_answers


def test_each_baseline_reads_only_its_columns() -> None:
    """length_only knows the number of words, cosine one number, prompt_only the prompt."""
    source = embedder()
    features = feature_matrix(PAIR, [Pair("a b", "c d a"), Pair("a b", "e")], source)
    assert np.allclose(columns_of("length_only", features)[:, 0], np.log([4, 2]))
    u, v = source.vectors(["a b"], PAIR.view)["a b"][0], source.vectors(["c d a"], PAIR.view)["c d a"][0]
    assert np.allclose(columns_of("cosine", features)[0], u @ v)
    assert columns_of("prompt_only", features).shape == (2, DIM)
    assert np.array_equal(*columns_of("prompt_only", features))


def test_fitted_baselines_are_probabilities_and_see_what_they_should() -> None:
    """Where longer answers are better, length says so; the majority says the same about every answer."""
    examples = [
        Example(number, f"p{number % 9}", " ".join(["word"] * (1 + number)), None, 5.0 if number > 30 else 1.0)
        for number in range(50)
    ]
    rated = Labels.of(examples, positive_threshold=4)
    features = feature_matrix(PAIR, [Pair(e.prompt, e.response) for e in examples], embedder())
    scores = fit_baselines(features, rated.good).score(features)
    assert set(scores) == {"majority", "length_only", "length_curve", "prompt_only", "cosine"}
    assert all(((s.values >= 0) & (s.values <= 1)).all() for s in scores.values())
    assert np.all(np.diff(scores["length_only"].values) > 0)
    assert set(scores["majority"].values) == {19 / 50}


def test_the_majority_is_one_constant_over_all_folds() -> None:
    """Otherwise its ranking across folds would come out worse than chance."""
    examples = rated_answers(12)
    rated = Labels.of(examples, positive_threshold=4)
    features = feature_matrix(PAIR, [Pair(e.prompt, e.response) for e in examples], embedder())
    shares = {
        float(value)
        for fold in range(3)
        for value in score_baselines_held_out(features, rated, rated.groups % 3 == fold)["majority"].values
    }
    assert shares == {float(rated.good.mean())}


def test_the_original_order_counts_within_prompt_and_context() -> None:
    """The first answer listed scores best, for every prompt and context anew, wherever the rows stand."""
    keys = [("p", None), ("q", None), ("P ", None), ("p", "other"), ("q", None), ("p", None)]
    examples = [Example(i, prompt, "text", context, 3.0) for i, (prompt, context) in enumerate(keys)]
    scores = original_order(Labels.of(examples, positive_threshold=4))
    assert scores.values.tolist() == [0, 0, -1, 0, -1, -2]
    assert scores.called_good is None


def test_the_curve_of_length_knows_a_best_length_and_the_line_does_not() -> None:
    """Where answers of middle length are good, only the curve ranks them first."""
    examples = [
        Example(number, f"p{number % 9}", " ".join(["word"] * (1 + number)), None, 5.0 if 10 < number < 30 else 1.0)
        for number in range(60)
    ]
    rated = Labels.of(examples, positive_threshold=4)
    features = feature_matrix(PAIR, [Pair(e.prompt, e.response) for e in examples], embedder())
    scores = fit_baselines(features, rated.good).score(features)
    assert roc_auc_score(rated.good, scores["length_only"].values) < 0.75
    assert roc_auc_score(rated.good, scores["length_curve"].values) > 0.95
