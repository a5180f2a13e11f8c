"""Scores and choices of LLM judges: kept so that the latest counts, and read for measuring a judge."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.domain.judges.scores import Choice, Judged, Place
from core.store.interactions.interactions import in_scope
from core.store.tables import Item, JudgeChoice, JudgeScore, Rater, Rating
from core.store.types import now
from core.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers in the order in which a file has them, and a judge."""

    judge: str
    first_id: int
    second_id: int


@dataclass(frozen=True, slots=True)
class JudgeCount:
    """How much is known of one judge."""

    judge: str
    scores: int
    choices: int
    """Between two answers."""
    answers: int
    """With a score and a rating that counts."""
    questions: int
    """With such answers."""


def keep_scores(session: Session, scores: Mapping[tuple[int, str], float], import_id: int | None = None) -> int:
    """Keep scores by interaction and judge, and one that is there is replaced; how many this import did not bring
    yet.
    """
    if not scores:
        return 0
    at = now()
    brought = select(JudgeScore.interaction_id, JudgeScore.judge).where(
        JudgeScore.import_id == import_id, JudgeScore.interaction_id.in_({number for number, _ in scores})
    )
    new = scores.keys() - {(number, judge) for number, judge in session.execute(brought)}
    rows = [
        {"interaction_id": number, "judge": judge, "score": score, "import_id": import_id, "at": at}
        for (number, judge), score in sorted(scores.items())  # in one order: no two transactions wait for each other
    ]
    upsert(session, JudgeScore, *rows, key=("interaction_id", "judge"))
    return len(new)


def keep_choices(session: Session, choices: Mapping[Pair, tuple[Place, Place]], import_id: int | None = None) -> int:
    """Keep what a judge and what people prefer of two answers, and what is there is replaced; how many this import did
    not bring yet.
    """
    if not choices:
        return 0
    at = now()
    brought = select(JudgeChoice.judge, JudgeChoice.first_id, JudgeChoice.second_id).where(
        JudgeChoice.import_id == import_id, JudgeChoice.first_id.in_({pair.first_id for pair in choices})
    )
    new = choices.keys() - {Pair(*row) for row in session.execute(brought)}
    rows = [
        {
            "judge": pair.judge,
            "first_id": pair.first_id,
            "second_id": pair.second_id,
            "outcome": outcome,
            "people": people,
            "import_id": import_id,
            "at": at,
        }
        for pair, (outcome, people) in choices.items()
    ]
    rows.sort(key=lambda row: (row["judge"], row["first_id"], row["second_id"]))
    upsert(session, JudgeChoice, *rows, key=("judge", "first_id", "second_id"))
    return len(new)


def remove_of_import(session: Session, import_id: int) -> None:
    """Take back what an import brought of judges, also on answers that stay."""
    for table in (JudgeScore, JudgeChoice):
        session.execute(delete(table).where(table.import_id == import_id))


def names(session: Session) -> list[str]:
    """Every judge of whom anything is kept, by name."""
    found = set(session.scalars(in_scope(session, select(JudgeScore.judge).join(Item)).distinct()))
    first = select(JudgeChoice.judge).join(Item, Item.interaction_id == JudgeChoice.first_id).distinct()
    return sorted(found | set(session.scalars(in_scope(session, first))), key=lambda name: (name.casefold(), name))


def counted(session: Session) -> list[JudgeCount]:
    """How much is known of every judge, by name."""
    rated = Item.consensus.is_not(None)
    scores = select(
        JudgeScore.judge,
        func.count(),
        func.count(Item.consensus),
        func.count(Item.prompt_group.distinct()).filter(rated),
    ).join(Item)
    of_scores = {row[0]: row[1:] for row in session.execute(in_scope(session, scores).group_by(JudgeScore.judge))}
    choices = select(JudgeChoice.judge, func.count()).join(Item, Item.interaction_id == JudgeChoice.first_id)
    of_choices = {row[0]: row[1] for row in session.execute(in_scope(session, choices).group_by(JudgeChoice.judge))}
    found = []
    for judge in sorted(of_scores.keys() | of_choices.keys(), key=lambda name: (name.casefold(), name)):
        number, answers, questions = of_scores.get(judge, (0, 0, 0))
        found.append(JudgeCount(judge, number, of_choices.get(judge, 0), answers, questions))
    return found


def judged(session: Session, judge: str) -> list[Judged]:
    """Every answer that this judge scored, oldest first, with the ratings of people."""
    scored = (
        select(
            Item.interaction_id,
            Item.prompt_group,
            Item.context_id,
            Item.turns_group,
            JudgeScore.score,
            Item.response_words,
            Item.consensus,
        )
        .join(JudgeScore, JudgeScore.interaction_id == Item.interaction_id)
        .where(JudgeScore.judge == judge)
        .order_by(Item.interaction_id)
    )
    given = (
        select(Rating.interaction_id, Rater.name, Rating.rating)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .join(JudgeScore, JudgeScore.interaction_id == Rating.interaction_id)
        .where(JudgeScore.judge == judge, Rating.rating.is_not(None))
        .order_by(Rating.interaction_id, Rater.name_key)
    )
    ratings: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for number, rater, rating in session.execute(given):
        ratings[number].append((rater, rating or 0))
    return [
        Judged(
            interaction_id=row.interaction_id,
            question=row.prompt_group,
            compares="\n".join((row.prompt_group, row.turns_group, row.context_id or "")),
            score=row.score,
            words=row.response_words,
            rating=None if row.consensus is None else float(row.consensus),
            ratings=tuple(ratings.get(row.interaction_id, ())),
        )
        for row in session.execute(in_scope(session, scored))
    ]


def choices(session: Session, judge: str) -> list[Choice]:
    """Every choice of this judge between two answers."""
    rows = (
        select(Item.prompt_group, JudgeChoice.outcome, JudgeChoice.people)
        .join(Item, Item.interaction_id == JudgeChoice.first_id)
        .where(JudgeChoice.judge == judge)
        .order_by(JudgeChoice.first_id, JudgeChoice.second_id)
    )
    found = session.execute(in_scope(session, rows))
    return [Choice(question, Place(outcome), Place(people)) for question, outcome, people in found]


def scores_of(session: Session, interaction_ids: Collection[int]) -> dict[int, dict[str, float]]:
    """Interaction -> judge -> score, of these answers."""
    rows = select(JudgeScore.interaction_id, JudgeScore.judge, JudgeScore.score)
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for number, judge, score in session.execute(rows.where(JudgeScore.interaction_id.in_(interaction_ids))):
        found[number][judge] = score
    return found
