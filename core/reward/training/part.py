"""The part of very many rated answers that a training learns from."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

MOST_LEARNED = 50_000
"""Rated answers that a training learns from where TRAIN_LIMIT sets no number: with them it takes under 4 GB."""
MOST_APART = 10_000
"""Rated answers kept apart on which models are measured: of more, always the same questions."""


@dataclass(frozen=True, slots=True)
class RatedQuestion:
    """A question with its rated answers, counted."""

    group: str
    """Hash of the normalised prompt."""
    answers: int
    session: str
    good: int
    """How many of the answers are good."""

    @property
    def kind(self) -> str:
        """``good``, ``poor`` or ``mixed``: what its answers are."""
        return "poor" if not self.good else "good" if self.good == self.answers else "mixed"


def part_of(questions: Iterable[RatedQuestion], most: int) -> list[str]:
    """Choose questions with about ``most`` answers, and never more: hashes of their prompts; all where they fit.

    Every so many-th question is taken of those of each session with only good, only poor and with both kinds of
    answers (systematic sampling from sorted strata, Cochran, Sampling Techniques, 8.6); within these they are in the
    order of their hashes, so it is by chance which, and the same in the next training.
    """
    ordered = sorted(questions, key=attrgetter("session", "kind", "group"))
    total = sum(question.answers for question in ordered)
    if total <= most:
        return [question.group for question in ordered]
    share, due, answers, found = most / total, 0.5, 0, []
    for question in ordered:
        due += share
        if due >= 1 and answers + question.answers <= most:
            due -= 1
            answers += question.answers
            found.append(question.group)
    return found


def sentence(learned: int, rated: int) -> str:
    """What a reader is told of a training that learned from a part."""
    return (
        f"It learned from {learned:,} of {rated:,} rated answers: every so many-th question of each session, in "
        "proportion with good, poor and mixed answers. TRAIN_LIMIT sets another number, and then the newest are taken."
    )
