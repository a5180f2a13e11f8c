"""The one sentence that a lead needs: may this model be used, and if not, what would help."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.metrics import Metric
from core.reward.training.promotion import CHANCE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the numbers say about use."""

    usable: bool
    sentence: str
    more: int | None
    """About how many more ratings are likely to settle it; None when that cannot be said, or nothing is missing."""


_RIVALS = {
    "cosine": "the similarity of prompt and answer alone",
    "prompt_only": "the prompt alone",
    "original_order": "the order in which answers were stored",
}


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
