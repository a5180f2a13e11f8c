"""Whether the ratings can carry a model: numbers, and checks in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED, Stage, stage
from core.reward.windows import MAX_WINDOWS, WINDOW_WORDS
from core.services.workspace import Workspace
from core.store import counts

FEW_PROMPTS = 20
ONE_SIDED = 0.9


class Verdict(StrEnum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"  # training works, but the result suffers
    BLOCKER = "blocker"  # training gives no usable result
    OPEN = "open"  # nothing can be said yet


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, what was found, what to do."""

    code: str
    title: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at."""

    rated: int
    unrated: int
    good: int
    minimum: int
    shape: counts.Shape
    by_rater: dict[str, int]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything that the Readiness page shows."""

    facts: Facts
    stage: Stage
    next_threshold: int | None
    thresholds: tuple[int, ...]
    by_consensus: dict[float, int]
    per_day: list[tuple[date, str, int]]
    checks: list[Check]
    sample: bool


def readiness(workspace: Workspace) -> Readiness:
    """Count and check what is rated."""
    workspace.pick_up()
    settings = workspace.settings
    with workspace.store.read() as session:
        totals = counts.totals(session, settings.positive_rating_threshold)
        facts = Facts(
            rated=totals.rated,
            unrated=totals.unrated,
            good=totals.good,
            minimum=settings.min_samples_to_train,
            shape=counts.shape(session, long_words=MAX_WINDOWS * WINDOW_WORDS),
            by_rater=counts.ratings_by_rater(session),
        )
        by_consensus = counts.by_consensus(session)
        per_day = counts.ratings_per_day(session)
    reached, following = stage(facts.rated, facts.minimum)
    return Readiness(
        facts=facts,
        stage=reached,
        next_threshold=following,
        thresholds=thresholds(facts.minimum),
        by_consensus=by_consensus,
        per_day=per_day,
        checks=[check(facts) for check in CHECKS],
        sample=totals.sample,
    )


def thresholds(minimum: int) -> tuple[int, ...]:
    """The numbers of rated answers that mean something: MIN_SAMPLES_TO_TRAIN, and 200 and 500 where they are above it."""
    return (minimum, *(step for step in (RECOMMENDED_RATED, OPTIMAL_RATED) if step > minimum))


def enough_ratings(facts: Facts) -> Check:
    """Training starts at MIN_SAMPLES_TO_TRAIN rated interactions."""
    missing = facts.minimum - facts.rated
    if missing > 0:
        text = f"{facts.rated} answers are rated; training starts at {facts.minimum}. Rate {missing} more."
        return Check("enough_ratings", "Enough ratings", Verdict.BLOCKER, text)
    return Check(
        "enough_ratings", "Enough ratings", Verdict.OK, f"{facts.rated} answers are rated; {facts.minimum} are needed."
    )


def both_classes(facts: Facts) -> Check:
    """A model learns a difference only from good and poor answers."""
    poor, title = facts.rated - facts.good, "Good and poor answers"
    if not facts.rated:
        return Check("both_classes", title, Verdict.OPEN, "Nothing is rated yet.")
    if not facts.good or not poor:
        only = "good" if facts.good else "poor"
        text = f"All rated answers are {only}, so there is no difference to learn. Rate answers of both kinds."
        return Check("both_classes", title, Verdict.BLOCKER, text)
    larger = max(facts.good, poor) / facts.rated
    if larger > ONE_SIDED:
        kind = "good" if facts.good > poor else "poor"
        text = f"{larger:.0%} of the rated answers are {kind}. Rate more of the other kind, or accuracy says little."
        return Check("both_classes", title, Verdict.WARNING, text)
    return Check("both_classes", title, Verdict.OK, f"{facts.good} good and {poor} poor answers.")


def contradicting_repeats(facts: Facts) -> Check:
    """The same answer stored twice with different ratings pulls every score to the middle."""
    number, title = facts.shape.contradicting_repeats, "Repeated answers agree"
    if not facts.rated:
        return Check("contradicting_repeats", title, Verdict.OPEN, "Nothing is rated yet.")
    if number:
        text = f"{_count(number, 'answer is', 'answers are')} stored more than once with different ratings. Delete the repeats on the Data page."
        return Check("contradicting_repeats", title, Verdict.WARNING, text)
    return Check("contradicting_repeats", title, Verdict.OK, "No answer is stored twice with different ratings.")


def enough_prompts(facts: Facts) -> Check:
    """Accuracy is judged on prompts that the model has not seen; few prompts make it uncertain."""
    number, title = facts.shape.prompts, "Enough different prompts"
    if not facts.rated:
        return Check("enough_prompts", title, Verdict.OPEN, "Nothing is rated yet.")
    if number < 2:
        text = (
            "All rated answers belong to one prompt, so nothing can be said about new prompts. Rate answers to others."
        )
        return Check("enough_prompts", title, Verdict.BLOCKER, text)
    if number < FEW_PROMPTS:
        text = f"Only {number} different prompts are rated: all figures will be very uncertain. Aim for {FEW_PROMPTS} or more."
        return Check("enough_prompts", title, Verdict.WARNING, text)
    return Check("enough_prompts", title, Verdict.OK, f"{number} different prompts are rated.")


def comparable_answers(facts: Facts) -> Check:
    """Only prompts with two answers of different quality show which answer is better."""
    shape, title = facts.shape, "Prompts with answers to compare"
    if not facts.rated:
        return Check("comparable_answers", title, Verdict.OPEN, "Nothing is rated yet.")
    if not shape.prompts_with_differing_answers:
        text = "No prompt has two answers with different ratings, so it cannot be measured whether the better answer is chosen."
        return Check("comparable_answers", title, Verdict.WARNING, text)
    text = f"{_count(shape.prompts_with_differing_answers, 'prompt has', 'prompts have')} answers of different quality"
    if shape.prompts_with_one_answer:
        text += f"; {_count(shape.prompts_with_one_answer, 'prompt has', 'prompts have')} a single rated answer and give no comparison"
        worse = shape.prompts_with_one_answer > shape.prompts_with_differing_answers
        return Check("comparable_answers", title, Verdict.WARNING if worse else Verdict.OK, text + ".")
    return Check("comparable_answers", title, Verdict.OK, text + ".")


def readable_length(facts: Facts) -> Check:
    """The model reads up to eight windows of about 150 words."""
    limit, number = MAX_WINDOWS * WINDOW_WORDS, facts.shape.answers_over_words
    title = "Answers within reading length"
    if not facts.rated:
        return Check("readable_length", title, Verdict.OPEN, "Nothing is rated yet.")
    if number:
        text = f"{_count(number, 'rated answer is', 'rated answers are')} longer than {limit:,} words; the model does not read what follows."
        return Check("readable_length", title, Verdict.WARNING, text)
    return Check(
        "readable_length", title, Verdict.OK, f"The model reads every rated answer whole (up to {limit:,} words)."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


CHECKS: tuple[Callable[[Facts], Check], ...] = (
    enough_ratings,
    both_classes,
    enough_prompts,
    comparable_answers,
    contradicting_repeats,
    readable_length,
)
