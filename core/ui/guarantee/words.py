"""The words of a promise: what is chosen, for how many questions it picks, and what came of it in one ranking."""

from dataclasses import dataclass

from core.domain.guarantee.outcome import GuaranteeOutcome
from core.domain.guarantee.promise import Promise

KEPT = "The answers stay in the order in which you entered them."


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a promise, as one message."""

    words: str
    """Its first sentence is bold."""
    icon: str
    picked: bool


def choice(promise: Promise | None) -> str:
    """A promise as it is chosen from a list; None is none."""
    return "No promise" if promise is None else f"At most {promise.level} poor, {promise.sure}"


def of_100(share: float) -> str:
    """For how many questions an answer is picked: 76 of 100 questions."""
    if share < 0.005:
        return "fewer than 1 of 100 questions"
    return "every question like these" if share == 1 else f"{min(round(100 * share), 99)} of 100 questions"


def kept_words(promise: Promise, share: float) -> str:
    """A promise that can be given, as a sentence that begins small."""
    left = "" if share == 1 else " and leaves the answers to the others in their order"
    return (
        f"of the answers it picks, at most {promise.level} is poor ({promise.sure}); it then picks one for "
        f"{of_100(share)}{left}."
    )


def outcome_words(outcome: GuaranteeOutcome, left: str | None) -> Told:
    """What came of a promise in one ranking; ``left`` is why nothing was picked."""
    if outcome.reason is not None:
        return Told(
            f"**This cannot be promised.** {outcome.reason} {KEPT}", ":material/do_not_disturb_on:", picked=False
        )
    promised = kept_words(outcome.promise, outcome.answered or 0.0)
    if outcome.picked:
        words = (
            f"**Picked under the promise:** {promised} That is said of all its picks together, not of this one alone."
        )
        return Told(words, ":material/verified:", picked=True)
    return Told(
        f"**Not picked, to keep the promise.** {left or ''} {KEPT} The promise: {promised}",
        ":material/back_hand:",
        picked=False,
    )
