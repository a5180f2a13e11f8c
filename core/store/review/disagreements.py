"""Answers on which raters differ, a lead's decision on them, and the gaps in the guidelines that they show."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from core.domain.disagreements import FAR_APART, Disagreement, Gap, Voice, Which
from core.domain.errors import Conflict, NotFound
from core.domain.ratings import EventContext
from core.store.interactions.consensus import (
    adopt_legacy_change,
    history_event,
    lock_as_seen,
    recompute_consensus,
    text_version,
)
from core.store.interactions.interactions import in_scope, shown
from core.store.tables import GuidelineGap, Item, LegacyInteraction, Rater, Rating
from core.store.types import now


def find(session: Session, which: Which, *, offset: int, limit: int) -> tuple[list[Disagreement], int]:
    """One page of them, widest apart first, and how many there are in all."""
    query = _query(session, which)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    spread = (func.max(Rating.rating) - func.min(Rating.rating)).desc()
    ids = list(session.scalars(query.order_by(spread, Item.interaction_id).offset(offset).limit(limit)))
    rows = select(LegacyInteraction, Item).join(Item).where(Item.interaction_id.in_(ids))
    found = {item.interaction_id: (row, item) for row, item in session.execute(rows)}
    voices, gaps = _voices(session, ids), defaultdict(list)
    for gap in open_gaps(session, ids):
        gaps[gap.interaction_id].append(gap)
    return [
        Disagreement(shown(*found[number]), voices[number], found[number][1].adjudicated, gaps[number])
        for number in ids
        if number in found
    ], total


def adjudicate(
    session: Session, interaction_id: int, rater_id: int, value: int | None, *, seen: str, expected: int | None
) -> int | None:
    """Let a lead's value be the consensus, or clear it with None; the value that stood there before.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
        Conflict: somebody else decided since it was shown.
    """
    item, row = lock_as_seen(session, interaction_id, seen)
    adopt_legacy_change(session, item, row)
    if item.adjudicated != expected:
        raise Conflict("Another lead decided on this answer meanwhile. Nothing was changed; look at it again.")
    before = item.adjudicated
    item.adjudicated = value
    context = EventContext("adjudicated" if value is not None else "cleared")
    session.add(
        history_event(interaction_id, rater_id, context, old={"adjudicated": before}, new={"adjudicated": value})
    )
    recompute_consensus(session, item, row)
    return before


def mark(session: Session, interaction_id: int, note: str, by: str, *, seen: str) -> int:
    """Note that the guidelines do not say how to rate this; the number of the note.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
    """
    lock_as_seen(session, interaction_id, seen)
    gap = GuidelineGap(interaction_id=interaction_id, note=note, by=by)
    session.add(gap)
    session.flush()
    return gap.gap_id


def close(session: Session, gap_id: int, *, seen: str) -> None:
    """Close a gap: the guidelines say it now.

    Raises:
        NotFound: it was closed, or its answer deleted.
        TextChanged: the answer is not what was seen.
    """
    gap = session.get(GuidelineGap, gap_id)
    if gap is not None:
        lock_as_seen(session, gap.interaction_id, seen)  # its lock orders two who close at the same moment
        session.refresh(gap)
    if gap is None or gap.closed_at is not None:
        raise NotFound("This gap is closed already.")
    gap.closed_at = now()


def open_gaps(session: Session, interaction_ids: Sequence[int] | None = None) -> list[Gap]:
    """What the guidelines still lack, oldest first; of these answers only, where they are given."""
    query = (
        select(GuidelineGap, LegacyInteraction, Item)
        .join(Item, Item.interaction_id == GuidelineGap.interaction_id)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(GuidelineGap.closed_at.is_(None))
        .order_by(GuidelineGap.gap_id)
    )
    if interaction_ids is not None:
        query = query.where(GuidelineGap.interaction_id.in_(interaction_ids))
    return [
        Gap(gap.gap_id, gap.interaction_id, gap.note, gap.by, gap.at, text_version(item, row))
        for gap, row, item in session.execute(query)
    ]


def _query(session: Session, which: Which) -> Select[int]:
    marked = select(GuidelineGap.interaction_id).where(GuidelineGap.closed_at.is_(None))
    given = and_(Rating.interaction_id == Item.interaction_id, Rating.rating.is_not(None))
    query = in_scope(session, select(Item.interaction_id)).outerjoin(Rating, given).group_by(Item.interaction_id)
    if which is Which.DECIDED:  # stays in the list even when the raters came to agree, or took their ratings back
        return query.where(Item.adjudicated.is_not(None))
    query = query.having(func.max(Rating.rating) - func.min(Rating.rating) >= FAR_APART)
    if which is Which.MARKED:
        return query.where(Item.n_ratings > 1, Item.interaction_id.in_(marked))
    return query.where(Item.n_ratings > 1, Item.adjudicated.is_(None), Item.interaction_id.not_in(marked))


def _voices(session: Session, interaction_ids: Sequence[int]) -> dict[int, list[Voice]]:
    rows = (
        select(Rating, Rater.name)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.interaction_id.in_(interaction_ids), Rating.rating.is_not(None))
        .order_by(Rating.rating, Rater.name_key)
    )
    voices: dict[int, list[Voice]] = defaultdict(list)
    for rating, name in session.execute(rows):
        voice = Voice(name, rating.rating or 0, rating.comment, rating.bias_flag, rating.updated_at)
        voices[rating.interaction_id].append(voice)
    return voices
