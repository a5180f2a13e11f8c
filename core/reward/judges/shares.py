"""Shares of pairs of answers that come out one way, with intervals over questions."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import FEWEST_PROMPTS, RESAMPLES, alike_draws, draws, with_interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_ANSWERS = 100
"""That compare with each other and are compared two by two: pairs grow with the square. The first ones are taken."""


def pairs_within(keys: Ints) -> tuple[Ints, Ints]:
    """Rows of every two answers of one key: ``keys`` (n,) -> first and second row of each pair, (pairs,) each."""
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order])) + 1
    first, second = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for rows in np.split(order, edges):
        kept = rows[:MAX_ANSWERS]
        one, other = np.triu_indices(len(kept), k=1)
        first.append(kept[one])
        second.append(kept[other])
    return np.concatenate(first), np.concatenate(second)


def credit(ahead: Floats) -> Floats:
    """1 where the right answer is ahead, 0 where it is behind, a half for a tie; ``ahead`` (pairs,) is a difference."""
    return (np.sign(ahead) + 1) / 2


def share(won: Floats, questions: Ints, *, nothing: str, seed: int) -> Metric:
    """The mean of ``won`` (pairs,), each pair of one of ``questions`` (pairs,).

    ``nothing``: what there is none of, where it is undefined.
    """
    sums, number = by_question(questions, won, np.ones(len(won)))
    return over_questions(
        sums, number, lambda sums: sums[:, 0] / sums[:, 1], within=(0.0, 1.0), what=nothing, seed=seed
    )


def by_question(questions: Ints, *values: Floats) -> tuple[Floats, int]:
    """Sums of each of ``values`` (pairs,) by question, (questions, values), and how many questions there are."""
    if not len(questions):
        return np.zeros((0, len(values))), 0
    _, own = np.unique(questions, return_inverse=True)
    return np.stack([np.bincount(own, weights=one) for one in values], axis=1), int(own.max()) + 1


def over_questions(
    sums: Floats,
    number: int,
    figure: Callable[[Floats], Floats],
    *,
    within: tuple[float, float],
    what: str,
    seed: int,
) -> Metric:
    """A figure of the summed questions with its interval from drawing them.

    Args:
        sums: of each question, (number, values).
        number: of questions.
        figure: totals (B, values) -> the figure of each, (B,).
        within: bounds of the figure.
        what: it is about, in the plural, for the reason where there are too few.
        seed: of the draws.
    """
    if not number:
        return Metric(None, reason=f"no question has {what}")
    if number < FEWEST_PROMPTS:
        have = f"{number} questions have" if number != 1 else "1 question has"
        return Metric(None, reason=f"only {have} {what}; at least {FEWEST_PROMPTS} are needed")
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(figure(sums.sum(axis=0, keepdims=True))[0])
        if not np.isfinite(value):
            return Metric(None, reason=f"no question has {what}")
        # wins and pairs are small numbers, so many questions are alike; distances are not
        kinds, alike = np.unique(sums, axis=0, return_counts=True)
        if 2 * len(kinds) < number:
            samples = [figure(drawn @ kinds) for drawn in alike_draws(alike, seed=seed, resamples=RESAMPLES)]
        else:
            samples = [figure(drawn @ sums) for drawn in draws(np.arange(number), seed=seed, resamples=RESAMPLES)]
    return with_interval(value, np.concatenate(samples), prompts=number, within=within)
