import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from core.reward.fitting import best_threshold, fit
from core.reward.linear import logistic
from core.reward.metrics.clustered_auc import clearly_better
from core.reward.metrics.folds import grouped_folds
from core.reward.recipes.form import FORM
from core.reward.recipes.pair import ALONE, SCALARS
from core.reward.recipes.registry import CONCAT, PAIR
from core.reward.ridge import fit_path

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


@pytest.mark.parametrize("rows, columns", [(30, 12), (200, 40), (40, 200)])
def test_the_regression_is_the_minimum_of_its_loss(rows: int, columns: int) -> None:
    """With offsets, weights and rows that the bias has no part in, for every C: as a general optimiser finds it."""
    rng = np.random.default_rng(rows)
    x = rng.normal(size=(rows, columns)).astype(np.float32)
    good = x[:, 0] + rng.normal(size=rows) > 0.5
    offset, weights = rng.normal(size=rows), rng.uniform(0.2, 2.0, size=rows)
    intercept = (rng.random(rows) < 0.7).astype(float)
    sign = np.where(good, 1, -1)
    grid = (0.03, 1.0, 30.0)
    for c, (w, b) in zip(
        grid, fit_path(x, good, grid, offset=offset, weights=weights, intercept=intercept), strict=True
    ):

        def loss(p: np.ndarray, c: float = c) -> float:
            odds = x @ p[:-1] + p[-1] * intercept + offset
            return float(c * (weights @ np.logaddexp(0, -sign * odds)) + p[:-1] @ p[:-1] / 2)

        best = minimize(loss, np.zeros(columns + 1), method="L-BFGS-B", options={"maxiter": 10_000, "maxfun": 10**6})
        assert loss(np.append(w, b)) <= best.fun * (1 + 1e-4)


def test_the_regression_agrees_with_the_usual_one() -> None:
    """Without offsets it is scikit-learn's; separable rows end too."""
    features, good, _ = separable(300)
    ones = np.ones(300)
    ((w, b),) = fit_path(features, good, (0.5,), offset=0 * ones, weights=ones, intercept=ones)
    usual = LogisticRegression(C=0.5, tol=1e-8, max_iter=5_000).fit(features, good)
    assert np.allclose(w, usual.coef_[0], atol=1e-3)
    assert b == pytest.approx(usual.intercept_[0], abs=1e-3)
    ((w, b),) = fit_path(features, features[:, 0] > 0, (1e6,), offset=0 * ones, weights=ones, intercept=ones)
    assert np.isfinite([*w, b]).all()


def test_the_folded_model_is_the_regression_it_came_from() -> None:
    """Standardisation and what the penalty pulls to, folded into the weights, give the minimum of the loss itself."""
    features, good, groups = separable(200)
    columns = features.shape[1]
    found = fit(PAIR, features, good, groups, seed=0)
    scale, pull = PAIR.weightings(columns)[found.weighting], PAIR.towards(columns)[found.weighting]
    assert pull.any()
    x = (features - features.mean(axis=0, dtype=np.float64)) / features.std(axis=0, dtype=np.float64)
    sign = np.where(good, 1, -1)

    def loss(p: np.ndarray) -> float:
        odds = x @ (p[:-1] * scale + pull) + p[-1]
        return float(found.c * np.logaddexp(0, -sign * odds).sum() + p[:-1] @ p[:-1] / 2)

    best = minimize(loss, np.zeros(columns + 1), method="L-BFGS-B", options={"maxiter": 10_000, "maxfun": 10**6})
    expected = logistic(x @ (best.x[:-1] * scale + pull) + best.x[-1])
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


COSINE, LENGTH = -len(FORM) - len(SCALARS), -len(FORM) - len(SCALARS) + SCALARS.index("log length")


def answers(n: int, seed: int, dim: int = 24) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Features with form, of answers to questions of four, and the generator that goes on."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 4 * dim + len(SCALARS) + len(FORM))).astype(np.float32)
    return features, np.arange(n) // 4, rng


def area(scores: np.ndarray, good: np.ndarray) -> float:
    return float((scores[good][:, None] > scores[~good][None]).mean())


def test_few_ratings_do_not_make_it_worse_than_a_simple_rule() -> None:
    """Where closeness to the question says all, fifty ratings hardly blur it: judged on answers that were not rated."""
    lost = []
    for seed in range(8):
        features, groups, rng = answers(1_050, seed)
        good = rng.random(1_050) < logistic(1.5 * features[:, COSINE].astype(np.float64))
        model = fit(PAIR, features[:50], good[:50], groups[:50], seed=0).model
        unseen, known = features[50:], good[50:]
        lost.append(area(unseen[:, COSINE], known) - area(model.predict(unseen), known))
    assert np.mean(lost) < 0.03
    assert max(lost) < 0.08


@pytest.mark.parametrize(
    "column, weighting", [(COSINE, "similarity alone"), (LENGTH, "length alone")], ids=["cosine", "length"]
)
def test_where_a_rule_is_clearly_better_on_few_ratings_the_model_is_that_rule(column: int, weighting: str) -> None:
    """Monotone in its one column, with scores that mean what they say; from 200 ratings on it is never considered."""
    taken = 0
    for seed in range(8):
        features, groups, rng = answers(600, seed)
        good = features[:, column] + 0.1 * rng.normal(size=600) > 0
        found = fit(PAIR, features[:180], good[:180], groups[:180], seed=0)
        if found.weighting != weighting:  # what was learned from everything is as good, as far as can be told
            continue
        taken += 1
        assert np.flatnonzero(found.model.weights).tolist() == [features.shape[1] + column]
        scores = found.model.predict(features[180:])
        assert (np.diff(scores[np.argsort(features[180:, column])]) >= 0).all()
        assert scores.mean() == pytest.approx(good[180:].mean(), abs=0.1)
    assert taken >= 4
    assert fit(PAIR, features, good, groups, seed=0).weighting not in ALONE


def test_where_the_best_length_says_all_the_model_is_that_curve() -> None:
    """A length and its square nearly say the same: no penalty keeps the curve from bending."""
    features, groups, rng = answers(120, 3)
    length = rng.uniform(2, 6, size=120).astype(np.float32)
    features[:, LENGTH], features[:, -1] = length, length**2
    good = np.abs(length - 4) < 1
    found = fit(PAIR, features, good, groups, seed=0)
    assert found.weighting == "best length alone"
    assert ((found.model.predict(features) >= found.threshold) == good).mean() > 0.95


def test_a_rule_is_not_taken_where_there_is_more_to_learn() -> None:
    """Half of the verdict in the answer itself: the whole answer is read, on few ratings too."""
    taken = []
    for seed in range(10):
        features, groups, rng = answers(160, seed)
        odds = 1.5 * features[:, COSINE] + 1.5 * features[:, 24] + rng.normal(size=160)
        taken.append(fit(PAIR, features, odds > 0, groups, seed=0).weighting)
    assert sum(name in ALONE for name in taken) <= 1


def test_the_form_is_read_where_it_clearly_helps_on_many_ratings() -> None:
    """With 500 ratings it is taken where it decides and not where ratings go by something else; below 500 never."""
    features, groups, rng = answers(600, 1)
    by_form = features[:, COSINE] + 2 * features[:, -8] + rng.normal(size=600) > 0
    by_closeness = features[:, COSINE] + rng.normal(size=600) > 0
    read = fit(PAIR, features, by_form, groups, seed=0)
    assert read.weighting == "prompt, answer and form"
    assert np.abs(read.model.weights[-len(FORM) :]).argmax() == len(FORM) - 8
    assert fit(PAIR, features, by_closeness, groups, seed=0).weighting == "prompt and answer"
    fewer = fit(PAIR, features[:480], by_form[:480], groups[:480], seed=0)
    assert fewer.weighting == "prompt and answer"
    assert not fewer.model.weights[-len(FORM) :].any()


def test_the_answer_alone_is_not_read_on_a_handful_of_questions() -> None:
    """Below 100 ratings it takes ten questions: what a few of them say alike may be luck."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(90, 4 * 32 + len(SCALARS))).astype(np.float32)
    good = features[:, 32] + features[:, 33] > 0
    assert fit(PAIR, features, good, np.arange(90) // 3, seed=0).weighting == "answer alone"
    assert fit(PAIR, features, good, np.arange(90) // 10, seed=0).weighting != "answer alone"


def test_a_model_of_an_earlier_release_scores_rows_with_more_columns() -> None:
    """Columns that came later stand at the end and change nothing for it."""
    features, good, groups = separable(200)
    model = fit(PAIR, features, good, groups, seed=0).model
    wider = np.concatenate([features, np.full((200, len(FORM)), 7.0, dtype=np.float32)], axis=1)
    assert np.array_equal(model.predict(wider), model.predict(features))
    assert np.array_equal(model.contributions(wider), model.contributions(features))
