"""Trust in a judge: its order beside the experts' own, its leaning to length, and what its scores mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from core.domain.metrics import Metric
from core.reward.metrics.bootstrap import draws, ratio, with_interval

FEWEST_QUESTIONS = 30
"""Questions with answers that experts and judge scored, from which a judge is judged."""
MAX_ANSWERS = 60
"""Of one question that are compared with each other; the first ones are taken."""
FOLDS = 5
_NO_PAIRS = "not estimable: no question has two answers that experts rated differently"
_ALONE = "not estimable: no question has two answers that the same two experts rated differently"
_NO_EQUAL = "not estimable: no question has two answers of different length that experts rated alike"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer that experts rated and the judge scored."""

    question: str
    """Answers of one question, and one context, compete with each other."""
    ratings: Mapping[str, float]
    """By expert."""
    consensus: float
    score: float
    """The judge's, on any scale; higher is better."""
    words: int


@dataclass(frozen=True)
class JudgeTrust:
    """What is known of a judge; shares of pairs, in which a tie counts half."""

    answers: int
    questions: int
    right_order: Metric
    """Of two answers that experts rated differently, how often the judge prefers the better one."""
    beside: Metric
    """The same by what the other experts say of answers that two or more experts rated."""
    expert: Metric
    """How often a single expert does, on the same answers, by what the same others say."""
    difference: Metric
    """``beside`` minus ``expert``, paired."""
    longer: Metric
    """Of two answers that experts rated alike, how often the judge prefers the longer one; 0.5 leans to neither."""
    meanings: tuple[tuple[float, float], ...]
    """Scores of the judge and the mean rating of experts that goes with them, rising."""
    error: Metric
    """Mean distance of that rating from the experts', out of fold by question, in points of 1 to 5."""
    error_without: Metric
    """The same of always saying the mean rating."""

    @property
    def better_than_chance(self) -> bool:
        """Whether its order is clearly no coin's."""
        return self.right_order.low is not None and self.right_order.low > 0.5

    @property
    def follows_length(self) -> bool:
        """Whether it clearly prefers the longer of two answers that experts hold equal."""
        return self.longer.low is not None and self.longer.low > 0.5


def judge_trust(answers: Sequence[Judged], *, seed: int) -> JudgeTrust:
    """Judge a judge on ``answers``; intervals 95 %, over questions."""
    names = {name: number for number, name in enumerate(dict.fromkeys(answer.question for answer in answers))}
    groups = np.array([names[answer.question] for answer in answers], dtype=np.int64)
    order, ties = _Tally(len(names)), _Tally(len(names))
    beside, expert = _Tally(len(names)), _Tally(len(names))
    for group, rows in _by_question(groups, len(names)):
        for one, other in combinations(rows[:MAX_ANSWERS], 2):
            first, second = answers[one], answers[other]
            prefers = _prefers(first.score, second.score)
            if first.consensus != second.consensus:
                order.add(group, prefers if first.consensus > second.consensus else 1 - prefers)
            elif first.words != second.words:
                ties.add(group, prefers if first.words > second.words else 1 - prefers)
            for own, others in _left_out(first, second):
                beside.add(group, prefers if others > 0 else 1 - prefers)
                expert.add(group, own if others > 0 else 1 - own)
    meanings, error, without = _meanings(answers, groups, seed=seed)
    return JudgeTrust(
        len(answers),
        len(names),
        order.metric(groups, _NO_PAIRS, seed=seed),
        beside.metric(groups, _ALONE, seed=seed),
        expert.metric(groups, _ALONE, seed=seed),
        beside.metric(groups, _ALONE, seed=seed, minus=expert),
        ties.metric(groups, _NO_EQUAL, seed=seed),
        meanings,
        error,
        without,
    )


class _Tally:
    """Right ones and all, per question."""

    def __init__(self, questions: int) -> None:
        self.won, self.all = np.zeros(questions), np.zeros(questions)

    def add(self, question: int, won: float) -> None:
        self.won[question] += won
        self.all[question] += 1

    def metric(self, groups: NDArray[np.int64], missing: str, *, seed: int, minus: "_Tally | None" = None) -> Metric:
        if not self.all.sum():
            return Metric(None, reason=missing)
        won = self.won if minus is None else self.won - minus.won
        weights = np.concatenate([*draws(groups, seed=seed), np.empty((0, len(won)))])
        samples = ratio(weights @ won, weights @ self.all)
        within = (0.0, 1.0) if minus is None else (-1.0, 1.0)
        return with_interval(float(won.sum() / self.all.sum()), samples, prompts=len(won), within=within)


def _by_question(groups: NDArray[np.int64], count: int) -> list[tuple[int, list[int]]]:
    rows: list[list[int]] = [[] for _ in range(count)]
    for row, group in enumerate(groups):
        rows[group].append(row)
    return list(enumerate(rows))


def _prefers(first: float, second: float) -> float:
    """1 where the first is higher, 0 where the second is, a half where they are equal."""
    return 0.5 if first == second else float(first > second)


def _left_out(first: Judged, second: Judged) -> list[tuple[float, float]]:
    """For every expert who rated both: whether they prefer the first, and by how much the others do."""
    both = [name for name in first.ratings if name in second.ratings]
    found = []
    for name in both:
        others = [other for other in both if other != name]
        by = float(np.mean([first.ratings[o] - second.ratings[o] for o in others])) if others else 0.0
        if by:
            found.append((_prefers(first.ratings[name], second.ratings[name]), by))
    return found


def _meanings(
    answers: Sequence[Judged], groups: NDArray[np.int64], *, seed: int
) -> tuple[tuple[tuple[float, float], ...], Metric, Metric]:
    """The map from score to rating (isotonic regression), and its error where it has not seen the question."""
    count = int(groups.max()) + 1 if len(groups) else 0
    if count < FOLDS:
        missing = Metric(None, reason=f"not estimable: fewer than {FOLDS} questions")
        return (), missing, missing
    scores = np.array([answer.score for answer in answers])
    ratings = np.array([answer.consensus for answer in answers])
    folds = np.random.default_rng(seed).permutation(count)[groups] % FOLDS
    off, plain = np.zeros(len(answers)), np.zeros(len(answers))
    for fold in range(FOLDS):
        seen = folds != fold
        fitted = IsotonicRegression(out_of_bounds="clip").fit(scores[seen], ratings[seen])
        off[~seen] = np.abs(fitted.predict(scores[~seen]) - ratings[~seen])
        plain[~seen] = np.abs(ratings[seen].mean() - ratings[~seen])
    whole = IsotonicRegression(out_of_bounds="clip").fit(scores, ratings)
    shown = tuple((float(x), float(y)) for x, y in zip(whole.X_thresholds_, whole.y_thresholds_, strict=True))

    def mean(values: Floats) -> Metric:
        sums = np.bincount(groups, weights=values, minlength=count)
        sizes = np.bincount(groups, minlength=count).astype(np.float64)
        weights = np.concatenate([*draws(groups, seed=seed), np.empty((0, count))])
        samples = ratio(weights @ sums, weights @ sizes)
        return with_interval(float(values.mean()), samples, prompts=count, cross_validated=True, within=(0.0, 4.0))

    return shown, mean(off), mean(plain)
