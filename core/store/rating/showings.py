"""Which text of an answer was shown to which rater, beside what is kept for them and beyond its end.

A showing has a name that means nothing by itself: the page carries it back with a rating, and only this table says for
which text it stands. Shown again unchanged, an answer keeps the name; a changed text gets a new one, so that each of
two tabs speaks of what it shows.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from core.domain.records import Interaction
from core.store.tables import Showing
from core.store.types import now
from core.store.upsert import insert_missing

KEPT = timedelta(days=7)
"""A page that was open for longer is shown again before it can be rated."""
RENEWED_AFTER = timedelta(days=1)


def find(session: Session, rater_id: int, interaction_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """The names under which texts of these answers were shown to this rater lately, by answer and version."""
    these = (Showing.rater_id == rater_id) & Showing.interaction_id.in_(interaction_ids)
    lately = select(Showing.interaction_id, Showing.version, Showing.showing).where(
        these, Showing.at > now() - RENEWED_AFTER
    )
    return {(number, version): showing for number, version, showing in session.execute(lately)}


def note(session: Session, rater_id: int, shown: Interaction) -> str:
    """Note that this text is shown to this rater, and give the name of the showing; needs a writing session."""
    at = now()
    old = delete(Showing).where(Showing.rater_id == rater_id, Showing.at < at - KEPT)
    session.execute(old.execution_options(synchronize_session=False))
    text = {"interaction_id": shown.interaction_id, "rater_id": rater_id, "version": shown.version}
    insert_missing(session, Showing, text | {"showing": uuid4().hex, "at": at})
    again = update(Showing).where(_of(rater_id, shown.interaction_id), Showing.version == shown.version)
    return session.scalars(again.values(at=at).returning(Showing.showing)).one()


def version(session: Session, rater_id: int, interaction_id: int, showing: str) -> str | None:
    """The version of the texts that this showing showed; None where it is not known (any more)."""
    return session.scalar(select(Showing.version).where(_of(rater_id, interaction_id), Showing.showing == showing))


def saw(session: Session, rater_id: int, interaction_id: int, version: str) -> bool:
    """Whether these texts were shown to this rater."""
    found = select(Showing.showing).where(_of(rater_id, interaction_id), Showing.version == version)
    return session.scalar(found) is not None


def _of(rater_id: int, interaction_id: int) -> ColumnElement[bool]:
    return (Showing.rater_id == rater_id) & (Showing.interaction_id == interaction_id)
