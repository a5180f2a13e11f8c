"""The checks of the Readiness page: each is one small function of ``Facts`` with a code and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

from core.domain.plain import AS_IS
from core.domain.queue import Order
from core.domain.texts import plural
from core.reward.encoding.windows import MAX_WINDOWS, WINDOW_WORDS
from core.store.training import statistics

FEW_PROMPTS = 20
ONE_SIDED = 0.9
ONE_RATER = 0.8
"""Share of the ratings above which one rater, or one session, speaks for all."""
FEW_CLEAR, CLEAR_SHARE = 20, 0.15
"""Ratings at either end: fewer than both are few."""
FEW_TWICE = 20
FLAT_FROM = 20


class CheckResult(StrEnum):
    """Result of a check."""

    OK = "ok"
    WARNING = "warning"  # training works, but the result suffers
    BLOCKER = "blocker"  # training gives no usable result
    OPEN = "open"  # nothing can be said yet
    NOT_APPLICABLE = "not applicable"  # there is nothing here to look at


@dataclass(frozen=True, slots=True)
class Remedy:
    """Remedy: a page, and for Rate which answers come first there."""

    label: str
    page: str
    order: Order | None = None
    """The order of the queue that helps; None leaves it as it is."""
    session: str = ""
    """Only answers of this session."""
    second: bool = False
    """Only answers that others rated: a further rating of some is asked for where none waits."""
    pair: bool = False
    """Only unrated answers to questions with a rated answer."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, what was found, what to do."""

    code: str
    title: str
    result: CheckResult
    sentence: str
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts that decide whether a training is possible."""

    rated: int
    unrated: int
    """Those that wait for a rating: without what raters discarded."""
    good: int
    minimum: int
    questions: statistics.Questions


@dataclass(frozen=True, slots=True)
class Facts(Counts):
    """Counts and shares that all checks look at."""

    shape: statistics.Shape
    by_rater: Annotated[dict[str, int], AS_IS]
    sample: bool = False
    low: int = 0
    """Answers with a consensus of 2 or less."""
    high: int = 0
    """Answers with a consensus of 4 or more."""
    rated_twice: int = 0
    """Answers with ratings of two people or more."""
    spread: Annotated[dict[str, statistics.Spread], AS_IS] = field(default_factory=dict)
    rated_by_session: dict[str, int] = field(default_factory=dict)
    unrated_by_session: dict[str, int] = field(default_factory=dict)
    pairs_wait: bool = False
    """Whether an unrated answer waits whose question has a rated one."""
    flat: bool = False
    """Whether more ratings of this kind will hardly change the model: then none are asked for."""


RATE = Remedy("Rate answers", "rate")
RATE_NEW_QUESTIONS = Remedy("Rate answers to other questions", "rate", order=Order.RANDOM)
RATE_SIBLINGS = Remedy("Rate what makes comparisons", "rate", order=Order.MODEL, pair=True)
RATE_NEXT_PAIR = Remedy("Rate what makes the next pair", "rate", order=Order.MODEL, pair=True)
SECOND_OPINIONS = Remedy("Rate as a further person", "rate", second=True)
GET_ANSWERS = Remedy("Import more answers", "data")
GET_QUESTIONS = Remedy("Import other questions", "data")


def enough_ratings(facts: Counts) -> Check:
    """Training starts at MIN_SAMPLES_TO_TRAIN rated interactions."""
    missing = facts.minimum - facts.rated
    if missing > 0:
        text = f"{facts.rated:,} of the {facts.minimum:,} rated answers that a training needs. Rate {missing:,} more."
        text += _none_waits(facts)
        return Check(
            "enough_ratings", "Enough ratings", CheckResult.BLOCKER, text, RATE if facts.unrated else GET_ANSWERS
        )
    return Check(
        "enough_ratings",
        "Enough ratings",
        CheckResult.OK,
        f"{facts.rated:,} answers are rated; {facts.minimum:,} are needed.",
    )


def both_classes(facts: Counts) -> Check:
    """A model learns a difference only from good and poor answers."""
    poor, title = facts.rated - facts.good, "Good and poor answers"
    if not facts.rated:
        return Check("both_classes", title, CheckResult.OPEN, "Nothing is rated yet.")
    if not facts.good or not poor:
        only = "good" if facts.good else "poor"
        text = f"All rated answers are {only}, so there is no difference to learn. Rate answers of both kinds."
        text += _none_waits(facts)
        return Check("both_classes", title, CheckResult.BLOCKER, text, RATE if facts.unrated else GET_ANSWERS)
    questions = facts.questions
    for number, kind in ((questions.with_good, "good"), (questions.with_poor, "poor")):
        if number < 2 <= questions.rated:
            some = "Only one" if number else "No"
            text = f"{some} question has {kind} answers; a training needs two. Rate {kind} answers to other questions."
            return Check("both_classes", title, CheckResult.BLOCKER, text, _other_questions(facts))
    larger = max(facts.good, poor) / facts.rated
    if larger > ONE_SIDED:
        kind = "good" if facts.good > poor else "poor"
        text = f"{larger:.0%} of the rated answers are {kind}. With more of the other kind the figures would say more."
        return Check("both_classes", title, CheckResult.WARNING, text, RATE if facts.unrated else GET_ANSWERS)
    return Check("both_classes", title, CheckResult.OK, f"{facts.good} good and {poor} poor answers.")


def contradicting_repeats(facts: Facts) -> Check:
    """The same answer stored twice with different ratings pulls every score to the middle."""
    number, title = facts.shape.contradicting_repeats, "Repeated answers agree"
    if not facts.rated:
        return Check("contradicting_repeats", title, CheckResult.OPEN, "Nothing is rated yet.")
    if number:
        text = (
            f"{plural(number, 'answer is', 'answers are')} stored more than once with different ratings. "
            "Delete the repeats on the Data page."
        )
        return Check("contradicting_repeats", title, CheckResult.WARNING, text, Remedy("Look at the data", "data"))
    return Check("contradicting_repeats", title, CheckResult.OK, "No answer is stored twice with different ratings.")


def enough_prompts(facts: Counts) -> Check:
    """A model is judged on questions that it has not seen; few questions make that uncertain."""
    number, title = facts.questions.rated, "Enough different questions"
    if not facts.rated:
        return Check("enough_prompts", title, CheckResult.OPEN, "Nothing is rated yet.")
    if number < 2:
        text = (
            "All rated answers are to one question, so nothing can be said about others. Rate answers to other "
            "questions."
        )
        return Check("enough_prompts", title, CheckResult.BLOCKER, text, _other_questions(facts))
    if number < FEW_PROMPTS:
        text = (
            f"Answers to only {number} different questions are rated: all figures will be very uncertain. Aim for "
            f"{FEW_PROMPTS} or more."
        )
        return Check("enough_prompts", title, CheckResult.WARNING, text, _other_questions(facts))
    return Check("enough_prompts", title, CheckResult.OK, f"Answers to {number:,} different questions are rated.")


def comparable_answers(facts: Facts) -> Check:
    """Only questions with two answers of different quality show which answer is better."""
    shape, title = facts.shape, "Answers to compare"
    if not facts.rated:
        return Check("comparable_answers", title, CheckResult.OPEN, "Nothing is rated yet.")
    if not shape.prompts_with_differing_answers:
        text = (
            "No question has two answers with different ratings, so it cannot be measured whether the better "
            "answer is chosen."
        )
        return Check(
            "comparable_answers", title, CheckResult.WARNING, text, RATE_SIBLINGS if facts.pairs_wait else GET_ANSWERS
        )
    text = (
        f"{plural(shape.prompts_with_differing_answers, 'question has', 'questions have')} answers of different quality"
    )
    if shape.prompts_with_one_answer:
        text += (
            f"; {plural(shape.prompts_with_one_answer, 'question has', 'questions have')} a single rated answer "
            "and give no comparison"
        )
        worse = shape.prompts_with_one_answer > shape.prompts_with_differing_answers
        remedy = RATE_SIBLINGS if facts.pairs_wait else GET_ANSWERS
        return Check("comparable_answers", title, CheckResult.WARNING if worse else CheckResult.OK, text + ".", remedy)
    return Check("comparable_answers", title, CheckResult.OK, text + ".")


def readable_length(facts: Facts) -> Check:
    """The model reads up to eight windows of about 150 words."""
    limit, number = MAX_WINDOWS * WINDOW_WORDS, facts.shape.answers_over_words
    title = "Answers within reading length"
    if not facts.rated:
        return Check("readable_length", title, CheckResult.OPEN, "Nothing is rated yet.")
    if number:
        text = (
            f"{plural(number, 'rated answer is', 'rated answers are')} longer than {limit:,} words; the model "
            "does not read what follows."
        )
        return Check("readable_length", title, CheckResult.WARNING, text)
    return Check(
        "readable_length", title, CheckResult.OK, f"The model reads every rated answer whole (up to {limit:,} words)."
    )


def both_ends(facts: Facts) -> Check:
    """What is clearly poor and what is clearly good teaches most; a middle of threes teaches little."""
    title = "Clear cases at both ends"
    if facts.rated < facts.minimum:
        return Check("both_ends", title, CheckResult.OPEN, "Nothing can be said before there are enough ratings.")
    for number, words in ((facts.low, "1 or 2"), (facts.high, "4 or 5")):
        if number < min(FEW_CLEAR, CLEAR_SHARE * facts.rated):
            text = (
                f"Only {plural(number, 'rating', 'ratings')} of {words} among {facts.rated:,}. Clear cases teach most."
            )
            return Check("both_ends", title, CheckResult.WARNING, text, RATE if facts.unrated else GET_ANSWERS)
    text = f"{facts.low:,} answers are rated 1 or 2, and {facts.high:,} are rated 4 or 5."
    return Check("both_ends", title, CheckResult.OK, text)


def several_raters(facts: Facts) -> Check:
    """A model learns the taste of whoever rated; of one person it is that person's."""
    title, total = "Ratings from several people", sum(facts.by_rater.values())
    if not total:
        return Check("several_raters", title, CheckResult.OPEN, "Nothing is rated yet.")
    if facts.sample:
        return Check("several_raters", title, CheckResult.NOT_APPLICABLE, "The sample came with its ratings.")
    name, most = max(facts.by_rater.items(), key=lambda item: item[1])
    if most == total:
        text = (
            f"All ratings are from one rater ({name}), so nothing is known about whether others would agree. "
            "Let a second person rate some of the same answers."
        )
        return Check("several_raters", title, CheckResult.WARNING, text, SECOND_OPINIONS)
    if most > ONE_RATER * total:
        text = (
            f"{most / total:.0%} of the ratings are from one rater ({name}): the model learns mostly what this "
            "person thinks."
        )
        return Check("several_raters", title, CheckResult.WARNING, text, SECOND_OPINIONS)
    return Check(
        "several_raters",
        title,
        CheckResult.OK,
        f"{len(facts.by_rater):,} raters; the most active gave {most / total:.0%}.",
    )


def second_opinions(facts: Facts) -> Check:
    """Only answers that two people rated show how far experts agree, which is as far as a model can get."""
    title = "Second opinions"
    if len(facts.by_rater) < 2:
        return Check("second_opinions", title, CheckResult.NOT_APPLICABLE, "There is only one rater so far.")
    if facts.rated_twice < FEW_TWICE:
        text = (
            f"{plural(facts.rated_twice, 'answer was', 'answers were')} rated by two people or more: too few "
            f"to tell how far experts agree. Aim for {FEW_TWICE}."
        )
        return Check("second_opinions", title, CheckResult.WARNING, text, SECOND_OPINIONS)
    return Check(
        "second_opinions", title, CheckResult.OK, f"{facts.rated_twice:,} answers were rated by two people or more."
    )


def raters_use_the_scale(facts: Facts) -> Check:
    """A rater who always gives the same says nothing about differences."""
    title = "Raters use the scale"
    if not facts.rated:
        return Check("raters_use_the_scale", title, CheckResult.OPEN, "Nothing is rated yet.")
    flat = [
        (name, given)
        for name, given in facts.spread.items()
        if given.ratings >= FLAT_FROM and given.lowest == given.highest
    ]
    if flat:
        told = "; ".join(f"{name} gave {given.lowest} to all {given.ratings:,}" for name, given in flat[:5])
        text = (
            f"{told}. Such ratings teach no difference: talk about what the numbers mean, and look at these "
            "answers again."
        )
        return Check("raters_use_the_scale", title, CheckResult.WARNING, text, Remedy("See my ratings", "review"))
    return Check("raters_use_the_scale", title, CheckResult.OK, "Nobody gave the same rating to everything.")


def several_sessions(facts: Facts) -> Check:
    """Ratings of one session or source say little about the others."""
    title = "Ratings from all sources"
    waiting = {name: number for name, number in facts.unrated_by_session.items() if number}
    if not facts.rated or len(facts.rated_by_session.keys() | waiting.keys()) < 2:
        return Check(
            "several_sessions", title, CheckResult.NOT_APPLICABLE, "The answers are not divided into sessions."
        )
    rated = sum(facts.rated_by_session.values())
    name, most = max(facts.rated_by_session.items(), key=lambda item: item[1])
    others = {other: number for other, number in waiting.items() if other != name}
    if rated >= FEW_CLEAR and most > ONE_RATER * rated and others:
        neglected = max(others, key=lambda other: others[other] - facts.rated_by_session.get(other, 0))
        text = (
            f"{most / rated:.0%} of the ratings are from session {name}; {others[neglected]:,} answers of "
            f"{neglected} wait. Figures hold for what was rated."
        )
        return Check(
            "several_sessions", title, CheckResult.WARNING, text, Remedy(f"Rate {neglected}", "rate", session=neglected)
        )
    return Check(
        "several_sessions",
        title,
        CheckResult.OK,
        f"No session has more than {max(most / rated, 0.01):.0%} of the ratings.",
    )


def _none_waits(facts: Counts) -> str:
    return "" if facts.unrated else " No answer waits for a rating: import more."


def _other_questions(facts: Counts) -> Remedy:
    return RATE_NEW_QUESTIONS if facts.unrated else GET_QUESTIONS


TRAINING_CHECKS: tuple[Callable[[Counts], Check], ...] = (enough_ratings, both_classes, enough_prompts)
"""Those that can block: a training that they let pass is not refused."""
CHECKS: tuple[Callable[[Facts], Check], ...] = (
    *TRAINING_CHECKS,
    both_ends,
    comparable_answers,
    several_raters,
    second_opinions,
    raters_use_the_scale,
    several_sessions,
    contradicting_repeats,
    readable_length,
)


def check_all(facts: Facts) -> list[Check]:
    """The result of every check; where more ratings of this kind hardly help, no warning asks for any."""
    found = [check(facts) for check in CHECKS]
    if not facts.flat:
        return found
    return [
        replace(check, remedy=_ELSEWHERE.get(check.remedy, check.remedy))
        if check.result is CheckResult.WARNING and check.remedy is not None
        else check
        for check in found
    ]


_ELSEWHERE = {RATE: None, RATE_SIBLINGS: None, GET_ANSWERS: None, RATE_NEW_QUESTIONS: GET_QUESTIONS}
"""What stands in place of a remedy that would bring more of the same."""
