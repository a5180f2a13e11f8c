"""The evaluation of a model: metrics with intervals, those of the baselines, and the score of every row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.baselines import BASELINES, original_order
from core.reward.encoding.embedder import Embedder
from core.reward.metrics.curves import Confusion, Points, Report, classification_report, confusion, roc_points
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure, paired_difference
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR


@dataclass(frozen=True, slots=True)
class RowScore:
    """Score of one answer by a model that had not seen its prompt."""

    interaction_id: int
    fold: int | None
    """The fold it was held out in, from 0; None where a stored model scored it."""
    score: float
    """Probability of good."""


@dataclass(frozen=True)
class Evaluation:
    """A model on rows that it was not fitted on."""

    n: int
    prompts: int
    good: int
    metrics: dict[str, Metric]
    baselines: dict[str, dict[str, Metric]]
    versus_length: Metric
    """ROC AUC minus that of length_only, paired."""
    differences: dict[str, Metric]
    """ROC AUC minus that of each baseline, paired; empty in evaluations of older versions."""
    repeats: int
    """How many times the prompts were divided into folds: metrics are means over them."""
    confusion: Confusion
    """As all that follows: of the first repeat, so that every answer counts once."""
    report: Report
    roc: dict[str, Points]
    """Points of ``model`` and of every baseline."""
    rows: tuple[RowScore, ...]

    @property
    def versus_curve(self) -> Metric:
        """ROC AUC minus that of length_curve, paired."""
        missing = Metric(None, reason="not estimable: measured by an earlier release")
        return self.differences.get("length_curve", missing)

    def to_json(self) -> dict[str, Any]:
        """Everything but the rows, in what JSON knows."""
        return {
            "n": self.n,
            "prompts": self.prompts,
            "good": self.good,
            "metrics": _metrics_to_json(self.metrics),
            "baselines": {name: _metrics_to_json(metrics) for name, metrics in self.baselines.items()},
            "versus_length": self.versus_length.to_json(),
            "differences": _metrics_to_json(self.differences),
            "repeats": self.repeats,
            "confusion": self.confusion,
            "report": self.report,
            "roc": {name: [list(point) for point in points] for name, points in self.roc.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], rows: Sequence[RowScore] = ()) -> "Evaluation":
        """Read what ``to_json`` wrote; ``rows`` are stored apart."""
        return cls(
            n=data["n"],
            prompts=data["prompts"],
            good=data["good"],
            metrics=_metrics_from_json(data["metrics"]),
            baselines={name: _metrics_from_json(metrics) for name, metrics in data["baselines"].items()},
            versus_length=Metric.from_json(data["versus_length"]),
            differences=_metrics_from_json(data.get("differences", {})),
            repeats=data.get("repeats", 1),
            confusion=data["confusion"],
            report=data["report"],
            roc={name: [(x, y) for x, y in points] for name, points in data["roc"].items()},
            rows=tuple(rows),
        )


def evaluate(
    examples: Sequence[Example],
    rated: Labels,
    model: Sequence[Scores],
    baselines: Sequence[Mapping[str, Scores]],
    *,
    folds: NDArray[np.int64] | None,
    seed: int,
) -> Evaluation:
    """Put together what is known from the scores of a model and of the fitted baselines on ``examples``.

    ``model`` and ``baselines`` hold one entry per repeat; ``folds`` are those of the first, None for scores of a model
    that learned from other rows.
    """
    order = original_order(rated)
    scorers = {name: [repeat[name] for repeat in baselines] for name in baselines[0]} | {"original_order": [order]}
    crossed = folds is not None
    stacked = np.stack([scores.values for scores in model])
    differences = {
        name: paired_difference(
            rated, stacked, np.stack([s.values for s in repeats]), seed=seed, cross_validated=crossed
        )
        for name, repeats in scorers.items()
    }
    counts = confusion(rated, model[0])
    first = {"model": model[0]} | {name: repeats[0] for name, repeats in scorers.items()}
    return Evaluation(
        n=len(rated),
        prompts=rated.prompts,
        good=int(rated.good.sum()),
        metrics=measure(rated, *model, seed=seed, cross_validated=crossed),
        baselines={
            name: measure(rated, *repeats, seed=seed, cross_validated=crossed and name != "original_order")
            for name, repeats in scorers.items()
        },
        versus_length=differences["length_only"],
        differences=differences,
        repeats=len(model),
        confusion=counts,
        report=classification_report(counts),
        roc={name: roc_points(rated.good, scores.values) for name, scores in first.items()},
        rows=tuple(
            RowScore(example.interaction_id, None if folds is None else int(folds[index]), float(value))
            for index, (example, value) in enumerate(zip(examples, model[0].values, strict=True))
        ),
    )


def evaluate_model(
    model: FittedModel, examples: Sequence[Example], embedder: Embedder, *, positive_threshold: int, seed: int
) -> Evaluation:
    """A stored model, and the baselines stored with it, on rated ``examples``; see ``leave_out_seen``.

    Raises:
        Unavailable: the encoder is another one than in training, or cannot be loaded.
    """
    model.check_encoder(embedder.fingerprint)
    pairs = [Pair(example.prompt, example.response) for example in examples]
    nothing = Scores(np.zeros(0), np.zeros(0, dtype=bool))
    scores, baselines = nothing.values, dict.fromkeys(BASELINES, nothing)
    if pairs:
        pair_features = feature_matrix(PAIR, pairs, embedder)
        scores = model.predict(model.features(pairs, embedder, pair_features))
        baselines = model.baselines.score(pair_features)
    rated = Labels.of(examples, positive_threshold=positive_threshold)
    called = Scores(scores, scores >= model.threshold)
    return evaluate(examples, rated, [called], [baselines], folds=None, seed=seed)


def leave_out_seen(examples: Sequence[Example], trained_on: Collection[str]) -> tuple[list[Example], int]:
    """The examples whose prompts the model was not trained on (``trained_on``: groups), and how many prompts it was."""
    unseen = [example for example in examples if example.group not in trained_on]
    return unseen, len({example.group for example in examples} & set(trained_on))


def _metrics_to_json(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: metric.to_json() for name, metric in metrics.items()}


def _metrics_from_json(data: Mapping[str, Any]) -> dict[str, Metric]:
    return {name: Metric.from_json(metric) for name, metric in data.items()}
