"""What tuned layers add to the fast model: measured once, on the questions that are kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.metrics import Metric
from core.domain.verdicts.figures import ENOUGH_KEPT_APART


@dataclass(frozen=True, slots=True)
class Addition:
    """The difference that the deep part of a model makes, and what it costs."""

    gain: Metric
    """ROC AUC of the whole minus that of ``pair`` fitted on the same ratings; paired, interval over questions."""
    questions: int
    """Kept apart: no model learns from them."""
    seconds_per_answer: float | None
    """That the deep part took to read one of their answers, on the machine of the training."""

    @property
    def can_tell(self) -> bool:
        """Whether there are enough questions for the rule to decide by them."""
        return self.questions >= ENOUGH_KEPT_APART and self.gain.low is not None

    @property
    def helps(self) -> bool:
        """Whether the gain is clearly above 0."""
        return self.can_tell and self.gain.low is not None and self.gain.low > 0

    def sentence(self) -> str:
        """Gain, questions and time in words."""
        where = f"on {self.questions:,} questions kept apart"
        gain = self.gain
        if gain.value is None:
            said = f"What the deep part adds could not be measured {where}."
        else:
            bounds = "" if gain.low is None or gain.high is None else f" [{_points(gain.low)}, {_points(gain.high)}]"
            said = (
                "The deep part changes how often a good answer scores higher than a poor one by "
                f"{_points(gain.value)} points of 100{bounds}, measured {where}."
            )
        if self.seconds_per_answer is None:
            return said
        return f"{said} It takes about {_seconds(self.seconds_per_answer)} more per new answer."

    def to_json(self) -> dict[str, Any]:
        """As it is stored, and printed by ``train --json`` under ``adds``."""
        return {
            "gain": self.gain.to_json(),
            "questions": self.questions,
            "seconds_per_answer": self.seconds_per_answer,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Addition":
        """Read what ``to_json`` wrote."""
        return cls(Metric.from_json(data["gain"]), data["questions"], data["seconds_per_answer"])


def _points(share: float) -> str:
    return f"{100 * share + 0.0:+.1f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(1, round(1000 * seconds))} ms"
