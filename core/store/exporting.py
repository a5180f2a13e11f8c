"""Streaming rated rows out of the database, a batch at a time."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.domain.records import Example
from core.store.interactions import in_scope
from core.store.tables import Item, LegacyInteraction, Rater, Rating

BATCH = 1000


def rating_rows(session: Session) -> Iterator[dict[str, Any]]:
    """Every submitted rating with its texts, ordered so that the answers to a prompt and the raters of an answer follow
    one another: by prompt group, context, interaction and rater name.
    """
    query = (
        select(LegacyInteraction.user_prompt, LegacyInteraction.ai_response, Item, Rating, Rater.name)
        .join(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .join(Rating, Rating.interaction_id == Item.interaction_id)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.rating.is_not(None))
        .order_by(Item.prompt_group, func.coalesce(Item.context_id, ""), Item.interaction_id, Rater.name_key)
    )
    for prompt, response, item, rating, rater in _stream(session, in_scope(session, query)):
        yield {
            "interaction_id": item.interaction_id,
            "rater": rater,
            "rating": rating.rating,
            "user_prompt": prompt,
            "ai_response": response,
            "context_id": item.context_id,
            "session_id": item.session_label,
            "feedback_comment": rating.comment,
            "bias_flag": rating.bias_flag,
            "created_at": rating.created_at.isoformat(),
            "updated_at": rating.updated_at.isoformat(),
        }


def examples(session: Session, *, newest: int = 0) -> list[Example]:
    """The rated interactions for training, oldest first; with ``newest`` only those rated last (TRAIN_LIMIT)."""
    ids = in_scope(session, select(Item.interaction_id).where(Item.consensus.is_not(None)))
    if newest:
        ids = ids.order_by(Item.rated_at.desc(), Item.interaction_id.desc()).limit(newest)
    query = (
        select(
            Item.interaction_id,
            LegacyInteraction.user_prompt,
            LegacyInteraction.ai_response,
            Item.context_id,
            Item.consensus,
        )
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.interaction_id.in_(ids))
        .order_by(Item.interaction_id)
    )
    return [
        Example(interaction_id, prompt, response, context_id, float(agreed))
        for interaction_id, prompt, response, context_id, agreed in _stream(session, query)
    ]


def _stream(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    # detached from the session as they pass: a million rows must not pile up in its identity map
    for part in session.execute(query.execution_options(yield_per=BATCH)).partitions():
        yield from part
        session.expunge_all()
