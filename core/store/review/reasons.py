"""The short reasons that went with ratings, counted."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import in_scope
from core.store.tables import Item, Rater, Rating
from core.store.training import counts


@dataclass(slots=True)
class Tally:
    """Ratings of one week or session, and how many of them have which reason."""

    ratings: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def tallies(session: Session) -> tuple[dict[date, Tally], dict[str | None, Tally]]:
    """The submitted ratings that people gave here: by the week (its Monday, UTC) of their last change, and by session
    (None: answers without one).
    """
    weeks, sessions = defaultdict[date, Tally](Tally), defaultdict[str | None, Tally](Tally)
    kept = counts.load(session)
    if kept is not None:
        for key, number in counts.under(kept, "week"):
            weeks[date.fromisoformat(key)].ratings = number
        for key, number in counts.under(kept, "of"):
            sessions[json.loads(key) or None].ratings += number
        for key, number in counts.under(kept, "week_why"):
            monday, _, reason = key.partition("|")
            weeks[date.fromisoformat(monday)].reasons[reason] = number
        for key, number in counts.under(kept, "of_why"):
            label, reason = json.loads(key)
            sessions[label or None].reasons[reason] += number
        return weeks, sessions
    sqlite = session.get_bind().dialect.name == "sqlite"
    day = func.date(Rating.updated_at if sqlite else func.timezone("UTC", Rating.updated_at))
    worded = cast(Rating.reasons, String)
    rows = (
        select(day, Item.session_label, worded, func.count())
        .select_from(Rating)
        .join(Item, Item.interaction_id == Rating.interaction_id)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.rating.is_not(None), Rating.import_id.is_(None), Rater.kind == "person")
        .group_by(day, Item.session_label, worded)
    )
    for when, label, reasons, number in session.execute(in_scope(session, rows)):
        on = date.fromisoformat(str(when))
        for tally in (weeks[on - timedelta(days=on.weekday())], sessions[label or None]):
            tally.ratings += number
            tally.reasons.update(dict.fromkeys(json.loads(reasons or "[]"), number))
    return weeks, sessions
