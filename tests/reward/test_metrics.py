import time

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn import metrics as reference

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import bounds, draws, with_interval
from core.reward.metrics.curves import MAX_POINTS, classification_report, confusion, roc_points
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import METRICS, Scores, measure, paired_difference


def random_rows(n: int, prompts: int, seed: int, *, levels: int | None = None) -> tuple[Labels, Scores]:
    rng = np.random.default_rng(seed)
    groups = np.concatenate([np.arange(prompts), rng.integers(prompts, size=n - prompts)])
    ratings = rng.choice([1, 2, 2.5, 3, 4, 5], size=n)
    values = 1 / (1 + np.exp(-(ratings - 3 + rng.normal(scale=2, size=n))))
    if levels is not None:
        values = np.round(values * levels) / levels
    return Labels(ratings >= 4, ratings, groups, groups), Scores(values, values >= 0.5)


def naive_pairs(rated: Labels, values: np.ndarray) -> dict[int, list[bool]]:
    """Every comparable pair, by prompt: is the better answer strictly higher?"""
    found: dict[int, list[bool]] = {}
    for i in range(len(rated)):
        for j in range(len(rated)):
            if rated.contexts[i] == rated.contexts[j] and rated.ratings[i] > rated.ratings[j]:
                found.setdefault(int(rated.groups[i]), []).append(bool(values[i] > values[j]))
    return found


def naive_lift(rated: Labels, values: np.ndarray) -> float:
    """Mean rating of the highest scored answer to each prompt with two or more, minus the mean of all of them."""
    gained = []
    for context in np.unique(rated.contexts):
        rows = np.flatnonzero(rated.contexts == context)
        if len(rows) > 1:
            best = rows[values[rows] == values[rows].max()]
            gained.append(rated.ratings[best].mean() - rated.ratings[rows].mean())
    return float(np.mean(gained))


@pytest.mark.parametrize("levels", [None, 4])
def test_values_agree_with_scikit_learn(levels: int | None) -> None:
    """Every metric equals the reference, with and without ties."""
    rated, scores = random_rows(300, 60, seed=1, levels=levels)
    found = {name: metric.value for name, metric in measure(rated, scores, seed=0, resamples=0).items()}
    pairs = naive_pairs(rated, scores.values)
    brier = reference.brier_score_loss(rated.good, scores.values)
    expected = {
        "accuracy": reference.accuracy_score(rated.good, scores.called_good),
        "balanced_accuracy": reference.balanced_accuracy_score(rated.good, scores.called_good),
        "roc_auc": reference.roc_auc_score(rated.good, scores.values),
        "average_precision": reference.average_precision_score(rated.good, scores.values),
        "pairwise_accuracy": np.mean(np.concatenate(list(pairs.values()))),
        "pairwise_accuracy_macro": np.mean([np.mean(won) for won in pairs.values()]),
        "best_of_n_lift": naive_lift(rated, scores.values),
        "precision": reference.precision_score(rated.good, scores.called_good),
        "recall": reference.recall_score(rated.good, scores.called_good),
        "f1": reference.f1_score(rated.good, scores.called_good),
        "brier": brier,
        "brier_skill": 1 - brier / (rated.good.mean() * (1 - rated.good.mean())),
        "log_loss": reference.log_loss(rated.good, np.clip(scores.values, 1e-15, 1 - 1e-15)),
    }
    assert found == pytest.approx(expected)
    assert list(found) == list(METRICS)


@pytest.mark.parametrize("levels", [None, 4])
def test_intervals_equal_a_naive_bootstrap(levels: int | None) -> None:
    """Weighting prompts gives the same interval as copying their rows, draw by draw."""
    rated, scores = random_rows(80, 12, seed=2, levels=levels)
    (weights,) = draws(rated.groups, seed=5, resamples=60)
    assert (weights.sum(axis=1) == 12).all()
    samples: dict[str, list[float]] = {name: [] for name in METRICS}
    for drawn in weights.astype(int):
        # A prompt drawn twice is two prompts: its copies are not compared with each other.
        rows = np.concatenate([np.flatnonzero(rated.groups == g) for g in range(12) for _ in range(drawn[g])])
        copy = np.concatenate(
            [np.full((rated.groups == g).sum(), 100 * g + time) for g in range(12) for time in range(drawn[g])]
        )
        numbered = np.unique(copy, return_inverse=True)[1]
        again = Labels(rated.good[rows], rated.ratings[rows], numbered, numbered)
        assert scores.called_good is not None
        for name, metric in measure(
            again, Scores(scores.values[rows], scores.called_good[rows]), seed=0, resamples=0
        ).items():
            samples[name].append(np.nan if metric.value is None else metric.value)
    for name, metric in measure(rated, scores, seed=5, resamples=60).items():
        outside = norm.cdf(student.ppf(0.025, 11) * np.sqrt(12 / 11))
        low, high = np.nanquantile(samples[name], [outside, 1 - outside])
        assert (metric.low, metric.high) == pytest.approx((low, high)), name


def test_intervals_of_cross_validated_figures_are_wider_and_stay_possible() -> None:
    """The root of two further out on both sides, never beyond what a figure can be."""
    rated, scores = random_rows(200, 40, seed=4)
    plain, crossed = (measure(rated, scores, seed=0, cross_validated=yes) for yes in (False, True))
    for name in ("roc_auc", "accuracy", "log_loss"):
        (low, value, high), (lower, _, higher) = (
            np.array([found[name].low, found[name].value, found[name].high], dtype=float) for found in (plain, crossed)
        )
        assert (value - lower) / (value - low) == pytest.approx(2**0.5)
        assert (higher - value) / (high - value) == pytest.approx(2**0.5)
    nearly = Scores(rated.good - 0.4 + 0.3 * scores.values, rated.good)
    high = measure(rated, nearly, seed=0, cross_validated=True)["roc_auc"].high
    assert high is not None
    assert high <= 1


def test_few_prompts_reach_further_out() -> None:
    """The same samples, from ever more prompts: the interval shrinks towards the plain percentiles."""
    samples = np.random.default_rng(0).normal(size=5_000)
    reach = [bounds(samples, prompts)[1] for prompts in (10, 20, 100, 100_000)]
    assert reach == sorted(reach, reverse=True)
    assert reach[0] == pytest.approx(student.ppf(0.975, 9) * np.sqrt(10 / 9), rel=0.08)
    assert reach[-1] == pytest.approx(np.percentile(samples, 97.5), rel=0.001)


def test_large_data_is_drawn_in_chunks_that_do_not_show() -> None:
    """20,000 rows are measured in parts of bounded size, with the same number of draws."""
    rated, scores = random_rows(20_000, 2_000, seed=3)
    chunks = list(draws(rated.groups, seed=0, resamples=250))
    assert max(len(chunk) for chunk in chunks) * len(rated) <= 2_000_000
    assert sum(len(chunk) for chunk in chunks) == 250
    metric = measure(rated, scores, seed=0, resamples=250)["roc_auc"]
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low < reference.roc_auc_score(rated.good, scores.values) < metric.high


def test_two_thousand_rows_take_well_under_a_second() -> None:
    """A scorer with 1,000 resamples is measured while the lead watches."""
    rated, scores = random_rows(2_000, 230, seed=4)
    started = time.process_time()
    measure(rated, scores, seed=0)
    assert time.process_time() - started < 2


def test_one_class_is_not_estimable_and_never_nan() -> None:
    """Ratings of one class give words, not numbers, where classes are needed."""
    rated, scores = random_rows(30, 5, seed=0)
    for good in (True, False):
        only = Labels(np.full(30, good), rated.ratings, rated.groups, rated.contexts)
        found = measure(only, scores, seed=0, resamples=50)
        assert found["roc_auc"] == Metric(None, reason="not estimable: one class only")
        assert found["accuracy"].value is not None
        assert all((metric.value is None) == (metric.reason is not None) for metric in found.values())
        assert np.isfinite([m.value for m in found.values() if m.value is not None]).all()
        assert (found["recall"].value is None) != good
        assert paired_difference(only, scores.values, scores.values, seed=0).reason == "not estimable: one class only"


def test_an_order_says_nothing_about_good_or_poor() -> None:
    """A scorer that only ranks has rank metrics only."""
    rated, scores = random_rows(30, 5, seed=0)
    found = measure(rated, Scores(scores.values, None), seed=0, resamples=50)
    estimable = {name for name, metric in found.items() if metric.value is not None}
    assert estimable == {
        "roc_auc",
        "average_precision",
        "pairwise_accuracy",
        "pairwise_accuracy_macro",
        "best_of_n_lift",
    }
    assert found["brier"].reason == "not estimable: an order says nothing about good or poor"


def test_a_constant_scorer_wins_no_pair() -> None:
    """Keeping the input order must not look good: ties are wrong in pairs, and a coin flip in ranks."""
    rated, _ = random_rows(60, 10, seed=0)
    found = measure(rated, Scores(np.full(60, 0.3), np.zeros(60, dtype=bool)), seed=0, resamples=50)
    assert found["pairwise_accuracy"].value == 0
    assert found["roc_auc"].value == 0.5
    assert found["precision"].reason == "not estimable: no answer was called good"


def test_contexts_separate_equal_prompts() -> None:
    """Answers about two patients are never compared with each other."""
    one = Labels(np.array([True, False]), np.array([5.0, 1.0]), np.array([0, 0]), np.array([0, 1]))
    found = measure(one, Scores(np.array([0.9, 0.1]), np.array([True, False])), seed=0)
    assert found["pairwise_accuracy"].reason is not None
    assert "no two answers" in found["pairwise_accuracy"].reason


def test_one_prompt_has_a_value_without_an_interval() -> None:
    """Drawing the only prompt again and again shows no spread, so none is claimed."""
    rated, scores = random_rows(20, 1, seed=0)
    metric = measure(rated, scores, seed=0)["accuracy"]
    assert metric.value is not None
    assert metric.low is metric.high is None


def test_degenerate_draws_are_left_out_until_they_are_most() -> None:
    """A draw of one class only is no evidence; when most are, there is no interval."""
    nan = float("nan")
    assert with_interval(0.5, np.array([0.4, nan, 0.6, 0.5]), prompts=10**6).high == pytest.approx(0.595)
    assert with_interval(0.5, np.array([0.4, nan, nan]), prompts=20) == Metric(0.5)


def test_no_rows_is_a_reason() -> None:
    """Nothing to measure is said in words for every metric."""
    empty = Labels.of([], positive_threshold=4)
    found = measure(empty, Scores(np.zeros(0), np.zeros(0, dtype=bool)), seed=0)
    assert {metric.reason for metric in found.values()} == {"not estimable: no rated answers"}
    assert paired_difference(empty, np.zeros(0), np.zeros(0), seed=0).value is None


def test_the_paired_difference_is_narrower_than_two_intervals() -> None:
    """The same draws for both scorers cancel what makes a prompt hard for both."""
    rated, scores = random_rows(400, 80, seed=6)
    near = scores.values + np.random.default_rng(0).normal(scale=0.01, size=400)
    difference = paired_difference(rated, near, scores.values, seed=0)
    auc = measure(rated, scores, seed=0)["roc_auc"]
    assert difference.value == pytest.approx(
        reference.roc_auc_score(rated.good, near) - reference.roc_auc_score(rated.good, scores.values)
    )
    assert difference.low is not None
    assert difference.high is not None
    assert auc.low is not None
    assert auc.high is not None
    assert difference.high - difference.low < (auc.high - auc.low) / 3
    assert paired_difference(rated, scores.values, scores.values, seed=0) == Metric(0.0, 0.0, 0.0)


def test_confusion_and_report_agree_with_scikit_learn() -> None:
    """The tables beside the metrics tell the same story."""
    rated, scores = random_rows(100, 20, seed=7)
    counts = confusion(rated, scores)
    expected = reference.confusion_matrix(rated.good, scores.called_good).ravel().tolist()
    assert [counts[name] for name in ("true_poor", "false_good", "false_poor", "true_good")] == expected
    report = reference.classification_report(
        rated.good, scores.called_good, target_names=["poor", "good"], output_dict=True
    )
    for name, row in classification_report(counts).items():
        assert list(row.values()) == pytest.approx(list(report[name].values()))


def test_a_report_without_predictions_has_no_numbers() -> None:
    """Nothing called good: no precision, instead of a warning or NaN."""
    report = classification_report({"true_good": 0, "false_good": 0, "true_poor": 3, "false_poor": 0})
    assert report["good"] == {"precision": None, "recall": None, "f1": None, "support": 0}


@pytest.mark.parametrize("n, levels", [(50, None), (50, 3), (5_000, None)])
def test_roc_points_keep_the_area(n: int, levels: int | None) -> None:
    """The drawn curve starts and ends in the corners, is thinned, and shows the AUC that is reported."""
    rated, scores = random_rows(n, 10, seed=8, levels=levels)
    x, y = np.array(roc_points(rated.good, scores.values)).T
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert len(x) <= MAX_POINTS
    assert np.trapezoid(y, x) == pytest.approx(reference.roc_auc_score(rated.good, scores.values), abs=0.002)


def test_roc_of_one_class_is_empty() -> None:
    """There is no curve with one class only."""
    assert roc_points(np.ones(3, dtype=bool), np.zeros(3)) == []
