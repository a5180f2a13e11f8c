"""The rules by which a model may become champion, and the verdict on its use, each with its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.metrics import Metric

CHANCE = 0.5
TOLERATED_LOSS = -0.02
"""How far a challenger's lower bound may lie below the champion: an equal model is not refused for its noise."""
_RIVALS = {
    "cosine": "the similarity of prompt and answer alone",
    "prompt_only": "the prompt alone",
    "original_order": "the order in which answers were stored",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a model may become champion, and why, for the lead."""

    promoted: bool
    reason: str


def judge_first(auc: Metric, versus_length: Metric) -> Decision:
    """The rule without a champion: the lower 95 % bound of (AUC - AUC of answer length alone) is above 0.

    And that of the AUC is not below chance: where ratings are noise, length may come out far below 0.5 by luck, and a
    model that knows nothing would beat it.
    """
    shown = f"AUC {_number(auc.value, 3)}"
    if versus_length.value is None:
        return Decision(False, f"AUC is {versus_length.reason}: not promoted.")
    if versus_length.low is None:
        return Decision(False, f"{shown}, but there are too few prompts to tell whether that is luck: not promoted.")
    if versus_length.low > 0 and auc.low is not None and auc.low <= CHANCE:
        return Decision(False, f"{shown} may be no better than chance ({_interval(auc)} holds 0.5): not promoted.")
    if versus_length.low > 0:
        return Decision(True, f"{shown} beats answer length alone by {_interval(versus_length)}: promoted.")
    return Decision(
        False,
        f"{shown} does not clearly beat answer length alone (difference {_interval(versus_length)}): not promoted.",
    )


def judge_challenger(
    auc: Metric, versus_length: Metric, versus_champion: Metric | None, *, unseen_prompts: int | None = None
) -> Decision:
    """The rule with a champion: pass ``judge_first``, be no worse than it (>= 0) and not by chance (bound > -0.02).

    ``unseen_prompts`` says on how many prompts that neither was trained on the two were compared; None: their recipes
    were refitted on the same folds, the champion's on what it learned from. There ``versus_champion`` is None for the
    champion's own recipe on the same ratings, which would be the same model.
    """
    first = judge_first(auc, versus_length)
    if not first.promoted:
        return first
    shown = f"AUC {_number(auc.value, 3)}"
    if versus_champion is None:
        beats = f"{shown} beats answer length alone by {_interval(versus_length)}"
        return Decision(True, f"{beats}; it is the champion's recipe with the present ratings: promoted.")
    if versus_champion.value is None or versus_champion.low is None:
        return Decision(False, f"{shown}, but it could not be compared with the champion: not promoted.")
    where = (
        f"on {unseen_prompts:,} prompts that neither was trained on"
        if unseen_prompts is not None
        else "with both fitted anew, each on what it learned from"
    )
    if versus_champion.value >= 0 and versus_champion.low > TOLERATED_LOSS:
        beats = f"{shown} beats answer length alone by {_number(versus_length.value)}"
        return Decision(
            True, f"{beats} and is no worse than the champion ({_interval(versus_champion)}) {where}: promoted."
        )
    if versus_champion.value >= 0:
        why = "is as good as the champion or better, but by so little that it may be luck"
    elif versus_champion.high is not None and versus_champion.high < 0:
        why = "is worse than the champion"
    else:
        why = "is not clearly as good as the champion"
    # the AUC is cross-validated: beside a difference on other prompts it would seem to contradict it
    subject = shown if unseen_prompts is None else "It"
    return Decision(False, f"{subject} {why} (difference {_interval(versus_champion)}) {where}: not promoted.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on the use of a model."""

    usable: bool
    sentence: str
    more: int | None
    """About how many more ratings are likely to settle it; None when that cannot be said, or nothing is missing."""


def verdict(
    auc: Metric, versus_length: Metric, *, more: int | None, differences: Mapping[str, Metric] | None = None
) -> Verdict:
    """Judge by the paired AUC difference to answer length alone; ``more`` is what the learning curve asks for.

    A simple rule of ``differences`` (AUC minus that of each baseline) that is clearly better is named.
    """
    if versus_length.value is None:
        why = (versus_length.reason or "").removeprefix("not estimable: ")
        return Verdict(False, f"Cannot be judged ({why}): do not use yet.", None)
    if versus_length.low is None or versus_length.high is None:
        return Verdict(False, "Too few prompts to tell skill from luck: do not use yet, rate more prompts.", None)
    points = f"{_points(abs(versus_length.value))} points"
    bounds = f"[{_points(versus_length.low)}, {_points(versus_length.high)}]"
    if versus_length.low > 0 and auc.low is not None and auc.low <= CHANCE:
        chance = f"ROC AUC {auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]"
        return Verdict(False, f"Not distinguishable from chance ({chance}): do not use yet, rate more prompts.", None)
    if versus_length.low > 0:
        return Verdict(True, f"Beats length-only by {points} {bounds}: safe to use{_but(differences or {})}.", None)
    advice = f"rate about {more:,} more" if more is not None else "rate more answers to new prompts"
    if versus_length.high < 0:
        return Verdict(False, f"Worse than answer length alone by {points} {bounds}: do not use, {advice}.", more)
    return Verdict(
        False,
        f"Not distinguishable from answer length ({_points(versus_length.value)} points {bounds}): "
        f"do not use yet, {advice}.",
        more,
    )


def _but(differences: Mapping[str, Metric]) -> str:
    """The simple rule that is clearly better than the model by most."""
    worse = {name: found.value for name in _RIVALS if (found := differences.get(name)) and (found.high or 0) < 0}
    if not worse:
        return ""
    name = min(worse, key=lambda rival: worse[rival] or 0.0)
    return f", but {_RIVALS[name]} is better by {_points(abs(worse[name] or 0.0))} points: try the other recipe"


def _points(value: float) -> str:
    """Hundredths of AUC: 8.1."""
    return f"{100 * value + 0.0:.1f}"


def _interval(metric: Metric) -> str:
    return f"{_number(metric.value)} [{_number(metric.low)}, {_number(metric.high)}]"


def _number(value: float | None, digits: int = 2) -> str:
    return "unknown" if value is None else f"{value + 0.0:.{digits}f}"
