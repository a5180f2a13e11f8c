"""Second opinions: rated answers that get further ratings because somebody asked for them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, literal, select, update
from sqlalchemy.orm import Session

from core.domain.queue import MOST_RATERS, QueueFilters
from core.store import settings
from core.store.interactions.consensus import lock_as_seen
from core.store.interactions.interactions import in_scope
from core.store.rating import queue
from core.store.tables import Item, Rater, Rating


def ask(
    session: Session, target: int, limit: int, *, session_label: str = "", rater: str = "", imported_only: bool = False
) -> int:
    """Ask for ``target`` ratings of up to ``limit`` answers drawn at random; how many there are.

    Drawn are answers with a rating that would not get so many anyway; of one session, with a rating of this rater, or
    with an imported rating, where that is said.
    """
    where: list[ColumnElement[bool]] = [Item.n_ratings + Item.places < target]
    of_item = [Rating.interaction_id == Item.interaction_id, Rating.rating.is_not(None)]
    if session_label:
        where.append(Item.session_label == session_label)
    if rater:
        where.append(exists().where(*of_item, Rating.rater_id == Rater.rater_id, Rater.name == rater))
    if imported_only:
        where.append(exists().where(*of_item, Rating.import_id.is_not(None)))
    return _ask(session, where, literal(target), limit)


def ask_further(session: Session, rater_id: int, limit: int) -> int:
    """Ask for one more rating of up to ``limit`` answers that others rated and this rater did not; how many."""
    return _ask(session, _rated_by_others(rater_id), Item.n_ratings + 1, limit)


def ask_about(session: Session, interaction_id: int, *, seen: str) -> str:
    """Ask for one more rating of this rated answer, to be given next; what is in the way, or nothing.

    Raises:
        NotFound: it was deleted.
        TextChanged: it is not what was seen.
    """
    settings.hold(session, settings.QUEUE)  # before the answer is locked, in the order of those who change the rule
    item, _ = lock_as_seen(session, interaction_id, seen)
    if not item.n_ratings:
        return "discarded" if item.consensus is None and not item.places else "waits for its first rating"
    if item.places:
        return "waits for a further rating already"
    if item.n_ratings >= MOST_RATERS:
        return f"has {MOST_RATERS} ratings, the most there can be"
    if not _ask(session, [Item.interaction_id == interaction_id], Item.n_ratings + 1, 1):
        return "discarded by somebody, or part of the sample beside your own answers"
    first = update(Item).where(Item.interaction_id == interaction_id).values(served_first=Item.asked)
    session.execute(first.execution_options(synchronize_session=False))
    return ""


def wait_for(session: Session, rater_id: int) -> bool:
    """Whether a rated answer is free for this rater now."""
    return queue.is_free(session, rater_id, QueueFilters(second=True))


def can_ask_further(session: Session, rater_id: int) -> bool:
    """Whether others rated an answer that this rater did not, and that waits for nobody."""
    some = in_scope(session, select(Item.interaction_id).where(queue.HAS_RATING, *_rated_by_others(rater_id)))
    return session.scalar(some.limit(1)) is not None


def count_waiting(session: Session) -> int:
    """How many rated answers wait for a further rating, of whomever."""
    waiting = select(func.count()).select_from(Item).where(queue.WAITING, queue.HAS_RATING)
    return session.scalar(in_scope(session, waiting)) or 0


def _rated_by_others(rater_id: int) -> Sequence[ColumnElement[bool]]:
    touched = exists().where(Rating.interaction_id == Item.interaction_id, Rating.rater_id == rater_id)
    return [Item.places == 0, Item.n_ratings < MOST_RATERS, ~touched, ~queue.written_by(rater_id), ~queue.discarded()]


def _ask(session: Session, where: Sequence[ColumnElement[bool]], target: ColumnElement[int], limit: int) -> int:
    settings.hold(session, settings.QUEUE)  # who changes the rule renews all places by it
    fits = [queue.HAS_RATING, ~queue.discarded(), *where]
    drawn = in_scope(session, select(Item.interaction_id).where(*fits)).order_by(func.random()).limit(limit)
    numbers = sorted(session.scalars(drawn))
    # locked by number, as everybody does who locks several, and looked at again: somebody may have rated one meanwhile
    locked = select(Item.interaction_id).where(Item.interaction_id.in_(numbers)).order_by(Item.interaction_id)
    session.execute(locked.with_for_update())
    places = queue.places_wanted(settings.queue_settings(session), target)
    asked = update(Item).where(Item.interaction_id.in_(numbers), *fits).values(asked=target, places=places)
    result = session.execute(asked.execution_options(synchronize_session=False))
    return int(getattr(result, "rowcount", 0))
