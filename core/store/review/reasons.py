"""The short reasons that went with ratings, counted."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from core.store.interactions.interactions import in_scope
from core.store.tables import Item, Rater, Rating


@dataclass(frozen=True, slots=True)
class Given:
    """Ratings of one (UTC) day and session that have the same reasons."""

    day: date
    session_label: str | None
    reasons: tuple[str, ...]
    ratings: int


def given(session: Session) -> list[Given]:
    """The submitted ratings that people gave here, by the day of their last change, session and reasons."""
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
    return [
        Given(date.fromisoformat(str(when)), label, tuple(json.loads(reasons or "[]")), number)
        for when, label, reasons, number in session.execute(in_scope(session, rows))
    ]
