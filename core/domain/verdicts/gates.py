"""The rule by which a model may come into use: what it has to pass, and the decision with its reason."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.metrics import Metric
from core.domain.verdicts.addition import Addition

CHANCE = 0.5
TOLERATED_LOSS = -0.02
"""How far a challenger's lower bound may lie below the champion: an equal model is not refused for its noise."""


class Gate(StrEnum):
    """Where a model stopped on its way into use."""

    PASSED = "passed"
    NOT_ESTIMABLE = "not_estimable"
    """One class in the data, or nothing to compare."""
    TOO_FEW_QUESTIONS = "too_few_questions"
    CHANCE = "chance"
    LENGTH = "length"
    FOLLOWS_LENGTH = "follows_length"
    CHAMPION_WORSE = "champion_worse"
    CHAMPION_UNCLEAR = "champion_unclear"
    CHAMPION_UNKNOWN = "champion_unknown"
    """It could not be compared with the champion."""
    ADDS_NOTHING = "adds_nothing"
    """Its tuned layers do not clearly add to what the fast method knows."""
    TOO_FEW_APART = "too_few_apart"
    """Too few questions are kept apart to tell whether they do."""
    MOVED = "moved"
    """Data or champion changed during the training."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a model may become champion by rule, and why, for the lead and the audit log."""

    gate: Gate
    reason: str

    @property
    def promoted(self) -> bool:
        """Whether it passed every gate."""
        return self.gate is Gate.PASSED


def judge_first(auc: Metric, versus_length: Metric, versus_curve: Metric) -> Decision:
    """The rule without a champion: clearly better than answer length, also than one that may bend, and than chance.

    Clearly: the lower 95 % bound of (ROC AUC - that of ``length_only``, or of ``length_curve``) is above 0. That of the
    ROC AUC is above 0.5 too: where ratings are noise, length may come out far below 0.5 by luck, and a model that knows
    nothing would beat it.
    """
    shown = f"AUC {_number(auc.value, 3)}"
    if versus_length.value is None:
        return Decision(Gate.NOT_ESTIMABLE, f"AUC is {versus_length.reason}: not promoted.")
    if versus_length.low is None:
        few = f"{shown}, but there are too few questions to tell whether that is luck: not promoted."
        return Decision(Gate.TOO_FEW_QUESTIONS, few)
    if versus_length.low <= 0:
        unclear = f"{shown} does not clearly beat answer length alone (difference {_interval(versus_length)})"
        return Decision(Gate.LENGTH, f"{unclear}: not promoted.")
    if auc.low is not None and auc.low <= CHANCE:
        chance = f"{shown} may be no better than chance ({_interval(auc)} holds 0.5): not promoted."
        return Decision(Gate.CHANCE, chance)
    if versus_curve.low is None or versus_curve.low <= 0:
        follows = f"{shown} does not clearly beat a rule that knows the best length (difference "
        return Decision(Gate.FOLLOWS_LENGTH, f"{follows}{_interval(versus_curve)}): it follows length, not promoted.")
    return Decision(Gate.PASSED, f"{shown} beats answer length alone by {_interval(versus_length)}: promoted.")


def judge_challenger(
    auc: Metric,
    versus_length: Metric,
    versus_curve: Metric,
    versus_champion: Metric | None,
    *,
    unseen_questions: int | None = None,
) -> Decision:
    """The rule with a champion: pass ``judge_first``, be no worse than it (>= 0) and not by chance (bound > -0.02).

    ``unseen_questions`` says on how many questions that neither was trained on the two were compared; None: their
    recipes were refitted on the same folds, the champion's on what it learned from. There ``versus_champion`` is None
    for the champion's own recipe on the same ratings, which would be the same model.
    """
    first = judge_first(auc, versus_length, versus_curve)
    if not first.promoted:
        return first
    shown = f"AUC {_number(auc.value, 3)}"
    if versus_champion is None:
        beats = f"{shown} beats answer length alone by {_interval(versus_length)}"
        return Decision(Gate.PASSED, f"{beats}; it is made as the model in use is, with the present ratings: promoted.")
    if versus_champion.value is None or versus_champion.low is None:
        unknown = f"{shown}, but it could not be compared with the model in use: not promoted."
        return Decision(Gate.CHAMPION_UNKNOWN, unknown)
    where = compared_on(unseen_questions)
    if versus_champion.value >= 0 and versus_champion.low > TOLERATED_LOSS:
        beats = f"{shown} beats answer length alone by {_number(versus_length.value)}"
        no_worse = f"{beats} and is no worse than the model in use ({_interval(versus_champion)}) {where}: promoted."
        return Decision(Gate.PASSED, no_worse)
    gate = Gate.CHAMPION_UNCLEAR
    if versus_champion.value >= 0:
        why = "is as good as the model in use or better, but by so little that it may be luck"
    elif versus_champion.high is not None and versus_champion.high < 0:
        gate, why = Gate.CHAMPION_WORSE, "is worse than the model in use"
    else:
        why = "is not clearly as good as the model in use"
    # the AUC is cross-validated: beside a difference on other questions it would seem to contradict it
    subject = shown if unseen_questions is None else "It"
    return Decision(gate, f"{subject} {why} (difference {_interval(versus_champion)}) {where}: not promoted.")


def judge_addition(decision: Decision, adds: Addition) -> Decision:
    """The further rule for a model with tuned layers: its gain over the fast method lies clearly above 0.

    Asked after ``judge_first`` and before the comparison with the champion: of a ``decision`` that fell behind the
    champion it is said as well whether the layers help at all.
    """
    against = (Gate.CHAMPION_WORSE, Gate.CHAMPION_UNCLEAR, Gate.CHAMPION_UNKNOWN)
    if (not decision.promoted and decision.gate not in against) or adds.helps:
        return decision
    where = f"on {adds.questions:,} questions kept apart"
    if not adds.can_tell:
        few = f"The deep part adds {_interval(adds.gain)} AUC {where}, which are too few to tell: not promoted."
        return Decision(Gate.TOO_FEW_APART, few)
    nothing = f"The deep part adds {_interval(adds.gain)} AUC {where}: it adds nothing here, keep the fast method."
    return Decision(Gate.ADDS_NOTHING, f"{nothing} Not promoted.")


def compared_on(unseen_questions: int | None) -> str:
    """What a model and the one in use were compared on."""
    if unseen_questions is not None:
        return f"on {unseen_questions:,} questions that neither was trained on"
    return "with both learned anew from today's ratings"


def _interval(metric: Metric) -> str:
    return f"{_number(metric.value)} [{_number(metric.low)}, {_number(metric.high)}]"


def _number(value: float | None, digits: int = 2) -> str:
    return "unknown" if value is None else f"{value + 0.0:.{digits}f}"
