"""The model's scores of answers: of the training where it learned from the answer, else of its fold models."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import discarded, in_scope
from core.store.tables import Item, LegacyInteraction, Prediction, WorthScore
from core.store.training import counts
from core.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Unscored:
    """An answer that the model in use has not scored."""

    interaction_id: int
    identity: str | None
    """Of its texts as they are read here."""
    prompt: str
    response: str


def joined(query: Select[tuple[int]], run_id: int, version: str) -> tuple[Select[tuple[int]], ColumnElement[float]]:
    """The query over items with its scores by this version joined to it, and the score; NULL where there is none."""
    query = query.outerjoin(
        Prediction, and_(Prediction.interaction_id == Item.interaction_id, Prediction.run_id == run_id)
    ).outerjoin(WorthScore, and_(WorthScore.interaction_id == Item.interaction_id, WorthScore.model_version == version))
    return query, func.coalesce(Prediction.score, WorthScore.score)


def count_unscored(session: Session, run_id: int, version: str) -> int:
    """How many answers have no score by this version."""
    return session.scalar(select(func.count()).select_from(_unscored(session, run_id, version).subquery())) or 0


def unscored(session: Session, run_id: int, version: str, *, after: int, limit: int) -> list[Unscored]:
    """Answers without a score by this version, by number, from above ``after`` on."""
    waiting = _unscored(session, run_id, version).where(Item.interaction_id > after)
    numbers = session.scalars(waiting.order_by(Item.interaction_id).limit(limit)).all()
    texts = select(
        Item.interaction_id, Item.identity, LegacyInteraction.user_prompt, LegacyInteraction.ai_response
    ).join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
    rows = session.execute(texts.where(Item.interaction_id.in_(numbers)).order_by(Item.interaction_id))
    return [Unscored(*row) for row in rows]


def save(session: Session, version: str, rows: Sequence[tuple[Unscored, float]]) -> None:
    """Keep scores by this version in place of those by another; not of what was deleted or edited since it was read."""
    numbers = [one.interaction_id for one, _ in rows]
    # locked by number, as everybody does who locks several: none goes or changes before its score is there
    now = select(Item.interaction_id, Item.identity).where(Item.interaction_id.in_(numbers))
    same = {tuple(row) for row in session.execute(now.order_by(Item.interaction_id).with_for_update())}
    found = [
        {"interaction_id": one.interaction_id, "model_version": version, "score": score}
        for one, score in rows
        if (one.interaction_id, one.identity) in same
    ]
    upsert(session, WorthScore, *found, key=("interaction_id",))
    counts.note(session, counts.WORTH)


def _unscored(session: Session, run_id: int, version: str) -> Select[tuple[int]]:
    query, score = joined(select(Item.interaction_id), run_id, version)
    return in_scope(session, query.where(score.is_(None), ~discarded()))
