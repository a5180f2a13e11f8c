"""The events of a training, ready to be stored as rows, and its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.metrics import Metric
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.figures import Figures
from core.domain.verdicts.gates import Decision
from core.reward.confidence import ScoreConfidence
from core.reward.evaluation.evaluation import Evaluation
from core.reward.linear import LinearModel
from core.reward.metrics.curves import Points
from core.reward.model import FittedModel
from core.reward.training.report import TrustReport


@dataclass(frozen=True, slots=True)
class Refused:
    """There is too little to train on; nothing follows."""

    reason: str

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"event": "refused", "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Started:
    """The data was accepted."""

    n: int
    prompts: int
    good: int
    recipe: str
    seed: int

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "started",
            "n": self.n,
            "prompts": self.prompts,
            "good": self.good,
            "recipe": self.recipe,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class Embedding:
    """Progress of embedding; see ``embedder.Progress``."""

    done: int
    total: int
    rows_per_second: float | None
    seconds_left: float | None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "embedding",
            "done": self.done,
            "total": self.total,
            "rows_per_second": self.rows_per_second,
            "seconds_left": self.seconds_left,
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """What tuning layers needs, about, before it begins."""

    memory: int
    """Bytes."""
    disk: int
    """Bytes, until the training ends."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"event": "planned", "memory": self.memory, "disk": self.disk}


@dataclass(frozen=True, slots=True)
class Tuning:
    """Progress of tuning: one more step of the optimiser, or some rows scored."""

    fold: int
    """From 1: which model is tuned."""
    folds: int
    epoch: int
    """From 1: how often it has begun to go through the ratings."""
    epochs: int
    loss: float
    """Mean over the latest steps, the newest ones weighing most."""
    done: int
    """Of ``total``, over all models."""
    total: int
    seconds_left: float | None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "tuning",
            "fold": self.fold,
            "folds": self.folds,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "loss": self.loss,
            "done": self.done,
            "total": self.total,
            "seconds_left": self.seconds_left,
        }


@dataclass(frozen=True, slots=True)
class FoldDone:
    """One fold was held out, and scored by a model fitted on the others."""

    fold: int
    """From 1."""
    folds: int
    metrics: dict[str, Metric]
    """Of this fold alone, without intervals."""
    roc: Points
    """Of the folds of this repeat so far: (false positive rate, true positive rate)."""
    repeat: int = 1
    """From 1: which division of the prompts into folds this one belongs to."""
    repeats: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "fold_done",
            "fold": self.fold,
            "folds": self.folds,
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "roc": [list(point) for point in self.roc],
            "repeat": self.repeat,
            "repeats": self.repeats,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether answers that raters ordered are learned from too, and what that changed."""

    pairs: int
    prompts: int
    gain: Metric | None
    """ROC AUC minus that of ratings alone, paired, on the folds of the first repeat; None: they are not learned from,
    because the inner validation was not clearly better with them."""
    apart: int = 0
    """Pairs that were left out, because nothing is learned from their prompts."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "compared",
            "pairs": self.pairs,
            "prompts": self.prompts,
            "gain": None if self.gain is None else self.gain.to_json(),
            "apart": self.apart,
        }


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Every row has an out-of-fold score."""

    evaluation: Evaluation

    def to_json(self) -> dict[str, Any]:
        """As it is stored; the scores of the rows are kept apart."""
        return {"event": "evaluated", "evaluation": self.evaluation.to_json()}


@dataclass(frozen=True, slots=True)
class Examined:
    """One more model was fitted for the report: for its learning curve, or without one of the raters."""

    done: int
    total: int

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"event": "examined", "done": self.done, "total": self.total}


@dataclass(frozen=True, slots=True)
class Reported:
    """The trust report is complete."""

    report: TrustReport

    def to_json(self) -> dict[str, Any]:
        """As it is stored; pages and the downloaded file are made from it."""
        return {"event": "reported", "report": self.report.to_json()}


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the model may become champion."""

    decision: Decision
    versus_champion: Metric | None
    """ROC AUC minus the champion's; None without a champion, or where its recipe is the same and would be refitted."""
    unseen_prompts: int | None = None
    """On how many prompts that neither was trained on; None: both recipes refitted on the same folds."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "judged",
            "promoted": self.decision.promoted,
            "gate": str(self.decision.gate),
            "reason": self.decision.reason,
            "versus_champion": None if self.versus_champion is None else self.versus_champion.to_json(),
            "unseen_prompts": self.unseen_prompts,
        }


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model was fitted on all rows."""

    c: float
    """Inverse regularisation strength that the inner cross-validation chose."""
    threshold: float
    seconds: float
    """Since the training started."""
    weighting: str
    """What it reads: "prompt and answer", or another weighting of its recipe that ranked clearly better."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "fitted",
            "c": self.c,
            "threshold": self.threshold,
            "seconds": self.seconds,
            "weighting": self.weighting,
        }


@dataclass(frozen=True, slots=True)
class Saved:
    """The model's files are on disk."""

    model_version: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"event": "saved", "model_version": self.model_version, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Registered:
    """The version is known to the database, and perhaps champion."""

    model_version: str
    promoted: bool
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "registered",
            "model_version": self.model_version,
            "promoted": self.promoted,
            "reason": self.reason,
        }


Event = (
    Refused
    | Started
    | Embedding
    | Planned
    | Tuning
    | FoldDone
    | Compared
    | Evaluated
    | Examined
    | Reported
    | Judged
    | Fitted
    | Saved
    | Registered
)

STORED_NAMES: Mapping[type[Event], str] = {
    Refused: "Refused",
    Started: "Started",
    Embedding: "Embedding",
    Planned: "Planned",
    Tuning: "Tuning",
    FoldDone: "FoldDone",
    Compared: "Compared",
    Evaluated: "Evaluated",
    Examined: "Examined",
    Reported: "Reported",
    Judged: "Judged",
    Fitted: "Fitted",
    Saved: "Saved",
    Registered: "Registered",
}
"""The kind of each event in the database, in use since release 0.1.0: a class may be renamed, these may not."""


@dataclass(frozen=True)
class TrainingResult:
    """Result of a training that was not refused: the model and its evaluation."""

    model: FittedModel
    evaluation: Evaluation
    """Out of fold; of the recipe ``transformer`` on the answers that are kept apart."""
    report: TrustReport
    judged: Judged
    """Against answer length, and against the champion's recipe where there is one."""
    groups: frozenset[str]
    """Hashes of the prompts that the model was fitted on, those of comparisons among them."""
    confidence: ScoreConfidence
    """How far its scores can be trusted."""
    weighting: str
    """As in ``Fitted``."""
    comparisons: int
    """How many pairs of answers that raters ordered it was fitted on too."""
    figures: Figures
    """Cross-validated."""
    one_person: bool
    """Whether it learned from one person's ratings."""
    learned: int
    """Rated answers that it was fitted on."""
    questions: int
    """Different prompts of these."""
    fold_models: tuple[LinearModel, ...]
    """Of the first division into folds, which gave the out-of-fold scores: they score answers that nobody rated."""
    adds: Addition | None = None
    """What its tuned layers add; None for a recipe without any."""
