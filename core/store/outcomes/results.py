"""Feedback of users, counted: how often the same was said by how many of them, and of how many answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from core.domain.outcomes.results import Apart, By, Comment, Line
from core.store.distinct import distinct_values
from core.store.tables import AnswersGiven, Feedback

MOST_APPLICATIONS = 100
"""That are named."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Groups of feedback of which each has ``words`` words that come to ``total``."""

    line: Line
    kind: str
    """``thumb``, ``score`` or ``chosen``."""
    named: bool
    """Whether a group is what one user said; otherwise what was said of one question, nobody named."""
    words: int
    total: int
    """Thumbs up, the sum of scores, or how often the first answer was chosen."""
    groups: int
    """How many groups are like that."""


def tallies(session: Session, by: By, apart: Apart, since: datetime) -> list[Tally]:
    """Latest words from that time on; as many rows as there are different counts, however much feedback there is."""
    said = (
        select(
            _name(by).label("name"),
            _apart(session, apart).label("apart"),
            Feedback.kind.label("kind"),
            Feedback.user_hash.is_not(None).label("named"),
            func.coalesce(Feedback.user_hash, Feedback.question, Feedback.target).label("source"),
            case((Feedback.kind == "chosen", cast(Feedback.first_chosen, Integer)), else_=Feedback.value).label(
                "value"
            ),
        )
        .where(Feedback.latest, Feedback.at >= since, _is_about(by))
        .where(or_(Feedback.kind != "chosen", Feedback.first_chosen.is_not(None)))
    )
    if apart is Apart.REPLACED:
        said = said.where(Feedback.first_replaced.is_not(None))
    one = said.subquery()
    group = (one.c.name, one.c.apart, one.c.kind, one.c.named)
    words, total = func.count().label("words"), func.sum(one.c.value).label("total")
    each = select(*group, words, total).group_by(*group, one.c.source).subquery()
    alike = (each.c.name, each.c.apart, each.c.kind, each.c.named, each.c.words, each.c.total)
    rows: Select[Any] = select(*alike, func.count()).group_by(*alike).order_by(*alike)
    return [
        Tally(_line(apart, name, value), kind, bool(named), int(words), int(total), int(groups))
        for name, value, kind, named, words, total, groups in session.execute(rows)
    ]


def answers_given(
    session: Session, by: By, apart: Apart, since: date, names: Collection[str | None]
) -> dict[Line, int]:
    """How many answers each of these names put first, or wrote, from that Monday on."""
    columns: dict[Apart, Any] = {
        Apart.NOTHING: literal_column("NULL"),
        Apart.WEEK: AnswersGiven.week,
        Apart.REPLACED: AnswersGiven.replaced,
    }
    rows = (
        select(AnswersGiven.name, columns[apart].label("apart"), func.sum(AnswersGiven.answers))
        .where(AnswersGiven.kind == by.value, AnswersGiven.week >= since)
        .where(AnswersGiven.name.in_([name for name in names if name is not None]))
        .group_by(AnswersGiven.name, "apart")
    )
    return {_line(apart, name, value): int(answers) for name, value, answers in session.execute(rows)}


def applications(session: Session, by: By, since: datetime) -> list[str]:
    """Which applications sent such feedback from that time on, by name."""
    # one after the other: SQLite would read all feedback there ever was to find them
    some = select(Feedback.feedback_id).where(Feedback.latest, Feedback.at >= since, _is_about(by)).limit(1)
    names = map(str, distinct_values(session, Feedback.application, at_most=MOST_APPLICATIONS))
    return [name for name in names if session.scalar(some.where(Feedback.application == name)) is not None]


def comments(session: Session, limit: int) -> Sequence[Comment]:
    """The newest comments that count, ``limit`` at most."""
    rows = (
        select(Feedback)
        .where(Feedback.latest, Feedback.comment.is_not(None), Feedback.comment != "")
        .order_by(Feedback.feedback_id.desc())
        .limit(limit)
    )
    return [
        Comment(
            one.at,
            one.kind,
            one.value,
            one.first_chosen,
            one.comment or "",
            one.application,
            one.interaction_id,
            one.model_version,
            one.generator,
        )
        for one in session.scalars(rows)
    ]


def _name(by: By) -> ColumnElement[str | None]:
    return (Feedback.model_version if by is By.VERSION else Feedback.generator).expression


def _is_about(by: By) -> ColumnElement[bool]:
    """Feedback on what a ranking put first is about what ordered it, feedback on an answer about what wrote it."""
    if by is By.VERSION:  # a bad answer that it put last says nothing against it
        about_first = or_(Feedback.kind == "chosen", Feedback.first_chosen.is_not(False))
        return and_(Feedback.rerank_id.is_not(None), about_first)
    return or_(
        Feedback.generator.is_not(None),
        and_(Feedback.rerank_id.is_(None), Feedback.interaction_id.is_not(None)),
    )


def _apart(session: Session, apart: Apart) -> ColumnElement[Any]:
    if apart is Apart.REPLACED:
        return Feedback.first_replaced.expression
    if apart is Apart.NOTHING:
        return literal_column("NULL")
    if session.get_bind().dialect.name == "sqlite":
        return func.date(Feedback.at, "weekday 0", "-6 days")  # the Sunday that comes or is, and back to its Monday
    return cast(func.date_trunc("week", func.timezone("UTC", Feedback.at)), Date)


def _line(apart: Apart, name: str | None, value: Any) -> Line:
    if apart is Apart.WEEK:
        return Line(name, week=date.fromisoformat(str(value)))
    return Line(name, replaced=bool(value)) if apart is Apart.REPLACED else Line(name)
