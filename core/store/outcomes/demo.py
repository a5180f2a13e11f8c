"""Made feedback on the sample, for looking around: stored as that of an application is, only earlier."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, not_, or_, select, update
from sqlalchemy.orm import Session

from core.domain.outcomes.feedback import Said
from core.store.outcomes import feedback, given, hashes
from core.store.reranking import usage
from core.store.tables import AnswersGiven, Feedback, Item, LegacyInteraction, Occurrence, Reranking

APPLICATION = "demo"
GENERATORS = ("demo assistant 1", "demo assistant 2")
_RANKING = "demo-ranking-"
"""How its rankings' ids begin; those that a server makes do not, so that a key of the same name keeps its own."""


@dataclass(frozen=True, slots=True)
class SampleAnswer:
    """An answer of the sample."""

    interaction_id: int
    prompt: str
    prompt_group: str
    text: str
    consensus: float | None


@dataclass(frozen=True, slots=True)
class MadeRanking:
    """A ranking of some answers to one prompt, as a model really ordered them."""

    rerank_id: str
    at: datetime
    answers: Sequence[SampleAnswer]
    """In the order in which they came in."""
    model_version: str
    first: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class MadeAnswer:
    """An answer that was given to a user."""

    caller_id: str
    at: datetime
    interaction_id: int
    generator: str | None
    """None: of a ranking, which does not say it."""


def ranking_id(number: int) -> str:
    """The id of a made ranking."""
    return f"{_RANKING}{number}"


def sample_answers(session: Session) -> list[SampleAnswer]:
    """The answers of the sample, by number."""
    rows = (
        select(
            Item.interaction_id,
            LegacyInteraction.user_prompt,
            Item.prompt_group,
            LegacyInteraction.ai_response,
            Item.consensus,
        )
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.source == "sample")
        .order_by(Item.interaction_id)
    )
    return [SampleAnswer(*row) for row in session.execute(rows)]


def is_made(session: Session) -> bool:
    """Whether there is made feedback."""
    return session.scalar(select(Reranking.reranking_id).where(*_made(Reranking)).limit(1)) is not None


def add(
    session: Session,
    rankings: Sequence[MadeRanking],
    answers: Sequence[MadeAnswer],
    said: Sequence[tuple[datetime, Said]],
) -> None:
    """Store rankings and answers of the application, and what its users said of them, in the order of time."""
    key = hashes.key_for_writing(session)
    usage.add(session, [_call(ranking, key) for ranking in rankings])
    shown = [asdict(one) for one in answers]
    for ranking in rankings:
        for place, answer in enumerate(ranking.answers):
            kept = MadeAnswer(f"{ranking.rerank_id}:{place}", ranking.at, answer.interaction_id, None)
            shown.append(asdict(kept))
    of_sample = select(Item.interaction_id, Item.identity).where(Item.source == "sample")
    identities = {number: identity for number, identity in session.execute(of_sample)}  # noqa: C416  rows are no pairs
    for row in shown:
        row |= {"application": APPLICATION, "identity": identities[row["interaction_id"]]}
    session.execute(insert(Occurrence), shown)
    firsts = Counter((one.at.date(), one.model_version, one.first != 0) for one in rankings)
    for (day, version, replaced), n in firsts.items():
        given.count(session, "version", version, replaced, n, day=day)
    for (day, generator), n in Counter((one.at.date(), one.generator) for one in answers if one.generator).items():
        given.count(session, "generator", generator, n=n, day=day)
    in_order = sorted(said, key=lambda pair: pair[0])
    feedback.keep(session, [(APPLICATION, one) for _, one in in_order])
    for at, one in in_order:
        own = (Feedback.application == APPLICATION, Feedback.caller_id == one.id)
        session.execute(update(Feedback).where(*own).values(at=at).execution_options(synchronize_session=False))


def remove(session: Session, model_versions: Sequence[str]) -> None:
    """Delete what is left of made feedback when the answers of the sample and these versions are gone."""
    session.execute(delete(Feedback).where(*_made(Feedback)))
    session.execute(delete(Reranking).where(*_made(Reranking)))
    said_of_version = exists().where(Feedback.model_version == AnswersGiven.name)
    of_versions = (AnswersGiven.kind == "version", AnswersGiven.name.in_(model_versions), ~said_of_version)
    session.execute(delete(AnswersGiven).where(*of_versions).execution_options(synchronize_session=False))
    session.execute(delete(AnswersGiven).where(AnswersGiven.kind == "generator", AnswersGiven.name.in_(GENERATORS)))


def was_not_made() -> ColumnElement[bool]:
    """Feedback that is not about a made ranking."""
    return or_(Feedback.rerank_id.is_(None), not_(and_(*_made(Feedback))))


def _made(table: type[Feedback] | type[Reranking]) -> list[Any]:
    return [table.application == APPLICATION, table.rerank_id.startswith(_RANKING, autoescape=True)]


def _call(ranking: MadeRanking, key: bytes) -> dict[str, Any]:
    return {
        "at": ranking.at,
        "source": "api",
        "model_version": ranking.model_version,
        "candidates": len(ranking.answers),
        "milliseconds": ranking.milliseconds,
        "fallback": False,
        "first_replaced": ranking.first != 0,
        "rerank_id": ranking.rerank_id,
        "application": APPLICATION,
        "first": ranking.first,
        "question": hashes.hash_of_question(key, ranking.answers[0].prompt_group),
    }
