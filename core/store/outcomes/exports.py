"""Feedback as the rows of an export, read a batch at a time."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import only_sample
from core.store.outcomes import demo
from core.store.tables import Feedback, Item

BATCH = 1000


def feedback_rows(session: Session) -> Iterator[dict[str, Any]]:
    """What users said of answers and rankings, in the order in which it came (columns FEEDBACK); of answers of the
    sample, and of made rankings of them, only where there are no others.
    """
    # a rank in place of the hash: the same user is the same number here, and nobody can be recognised by it elsewhere
    numbered = func.dense_rank().over(order_by=Feedback.user_hash.asc().nulls_last())
    user = case((Feedback.user_hash.is_not(None), numbered)).label("user_number")
    rows = select(*Feedback.__table__.columns, user).order_by(Feedback.feedback_id)
    if not only_sample(session):
        rows = rows.outerjoin(Item, Item.interaction_id == Feedback.interaction_id)
        rows = rows.where(or_(Item.source.is_(None), Item.source != "sample"), demo.was_not_made())
    for said in session.execute(rows.execution_options(yield_per=BATCH)):
        day = said.at.astimezone(UTC).date()
        yield {
            "feedback": said.feedback_id,
            "interaction_id": said.interaction_id,
            "rerank": said.rerank_id,
            "index": said.place,
            "application": said.application,
            "id": said.caller_id,
            "kind": said.kind,
            "value": said.value,
            "comment": said.comment,
            "user": said.user_number,
            "model_version": said.model_version,
            "generator": said.generator,
            "first_replaced": said.first_replaced,
            "first_chosen": said.first_chosen,
            "latest": said.latest,
            "week": (day - timedelta(days=day.weekday())).isoformat(),
            "at": said.at.isoformat(),
        }
