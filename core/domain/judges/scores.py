"""Scores and choices of judges, beside what people say."""

from dataclasses import dataclass
from enum import StrEnum

MAX_JUDGE = 100
"""Characters of a judge's name."""

Scores = tuple[tuple[str, float], ...]
"""Judge and score, each judge once."""
Choices = tuple[tuple[str, "Place"], ...]
"""Judge and the answer it prefers, each judge once."""


class Place(StrEnum):
    """Which of two answers is preferred, by its place in the file."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"  # neither


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer that a judge scored, and what people say of it."""

    interaction_id: int
    question: str
    """Hash of the normalised question."""
    compares: str
    """What answers that compete with each other share: question, context and earlier turns."""
    score: float
    words: int
    """Of the answer."""
    rating: float | None
    """The rating that counts; None where nobody rated it."""
    ratings: tuple[tuple[str, int], ...] = ()
    """Who rated it, and how."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of two answers a judge preferred, and which one people prefer; both by their place in the file."""

    question: str
    judge: Place
    people: Place
