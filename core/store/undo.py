"""Taking back one's last act: the value before it is restored, and both stay in the history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.queue import Chosen
from core.domain.ratings import How, RatingStatus, Said
from core.store import drafts, leases
from core.store.consensus import history_event, locked, pick_up_one, settle, snapshot, store_rating
from core.store.ratings import Receipt, by_request, own, receipt_of
from core.store.tables import Lease, RatingEvent

UNDOABLE = ("rated", "changed", "skipped", "discarded")


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (``action`` and, where there was one, ``rating``), and what stands now."""

    receipt: Receipt
    action: str
    rating: int | None


def undo_last(session: Session, rater_id: int, since: datetime, request_id: str | None) -> Undone | None:
    """Take back this rater's last act since then that was not taken back yet; None when there is none.

    The answer is kept for the rater again, with what was typed as a draft.

    Raises:
        Conflict: what that act said has been changed since by something else.
        NotFound: the interaction was deleted.
    """
    earlier = by_request(session, request_id)
    if earlier is not None:
        before = session.get(RatingEvent, earlier.undoes)
        return Undone(
            receipt_of(earlier), before.action if before else "", before.new.get("rating") if before else None
        )
    event = session.scalar(_last(rater_id, since))
    if event is None:
        return None
    item, row = locked(session, event.interaction_id)
    pick_up_one(session, item, row)
    mine = session.scalar(own(event.interaction_id, rater_id).execution_options(populate_existing=True))
    if mine is None or snapshot(mine) != event.new:
        raise Conflict(
            f"Your last act, on answer {event.interaction_id}, was changed since. Nothing was undone; "
            "open the answer on the Review page to change it."
        )
    how = How("undone", request_id, chosen=event.chosen)
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
    settle(session, item, row)
    drafts.keep(session, rater_id, event.interaction_id, event.new.get("comment") or "", bool(event.new["bias_flag"]))
    if session.get(Lease, (event.interaction_id, rater_id)) is None:
        leases.take(session, event.interaction_id, rater_id, event.chosen or Chosen.OLDEST)
    return Undone(receipt_of(undoing), event.action, event.new.get("rating"))


def _last(rater_id: int, since: datetime) -> Select[RatingEvent]:
    taken_back = select(RatingEvent.undoes).where(RatingEvent.rater_id == rater_id, RatingEvent.undoes.is_not(None))
    acts = select(RatingEvent).where(
        RatingEvent.rater_id == rater_id,
        RatingEvent.at >= since,
        RatingEvent.action.in_(UNDOABLE),
        RatingEvent.event_id.not_in(taken_back.where(RatingEvent.at >= since)),
    )
    return acts.order_by(RatingEvent.event_id.desc()).limit(1)


def _said(state: dict[str, object]) -> Said:
    """A state as the history keeps it, to be said again."""
    rating, comment, reason = state.get("rating"), state.get("comment"), state.get("reason")
    return Said(
        RatingStatus(str(state["status"])),
        int(str(rating)) if rating is not None else None,
        None if comment is None else str(comment),
        bool(state.get("bias_flag")),
        None if reason is None else str(reason),
    )
