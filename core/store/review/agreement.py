"""Ratings of the same answers by several raters, and repeated by one, for measuring how far they agree."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import in_scope
from core.store.tables import Item, Rater, Rating, RatingEvent

GIVES_OR_TAKES = (
    "rated",
    "changed",
    "skipped",
    "discarded",
    "withdrawn",
    "undone",
    "imported",
    "import removed",
    "legacy",
    "text edited",
    "put back",
)
"""The acts that change a rating; others of the history are about looking again or about a lead's decision."""


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


def shared_at(session: Session, ends: Sequence[datetime]) -> list[list[tuple[str, tuple[int, ...]]]]:
    """What several raters said of each answer as it stood at each of these moments: prompt, their ratings.

    The ratings as they are now, led back through their history. Answers that were deleted since are not among them.

    Args:
        session: An open session.
        ends: The moments, the latest first.
    """
    before = RatingEvent.old["rating"].as_integer()
    since = (RatingEvent.action.in_(GIVES_OR_TAKES), RatingEvent.at >= ends[-1])
    taken = select(RatingEvent.interaction_id).where(
        *since, RatingEvent.old.is_not(None), before.is_not(None), RatingEvent.new["rating"].as_integer().is_(None)
    )
    # with one rating now and none taken back, an answer never had two
    shared = select(Item.interaction_id, Item.prompt_group).where(
        or_(Item.n_ratings > 1, Item.interaction_id.in_(taken))
    )
    prompts = {number: prompt for number, prompt in session.execute(in_scope(session, shared))}  # noqa: C416
    numbers = in_scope(session, shared.with_only_columns(Item.interaction_id))
    standing: dict[int, dict[int, int]] = {number: {} for number in prompts}
    given = select(Rating.interaction_id, Rating.rater_id, Rating.rating)
    for number, rater_id, rating in session.execute(
        given.where(Rating.rating.is_not(None), Rating.interaction_id.in_(numbers))
    ):
        if number in standing and rating is not None:
            standing[number][rater_id] = rating
    events = select(RatingEvent.at, RatingEvent.interaction_id, RatingEvent.rater_id, before).where(
        *since, RatingEvent.interaction_id.in_(numbers)
    )
    acts = list(session.execute(events.order_by(RatingEvent.at, RatingEvent.event_id)))
    found = []
    for end in ends:
        while acts and acts[-1][0] >= end:
            _, number, rater_id, rating = acts.pop()
            if number not in standing:
                continue
            if rating is None:
                standing[number].pop(rater_id, None)
            else:
                standing[number][rater_id] = rating
        several = ((prompts[number], tuple(own.values())) for number, own in standing.items() if len(own) > 1)
        found.append(list(several))
    return found
