"""How good an LLM judge is, measured against what experts say of the same answers.

Everything compares two answers to one question (and context, and earlier turns), so that a judge's scale does not
matter; a tie counts half, for judge and expert alike. Intervals are over questions.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.judges.scores import Choice, Judged, Place
from core.domain.metrics import Metric
from core.domain.plain import Name
from core.reward.judges.calibration import ScoreMap, score_map
from core.reward.judges.shares import by_question, credit, over_questions, pairs_within, share

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_QUESTIONS = 30
"""With answers that have both a score and a rating; with fewer nothing is said of a judge."""
MOST_APART = 50
"""Answers that are listed where judge and experts part."""
FAR = 1.0
"""Points of the rating by which they part at least."""
MAX_EXPERTS = 50
"""Ratings of one answer that are compared one by one: the first ones by name."""
MAX_NAMES = 30
"""Experts who are listed one by one: those with the most pairs."""
_PAIRS = "two answers that the judge scored and experts rate differently"
_SHARED = "two scored answers that several experts rated and do not rate alike"
_ALIKE = "two scored answers of different length that experts rate alike"
_COMPARED = "comparisons of two answers with a choice of the judge"
_ONE_PLACE = (
    "in every comparison with a choice of the judge the better answer stands in the same place, so a leaning to "
    "that place cannot be told from being right"
)


@dataclass(frozen=True, slots=True)
class BesideExperts:
    """The judge and single experts, each against the same other experts on the same pairs of answers."""

    judge: Metric
    experts: Metric
    difference: Metric
    """The judge's right order minus the experts', in the same draws."""
    pairs: int
    """Each counted once for every expert who rated both answers."""


@dataclass(frozen=True, slots=True)
class BesideOne:
    """The judge and one expert, both against the other experts."""

    rater: Name
    judge: Metric
    expert: Metric
    pairs: int


@dataclass(frozen=True, slots=True)
class Parted:
    """An answer of which judge and experts hold different things."""

    interaction_id: int
    score: float
    reads_as: float
    """The rating that the score means, by a map that was fitted on other questions."""
    rating: float


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """What is known of one judge."""

    scores: int
    answers: int
    """With a score and a rating that counts."""
    questions: int
    """Of these answers."""
    pairs: int
    """Of answers that experts rate differently."""
    right_order: Metric
    """Of two answers that experts rate differently, how often the better one scores higher."""
    ties: float | None
    """Share of these pairs to which the judge gives one score."""
    beside: BesideExperts
    experts: tuple[BesideOne, ...]
    """By name; at most MAX_NAMES."""
    longer: Metric
    """Of two answers that experts rate alike, how often the longer one scores higher; 0.5 is no leaning."""
    length_alone: Metric
    """Right order of a judge that always prefers the longer answer, on the pairs of ``right_order``."""
    first: Metric
    """Of two answers, how often the first is preferred, where the first is as often the better one as the second."""
    map: ScoreMap | None
    apart: tuple[Parted, ...]
    """The furthest apart first, at most MOST_APART; none where the map says about the same of every answer."""

    @property
    def better_than_chance(self) -> bool:
        """Whether the judge's order is right more often than guessing, beyond what chance explains."""
        return self.right_order.low is not None and self.right_order.low > 0.5

    @property
    def upside_down(self) -> bool:
        """Whether a lower score means a better answer, beyond what chance explains."""
        return self.right_order.high is not None and self.right_order.high < 0.5


def measure(judged: Sequence[Judged], choices: Sequence[Choice] = (), *, seed: int = 0) -> JudgeFigures:
    """Measure one judge on all answers that it scored, and on the choices that it made between two answers."""
    both = [one for one in judged if one.rating is not None]
    questions = _numbered([one.question for one in both])
    number = int(questions.max()) + 1 if len(both) else 0
    first = _first(choices, seed)
    if number < FEWEST_QUESTIONS:
        have = f"{number} questions have" if number != 1 else "1 question has"
        none = Metric(
            None,
            reason=f"only {have} answers with both a score of the judge and a rating; at least {FEWEST_QUESTIONS} are "
            "needed",
        )
        beside = BesideExperts(none, none, none, 0)
        return JudgeFigures(len(judged), len(both), number, 0, none, None, beside, (), none, none, first, None, ())
    scores = np.array([one.score for one in both])
    ratings = np.array([one.rating for one in both], dtype=np.float64)
    one, other = pairs_within(_numbered([answer.compares for answer in both]))
    better = ratings[one] - ratings[other]
    ahead = _difference(scores, one, other)
    differ = better != 0
    right = credit(ahead[differ] * np.sign(better[differ]))
    words = np.array([answer.words for answer in both], dtype=np.float64)
    by_length = words[one] - words[other]
    alike = (better == 0) & (by_length != 0)
    by_length_alone = credit(np.sign(by_length[differ] * better[differ]))
    beside, experts = _beside_experts(both, questions, seed)
    map_, said = score_map(scores, ratings, questions, seed=seed)
    return JudgeFigures(
        scores=len(judged),
        answers=len(both),
        questions=number,
        pairs=int(differ.sum()),
        right_order=share(right, questions[one[differ]], nothing=_PAIRS, seed=seed),
        ties=float((ahead[differ] == 0).mean()) if differ.any() else None,
        beside=beside,
        experts=experts,
        longer=share(
            credit(ahead[alike] * np.sign(by_length[alike])), questions[one[alike]], nothing=_ALIKE, seed=seed
        ),
        length_alone=share(by_length_alone, questions[one[differ]], nothing=_PAIRS, seed=seed),
        first=first,
        map=map_,
        apart=_apart(both, said) if map_.tells_apart else (),
    )


def _difference(scores: Floats, one: Ints, other: Ints) -> Floats:
    """Sign of the difference of two scores, (pairs,); very large scores do not run over."""
    return (scores[one] > scores[other]).astype(np.float64) - (scores[one] < scores[other])


def _beside_experts(both: Sequence[Judged], questions: Ints, seed: int) -> tuple[BesideExperts, tuple[BesideOne, ...]]:
    """One row for every answer and expert: the expert's rating, the middle one of the others', the judge's score."""
    rows, keys, names = [], [], []
    own, others = [], []
    for place, answer in enumerate(both):
        given = answer.ratings[:MAX_EXPERTS]
        if len(given) < 2:
            continue
        middle = _medians_of_others([rating for _, rating in given])
        for (rater, rating), of_others in zip(given, middle, strict=True):
            rows.append(place)
            keys.append((answer.compares, rater))
            names.append(rater)
            own.append(rating)
            others.append(of_others)
    row = np.array(rows, dtype=np.int64)
    reference = np.array(others, dtype=np.float64)
    expert = np.array(own, dtype=np.float64)
    score = np.array([both[place].score for place in rows])
    one, other = pairs_within(_numbered(keys))
    better = np.sign(reference[one] - reference[other])
    differ = better != 0
    one, other, better = one[differ], other[differ], better[differ]
    of_judge, of_expert = (credit(_difference(said, one, other) * better) for said in (score, expert))
    asked = questions[row[one]] if len(one) else np.zeros(0, dtype=np.int64)
    sums, number = by_question(asked, of_judge - of_expert, np.ones(len(one)))
    beside = BesideExperts(
        judge=share(of_judge, asked, nothing=_SHARED, seed=seed),
        experts=share(of_expert, asked, nothing=_SHARED, seed=seed),
        difference=over_questions(
            sums, number, lambda sums: sums[:, 0] / sums[:, 1], within=(-1.0, 1.0), what=_SHARED, seed=seed
        ),
        pairs=len(one),
    )
    by_name: dict[str, list[int]] = defaultdict(list)
    for place, row_of_one in enumerate(one):
        by_name[names[row_of_one]].append(place)
    busiest = sorted(by_name, key=lambda name: (-len(by_name[name]), name.casefold()))[:MAX_NAMES]
    found = []
    for name in sorted(busiest, key=str.casefold):
        places = np.array(by_name[name])
        judge, single = (share(won[places], asked[places], nothing=_SHARED, seed=seed) for won in (of_judge, of_expert))
        found.append(BesideOne(name, judge, single, len(places)))
    return beside, tuple(found)


def _medians_of_others(ratings: Sequence[int]) -> list[float]:
    """For each of two or more ratings the median of the others."""
    order = sorted(ratings)
    left = {rating: order[:place] + order[place + 1 :] for place, rating in enumerate(order)}
    middle = {rating: (rest[(len(rest) - 1) // 2] + rest[len(rest) // 2]) / 2 for rating, rest in left.items()}
    return [middle[rating] for rating in ratings]


def _first(choices: Sequence[Choice], seed: int) -> Metric:
    """How often the first of two answers is preferred, as if it were as often the better one as the second.

    Comparisons in which people prefer the first, and those in which they prefer the second, count alike however many
    there are of each: else a judge that is right would lean to where the better answer stands. Those in which people
    prefer neither count as they are.
    """
    stands = {one.people for one in choices}
    if stands in ({Place.FIRST}, {Place.SECOND}):
        return Metric(None, reason=_ONE_PLACE)
    questions = _numbered([one.question for one in choices])
    chose = credit(np.array([_SIGN[one.judge] for one in choices], dtype=np.float64))
    people = np.array([_SIGN[one.people] for one in choices], dtype=np.float64)
    parts = [part for sign in (1, -1, 0) for part in (chose * (people == sign), (people == sign).astype(np.float64))]
    sums, number = by_question(questions, *parts)

    def figure(sums: Floats) -> Floats:
        first, firsts, second, seconds, tied, ties = sums.T
        decided = np.where((firsts > 0) & (seconds > 0), firsts + seconds, 0)
        balanced = (first / np.maximum(firsts, 1) + second / np.maximum(seconds, 1)) / 2
        return np.asarray((balanced * decided + tied) / (decided + ties))

    return over_questions(sums, number, figure, within=(0.0, 1.0), what=_COMPARED, seed=seed)


_SIGN = {Place.FIRST: 1, Place.SECOND: -1, Place.TIE: 0}


def _apart(both: Sequence[Judged], said: Floats) -> tuple[Parted, ...]:
    found = [
        Parted(answer.interaction_id, answer.score, float(reads_as), answer.rating)
        for answer, reads_as in zip(both, said, strict=True)
        if answer.rating is not None and abs(answer.rating - reads_as) >= FAR
    ]
    found.sort(key=lambda one: (-abs(one.rating - one.reads_as), one.interaction_id))
    return tuple(found[:MOST_APART])


def _numbered(keys: Sequence[Hashable]) -> Ints:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
