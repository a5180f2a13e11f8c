"""The trust report: what is worth knowing about one training, computed once, stored with it, and shown from there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed_version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.artifact import LIBRARIES
from core.reward.encoding.windows import word_spans
from core.reward.evaluation.evaluation import Evaluation
from core.reward.evaluation.learning_curve import LearningCurve, Point
from core.reward.evaluation.slices import RaterSlice, Slice, by_rater, by_source
from core.reward.metrics.best_of_n import Choices
from core.reward.metrics.bootstrap import RESAMPLES, draws, ratio, with_interval
from core.reward.metrics.curves import Bin, Confusion, calibration, outcomes, roc_band
from core.reward.metrics.labels import Labels
from core.reward.metrics.length_bias import LengthBias, length_bias
from core.reward.metrics.metrics import Scores

Floats = NDArray[np.float64]

_EARLIER = "not estimable: trained with an earlier release"
_NO_CHOICE = "not estimable: no question has two rated answers"


@dataclass(frozen=True)
class TrustReport:
    """Report beside the Evaluation of the same training; all but ``seconds`` follows from data and seed."""

    best_of_n: dict[str, Metric]
    """Mean rating of the answer picked by ``model``, ``random``, ``first``, ``longest``, ``best``, where there is a
    choice; ``gain_random``, ``gain_first``, ``gain_longest``: the model's pick minus theirs, paired."""
    choices: int
    """Prompts (with their context) with two or more rated answers."""
    roc_band: list[tuple[float, float, float]]
    calibration: list[Bin]
    thresholds: list[tuple[float, Confusion]]
    length_bias: LengthBias
    curve: LearningCurve
    sources: list[Slice]
    raters: list[RaterSlice]
    by_rating: dict[str, int]
    fingerprint: str
    """Hash of the rows that were evaluated: texts, contexts and ratings."""
    row_ids: list[int]
    versions: dict[str, str]
    encoder: str
    recipe: str
    seed: int
    folds: int
    repeats: int
    resamples: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """In what JSON knows."""
        shown = asdict(self)
        shown["best_of_n"] = {name: metric.to_json() for name, metric in self.best_of_n.items()}
        shown["calibration"] = [{"n": b.n, "said": b.said, "true": b.true.to_json()} for b in self.calibration]
        shown["length_bias"] |= {
            "shorter_better": self.length_bias.shorter_better.to_json(),
            "longer_better": self.length_bias.longer_better.to_json(),
            "gap": self.length_bias.gap.to_json(),
        }
        shown["curve"] |= {
            "measured": [{"n": point.n, "auc": point.auc.to_json()} for point in self.curve.measured],
            "forecast": [{"n": point.n, "auc": point.auc.to_json()} for point in self.curve.forecast],
        }
        shown["sources"] = [_slice_to_json(part) for part in self.sources]
        shown["raters"] = [
            {
                "part": _slice_to_json(rater.part),
                "agreement": rater.agreement.to_json(),
                "left_out": rater.left_out.to_json(),
            }
            for rater in self.raters
        ]
        return shown

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TrustReport":
        """Read what ``to_json`` wrote."""
        bias, curve = data["length_bias"], data["curve"]
        known = dict(data) | {
            "best_of_n": {name: Metric.from_json(metric) for name, metric in data["best_of_n"].items()},
            "roc_band": [(x, low, high) for x, low, high in data["roc_band"]],
            "calibration": [Bin(b["n"], b["said"], Metric.from_json(b["true"])) for b in data["calibration"]],
            "thresholds": [(threshold, counts) for threshold, counts in data["thresholds"]],
            "length_bias": LengthBias(
                Metric.from_json(bias["shorter_better"]),
                Metric.from_json(bias["longer_better"]),
                bias["shorter_pairs"],
                bias["longer_pairs"],
                Metric.from_json(bias["gap"]) if "gap" in bias else Metric(None, reason=_EARLIER),
            ),
            "curve": LearningCurve(
                tuple(Point(point["n"], Metric.from_json(point["auc"])) for point in curve["measured"]),
                tuple(Point(point["n"], Metric.from_json(point["auc"])) for point in curve["forecast"]),
                curve["exponent"],
                curve["reason"],
                curve["more"],
            ),
            "sources": [_slice_from_json(part) for part in data["sources"]],
            "raters": [
                RaterSlice(
                    _slice_from_json(rater["part"]),
                    Metric.from_json(rater["agreement"]),
                    Metric.from_json(rater["left_out"]),
                )
                for rater in data["raters"]
            ],
        }
        known.pop("verdict", None)  # a sentence of earlier releases; the verdict of a version is its judgement
        return cls(**known)


@dataclass(frozen=True)
class Findings:
    """Findings from further fits: the learning curve, and models without one of the raters."""

    curve: LearningCurve
    left_out: dict[str, Metric] | None
    """By rater: see ``slices.leave_rater_out``; None: not measured for this recipe."""


@dataclass(frozen=True)
class Made:
    """Circumstances of a training."""

    recipe: str
    encoder: str
    fingerprint: str
    folds: int
    seed: int
    seconds: float


def trust_report(
    examples: Sequence[Example],
    rated: Labels,
    repeats: Sequence[Scores],
    evaluation: Evaluation,
    findings: Findings,
    made: Made,
    *,
    positive_threshold: int,
) -> TrustReport:
    """Put the report together from out-of-fold scores, one entry of ``repeats`` per division into folds."""
    seed = made.seed
    lengths = np.array([len(word_spans(example.response)) for example in examples], dtype=np.float64)
    first = repeats[0].values
    numbers, counts = np.unique(rated.ratings, return_counts=True)
    choices = Choices.of(rated)
    return TrustReport(
        best_of_n=_best_of_n(rated, choices, repeats, lengths, seed=seed),
        choices=len(choices.starts),
        roc_band=roc_band(rated, first, seed=seed),
        calibration=calibration(rated, first, seed=seed),
        thresholds=outcomes(rated, first),
        length_bias=length_bias(rated, np.stack([scores.values for scores in repeats]), lengths, seed=seed),
        curve=findings.curve,
        sources=by_source(examples, rated, repeats, seed=seed),
        raters=by_rater(examples, repeats, findings.left_out, positive_threshold=positive_threshold, seed=seed),
        by_rating={f"{number:g}": int(count) for number, count in zip(numbers, counts, strict=True)},
        fingerprint=made.fingerprint,
        row_ids=[example.interaction_id for example in examples],
        versions={name: installed_version(name) for name in LIBRARIES},
        encoder=made.encoder,
        recipe=made.recipe,
        seed=seed,
        folds=made.folds,
        repeats=len(repeats),
        resamples=RESAMPLES,
        seconds=made.seconds,
    )


def _best_of_n(
    rated: Labels, choices: Choices, repeats: Sequence[Scores], lengths: Floats, *, seed: int
) -> dict[str, Metric]:
    names = ("model", "random", "first", "longest", "best")
    rivals = ("random", "first", "longest")
    if not len(choices.starts):
        return dict.fromkeys([*names, *(f"gain_{name}" for name in rivals)], Metric(None, reason=_NO_CHOICE))
    picked = {
        "model": np.mean([choices.picked(rated.ratings, scores.values) for scores in repeats], axis=0),
        "random": choices.picked(rated.ratings, np.zeros(len(rated))),
        "first": choices.picked(rated.ratings, -np.arange(len(rated), dtype=np.float64)),
        "longest": choices.picked(rated.ratings, lengths),
        "best": choices.picked(rated.ratings, rated.ratings),
    }
    sums = dict(picked) | {f"gain_{name}": picked["model"] - picked[name] for name in rivals}
    offered = choices.per_prompt
    weights = np.concatenate([*draws(rated.groups, seed=seed), np.empty((0, rated.prompts))])
    whole = weights @ offered
    found = {}
    for name, column in sums.items():
        samples = ratio(weights @ column, whole)
        found[name] = with_interval(
            float(column.sum() / offered.sum()),
            samples,
            prompts=rated.prompts,
            cross_validated="model" in name or "gain" in name,
        )
    return found


def _slice_to_json(part: Slice) -> dict[str, Any]:
    metrics = {name: metric.to_json() for name, metric in part.metrics.items()}
    return {"name": part.name, "n": part.n, "prompts": part.prompts, "good": part.good, "metrics": metrics}


def _slice_from_json(data: Mapping[str, Any]) -> Slice:
    metrics = {name: Metric.from_json(metric) for name, metric in data["metrics"].items()}
    return Slice(data["name"], data["n"], data["prompts"], data["good"], metrics)
