import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.domain.errors import BadInput
from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.verdicts.gates import Decision, Gate
from core.reward.baselines import BASELINES
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.evaluation import Evaluation, evaluate_model, leave_out_seen
from core.reward.metrics.metrics import METRICS
from core.reward.recipes.base import Pair
from core.reward.training.events import (
    STORED_NAMES,
    Compared,
    Embedding,
    Evaluated,
    Event,
    Examined,
    Fitted,
    FoldDone,
    Judged,
    Refused,
    Registered,
    Reported,
    Saved,
    Started,
    TrainingResult,
)
from core.reward.training.trainer import data_fingerprint, train
from tests.reward.fakes import embedder, rated_answers
from tests.reward.trained import events_and_result


def run(examples: Sequence[Example], *, source: Embedder | None = None, **options: Any) -> list[Event | TrainingResult]:
    defaults: dict[str, Any] = {"recipe": "pair", "seed": 0, "positive_threshold": 4, "minimum": 10}
    events = list(events_and_result(train(examples, embedder=source or embedder(), **(defaults | options))))
    for event in events:
        if not isinstance(event, TrainingResult):
            json.dumps(event.to_json(), allow_nan=False)
    return events


def only(kind: type, events: list[Event | TrainingResult]) -> Any:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


@pytest.fixture(scope="module")
def trained() -> list[Event | TrainingResult]:
    return run(rated_answers(40), seed=3)


def test_a_training_tells_its_story_in_order(trained: list[Event | TrainingResult]) -> None:
    """A page can draw every event as it comes."""
    kinds = [type(event) for event in trained if not isinstance(event, Embedding | Examined)]
    assert kinds == [Started, *[FoldDone] * 15, Evaluated, Reported, Fitted, TrainingResult]
    assert isinstance(trained[1], Embedding)
    assert only(Started, trained) == Started(n=160, prompts=40, good=only(Started, trained).good, recipe="pair", seed=3)


def test_every_event_has_the_name_that_lies_in_databases(trained: list[Event | TrainingResult]) -> None:
    """By these names trainings of every release are read: a class may be renamed, they may not."""
    others: list[Event] = [
        Refused("Too few."),
        Compared(3, 2, Metric(0.1)),
        Judged(Decision(Gate.PASSED, "Better."), None),
        Saved("v1", "00"),
        Registered("v1", True, "Better."),
    ]
    events: list[Event] = [*others, *(event for event in trained if not isinstance(event, TrainingResult))]
    assert {STORED_NAMES[type(event)]: event.to_json()["event"] for event in events} == {
        "Refused": "refused",
        "Started": "started",
        "Embedding": "embedding",
        "FoldDone": "fold_done",
        "Compared": "compared",
        "Evaluated": "evaluated",
        "Examined": "examined",
        "Reported": "reported",
        "Judged": "judged",
        "Fitted": "fitted",
        "Saved": "saved",
        "Registered": "registered",
    }
    assert set(STORED_NAMES) == set(get_args(Event))


def test_the_evaluation_is_out_of_fold_for_every_row(trained: list[Event | TrainingResult]) -> None:
    """Every answer has one score, from a model that never saw its prompt; metrics are means over three such scores."""
    examples, evaluation = rated_answers(40), only(Evaluated, trained).evaluation
    assert [row.interaction_id for row in evaluation.rows] == [example.interaction_id for example in examples]
    folds: dict[str, set[int | None]] = {}
    for example, row in zip(examples, evaluation.rows, strict=True):
        folds.setdefault(example.group, set()).add(row.fold)
    assert all(len(found) == 1 for found in folds.values())
    auc = roc_auc_score([e.rating >= 4 for e in examples], [row.score for row in evaluation.rows])
    assert evaluation.metrics["roc_auc"].value == pytest.approx(auc, abs=0.02)
    assert evaluation.repeats == 3
    assert auc > 0.75
    assert set(evaluation.baselines) == set(BASELINES)
    assert all(set(metrics) == set(METRICS) for metrics in evaluation.baselines.values())
    assert evaluation.baselines["majority"]["roc_auc"].value == 0.5
    assert sum(evaluation.confusion.values()) == evaluation.n == 160


def test_live_metrics_build_up_fold_by_fold(trained: list[Event | TrainingResult]) -> None:
    """The curve of the first repeat's last fold is the curve of the evaluation."""
    folds = [event for event in trained if isinstance(event, FoldDone)]
    assert [(e.repeat, e.fold) for e in folds] == [(r, f) for r in range(1, 4) for f in range(1, 6)]
    assert all((event.folds, event.repeats) == (5, 3) for event in folds)
    assert all(event.metrics["accuracy"].low is None for event in folds)
    assert folds[4].roc == only(Evaluated, trained).evaluation.roc["model"]


def test_the_judgement_follows_the_difference_to_length(trained: list[Event | TrainingResult]) -> None:
    """A model that sees what length cannot is promoted, with the numbers in the sentence."""
    judged, evaluation = only(TrainingResult, trained).judged, only(Evaluated, trained).evaluation
    assert judged.decision.promoted == (evaluation.versus_length.low > 0)
    assert judged.decision.promoted
    assert f"AUC {evaluation.metrics['roc_auc'].value:.3f}" in judged.decision.reason


def test_the_fitted_model_scores(trained: list[Event | TrainingResult]) -> None:
    """The stored model ranks the fuller answer higher."""
    model, source = only(TrainingResult, trained).model, embedder()
    asked = "word1 word2 word3 word4 word5 word6"
    padding = " ".join(f"word{number}" for number in range(200, 230))
    pairs = [Pair(asked, f"{asked} {padding}"), Pair(asked, f"{padding} word300")]
    better, worse = model.score(pairs, source)
    assert 1 >= better > worse >= 0
    assert model.score([], source).shape == (0,)


@pytest.mark.usefixtures("fits_anew")
def test_the_same_data_and_seed_give_the_same_numbers(trained: list[Event | TrainingResult]) -> None:
    """A run can be repeated to the last digit; another seed splits otherwise."""
    first, second = only(Evaluated, trained).evaluation, only(Evaluated, run(rated_answers(40), seed=3)).evaluation
    assert first == second
    assert only(Evaluated, run(rated_answers(40), seed=4)).evaluation.rows != first.rows


def test_concat_is_trained_beside_the_same_baselines(trained: list[Event | TrainingResult]) -> None:
    """Both recipes are measured against the same opponents on the same folds."""
    events = run(rated_answers(40), seed=3, recipe="concat")
    evaluation, pair = only(Evaluated, events).evaluation, only(Evaluated, trained).evaluation
    assert only(TrainingResult, events).model.recipe == "concat"
    assert evaluation.baselines == pair.baselines
    assert [row.fold for row in evaluation.rows] == [row.fold for row in pair.rows]


def test_a_weaker_challenger_is_not_promoted() -> None:
    """The champion's recipe is refitted on the same folds, and the difference decides."""
    judged = only(TrainingResult, run(rated_answers(60), recipe="concat", champion_recipe="pair")).judged
    assert judged.versus_champion.value < 0
    assert not judged.decision.promoted


def test_the_same_recipe_again_is_no_worse_than_itself() -> None:
    """Retraining with more ratings is not refused for noise that both share."""
    judged = only(TrainingResult, run(rated_answers(40), champion_recipe="pair")).judged
    assert judged.versus_champion is None
    assert judged.decision.promoted


GOOD = [replace(example, rating=5.0) for example in rated_answers(10)]
ONE_PROMPT = [replace(example, prompt="the same") for example in rated_answers(10)]
GOOD_IN_ONE_PROMPT = [
    replace(example, rating=5.0 if number == 0 else 1.0) for number, example in enumerate(rated_answers(10))
]


@pytest.mark.parametrize(
    "examples, words",
    [
        ([], "0 of the 10"),
        (rated_answers(2), "8 of the 10 that are needed; 2 more"),
        (GOOD, "All 40 answers are rated good, so there is no difference to learn"),
        ([replace(example, rating=1.0) for example in GOOD], "no difference to learn; rate some good"),
        (ONE_PROMPT, "All ratings are on one question"),
        (GOOD_IN_ONE_PROMPT, "Only one question has good answers, or only one has poor ones"),
    ],
)
def test_too_little_data_is_a_result(examples: list[Example], words: str) -> None:
    """What cannot be trained is refused in words, before anything is embedded."""
    (event,) = run(examples)
    assert isinstance(event, Refused)
    assert words in event.reason


def test_no_ratings_are_refused_even_without_a_minimum() -> None:
    """A minimum of zero does not make nothing trainable."""
    (event,) = run([], minimum=0)
    assert isinstance(event, Refused)


def odd_data() -> dict[str, list[Example]]:
    examples = rated_answers(12)
    contradicting = [
        replace(e, interaction_id=e.interaction_id + more, rating=r)
        for more, r in ((0, 5.0), (99, 1.0))
        for e in examples
    ]
    return {
        "twelve ratings": rated_answers(3),
        "two prompts": rated_answers(2, 8),
        "contradicting duplicates": contradicting,
        "constant texts": [replace(e, prompt=f"p{e.prompt.split()[0]}", response="same") for e in examples],
        "empty responses": [replace(e, response="") for e in examples],
        "half ratings": [replace(e, rating=e.rating - 0.5 if e.rating > 1 else 1.0) for e in examples],
    }


@pytest.mark.parametrize("name", odd_data())
@pytest.mark.parametrize("recipe", ["pair", "concat"])
def test_odd_data_is_trained_or_refused_but_never_crashes(name: str, recipe: str) -> None:
    """Every event is finite JSON, and the last one is a model or a reason."""
    events = run(odd_data()[name], recipe=recipe)
    assert isinstance(events[-1], TrainingResult | Refused)
    if isinstance(events[-1], TrainingResult):
        scores = [row.score for row in only(Evaluated, events).evaluation.rows]
        assert np.isfinite(scores).all()
        assert 0 <= min(scores) <= max(scores) <= 1


def test_contradicting_duplicates_leave_nothing_to_learn() -> None:
    """Every answer rated both good and poor: exactly chance, and not promoted."""
    events = run(odd_data()["contradicting duplicates"])
    assert only(Evaluated, events).evaluation.metrics["roc_auc"].value == 0.5
    assert not only(TrainingResult, events).judged.decision.promoted


def test_an_unknown_recipe_is_bad_input() -> None:
    """A mistyped recipe stops before any work."""
    with pytest.raises(BadInput, match="no method"):
        run(rated_answers(10), recipe="triple")


def test_the_evaluation_survives_json(trained: list[Event | TrainingResult]) -> None:
    """What is stored reads back equal; the rows are kept apart."""
    evaluation = only(Evaluated, trained).evaluation
    data = json.loads(json.dumps(evaluation.to_json(), allow_nan=False))
    assert "rows" not in data
    assert Evaluation.from_json(data, evaluation.rows) == evaluation


def test_a_stored_model_is_measured_on_another_file(trained: list[Event | TrainingResult]) -> None:
    """The model and the baselines stored with it score rows they never saw; no fold is claimed."""
    others = rated_answers(30, seed=9)
    evaluation = evaluate_model(only(TrainingResult, trained).model, others, embedder(), positive_threshold=4, seed=0)
    assert evaluation.n == 120
    auc = evaluation.metrics["roc_auc"].value
    assert auc is not None
    assert auc > 0.7
    assert set(evaluation.baselines) == set(BASELINES)
    assert {row.fold for row in evaluation.rows} == {None}


def test_a_file_without_new_prompts_is_not_estimable(trained: list[Event | TrainingResult]) -> None:
    """When every prompt was seen in training, nothing honest is left to say."""
    result = only(TrainingResult, trained)
    unseen, seen = leave_out_seen(rated_answers(40), result.groups)
    assert (unseen, seen) == ([], 40)
    evaluation = evaluate_model(result.model, unseen, embedder(), positive_threshold=4, seed=0)
    assert (evaluation.n, evaluation.prompts) == (0, 0)
    metrics = [evaluation.metrics, *evaluation.baselines.values()]
    assert all(metric.value is None and metric.reason for found in metrics for metric in found.values())
    assert evaluation.versus_length.value is None


def test_seen_prompts_are_recognised_however_they_are_written() -> None:
    """Case and spaces do not make a prompt new."""
    example = rated_answers(1, 1)[0]
    shouted = replace(example, prompt=f"  {example.prompt.upper()} ")
    assert leave_out_seen([shouted], {example.group}) == ([], 1)


def test_the_data_fingerprint_notices_every_change() -> None:
    """A rating, a text or a context that differs is other data; the ids do not matter."""
    examples = rated_answers(3)
    first = examples[0]
    assert data_fingerprint([replace(first, interaction_id=99), *examples[1:]]) == data_fingerprint(examples)
    for change in ({"rating": 4.5}, {"response": "x"}, {"context_id": "c"}):
        assert data_fingerprint([replace(first, **change), *examples[1:]]) != data_fingerprint(examples)
