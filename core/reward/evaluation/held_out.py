"""Measurement of stored models on held-out answers, all of them on the same rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.held_out import FEWEST_PROMPTS
from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.evaluation import leave_out_seen
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure, paired_difference
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR

Floats = NDArray[np.float64]


def scores(models: Mapping[str, FittedModel], examples: Sequence[Example], embedder: Embedder) -> dict[str, Floats]:
    """The probability of good by name of the model, each of shape (len(examples),); features of ``pair`` once.

    Raises:
        Unavailable: a model was fitted with another encoder, or a vector has to be computed and it cannot be loaded.
    """
    pairs = [Pair(example.prompt, example.response) for example in examples]
    if not pairs:
        return {name: np.zeros(0) for name in models}
    of_pair = feature_matrix(PAIR, pairs, embedder)
    return {name: model.predict(model.features(pairs, embedder, of_pair)) for name, model in models.items()}


def comparable(examples: Sequence[Example], *, positive_threshold: int) -> bool:
    """Whether two models can be compared on these answers: prompts enough for an interval, good ones and poor ones."""
    good = {example.rating >= positive_threshold for example in examples}
    return len(good) == 2 and len({example.group for example in examples}) >= FEWEST_PROMPTS


def difference(
    first: FittedModel,
    second: FittedModel,
    examples: Sequence[Example],
    embedder: Embedder,
    *,
    positive_threshold: int,
    seed: int,
) -> Metric:
    """ROC AUC of ``first`` minus that of ``second`` on prompts that neither was fitted on, paired.

    Raises:
        Unavailable: as ``scores``.
    """
    found = scores({"first": first, "second": second}, examples, embedder)
    rated = Labels.of(examples, positive_threshold=positive_threshold)
    return paired_difference(rated, found["first"], found["second"], seed=seed)


def measurements(
    models: Mapping[str, tuple[FittedModel, frozenset[str]]],
    held_out: Sequence[Example],
    embedder: Embedder,
    *,
    positive_threshold: int,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Measure each model on held-out answers to prompts that it was not fitted on; JSON by name.

    ``models`` holds each with the prompts (groups) of its training; ``prompts_seen`` counts those left out for that.

    Raises:
        Unavailable: as ``scores``.
    """
    everything = scores({name: model for name, (model, _) in models.items()}, held_out, embedder)
    shown = {}
    for name, (model, groups) in models.items():
        unseen, seen = leave_out_seen(held_out, groups)
        rows = np.array([example.group not in groups for example in held_out], dtype=bool)
        rated = Labels.of(unseen, positive_threshold=positive_threshold)
        values = everything[name][rows]
        metrics = measure(rated, Scores(values, values >= model.threshold), seed=seed)
        shown[name] = {
            "n": len(unseen),
            "prompts": rated.prompts,
            "prompts_seen": seen,
            "metrics": {name: metric.to_json() for name, metric in metrics.items()},
        }
    return shown
