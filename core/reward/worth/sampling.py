"""Which questions are rated so that what is said of them holds for all: the draw of an audit sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGE = 3.0
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Questions that are to be rated, with all their answers; each of shape (questions,)."""

    certain: Bools
    """Taken with certainty, because they are very large."""
    random: Bools
    """Drawn at random of the rest."""


def draw(answers: Floats, questions: int, *, seed: int) -> Drawn:
    """Draw so many ``questions`` at random beside the very large ones, which are taken with certainty.

    ``answers`` (N,): how many each question has. Very large is a question that holds more than total / ``questions``
    of the answers and more than LARGE times as many as others: a sample with it would differ from one without it by
    more than their spread says. Repeated for what is left until there is none (a take-all stratum: Hidiroglou 1986).
    """
    certain = np.zeros(len(answers), dtype=bool)
    while True:
        rest = answers[~certain]
        larger = ~certain & (answers > np.maximum(rest.sum() / questions, LARGE * rest.mean()))
        if not larger.any():
            break
        certain |= larger
    rest_numbers = np.flatnonzero(~certain)
    random = np.zeros(len(answers), dtype=bool)
    size = min(questions, len(rest_numbers))
    random[np.random.default_rng(seed).choice(rest_numbers, size, replace=False)] = True
    return Drawn(certain, random)


def questions_for(answers: Floats, wanted: int) -> int:
    """How many questions are to be drawn for about ``wanted`` answers in all, at least one.

    Fixed before the draw, by the mean size of a question: to stop once there are enough answers would favour small
    ones.
    """
    low, high = 1, len(answers)
    while low < high:  # the more are drawn, the more answers are expected
        middle = (low + high) // 2
        if _expected(answers, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _expected(answers: Floats, questions: int) -> float:
    found = draw(answers, questions, seed=0)
    rest = answers[~found.certain]
    drawn = min(questions, len(rest))
    return float(answers[found.certain].sum() + (rest.mean() * drawn if len(rest) else 0.0))
