"""Answers on which raters differ, as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.plain import Name
from core.domain.records import Interaction

FAR_APART = 2
"""From this difference on two ratings of one answer are a disagreement."""


class Which(StrEnum):
    """Which disagreements to look at."""

    OPEN = "open"  # neither decided nor marked
    DECIDED = "decided"
    MARKED = "marked"  # as a gap in the guidelines


@dataclass(frozen=True, slots=True)
class Voice:
    """What one rater says of an answer."""

    rater: Name
    rating: int
    comment: str | None
    bias_flag: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the guidelines were not clear enough."""

    gap_id: int
    interaction_id: int
    note: str
    by: Name
    at: datetime
    version: str
    """Of the answer's texts (see ``Interaction.version``)."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One answer with all its ratings, lowest first."""

    interaction: Interaction
    voices: list[Voice]
    adjudicated: int | None
    gaps: list[Gap]
