"""How far an order can be relied on, in one message that does not contradict itself, and what a score came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.reward.confidence import Certainty, Meaning

OUTSIDE = (
    "**Do not rely on this order.** The question is unlike those that experts rated answers to, so the scores may mean "
    "little here. Let an expert decide, or rate some answers to questions like this one."
)
CLOSE = "The two best scores are nearer to each other than the ratings so far can tell apart."
AHEAD = "Rated answers with scores this far apart were in the right order clearly more often than by chance."
CLOSE_IN_SPITE = (
    "Answers with its score were good more often than answers with the score of the second. But of two answers to one "
    "question with scores this near, the lower one was often the better one."
)
AHEAD_IN_SPITE = (
    f"{AHEAD} That their ranges overlap does not change this: a range says how often such answers are good."
)
POOR = "Most answers with a score like that of the best were poor."
TITLES = {
    (True, "poor"): "Too close to call, and the best is probably not good.",
    (False, "poor"): "The best is clearly ahead of the others, but probably not good.",
    (False, "open"): "The best is clearly ahead of the others; whether it is good is open.",
    (False, "good"): "The best is clearly ahead of the others, and probably good.",
    (False, ""): "The best is clearly ahead of the others.",
    (None, "poor"): "The best is probably not good.",
    (None, "open"): "Whether the best is good is open.",
    (None, "good"): "The best is probably good.",
    (None, ""): "",
}
"""By whether the two best are too close to call (None: not known), and by what is known of the best's quality."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What to think of one order."""

    words: str
    """One message, its first sentence bold; empty where nothing is known."""
    icon: str
    warns: bool
    unknown: str
    """What is not known of the model that ranked, in one sentence; empty where all is."""


def how_far(certainty: Certainty | None, texts: Sequence[str], scores: Sequence[float | None]) -> Trust:
    """How far the order of ``texts`` by ``scores`` can be relied on."""
    if certainty is None:
        return Trust("", "", warns=False, unknown=_unknown("how far this order can be relied on"))
    if certainty.outside:
        return Trust(OUTSIDE, ":material/explore_off:", warns=True, unknown="")
    by_score = sorted(range(len(scores)), key=lambda index: -(scores[index] or 0.0))
    best = certainty.meanings[by_score[0]]
    rival = next((certainty.meanings[index] for index in by_score if texts[index] != texts[by_score[0]]), None)
    different = len(set(texts)) > 1
    close, quality = certainty.too_close if different else None, _quality(best)
    apart = None if best is None or rival is None else best.range[0] > rival.range[1]
    missing = [
        words
        for words, known in (
            ("whether the question is like those that experts rated answers to", certainty.outside is not None),
            ("whether the two best can be told apart", not different or close is not None),
            ("how often answers with such scores were good", bool(quality)),
        )
        if not known
    ]
    return Trust(
        _message(close, quality, apart),
        ":material/balance:" if close else ":material/thumb_down:" if quality == "poor" else ":material/rule:",
        warns=False,
        unknown=_unknown("how far this order can be relied on" if len(missing) == 3 else ", ".join(missing)),
    )


def came_to(meaning: Meaning) -> str:
    """What became of the rated answers with a score like this, as a range."""
    low, high = (round(100 * share) for share in meaning.range)
    return f"Of 100 answers with a score like this, {low} to {high} were good."


def _quality(meaning: Meaning | None) -> str:
    if meaning is None:
        return ""
    low, high = meaning.range
    return "poor" if high < 0.5 else "open" if low < 0.5 else "good"


def _message(close: bool | None, quality: str, apart: bool | None) -> str:
    """The message; ``apart``: whether the range of the best lies above that of the second, as the cards show them."""
    title = TITLES.get((close, quality), "Too close to call.")
    if not title:
        return ""
    order = ""
    if close:
        in_spite = apart and quality != "poor"
        title = "The best is probably better than the others, but not clearly." if in_spite else title
        order = CLOSE_IN_SPITE if in_spite else CLOSE
    elif close is False:
        order = AHEAD_IN_SPITE if apart is False else AHEAD
    if quality == "poor":
        step = f"{POOR} Write a better answer, or ask an expert."
    elif close:
        step = "Read both, or let an expert decide." if apart else "Take either, or let an expert decide."
    else:
        step = "Read it before you use it, or ask an expert." if quality == "open" else ""
    return " ".join(part for part in (f"**{title}**", order, step) if part)


def _unknown(what: str) -> str:
    why = "It was trained with an earlier release, or on too few ratings."
    return f"Not known for this model: {what}. {why}" if what else ""
