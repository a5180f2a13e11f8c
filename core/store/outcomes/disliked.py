"""How many users dislike an answer, kept beside it for the queue."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, String, and_, bindparam, cast, func, or_, select, update
from sqlalchemy.orm import Session

from core.store.tables import Feedback, Item
from core.store.tables.base import plain

MOST_DISLIKED_SCORE = 2

# of plain tables and made once: programs send feedback while people rate
_FEEDBACK, _ITEMS = map(plain, (Feedback, Item))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LOCK = (
    select(_ITEMS.c.interaction_id)
    .where(_ITEMS.c.interaction_id.in_(_IDS))
    .order_by(_ITEMS.c.interaction_id)
    .with_for_update(key_share=True)
)
_POOR = or_(
    and_(_FEEDBACK.c.kind == "thumb", _FEEDBACK.c.value == 0),
    and_(_FEEDBACK.c.kind == "score", _FEEDBACK.c.value <= MOST_DISLIKED_SCORE),
)
_WHO = func.coalesce(_FEEDBACK.c.user_hash, cast(_FEEDBACK.c.feedback_id, String))
_USERS = select(func.count(_WHO.distinct())).where(
    _FEEDBACK.c.interaction_id == _ITEMS.c.interaction_id, _FEEDBACK.c.latest, _POOR
)
_COUNT = (
    update(_ITEMS).where(_ITEMS.c.interaction_id.in_(_IDS)).values(disliked=_USERS.correlate(_ITEMS).scalar_subquery())
)


def is_poor(kind: str, value: int) -> bool:
    """Whether a word says that the answer is poor: a thumb down, or a score of 1 or 2."""
    return (kind == "thumb" and value == 0) or (kind == "score" and value <= MOST_DISLIKED_SCORE)


def recount(session: Session, interaction_ids: Collection[int]) -> None:
    """Count anew, for these answers, the users whose latest word is a thumb down or a score of 1 or 2.

    Where no user is named, each feedback counts as one.
    """
    asked = {"ids": list(interaction_ids)}
    session.flush()  # what goes past the objects does not do that by itself
    connection = session.connection()
    # first, and by itself: what another transaction is storing about them is to be counted too
    connection.execute(_LOCK, asked)
    connection.execute(_COUNT, asked)
