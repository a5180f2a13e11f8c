"""How many users dislike an answer, kept beside it for the queue."""

from collections.abc import Collection

from sqlalchemy import String, and_, cast, func, or_, select, update
from sqlalchemy.orm import Session

from core.store.tables import Feedback, Item

MOST_DISLIKED_SCORE = 2


def is_poor(kind: str, value: int) -> bool:
    """Whether a word says that the answer is poor: a thumb down, or a score of 1 or 2."""
    return (kind == "thumb" and value == 0) or (kind == "score" and value <= MOST_DISLIKED_SCORE)


def recount(session: Session, interaction_ids: Collection[int]) -> None:
    """Count anew, for these answers, the users whose latest word is a thumb down or a score of 1 or 2.

    Where no user is named, each feedback counts as one.
    """
    of_these = Item.interaction_id.in_(interaction_ids)
    # first, and by itself: what another transaction is storing about them is to be counted too
    session.execute(
        select(Item.interaction_id).where(of_these).order_by(Item.interaction_id).with_for_update(key_share=True)
    )
    who = func.coalesce(Feedback.user_hash, cast(Feedback.feedback_id, String))
    poor = or_(
        and_(Feedback.kind == "thumb", Feedback.value == 0),
        and_(Feedback.kind == "score", Feedback.value <= MOST_DISLIKED_SCORE),
    )
    users = select(func.count(who.distinct())).where(
        Feedback.interaction_id == Item.interaction_id, Feedback.latest, poor
    )
    session.execute(
        update(Item)
        .where(of_these)
        .values(disliked=users.correlate(Item).scalar_subquery())
        .execution_options(synchronize_session=False)
    )
