"""Ratings with comments: which there are, and which of them a rater said to be right as they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from core.domain.records import Interaction
from core.store.interactions.interactions import in_scope, shown
from core.store.review.second_looks import COMMENT_CHECK
from core.store.tables import Item, LegacyInteraction, Rater, Rating, RatingEvent

Columns = TypeVarTuple("Columns")
State = tuple[int, datetime | None, int | None, int | None]
"""How many there are, the latest change, the last and the first number: another state has other values."""


@dataclass(frozen=True, slots=True)
class CommentedRating:
    """One rating with a comment, as the small model of comments reads it."""

    rating_id: int
    rating: int
    comment: str
    prompt_group: str


@dataclass(frozen=True, slots=True)
class RatingInDoubt:
    """One rating whose comment speaks against it, with the answer that both are about."""

    interaction: Interaction
    rater: str
    rater_kind: str
    rating: int
    comment: str


def state(session: Session, limit: int) -> State:
    """What the newest ratings with a comment, ``limit`` at most, can be told apart by."""
    newest = _newest(session, select(Rating.rating_id, Rating.updated_at), limit).subquery()
    last, first = func.max(newest.c.rating_id), func.min(newest.c.rating_id)
    count, latest, high, low = session.execute(select(func.count(), func.max(newest.c.updated_at), last, first)).one()
    return count, latest, high, low


def newest(session: Session, limit: int, characters: int) -> list[CommentedRating]:
    """The newest ratings with a comment, ``limit`` at most, with so many characters of each comment."""
    beginning = func.substr(Rating.comment, 1, characters)
    rows = _newest(session, select(Rating.rating_id, Rating.rating, beginning, Item.prompt_group), limit)
    return [CommentedRating(number, rating or 0, text, group) for number, rating, text, group in session.execute(rows)]


def not_looked_at(session: Session, rating_ids: Collection[int], rater_id: int | None = None) -> dict[int, int]:
    """Of these ratings, of this rater or (None) of all, those not looked at since they were given: number, answer."""
    looks = (
        select(RatingEvent.interaction_id, RatingEvent.rater_id, func.max(RatingEvent.at).label("at"))
        .where(RatingEvent.chosen == COMMENT_CHECK)
        .where(RatingEvent.interaction_id.in_(select(Rating.interaction_id).where(Rating.rating_id.in_(rating_ids))))
        .group_by(RatingEvent.interaction_id, RatingEvent.rater_id)
        .subquery()
    )
    same = and_(looks.c.interaction_id == Rating.interaction_id, looks.c.rater_id == Rating.rater_id)
    rows = (
        select(Rating.rating_id, Rating.interaction_id)
        .outerjoin(looks, same)
        .where(Rating.rating_id.in_(rating_ids))
        .where(looks.c.at.is_(None) | (looks.c.at < Rating.updated_at))
    )
    if rater_id is not None:
        rows = rows.where(Rating.rater_id == rater_id)
    return {row.rating_id: row.interaction_id for row in session.execute(rows)}


def load(session: Session, rating_ids: Sequence[int]) -> list[RatingInDoubt]:
    """These ratings, in the order of their numbers here."""
    rows = (
        select(LegacyInteraction, Item, Rating, Rater.name, Rater.kind)
        .join(Item, Item.interaction_id == LegacyInteraction.interaction_id)
        .join(Rating, Rating.interaction_id == Item.interaction_id)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.rating_id.in_(rating_ids))
    )
    found = {
        own.rating_id: RatingInDoubt(shown(row, item), name, kind, own.rating or 0, own.comment or "")
        for row, item, own, name, kind in session.execute(rows)
    }
    return [found[number] for number in rating_ids if number in found]


def _newest(session: Session, columns: Select[*Columns], limit: int) -> Select[*Columns]:
    rows = columns.join(Item, Item.interaction_id == Rating.interaction_id)
    with_comment = in_scope(session, rows).where(Rating.rating.is_not(None), Rating.comment != "")
    return with_comment.order_by(Rating.rating_id.desc()).limit(limit)
