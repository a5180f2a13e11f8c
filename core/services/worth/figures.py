"""What all answers are worth, rated or not: of all, of a part of them, and of two generators side by side."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from core.domain.errors import BadInput, NotFound
from core.domain.metrics import Metric
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.domain.worth.parts import Part
from core.domain.worth.samples import Progress
from core.reward.worth.prediction_powered import FEWEST_QUESTIONS, Sampled, difference, estimate, ratings_for
from core.services.kept_figures import Kind
from core.services.masking import masks_output, originals
from core.services.workspace import Workspace
from core.services.worth import scoring
from core.services.worth.scoring import ScoreState
from core.store.database import Session
from core.store.interactions import browse
from core.store.training import versions
from core.store.worth import answers, samples
from core.store.worth.answers import Population, RatedQuestion, Total

HALF_WIDTH = 0.05
"""To each side of a share of good answers: what "ratings needed" is about."""
MOST_PARTS = 50
"""Generators, weeks or sessions that are shown."""
_STEPS = 4.0
"""From the lowest rating to the highest: what a score of 0 to 1 is in ratings."""


class Basis(StrEnum):
    """What the figures rest on."""

    NOTHING = "nothing"
    SAMPLE = "sample"
    ALL = "all"  # every answer is rated


@dataclass(frozen=True, slots=True)
class Worth:
    """What all answers are worth."""

    good: Metric
    """Share of good answers."""
    mean_rating: Metric
    rated: int
    """Answers that the figures rest on."""
    questions: int
    """Sampled questions that they rest on."""
    interactions: int
    """Answers that the figures are about."""
    reason: str | None
    """Why there is no figure, or none with a range."""
    basis: Basis
    sample: Progress | None
    later: int
    """Answers that came after the sample was drawn: the figures are not about them."""
    elsewhere: int
    """Rated answers that were not drawn, and so are left out."""
    scores: ScoreState
    saved: int
    """How many more ratings the same range would have needed without the model's scores."""
    needed: int | None
    """Ratings in all with which the share of good answers is known to HALF_WIDTH; None: no range yet."""


@dataclass(frozen=True, slots=True)
class PartWorth:
    """The same of one generator, week or session."""

    name: str
    """Empty for a week."""
    week: date | None
    """Its Monday."""
    good: Metric
    mean_rating: Metric
    answers: int
    questions: int
    """Sampled ones."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two generators side by side."""

    difference: Metric
    """Share of good answers of the first minus that of the second."""
    paired: bool
    """Whether it is over the questions that both answered; else over those of each."""
    questions: int
    """Sampled questions that it rests on."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the figures are made from."""

    population: Population
    basis: Basis
    sample: Progress | None
    scores: ScoreState
    reason: str | None


@masks_output(takes_gaps="a generator as it was shown stands for the one that is meant")
def measure(workspace: Workspace, user: User, *, generator: str = "") -> Worth:
    """Measure what all answers are worth, or those of one generator.

    Raises:
        NotAllowed: the role does not include it.
        NotFound: no answer is from this generator.
    """
    workspace.require(user, Act.JUDGE)
    key, progress = _key(workspace)
    found = workspace.figures.get(
        workspace.store, Kind.WORTH, ("all", generator, *key), lambda: _measured(workspace, generator)
    )
    return replace(found, sample=progress)  # how far the sample is, at this moment


def _measured(workspace: Workspace, generator: str) -> Worth:
    good_from = workspace.settings.positive_rating_threshold
    with workspace.store.read() as session:
        found = _found(session)
        part = Part.GENERATOR if generator else Part.ALL
        name = _meant(session, generator) if generator else ""
        total = next((one for one in answers.totals(session, found.population, part) if one.name == name), None)
        rated = []
        if found.reason is None:
            rated = [q for q in answers.rated(session, found.population, part, good_from) if q.name == name]
        later = answers.count_later(session, found.population)
        elsewhere = answers.count_rated(session) - (found.sample.rated if found.sample else 0)
    total = total or Total(name, 0, 0, 0.0, 0)
    shares = _sampled(total, rated, ratings=False)
    good = estimate(shares, share=True)
    mean = estimate(_sampled(total, rated, ratings=True), share=False)
    reason = found.reason or good.mean.reason
    if reason is None and good.mean.low is None:
        reason = "All sampled answers are rated alike, which tells nothing of how others differ: there is no range."
    missing = Metric(None, reason=reason)
    return Worth(
        good=good.mean if found.reason is None else missing,
        mean_rating=mean.mean if found.reason is None else missing,
        rated=sum(question.answers for question in rated),
        questions=len(rated),
        interactions=total.answers + total.certain_answers,
        reason=reason,
        basis=found.basis,
        sample=found.sample,
        later=later,
        elsewhere=elsewhere if found.basis is not Basis.ALL else 0,
        scores=found.scores,
        saved=good.saved,
        needed=None if good.mean.low is None else ratings_for(good, shares, HALF_WIDTH),
    )


@masks_output()
def apart(workspace: Workspace, user: User, part: Part) -> list[PartWorth]:
    """What the answers of each generator, week (its Monday) or session are worth, MOST_PARTS at most.

    Raises:
        NotAllowed: the role does not include it.
    """
    workspace.require(user, Act.JUDGE)
    key, _ = _key(workspace)
    return workspace.figures.get(workspace.store, Kind.WORTH, (part, *key), lambda: _apart(workspace, part))


def _apart(workspace: Workspace, part: Part) -> list[PartWorth]:
    with workspace.store.read() as session:
        found = _found(session)
        totals = answers.totals(session, found.population, part)[:MOST_PARTS]
        rated = defaultdict[str, list[RatedQuestion]](list)
        if found.reason is None:
            good_from = workspace.settings.positive_rating_threshold
            for question in answers.rated(session, found.population, part, good_from):
                rated[question.name].append(question)
    lines = []
    for total in totals:
        some = rated[total.name]
        good = estimate(_sampled(total, some, ratings=False), share=True).mean
        mean = estimate(_sampled(total, some, ratings=True), share=False).mean
        name, week = ("", date.fromisoformat(total.name)) if part is Part.WEEK else (total.name, None)
        lines.append(PartWorth(name, week, good, mean, total.answers + total.certain_answers, len(some)))
    return lines


@masks_output(takes_gaps="a generator as it was shown stands for the one that is meant")
def compare(workspace: Workspace, user: User, one: str, other: str) -> Compared:
    """Compare the shares of good answers of two generators, paired by question where both answered enough of them.

    Raises:
        NotAllowed: the role does not include it.
        NotFound: no answer is from one of them.
        BadInput: they are the same.
    """
    workspace.require(user, Act.JUDGE)
    key, _ = _key(workspace)
    return workspace.figures.get(
        workspace.store, Kind.WORTH, ("compared", one, other, *key), lambda: _compared(workspace, one, other)
    )


def _compared(workspace: Workspace, one: str, other: str) -> Compared:
    good_from = workspace.settings.positive_rating_threshold
    with workspace.store.read() as session:
        names = [_meant(session, one), _meant(session, other)]
        if names[0] == names[1]:
            raise BadInput("Choose two different generators to compare.")
        found = _found(session)
        if found.reason is not None:
            return Compared(Metric(None, reason=found.reason), False, 0)
        rated = answers.rated(session, found.population, Part.GENERATOR, good_from)
        by_question = [{q.question: q for q in rated if q.name == name} for name in names]
        shared = by_question[0].keys() & by_question[1].keys()
        paired = sum(not by_question[0][question].certain for question in shared) >= FEWEST_QUESTIONS
        total = answers.pair_total(session, found.population, *names, shared=paired)
    questions = sorted(shared if paired else by_question[0].keys() | by_question[1].keys())
    first, second = (
        _sampled(
            Total(name, total.questions, total.answers[n], total.scores[n], total.certain_answers[n]),
            [by_question[n].get(question) or _none(by_question[1 - n][question]) for question in questions],
            ratings=False,
        )
        for n, name in enumerate(names)
    )
    return Compared(difference(first, second), paired, len(questions))


@masks_output()
def generators(workspace: Workspace, user: User) -> list[str]:
    """The generators that wrote answers, by name.

    Raises:
        NotAllowed: the role does not include it.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        return browse.generators(session)


def _key(workspace: Workspace) -> tuple[tuple[Hashable, ...], Progress | None]:
    """What these figures depend on beside answers and ratings, and how far the audit sample is."""
    with workspace.store.read() as session:
        sample, version = samples.latest(session), versions.champion(session)
        progress = None if sample is None else samples.progress(session, sample)
        key = (sample.sample_id if sample else 0, version.model_version if version else "", answers.last_sent(session))
    return key, progress


def _found(session: Session) -> _Found:
    scores = scoring.state(session)
    sample = samples.latest(session)
    progress = None if sample is None else samples.progress(session, sample)
    run_id, version = (scores.run_id, scores.model_version) if scores.used else (0, "")
    if answers.all_rated(session):
        population = Population(None, answers.newest(session), run_id, version)
        return _Found(population, Basis.ALL, None, scores, None)
    if sample is None or progress is None:  # both or none
        population = Population(None, answers.newest(session))
        nothing = "No audit sample was drawn, and not every answer is rated."
        if not population.last_interaction_id:
            nothing = "There are no answers yet. Import some first."
        return _Found(population, Basis.NOTHING, None, scores, nothing)
    population = Population(sample.sample_id, sample.last_interaction_id, run_id, version)
    waits = f"{plural(progress.waiting, 'answer')} of {progress.answers:,}"
    reason = None if progress.finished else f"The audit sample is not rated to its end: {waits} to go."
    return _Found(population, Basis.SAMPLE, progress, scores, reason)


def _meant(session: Session, shown: str) -> str:
    names = browse.generators(session)
    meant = originals(shown, names)
    if meant not in names:
        raise NotFound(f"No answer is from a generator called {shown}. Browse and edit on Data lists those there are.")
    return meant


def _none(beside: RatedQuestion) -> RatedQuestion:
    """No answers of one generator to a question that the other answered."""
    return RatedQuestion("", beside.question, beside.certain, 0, 0.0, 0, 0.0)


def _sampled(total: Total, rated: Sequence[RatedQuestion], *, ratings: bool) -> Sampled:
    """What the statistics take, in ``ratings`` or in shares of good answers."""
    random = [question for question in rated if not question.certain]
    certain = [question for question in rated if question.certain]
    unit = _STEPS if ratings else 1.0

    def value(question: RatedQuestion) -> float:
        return question.ratings if ratings else float(question.good)

    return Sampled(
        questions=total.questions,
        answers=float(total.answers),
        scores=unit * total.scores,
        rated=np.array([question.answers for question in random], dtype=np.float64),
        rated_scores=unit * np.array([question.scores for question in random], dtype=np.float64),
        values=np.array([value(question) for question in random], dtype=np.float64),
        certain_answers=float(total.certain_answers),
        certain_rated=float(sum(question.answers for question in certain)),
        certain_values=float(sum(value(question) for question in certain)),
    )
