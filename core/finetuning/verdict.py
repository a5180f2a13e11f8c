"""Whether a tuning helped, in one sentence."""

import math
from dataclasses import dataclass
from typing import Final

from core.domain.held_out import FEWEST_PROMPTS
from core.domain.metrics import Metric
from core.domain.texts import plural
from core.finetuning.figures import PreferenceFigures

SHOWN_TO_PEOPLE: Final = 20
CHANCE: Final = 0.025
"""So likely, at most, guessing alone gives as many: 15 of 20 (which it gives in 21 of 1,000)."""
NOT_SEEN: Final = "not yet seen by people"


@dataclass(frozen=True, slots=True)
class PeopleSaid:
    """What raters said of pairs of answers, not knowing which is the tuned model's."""

    served: int
    better: int
    """So often the tuned model's answer is the better one."""
    worse: int
    waiting: int
    """Not rated yet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it."""

    learned: bool | None
    """None where that cannot be said."""
    sentence: str


def verdict(figures: PreferenceFigures, people: PeopleSaid | None) -> Verdict:
    """Judge a tuning by its preference accuracy alone; what people said stands behind it and decides nothing.

    Learned: the whole interval of tuned minus before lies above 0, and the tuned model is right more often than the
    choice of the longer answer.
    """
    gained, over_longer = figures.gained, figures.over_longer
    if gained.value is None or gained.low is None or gained.high is None or over_longer.value is None:
        have = plural(figures.questions, "question that is", "questions that are")
        return Verdict(
            None, f"No verdict: {have} kept apart can be measured on; at least {FEWEST_PROMPTS} are needed; {NOT_SEEN}."
        )
    learned = gained.low > 0 and over_longer.value > 0
    if learned:
        said = "Learned"
    elif gained.low > 0:
        said = "Nothing was learned that choosing the longer answer does not know"
    elif gained.high < 0:
        said = "Nothing was learned, and the model became worse"
    else:
        said = "Nothing was learned that can be told from chance"
    return Verdict(learned, f"{said}: {_seen(figures)}; {_by_people(people)}.")


def enough(pairs: int) -> int | None:
    """Of so many pairs how many must go one way before that is no chance; None where all of them do not suffice.

    The smallest number that a fair coin reaches with a probability of at most CHANCE (the sign test).
    """
    ways = 0
    for number in range(pairs, -1, -1):
        ways += math.comb(pairs, number)
        if ways > CHANCE * 2**pairs:
            return number + 1 if number < pairs else None
    return None


def _seen(figures: PreferenceFigures) -> str:
    low, high = (f"{100 * (bound or 0):+.0f}" for bound in (figures.gained.low, figures.gained.high))
    return (
        f"of two answers to a question it has not seen, the tuned model finds the better one likelier in "
        f"{_of_100(figures.tuned)} of 100 cases, the model before in {_of_100(figures.base)} (a difference of {low} to "
        f"{high}), and the longer one is the better one in {_of_100(figures.longer)}"
    )


def _by_people(people: PeopleSaid | None) -> str:
    if people is None or not people.served:
        return NOT_SEEN
    if people.waiting:
        return (
            f"{people.served - people.waiting} of {plural(people.served, 'pair')} for people are compared, {NOT_SEEN}"
        )
    needed = enough(people.served)
    for number, whose in (
        (people.better, "the tuned model's answer"),
        (people.worse, "the answer of the model before"),
    ):
        if needed is not None and number >= needed:
            return f"people prefer {whose} in at least {needed} of {people.served} pairs ({number})"
    return (
        f"people cannot tell: of {plural(people.served, 'pair')} they prefer the tuned model's answer in "
        f"{people.better}, the other one in {people.worse}"
    )


def _of_100(metric: Metric) -> str:
    return f"{100 * (metric.value or 0):.0f}"
