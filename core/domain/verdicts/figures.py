"""The figures of a model version: fixed when it was trained, the same on every page, in every file and in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.metrics import Metric

ENOUGH_KEPT_APART = 30
"""Questions kept apart from which the figures are measured on those alone."""


class Basis(StrEnum):
    """What figures were measured on."""

    KEPT_APART = "kept_apart"
    """Answers to questions that no model learns from, as they were rated at that training."""
    CROSS_VALIDATED = "cross_validated"
    """All rated answers, each scored by a model that had not seen its question."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one training came to."""

    basis: Basis
    answers: int
    questions: int
    measure: str
    """``pairwise_accuracy``, or ``roc_auc`` where answers cannot be compared within questions: what ``right_order``,
    ``rule_order`` and ``gain`` are in."""
    right_order: Metric
    accuracy: Metric
    better_pick: Metric
    """Share of questions with two or more rated answers whose first answer is good."""
    rule: str | None
    """The simple rule with the best cross-validated ``measure``; None where none can be measured."""
    rule_order: Metric
    gain: Metric
    """``right_order`` minus ``rule_order``, paired."""
    length_gap: Metric
    """Right order where the better answer is the longer one minus where it is the shorter one."""

    @property
    def beats_rule(self) -> bool:
        """Whether the model is clearly better than the best simple rule."""
        return self.gain.low is not None and self.gain.low > 0

    @property
    def rule_wins(self) -> bool:
        """Whether the best simple rule is clearly better than the model."""
        return self.gain.high is not None and self.gain.high < 0

    def to_json(self) -> dict[str, Any]:
        """As it is stored, and printed by ``train --json`` under ``figures``."""
        return {
            "basis": str(self.basis),
            "answers": self.answers,
            "questions": self.questions,
            "measure": self.measure,
            "right_order": self.right_order.to_json(),
            "accuracy": self.accuracy.to_json(),
            "better_pick": self.better_pick.to_json(),
            "rule": self.rule,
            "rule_order": self.rule_order.to_json(),
            "gain": self.gain.to_json(),
            "length_gap": self.length_gap.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Figures":
        """Read what ``to_json`` wrote."""
        metrics = ("right_order", "accuracy", "better_pick", "rule_order", "gain", "length_gap")
        return cls(
            basis=Basis(data["basis"]),
            answers=data["answers"],
            questions=data["questions"],
            measure=data["measure"],
            rule=data["rule"],
            **{name: Metric.from_json(data[name]) for name in metrics},
        )
