"""All answers and the sampled ones, counted by what they are told apart by: what an estimate of their worth is made of.

The database adds up: an estimate needs the sums of each sampled question, and of all others only their total.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.domain.worth.parts import Part
from core.store.interactions.browse import generator_of_item
from core.store.interactions.interactions import discarded, in_scope
from core.store.rating.queue import WAITING
from core.store.tables import AuditSampled, Generator, Item, Occurrence
from core.store.worth.scores import joined


@dataclass(frozen=True, slots=True)
class Population:
    """Which answers a claim is about, and by which version they are scored."""

    sample_id: int | None
    """The audit sample that says which are rated; None: all are."""
    last_interaction_id: int
    run_id: int = 0
    model_version: str = ""
    """Empty: no scores are used."""


@dataclass(frozen=True, slots=True)
class Total:
    """All answers of one part."""

    name: str
    questions: int
    """Without those that were taken with certainty; so all that follows but the last."""
    answers: int
    scores: float
    certain_answers: int


@dataclass(frozen=True, slots=True)
class RatedQuestion:
    """The rated answers to one sampled question in one part, summed."""

    name: str
    question: str
    certain: bool
    answers: int
    ratings: float
    good: int
    scores: float


@dataclass(frozen=True, slots=True)
class PairTotal:
    """All answers of two generators: of both to the same questions, told apart by whether they were certain."""

    questions: int
    answers: tuple[int, int]
    scores: tuple[float, float]
    certain_answers: tuple[int, int]


def all_rated(session: Session) -> bool:
    """Whether there are answers and each of them was rated, or discarded."""
    answers = select(Item.interaction_id)
    if session.scalar(in_scope(session, answers.where(Item.consensus.is_not(None))).limit(1)) is None:
        return False
    return session.scalar(in_scope(session, answers.where(WAITING, Item.consensus.is_(None))).limit(1)) is None


def newest(session: Session) -> int:
    """The number of the newest answer, 0 where there is none."""
    return session.scalar(in_scope(session, select(func.max(Item.interaction_id)))) or 0


def last_sent(session: Session) -> int:
    """The number of the latest answer as a program sent it, 0 where there is none."""
    return session.scalar(select(func.max(Occurrence.occurrence_id))) or 0


def count_later(session: Session, population: Population) -> int:
    """How many answers came after the population was fixed."""
    later = select(func.count()).select_from(Item).where(Item.interaction_id > population.last_interaction_id)
    return session.scalar(in_scope(session, later.where(~discarded()))) or 0


def count_rated(session: Session) -> int:
    """How many answers are rated, however they were chosen."""
    rated = select(func.count()).select_from(Item).where(Item.consensus.is_not(None))
    return session.scalar(in_scope(session, rated)) or 0


def totals(session: Session, population: Population, part: Part) -> list[Total]:
    """All answers by part, those with the most answers first, weeks with the latest first."""
    one = _answers(session, population, part).subquery()
    rest = one.c.certain.is_(False)
    rows = select(
        one.c.name,
        func.count(case((rest, one.c.question)).distinct()),
        func.count(case((rest, one.c.question))),
        func.coalesce(func.sum(case((rest, one.c.score))), 0.0),
        func.count(case((one.c.certain, one.c.question))),
    ).group_by(one.c.name)
    found = [
        Total(str(name), int(questions), int(answers), float(scores), int(certain))
        for name, questions, answers, scores, certain in session.execute(rows)
    ]
    if part is Part.WEEK:
        return sorted(found, key=lambda total: total.name, reverse=True)
    return sorted(found, key=lambda total: (-total.answers - total.certain_answers, total.name))


def rated(session: Session, population: Population, part: Part, good_from: int) -> list[RatedQuestion]:
    """The rated answers of the sample (all there are without one), by part and question."""
    one = _answers(session, population, part, sampled_only=True).subquery()
    rows = (
        select(
            one.c.name,
            one.c.question,
            one.c.certain,
            func.count(),
            func.sum(one.c.consensus),
            func.sum(case((one.c.consensus >= good_from, 1), else_=0)),
            func.coalesce(func.sum(one.c.score), 0.0),
        )
        .where(one.c.consensus.is_not(None))
        .group_by(one.c.name, one.c.question, one.c.certain)
        .order_by(one.c.question)
    )
    return [
        RatedQuestion(str(name), question, bool(certain), int(answers), float(ratings), int(good), float(scores))
        for name, question, certain, answers, ratings, good, scores in session.execute(rows)
    ]


def pair_total(session: Session, population: Population, one: str, other: str, *, shared: bool) -> PairTotal:
    """All answers of two generators to the questions that both answered, or (not ``shared``) that either did."""
    answers = _answers(session, population, Part.GENERATOR).subquery()
    first, second = answers.c.name == one, answers.c.name == other
    counts = [func.count(case((who, answers.c.question))) for who in (first, second)]
    each = (
        select(
            answers.c.certain.label("certain"),
            *(count.label(label) for count, label in zip(counts, ("first", "second"), strict=True)),
            *(
                func.coalesce(func.sum(case((who, answers.c.score))), 0.0).label(label)
                for who, label in ((first, "first_score"), (second, "second_score"))
            ),
        )
        .where(or_(first, second))
        .group_by(answers.c.question, answers.c.certain)
    )
    if shared:
        each = each.having(and_(*(count > 0 for count in counts)))
    row = each.subquery()
    sums = (func.coalesce(func.sum(row.c[name]), 0) for name in ("first", "second", "first_score", "second_score"))
    found = {
        bool(certain): values
        for certain, *values in session.execute(select(row.c.certain, func.count(), *sums).group_by(row.c.certain))
    }
    questions, answers_1, answers_2, scores_1, scores_2 = found.get(False, (0, 0, 0, 0.0, 0.0))
    _, certain_1, certain_2, *_ = found.get(True, (0, 0, 0, 0.0, 0.0))
    return PairTotal(
        int(questions),
        (int(answers_1), int(answers_2)),
        (float(scores_1), float(scores_2)),
        (int(certain_1), int(certain_2)),
    )


def _answers(session: Session, population: Population, part: Part, *, sampled_only: bool = False) -> Select[Any]:
    """The answers of a population, each with the name of its part, its question, consensus and score."""
    query: Select[Any]
    query, score = joined(select(Item.interaction_id), population.run_id, population.model_version)
    question: ColumnElement[str] = Item.prompt_group.expression
    certain: ColumnElement[bool] = false()
    if population.sample_id is not None:
        in_sample = and_(
            AuditSampled.interaction_id == Item.interaction_id, AuditSampled.sample_id == population.sample_id
        )
        query = query.join(AuditSampled, in_sample, isouter=not sampled_only)
        question = func.coalesce(AuditSampled.prompt_group, Item.prompt_group)
        certain = func.coalesce(AuditSampled.certain, false())
    query = query.where(Item.interaction_id <= population.last_interaction_id, ~discarded())
    sampled = select(AuditSampled.interaction_id).where(AuditSampled.sample_id == population.sample_id)
    name, query = _name(session, query, part, sampled if sampled_only and population.sample_id is not None else None)
    columns: Sequence[Any] = (
        name.label("name"),
        question.label("question"),
        certain.label("certain"),
        Item.consensus.label("consensus"),
        score.label("score"),
    )
    return in_scope(session, query.with_only_columns(*columns))


def _name(
    session: Session, query: Select[Any], part: Part, some: Select[int] | None
) -> tuple[ColumnElement[Any], Select[Any]]:
    """The name of each answer's part, and the query over those that have one; ``some``: of these answers alone."""
    if part is Part.ALL:
        return literal_column("''", String), query
    if part is Part.SESSION:
        return Item.session_label.expression, query.where(Item.session_label.is_not(None))
    if part is Part.WEEK:
        return _week(session), query
    # an answer that two generators wrote counts for both, one that one of them wrote twice once; what is united is
    # the few that programs sent, not all
    beside = aliased(Item)
    items = select(Item.interaction_id.label("number"), generator_of_item.label("name"))
    sent = (
        select(Occurrence.interaction_id, Occurrence.generator)
        .join(beside, beside.interaction_id == Occurrence.interaction_id)
        .where(Occurrence.generator.is_distinct_from(Generator(beside.extra)))
        .distinct()
    )
    items, sent = items.where(generator_of_item.is_not(None)), sent.where(Occurrence.generator.is_not(None))
    if some is not None:  # else the names of all are made for those of a few
        items, sent = items.where(Item.interaction_id.in_(some)), sent.where(Occurrence.interaction_id.in_(some))
    wrote = union_all(items, sent).subquery()
    return wrote.c.name, query.join(wrote, wrote.c.number == Item.interaction_id)


def _week(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return func.date(Item.created_at, "weekday 0", "-6 days")  # the Sunday that comes or is, and back to its Monday
    return cast(func.date_trunc("week", func.timezone("UTC", Item.created_at)), Date)
