"""Taking back one's last act: the value before it is restored, and both stay in the history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.domain.errors import Conflict, NotFound, TextChanged
from core.domain.queue import Chosen
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.store.interactions.consensus import (
    history_event,
    locked,
    pick_up_one,
    recompute_consensus,
    snapshot,
    store_rating,
    text_version,
)
from core.store.rating import drafts, leases, showings
from core.store.rating.ratings import Receipt, by_request, own, receipt_of
from core.store.tables import Item, Lease, LegacyInteraction, Rating, RatingEvent

UNDOABLE = ("rated", "changed", "skipped", "discarded")
MOST_PASSED = 100
NOT_SEEN = (
    "The text of answer {}, where your last act was, may be another one since. Nothing was undone. The answer is shown now: "
    "read it, and undo once more if you still want to."
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (``action`` and, where there was one, ``rating``), and what stands now."""

    receipt: Receipt
    action: str
    rating: int | None
    passed: tuple[int, ...] = ()
    """Answers with a later act that nothing can take back any more: they were deleted, or it was changed since."""


def undo_last(session: Session, rater_id: int, since: datetime, request_id: str | None) -> Undone | None:
    """Take back this rater's last act since then that still stands; None when there is none.

    An act on an answer that is gone, or that something else changed since, is passed over. The answer is kept for the
    rater again, with what was typed as a draft.

    Raises:
        Conflict: there are only acts that nothing can take back any more.
        TextChanged: the answer has a text that this rater never saw.
    """
    earlier = by_request(session, request_id)
    if earlier is not None:
        before = session.get(RatingEvent, earlier.undoes)
        return Undone(
            receipt_of(earlier), before.action if before else "", before.new.get("rating") if before else None
        )
    passed: list[int] = []
    for event in session.scalars(_acts(rater_id, since)):
        standing = _standing(session, rater_id, event)
        if standing is not None:
            break
        passed.append(event.interaction_id)
    else:
        if not passed:
            return None
        raise Conflict(
            f"Your last act, on answer {passed[0]}, cannot be undone: the answer was deleted, or your rating of it was "
            "changed since. Nothing was undone; what is there to change is on the Review page."
        )
    item, row, mine = standing
    if not showings.saw(session, rater_id, item.interaction_id, text_version(item, row)):
        raise TextChanged(item.interaction_id, NOT_SEEN.format(item.interaction_id))
    how = EventContext("undone", request_id, chosen=event.chosen)
    if event.old is None:
        gone: dict[str, object] = {"status": str(RatingStatus.WITHDRAWN), "rating": None}
        undoing = history_event(
            event.interaction_id, rater_id, how, old=snapshot(mine), new=gone, undoes=event.event_id
        )
        session.add(undoing)
        session.delete(mine)
        session.flush()
    else:
        undoing = store_rating(
            session, mine, event.interaction_id, rater_id, _said(event.old), how, undoes=event.event_id
        )
    recompute_consensus(session, item, row)
    drafts.keep(session, rater_id, event.interaction_id, event.new.get("comment") or "", bool(event.new["bias_flag"]))
    if session.get(Lease, (event.interaction_id, rater_id)) is None:
        leases.take(session, event.interaction_id, rater_id, event.chosen or Chosen.OLDEST)
    return Undone(receipt_of(undoing), event.action, event.new.get("rating"), tuple(dict.fromkeys(passed)))


def _standing(session: Session, rater_id: int, event: RatingEvent) -> tuple[Item, LegacyInteraction, Rating] | None:
    """The answer, locked, and the rating as this act left it; None where either is not there any more."""
    try:
        item, row = locked(session, event.interaction_id)
    except NotFound:
        return None
    pick_up_one(session, item, row)
    mine = own(session, event.interaction_id, rater_id)
    return None if mine is None or snapshot(mine) != event.new else (item, row, mine)


def _acts(rater_id: int, since: datetime) -> Select[RatingEvent]:
    """Acts that were not taken back yet, the last one first."""
    taken_back = select(RatingEvent.undoes).where(RatingEvent.rater_id == rater_id, RatingEvent.undoes.is_not(None))
    acts = select(RatingEvent).where(
        RatingEvent.rater_id == rater_id,
        RatingEvent.at >= since,
        RatingEvent.action.in_(UNDOABLE),
        RatingEvent.event_id.not_in(taken_back.where(RatingEvent.at >= since)),
    )
    return acts.order_by(RatingEvent.event_id.desc()).limit(MOST_PASSED)


def _said(state: dict[str, object]) -> RatingInput:
    """A state as the history keeps it, to be said again."""
    rating, comment, reason = state.get("rating"), state.get("comment"), state.get("reason")
    return RatingInput(
        RatingStatus(str(state["status"])),
        int(str(rating)) if rating is not None else None,
        None if comment is None else str(comment),
        bool(state.get("bias_flag")),
        None if reason is None else str(reason),
    )
