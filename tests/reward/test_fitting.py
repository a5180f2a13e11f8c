import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from core.reward.fitting import best_threshold, fit
from core.reward.linear import logistic
from core.reward.metrics.clustered_auc import clearly_better
from core.reward.metrics.folds import grouped_folds
from core.reward.recipes.pair import SCALARS
from core.reward.recipes.registry import CONCAT, PAIR

pytestmark = pytest.mark.usefixtures("fits_anew")


def separable(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 4 * 8 + len(SCALARS))).astype(np.float32)
    return features, features[:, -1] + rng.normal(scale=0.5, size=n) > 0, np.arange(n) // 3


def test_folds_never_split_a_prompt_and_balance_the_classes() -> None:
    """The promise of every number in the product: a prompt is in one fold only."""
    rng = np.random.default_rng(0)
    groups = rng.integers(60, size=300)
    good = rng.random(300) < 0.4
    folds = grouped_folds(good, groups, folds=5, seed=1)
    assert folds is not None
    assert set(folds) == set(range(5))
    assert all(len(set(folds[groups == group])) == 1 for group in set(groups))
    assert all(abs(good[folds == fold].mean() - good.mean()) < 0.1 for fold in range(5))
    again, other = (grouped_folds(good, groups, folds=5, seed=seed) for seed in (1, 2))
    assert again is not None
    assert other is not None
    assert np.array_equal(folds, again)
    assert not np.array_equal(folds, other)


@pytest.mark.parametrize(
    "good, groups, expected",
    [
        ([1, 0, 1, 0], [0, 0, 1, 1], 2),
        ([1, 0, 0, 0], [0, 1, 2, 3], None),
        ([1, 1, 0, 0], [0, 0, 1, 2], None),
        ([1, 1, 1, 1], [0, 1, 2, 3], None),
    ],
)
def test_few_prompts_mean_fewer_folds_or_none(good: list[int], groups: list[int], expected: int | None) -> None:
    """A fold whose training rows held one class could not be fitted, so there is no such split."""
    folds = grouped_folds(np.array(good, dtype=bool), np.array(groups), folds=5, seed=0)
    assert (None if folds is None else len(set(folds))) == expected


def test_the_folded_model_is_the_logistic_regression_it_came_from() -> None:
    """Standardisation folded into the weights predicts what the scikit-learn pipeline predicts."""
    features, good, groups = separable(200)
    found = fit(PAIR, features, good, groups, seed=0)
    weights = PAIR.weightings(features.shape[1])[found.weighting]
    scaled = StandardScaler().fit_transform(features.astype(np.float64)) * weights
    expected = LogisticRegression(C=found.c, tol=1e-8, max_iter=5_000).fit(scaled, good).predict_proba(scaled)[:, 1]
    assert np.allclose(found.model.predict(features), expected, atol=2e-3)
    log_odds = found.model.contributions(features).sum(axis=1) + found.model.bias
    assert np.allclose(logistic(log_odds), found.model.predict(features), atol=1e-5)


def test_equal_answers_tie_exactly_wherever_they_stand() -> None:
    """Pairwise accuracy counts ties as wrong, so a last-digit difference between equal rows must not win."""
    features, good, groups = separable(200)
    model = fit(PAIR, features, good, groups, seed=0).model
    for row in features[:20]:
        assert len({score for rows in range(1, 20) for score in model.predict(np.tile(row, (rows, 1)))}) == 1


def test_concat_is_balanced_with_its_own_c_and_threshold() -> None:
    """The baseline recipe is the one everyone starts with, nothing tuned."""
    features, _, groups = separable(200)
    good = features[:, -1] > 1
    found = fit(CONCAT, features, good, groups, seed=0)
    expected = LogisticRegression(C=100, class_weight="balanced", max_iter=5_000).fit(features, good)
    assert (found.c, found.threshold) == (100, 0.5)
    assert np.allclose(found.model.predict(features), expected.predict_proba(features)[:, 1], atol=5e-3)


def test_a_constant_column_carries_no_weight() -> None:
    """A column that never changes cannot blow up when another file changes it."""
    features, good, groups = separable(60)
    features[:, 0] = 1e-9
    assert fit(PAIR, features, good, groups, seed=0).model.weights[0] == 0


def test_constant_texts_give_the_share_of_good() -> None:
    """With nothing to tell answers apart every answer gets the base rate."""
    _, good, groups = separable(60)
    found = fit(PAIR, np.ones((60, 39), dtype=np.float32), good, groups, seed=0)
    assert np.allclose(found.model.predict(np.ones((2, 39), dtype=np.float32)), good.mean(), atol=1e-3)


def test_without_an_inner_split_the_middle_of_the_grid_is_taken() -> None:
    """Two prompts cannot be cross-validated again inside a fold; the fit still happens."""
    features, _, _ = separable(4)
    found = fit(PAIR, features, np.array([True, False, True, False]), np.array([0, 0, 0, 0]), seed=0)
    assert (found.c, found.threshold) == (0.3, 0.5)


def test_a_threshold_moves_only_for_a_clear_gain() -> None:
    """0.5 stays where another cut is better by luck only, and moves where scores sit far below it."""
    rng = np.random.default_rng(0)
    good = rng.random(400) < 0.5
    calibrated = np.where(good, 0.6, 0.4) + rng.normal(scale=0.15, size=400).clip(-0.35, 0.35)
    assert best_threshold(calibrated, good) == 0.5
    moved = best_threshold(calibrated / 2, good)
    assert 0.2 < moved < 0.3
    assert ((calibrated / 2 >= moved) == good).mean() > 0.7


@pytest.mark.parametrize("scores", [[0.3, 0.3, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0]])
def test_thresholds_of_odd_scores_are_probabilities(scores: list[float]) -> None:
    """Constant and extreme scores have a threshold too."""
    threshold = best_threshold(np.array(scores), np.array([False, False, True, True]))
    assert 0 <= threshold <= 1


def test_logistic_neither_overflows_nor_leaves_zero_and_one() -> None:
    """Absurd log-odds are certain, not a warning."""
    assert logistic(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


def test_the_answer_alone_is_read_where_the_prompt_only_blurs_it() -> None:
    """Where one direction of the answer says all, columns about the prompt get no weight, and it ranks better."""
    rng = np.random.default_rng(1)
    dim, n = 32, 90
    features = rng.normal(size=(n, 4 * dim + len(SCALARS))).astype(np.float32)
    good = features[:, dim] + features[:, dim + 1] > 0
    found = fit(PAIR, features, good, np.arange(n) // 3, seed=0)
    assert found.weighting == "answer alone"
    outside = np.delete(found.model.weights, np.arange(dim, 2 * dim))
    assert not outside.any()
    assert np.abs(found.model.weights[dim : 2 * dim]).argmax() < 2


def test_the_prompt_is_read_unless_it_is_clearly_of_no_use() -> None:
    """Where their fit decides, prompt and answer are read, also with a third of the ratings random: 10 in 12 draws."""
    assert fit(PAIR, *separable(90), seed=0).weighting == "prompt and answer"
    chosen = []
    for seed in range(12):
        features, good, groups = separable(60, seed)
        rng = np.random.default_rng(seed)
        noisy = np.where(rng.random(60) < 1 / 3, rng.permutation(good), good)
        chosen.append(fit(PAIR, features, noisy, groups, seed=0).weighting)
    assert chosen.count("prompt and answer") >= 10  # with 95 of 100 right: in 0.98 of all such dozens


def test_clearly_better_counts_prompts_and_not_answers() -> None:
    """What thirty prompts leave open thirty times as many answers to them leave open too; more prompts settle it."""
    rng = np.random.default_rng(0)
    good, prompts = np.tile([True, False], 300), np.arange(600) // 2
    sharp, blunt = logistic(good + rng.normal(size=600)), logistic(good + 2 * rng.normal(size=600))
    few = slice(60)
    assert not clearly_better(sharp[few], blunt[few], good[few], prompts[few], prompts[few] % 3)
    copied = np.tile(np.arange(60), 30)
    assert not clearly_better(sharp[copied], blunt[copied], good[copied], prompts[copied], prompts[copied] % 3)
    assert clearly_better(sharp, blunt, good, prompts, prompts % 3)
    assert not clearly_better(blunt, sharp, good, prompts, prompts % 3)
    assert not clearly_better(sharp, sharp, good, prompts, prompts % 3)
