"""What a rater can say of two answers: as they press it (left or right), and as it is stored (first or second)."""

from enum import StrEnum

MOST_OPENED = 10_000
"""Pairs that a lead can open at once."""
MOST_REASON = 100
"""Characters of why pairs are served."""
FROM_A_LEAD = "asked by a lead"
"""Why pairs are served that a lead opened."""


COMPARED, SKIPPED, UNDONE = "compared", "skipped", "undone"
"""What the history of a pair calls an act."""


class Pick(StrEnum):
    """What a rater says of the two answers on their screen."""

    LEFT = "left"
    RIGHT = "right"
    EQUAL = "equal"
    NEITHER = "neither"


class Verdict(StrEnum):
    """The same, whatever the sides: of the two as the pair has them."""

    FIRST = "first"
    SECOND = "second"
    EQUAL = "equal"
    NEITHER = "neither"


class Outcome(StrEnum):
    """What a preference says of its two answers: one is better, both are as good, or neither is any good."""

    BETTER = "better"
    EQUAL = "equal"
    NEITHER = "neither"


_SIDES = {Pick.LEFT: (Verdict.SECOND, Verdict.FIRST), Pick.RIGHT: (Verdict.FIRST, Verdict.SECOND)}


def verdict_of(pick: Pick, *, first_left: bool) -> Verdict:
    """A pick without its sides; ``first_left``: the first of the pair stood on the left."""
    return _SIDES[pick][first_left] if pick in _SIDES else Verdict(str(pick))


def outcome_of(verdict: Verdict) -> Outcome:
    """What a preference with this verdict says."""
    return Outcome.BETTER if verdict in (Verdict.FIRST, Verdict.SECOND) else Outcome(str(verdict))
