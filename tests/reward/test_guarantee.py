"""A promise about picked answers: exact bounds, a fixed order of thresholds, and how often it is broken."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from core.domain.errors import BadInput
from core.domain.guarantee.promise import CONFIDENCE, MAX_POOR, PROMISES, USUAL, Promise, read_promise
from core.reward.confidence import KnownPrompts, ScoreConfidence
from core.reward.guarantee import kept_apart
from core.reward.guarantee.learn_then_test import (
    MOST_MORE,
    Evidence,
    Picks,
    Step,
    evidence,
    fewest_answered,
    thresholds,
    upper_bound,
)
from core.reward.guarantee.standing import standing
from core.reward.metrics.labels import Labels
from tests.reward.fakes import embedder, rated_answers
from tests.services.versions_made import learned_from


def labels(*, groups: list[int], contexts: list[int], ratings: list[float]) -> Labels:
    """Ratings of answers, good from 4 on."""
    given = np.array(ratings, dtype=np.float64)
    return Labels(given >= 4, given, np.array(groups, dtype=np.int64), np.array(contexts, dtype=np.int64))


def picks_of(rated: Labels, values: list[float], outside: list[bool] | None = None) -> Picks:
    """Picks by these scores, inside unless it is said."""
    unlike = np.zeros(len(rated), dtype=bool) if outside is None else np.array(outside)
    return Picks.of(rated, np.array(values), unlike)


def counted(*steps: Step, questions: int = 100) -> Evidence:
    """Evidence on as many questions with two answers each."""
    return Evidence(steps, questions, 2 * questions, 4)


@pytest.mark.parametrize("poor, answered", [(0, 9), (1, 9), (5, 40), (9, 9), (0, 1)])
@pytest.mark.parametrize("confidence", CONFIDENCE)
def test_the_bound_is_that_of_clopper_and_pearson(poor: int, answered: int, confidence: float) -> None:
    """As SciPy has it for one side."""
    exact = binomtest(poor, answered, alternative="less").proportion_ci(confidence, method="exact").high
    assert upper_bound(poor, answered, confidence) == pytest.approx(exact)


@pytest.mark.parametrize("max_poor", MAX_POOR)
@pytest.mark.parametrize("confidence", CONFIDENCE)
def test_the_first_threshold_has_so_many_that_it_can_pass(max_poor: float, confidence: float) -> None:
    """One answered less could not, however good; for one in four and 90 % these are 9."""
    fewest = fewest_answered(max_poor, confidence)
    assert upper_bound(0, fewest, confidence) <= max_poor < upper_bound(0, fewest - 1, confidence)
    assert fewest_answered(0.25, 0.9) == 9


def test_the_first_failure_ends_it() -> None:
    """A laxer threshold that would pass does not count after one that failed: that is what the promise rests on."""
    failed = counted(Step(0.9, 8, 0), Step(0.8, 12, 0), Step(0.7, 20, 9), Step(0.0, 100, 9))
    found = failed.certified(0.25, 0.9)
    assert found is not None
    assert (found.threshold, found.answered, found.questions) == (0.8, 12, 100)
    assert counted(Step(0.5, 9, 2), Step(0.0, 100, 2)).certified(0.25, 0.9) is None


def test_a_question_about_several_things_is_one_trial() -> None:
    """Two contexts of a question depend on each other; questions with one answer are no trial."""
    rated = labels(groups=[0, 0, 0, 0, 1, 1, 2], contexts=[0, 0, 1, 1, 2, 2, 3], ratings=[5, 1, 1, 5, 2, 1, 5])
    picks = picks_of(rated, [0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 1.0])
    assert picks.scores.tolist() == [0.9, 0.4]
    assert picks.poor.tolist() == [False, True]
    assert picks.answers == 4
    assert len(picks_of(labels(groups=[0], contexts=[0], ratings=[5]), [0.5]).scores) == 0


def test_a_question_unlike_the_others_is_a_trial_that_is_not_answered() -> None:
    """A ranking keeps the order there, whatever the score: it counts for the share that is answered."""
    rated = labels(groups=[0, 0, 1, 1], contexts=[0, 0, 1, 1], ratings=[1, 1, 5, 1])
    found = evidence(
        picks_of(rated, [0.9, 0.1, 0.8, 0.2], [True, True, False, False]), np.array([0.5, 0.0]), good_from=4
    )
    assert found == Evidence((Step(0.5, 1, 0), Step(0.0, 1, 0)), 2, 4, 4)


def test_evidence_is_stored_and_read_as_it_is() -> None:
    """Through JSON, with what it was counted on."""
    found = counted(Step(0.81, 9, 0), Step(0.0, 100, 21))
    assert Evidence.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("promise", PROMISES)
def test_with_so_many_more_questions_it_would_be_proven(promise: Promise) -> None:
    """With the same shares of each step: proven with that many more, and not with one less."""
    found = counted(Step(0.9, 4, 0), Step(0.5, 30, 1), Step(0.0, 60, 2), questions=60)
    if found.certified(promise.max_poor, promise.confidence) is not None:
        assert standing(found, promise).reason is None
        return
    more = found.more_questions(promise.max_poor, promise.confidence)
    assert more is not None

    def proven(added: int) -> bool:
        factor = 1 + added / 60
        first = next(
            s for s in found.steps if factor * s.answered >= fewest_answered(promise.max_poor, promise.confidence)
        )
        tried, poor = factor * first.answered, factor * first.poor
        return _beta_bound(poor, tried, promise.confidence) <= promise.max_poor

    assert proven(more)
    assert not any(proven(added) for added in range(1, more))
    assert f"About {more:,} more" in (standing(found, promise).reason or "")


def _beta_bound(poor: float, tried: float, confidence: float) -> float:
    from scipy.stats import beta

    return float(beta.ppf(confidence, poor + 1, tried - poor))


def test_where_picks_are_poor_too_often_more_questions_do_not_help() -> None:
    """Also where so many would be needed that nobody rates them; then a better model is what is said."""
    hopeless = counted(Step(0.5, 30, 12), Step(0.0, 60, 30))
    assert hopeless.more_questions(0.25, 0.9) is None
    found = standing(hopeless, USUAL)
    assert (found.certified, found.answered, found.more_questions) == (None, None, None)
    assert "it takes a better model" in (found.reason or "")
    assert counted(Step(0.0, 1_000, 249), questions=1_000).more_questions(0.25, 0.95) is None
    rare = counted(Step(0.0, 1, 0), questions=MOST_MORE)
    assert rare.more_questions(0.25, 0.9) is None


def test_shuffled_ratings_are_seldom_certified() -> None:
    """Where scores know nothing and a little more than a quarter of all picks is poor: in at most 12 % of 200."""
    rng = np.random.default_rng(11)
    questions, each = 150, 3
    groups = np.repeat(np.arange(questions), each)
    scores = rng.normal(0.6, 0.15, len(groups)).clip(0, 1)
    ratings = np.where(rng.random(len(groups)) < 0.26, 2.0, 5.0)
    training = groups < 100
    certified = 0
    for _ in range(200):
        rng.shuffle(ratings)
        rated = labels(groups=groups.tolist(), contexts=groups.tolist(), ratings=ratings.tolist())
        assert (ratings < 4).mean() > 0.25
        fixed = thresholds(picks_of(rated.rows(training), scores[training].tolist()).scores)
        found = evidence(picks_of(rated.rows(~training), scores[~training].tolist()), fixed, good_from=4)
        certified += found.certified(0.25, 0.9) is not None
    assert certified <= 24


def test_a_model_is_measured_as_it_ranks() -> None:
    """On kept-apart questions that it did not learn from, outside ones unanswered, at thresholds of its training."""
    examples = rated_answers(60)
    learned, kept = examples[:160], examples[120:]
    trained = learned_from(learned)
    out_of_fold = {row.interaction_id: row.score for row in trained.evaluation.rows}
    fixed = kept_apart.training_thresholds(learned, out_of_fold, positive_threshold=4)
    assert len(fixed) > 5
    source = embedder()

    def measured(confidence: ScoreConfidence | None) -> Evidence:
        found = kept_apart.measure(trained.model, confidence, trained.groups, kept, source, fixed, positive_threshold=4)
        assert found is not None
        return found

    found = measured(None)
    assert (found.questions, found.answers, found.good_from) == (20, 80, 4)
    assert found.steps[-1].answered == 20
    assert [step.threshold for step in found.steps] == fixed.tolist()
    assert found.steps[0].answered < 20
    nothing_known = KnownPrompts(("0" * 64,), np.zeros((1, 48), dtype=np.float32))
    far = measured(replace(trained.confidence, familiar=0.5, known=nothing_known))
    assert [step.answered for step in far.steps] == [0] * len(far.steps)
    assert far.questions == 20
    one_each = [next(one for one in kept if one.group == group) for group in {one.group for one in kept}]
    assert kept_apart.measure(trained.model, None, (), one_each, source, fixed, positive_threshold=4) is None


@pytest.mark.parametrize(
    "given, named",
    [
        (7, "guarantee must be an object"),
        ([0.25, 0.9], "guarantee must be an object"),
        ({}, "guarantee.max_poor must be one of 0.05, 0.1, 0.2, 0.25 and 0.3."),
        ({"max_poor": 0.24, "confidence": 0.9}, "guarantee.max_poor"),
        ({"max_poor": "0.25", "confidence": 0.9}, "guarantee.max_poor"),
        ({"max_poor": True, "confidence": 0.9}, "guarantee.max_poor"),
        ({"max_poor": 0.25}, "guarantee.confidence must be one of 0.9 and 0.95."),
        ({"max_poor": 0.25, "confidence": 0.99}, "guarantee.confidence"),
        ({"max_poor": 0.25, "confidence": None}, "guarantee.confidence"),
        ({"max_poor": 0.25, "confidence": [0.9]}, "guarantee.confidence"),
        ({"max_poor": 0.25, "confidence": 0.9, "maxpoor": 1}, "no field 'maxpoor'"),
    ],
)
def test_what_is_no_promise_is_refused(given: object, named: str) -> None:
    """A misspelt field is not passed over: whoever sends it counts on the promise."""
    with pytest.raises(BadInput, match=named.replace("[", r"\[")):
        read_promise(given)


def test_a_promise_is_read() -> None:
    """Every level with every confidence, back to what was sent; nothing where nothing is asked for."""
    assert read_promise(None) is None
    assert [read_promise(promise.to_json()) for promise in PROMISES] == list(PROMISES)
    assert len({promise.level for promise in PROMISES}) == len(MAX_POOR)
    assert (USUAL.level, USUAL.sure) == ("1 in 4", "90 % sure")


def test_thresholds_fall_to_nothing() -> None:
    """The last one leaves no question out; equal scores give one."""
    fixed = thresholds(np.random.default_rng(0).random(200))
    assert (np.diff(fixed) < 0).all()
    assert fixed[-1] == 0
    assert thresholds(np.full(9, 0.5)).tolist() == [0.5, 0.0]
    assert thresholds(np.zeros(0)).tolist() == [0.0]


@pytest.mark.parametrize("told", [0.0, 1.0])
def test_the_promise_is_seldom_broken(told: float) -> None:
    """In 1,000 draws of 46 questions from a population with 30 % poor picks: at most in 1 of 10 and two errors."""
    rng = np.random.default_rng(7)
    scores = rng.random(4_000)
    poor = rng.random(4_000) < 0.3 - told * 0.3 * (2 * scores - 1)
    fixed = thresholds(scores)
    broken = 0
    for _ in range(1_000):
        rows = rng.integers(len(scores), size=46)
        drawn = Picks(scores[rows], poor[rows], np.zeros(46, dtype=bool))
        found = evidence(drawn, fixed, good_from=4).certified(0.25, 0.9)
        broken += found is not None and poor[scores >= found.threshold].mean() > 0.25
    assert broken <= 120
