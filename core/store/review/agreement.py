"""Ratings of the same answers by several raters, and repeated by one, for measuring how far they agree."""

import statistics
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import in_scope
from core.store.tables import Item, Rater, Rating, RatingEvent


def ratings_given(session: Session) -> list[tuple[int, str, int]]:
    """Every rating that counts: interaction, rater's name, rating."""
    rows = (
        select(Rating.interaction_id, Rater.name, Rating.rating)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .join(Item, Item.interaction_id == Rating.interaction_id)
        .where(Rating.rating.is_not(None))
        .order_by(Rating.interaction_id, Rater.name_key)
    )
    return [(item, name, rating) for item, name, rating in session.execute(in_scope(session, rows)) if rating]


def median_seconds(session: Session) -> dict[str, float]:
    """The median time that answers were on each rater's screen before they were rated."""
    rows = select(Rater.name, RatingEvent.shown_ms).join(Rater, Rater.rater_id == RatingEvent.rater_id)
    times: dict[str, list[int]] = defaultdict(list)
    for name, shown in session.execute(rows.where(RatingEvent.shown_ms.is_not(None), RatingEvent.action == "rated")):
        times[name].append(shown or 0)
    return {name: statistics.median(found) / 1000 for name, found in times.items()}


def repeats(session: Session) -> dict[str, list[tuple[int, int]]]:
    """By rater, pairs of the first rating and the one given again later without seeing the first."""
    rows = select(Rater.name, RatingEvent.old, RatingEvent.new).join(Rater, Rater.rater_id == RatingEvent.rater_id)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, old, new in session.execute(rows.where(RatingEvent.action == "repeat").order_by(RatingEvent.event_id)):
        if old is not None:
            found[name].append((int(old["rating"]), int(new["rating"])))
    return dict(found)
