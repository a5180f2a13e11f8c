"""The judgement of a model version: figures, decision, and the one sentence that says both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.domain.metrics import Metric
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.figures import Figures
from core.domain.verdicts.gates import Gate, compared_on
from core.domain.verdicts.rules import rule_words

_LENGTH = (Gate.LENGTH, Gate.FOLLOWS_LENGTH)
ONE_PERSON = 0.9
"""Share of the ratings above which a model learned from one person."""


class Use(StrEnum):
    """Whether a version ranks answers now."""

    IN_USE = "in_use"
    USED_BEFORE = "used_before"
    NOT_USED = "not_used"


class Tone(StrEnum):
    """How a verdict is shown: its colour and icon."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a version from its training."""

    figures: Figures
    gate: Gate
    reason: str
    """The decision in full, for the audit log and the full report."""
    unseen_questions: int | None
    """On how many questions it was compared with the model in use; None: both were learned anew, or there was none."""
    one_person: bool
    """Whether one person gave more than ``ONE_PERSON`` of the ratings it learned from."""
    adds: Addition | None = None
    """What tuned layers add; None for a model without any."""
    goes_by: str | None = None
    """The simple rule that the model is, because on few ratings that ranked better than all it could learn."""

    @property
    def promoted(self) -> bool:
        """Whether it came into use by rule."""
        return self.gate is Gate.PASSED

    def tone(self, use: Use) -> Tone:
        """Good: passed the rule and beats the best simple rule. Bad: did not pass, and is in use all the same."""
        if self.promoted:
            return Tone.GOOD if self.figures.beats_rule else Tone.CAUTION
        return Tone.BAD if use is Use.IN_USE else Tone.CAUTION

    def sentence(self, use: Use) -> str:
        """The verdict: whether it is used and why, what it is worth, and whose judgement it learned."""
        parts = [self._use(use), self._worth(), self._rule()]
        if self.adds is not None:
            parts.append(self.adds.sentence())
        if self.one_person:
            parts.append("It learned from one person's ratings.")
        return " ".join(part for part in parts if part)

    def _use(self, use: Use) -> str:
        why = why_not(self.gate, self.unseen_questions)
        if not self.promoted:
            if use is Use.NOT_USED:
                return f"Not used: {why}."
            begin = "In use by a person's decision" if use is Use.IN_USE else "Used before by a person's decision"
            return f"{begin}, although by the rule it would not be: {why}."
        begin = {
            Use.IN_USE: "In use",
            Use.USED_BEFORE: "Used before, not now",
            Use.NOT_USED: "Not in use now",
        }[use]
        if self.figures.beats_rule or self.figures.rule is None or self.goes_by == self.figures.rule:
            return f"{begin}."
        then = ", but" if use is Use.IN_USE else ";"
        return f"{begin}{then} no better than asking {asked(self.figures.rule)}."

    def _worth(self) -> str:
        figures = self.figures
        if figures.right_order.value is None:
            return ""
        value, rule = times(figures.right_order), ""
        if self.gate in _LENGTH and (figures.rule_order.value or 0) < figures.right_order.value:
            rule = ", which length alone may explain"
        elif figures.rule is not None and figures.rule_order.value is not None:
            rule = f"; the best simple rule {_hundred(figures.rule_order.value)}"
            if self.promoted and not figures.beats_rule:
                rule += ": clearly better" if figures.rule_wins else ": too close to tell apart"
        if figures.measure == "pairwise_accuracy":
            return f"Of two answers it picks the better one {value}{rule}."
        return f"Of a good and a poor answer it scores the good one higher {value}{rule}."

    def _rule(self) -> str:
        if self.goes_by is None:
            return ""
        return (
            "On so few ratings a simple rule ranked answers better than all it could learn, so it goes by that rule "
            f"alone: {rule_words(self.goes_by)}."
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the version."""
        return (
            {
                "figures": self.figures.to_json(),
                "gate": str(self.gate),
                "reason": self.reason,
                "unseen_questions": self.unseen_questions,
                "one_person": self.one_person,
            }
            | ({} if self.adds is None else {"adds": self.adds.to_json()})
            | ({} if self.goes_by is None else {"goes_by": self.goes_by})
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Judgement":
        """Read what ``to_json`` wrote."""
        return cls(
            Figures.from_json(data["figures"]),
            Gate(data["gate"]),
            data["reason"],
            data["unseen_questions"],
            data["one_person"],
            adds=Addition.from_json(data["adds"]) if "adds" in data else None,
            goes_by=data.get("goes_by"),
        )

    def decided(self, gate: Gate, reason: str) -> "Judgement":
        """The same with another decision."""
        return replace(self, gate=gate, reason=reason)


def why_not(gate: Gate, unseen_questions: int | None) -> str:
    """Why a model did not come into use by rule, as half a sentence."""
    where = (
        "both learned anew from the ratings of that day" if unseen_questions is None else compared_on(unseen_questions)
    )
    return {
        Gate.PASSED: "",
        Gate.NOT_ESTIMABLE: "it cannot be judged on these ratings",
        Gate.TOO_FEW_QUESTIONS: "too few questions to tell skill from luck",
        Gate.CHANCE: "not clearly better than guessing",
        Gate.LENGTH: "not clearly better than the length of the answer",
        Gate.FOLLOWS_LENGTH: "it follows the length of the answer",
        Gate.CHAMPION_WORSE: f"worse than the model then in use ({where})",
        Gate.CHAMPION_UNCLEAR: f"not clearly as good as the model then in use ({where})",
        Gate.CHAMPION_UNKNOWN: "it could not be compared with the model then in use",
        Gate.ADDS_NOTHING: "the deep part adds nothing here, keep the fast method",
        Gate.TOO_FEW_APART: "too few questions are kept apart to tell whether the deep part helps",
        Gate.MOVED: "ratings or the model in use changed while it was trained",
    }[gate]


def asked(rule: str) -> str:
    """What a simple rule asks, after "no better than asking": how similar answer and question are."""
    which = {"length_only": "how long the answer is", "original_order": "which answer was stored first"}
    return which.get(rule, rule_words(rule))


def times(metric: Metric) -> str:
    """87 times of 100 [84, 90]; a share without an interval stands alone."""
    assert metric.value is not None
    said = f"{_hundred(metric.value)} times of 100"
    if metric.low is None or metric.high is None:
        return said
    return f"{said} [{_hundred(metric.low)}, {_hundred(metric.high)}]"


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"
