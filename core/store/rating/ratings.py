"""One rater's acts on one interaction (rate, change, skip, discard, undo), each kept with its history, and drafts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from core.domain.errors import Conflict, NotFound, TextChanged
from core.domain.queue import Chosen
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.store.interactions.consensus import (
    adopt_legacy_change,
    history_event,
    lock_interaction,
    recompute_consensus,
    require_unchanged,
    snapshot,
    store_rating,
    text_version,
)
from core.store.rating import better_answers, leases, showings
from core.store.tables import Draft, Item, Lease, LegacyInteraction, Rater, Rating, RatingEvent
from core.store.types import now
from core.store.upsert import upsert

UNDOABLE = ("rated", "changed", "skipped", "discarded")
MOST_PASSED = 100
"""How many acts that nothing can take back any more are passed over in search of one that can be."""
NOT_SEEN = (
    "The text of answer {}, where your last act was, may be another one since. Nothing was undone. The answer is shown "
    "now: read it, and undo once more if you still want to."
)
OWN = (
    "You wrote this better answer yourself, so others rate it. Nothing was stored. Press S to go on to the next answer."
)
OTHER_WORDS = (
    "You acted on this answer in another tab, with another comment, flag or reason, so nothing was stored now. What "
    "you typed here is kept: look at the answer again, then act once more."
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored, for the rater to see: the number and time stay in the history."""

    number: int
    at: datetime
    interaction_id: int
    rating: int | None
    before: int | None = None
    """This rater's rating that it replaced."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (``action`` and, where there was one, ``rating``), and what stands now."""

    receipt: Receipt
    action: str
    rating: int | None
    passed: tuple[int, ...] = ()
    """Answers with a later act that nothing can take back any more: they were deleted, or it was changed since."""


def record(
    session: Session, interaction_id: int, rater_id: int, given: RatingInput, context: EventContext, *, seen: str | None
) -> Receipt:
    """Store one act of one rater and recompute the consensus; a request that was stored already changes nothing.

    ``seen`` is the version of the texts that were shown to them; None where nobody knows it.

    A rating of what this rater has rated before goes into the history as a change. With it end the lease and the draft.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
        Conflict: what was stored for this request says something else, or they wrote this answer themselves.
    """
    item, row = lock_interaction(session, interaction_id)  # the lock also orders two requests for the same item
    earlier = by_request(session, rater_id, context.request_id)
    if earlier is not None:
        stored = earlier.interaction_id, earlier.new.get("comment"), earlier.new.get("bias_flag")
        reasons = {*earlier.new.get("reasons", ())}  # their order is that of the guidelines, which change
        if (*stored, reasons) != (interaction_id, given.comment, given.bias_flag, {*given.reasons}):
            raise Conflict(OTHER_WORDS)
        return receipt_of(earlier)
    require_unchanged(item, row, seen)
    if better_answers.wrote(session, rater_id, interaction_id):
        if given.status is RatingStatus.SKIPPED:  # it was opened by its number; there is nothing to come back to
            return Receipt(0, now(), interaction_id, None)
        raise Conflict(OWN)
    adopt_legacy_change(session, item, row)
    own_rating = own(session, interaction_id, rater_id)
    chosen = leases.end(session, interaction_id, rater_id)
    if given.status is RatingStatus.SKIPPED and own_rating is not None and own_rating.rating is not None:
        # a rating that was given before stays
        return Receipt(0, own_rating.updated_at, interaction_id, own_rating.rating)
    delete_draft(session, rater_id, interaction_id)
    if context.action == "rated" and own_rating is not None and own_rating.rating is not None:
        context = replace(context, action="changed")
    context = replace(context, chosen=context.chosen or chosen)
    event = store_rating(session, own_rating, interaction_id, rater_id, given, context)
    recompute_consensus(session, item, row)
    return receipt_of(event)


def undo_last(session: Session, rater_id: int, since: datetime, request_id: str | None) -> Undone | None:
    """Take back this rater's last act since then that still stands; None when there is none.

    The value before it is restored, and both stay in the history. An act on an answer that is gone, or that something
    else changed since, is passed over. The answer is kept for the rater again, with what was typed as a draft.

    Raises:
        Conflict: there are only acts that nothing can take back any more.
        TextChanged: the answer has a text that this rater never saw.
    """
    earlier = by_request(session, rater_id, request_id)
    if earlier is not None:
        before = session.get(RatingEvent, earlier.undoes)
        return Undone(
            receipt_of(earlier), before.action if before else "", before.new.get("rating") if before else None
        )
    passed: list[int] = []
    for event in session.scalars(_undoable_events(rater_id, since)):
        found = _rating_left_by(session, rater_id, event)
        if found is not None:
            break
        passed.append(event.interaction_id)
    else:
        if not passed:
            return None
        raise Conflict(
            f"Your last act, on answer {passed[0]}, cannot be undone: the answer was deleted, or your rating of it was "
            "changed since. Nothing was undone; what is there to change is on the page My ratings."
        )
    item, row, own_rating = found
    if not showings.saw(session, rater_id, item.interaction_id, text_version(item, row)):
        raise TextChanged(item.interaction_id, NOT_SEEN.format(item.interaction_id))
    context = EventContext("undone", request_id, chosen=event.chosen)
    if event.old is None:
        gone: dict[str, object] = {"status": str(RatingStatus.WITHDRAWN), "rating": None}
        undoing = history_event(
            event.interaction_id, rater_id, context, old=snapshot(own_rating), new=gone, undoes=event.event_id
        )
        session.add(undoing)
        session.delete(own_rating)
        session.flush()
    else:
        given = _rating_input(event.old)
        undoing = store_rating(
            session, own_rating, event.interaction_id, rater_id, given, context, undoes=event.event_id
        )
    recompute_consensus(session, item, row)
    comment, bias_flag = event.new.get("comment") or "", bool(event.new["bias_flag"])
    keep_draft(session, rater_id, event.interaction_id, comment, bias_flag, event.new.get("reasons", ()))
    if session.get(Lease, (event.interaction_id, rater_id)) is None:
        leases.take(session, event.interaction_id, rater_id, event.chosen or Chosen.OLDEST)
    return Undone(receipt_of(undoing), event.action, event.new.get("rating"), tuple(dict.fromkeys(passed)))


def own(session: Session, interaction_id: int, rater_id: int) -> Rating | None:
    """One rater's rating of one interaction, as it is stored now."""
    stored = select(Rating).where(Rating.interaction_id == interaction_id, Rating.rater_id == rater_id)
    return session.scalar(stored.execution_options(populate_existing=True))


def rated_by(session: Session, rater_id: int, since: datetime) -> int:
    """How many interactions this rater has rated since then: each once, what was taken back not at all."""
    acts = select(RatingEvent.interaction_id).where(
        RatingEvent.rater_id == rater_id, RatingEvent.at >= since, RatingEvent.action.in_(("rated", "changed"))
    )
    return _count_standing(session, acts)


def rated_by_all(session: Session, since: datetime) -> int:
    """How many ratings all raters have given since then: each answer once per rater, changes not counted."""
    acts = select(RatingEvent.rater_id, RatingEvent.interaction_id).where(
        RatingEvent.action == "rated", RatingEvent.at >= since
    )
    return _count_standing(session, acts)


def latest_of(session: Session, rater_id: int, limit: int) -> list[int]:
    """The interactions this rater rated or skipped last, newest first."""
    rows = select(Rating.interaction_id).where(Rating.rater_id == rater_id, Rating.status != RatingStatus.WITHDRAWN)
    return list(session.scalars(rows.order_by(Rating.updated_at.desc(), Rating.rating_id.desc()).limit(limit)))


def history(session: Session, interaction_id: int) -> list[tuple[RatingEvent, str]]:
    """Everything that ever happened to the ratings of an interaction, oldest first, with the rater's name."""
    rows = select(RatingEvent, Rater.name).join(Rater, Rater.rater_id == RatingEvent.rater_id)
    found = session.execute(rows.where(RatingEvent.interaction_id == interaction_id).order_by(RatingEvent.event_id))
    return [(event, name) for event, name in found]


def by_request(session: Session, rater_id: int, request_id: str | None) -> RatingEvent | None:
    """What was stored for this request of this rater, if it was.

    Raises:
        Conflict: it is a request of somebody else.
    """
    if request_id is None:
        return None
    earlier = session.scalar(select(RatingEvent).where(RatingEvent.request_id == request_id))
    if earlier is not None and earlier.rater_id != rater_id:
        raise Conflict("A request of this name came from somebody else. Nothing was stored. Load the page again.")
    return earlier


def receipt_of(event: RatingEvent) -> Receipt:
    """The receipt of what was stored."""
    before = event.old.get("rating") if event.old else None
    return Receipt(event.event_id, event.at, event.interaction_id, event.new.get("rating"), before)


def _count_standing(session: Session, acts: Select[int] | Select[int, int]) -> int:
    """How many of these acts, each answer once per rater, stand: the rater's rating is there."""
    own_rating = (Rating.interaction_id == RatingEvent.interaction_id) & (Rating.rater_id == RatingEvent.rater_id)
    standing = acts.join(Rating, own_rating).where(Rating.status == RatingStatus.SUBMITTED).distinct()
    return session.scalar(select(func.count()).select_from(standing.subquery())) or 0


def _undoable_events(rater_id: int, since: datetime) -> Select[RatingEvent]:
    """Acts that were not taken back yet, the last one first."""
    taken_back = select(RatingEvent.undoes).where(RatingEvent.rater_id == rater_id, RatingEvent.undoes.is_not(None))
    acts = select(RatingEvent).where(
        RatingEvent.rater_id == rater_id,
        RatingEvent.at >= since,
        RatingEvent.action.in_(UNDOABLE),
        RatingEvent.event_id.not_in(taken_back.where(RatingEvent.at >= since)),
    )
    return acts.order_by(RatingEvent.event_id.desc()).limit(MOST_PASSED)


def _rating_left_by(
    session: Session, rater_id: int, event: RatingEvent
) -> tuple[Item, LegacyInteraction, Rating] | None:
    """The answer, locked, and the rating as this act left it; None where either is not there any more."""
    try:
        item, row = lock_interaction(session, event.interaction_id)
    except NotFound:
        return None
    adopt_legacy_change(session, item, row)
    own_rating = own(session, event.interaction_id, rater_id)
    return None if own_rating is None or snapshot(own_rating) != event.new else (item, row, own_rating)


def _rating_input(state: dict[str, Any]) -> RatingInput:
    """A state as the history keeps it (``snapshot``), to be stored again."""
    rating, comment, reason = state.get("rating"), state.get("comment"), state.get("reason")
    return RatingInput(
        RatingStatus(str(state["status"])),
        int(str(rating)) if rating is not None else None,
        None if comment is None else str(comment),
        bool(state.get("bias_flag")),
        None if reason is None else str(reason),
        tuple(state.get("reasons", ())),
    )


# --- drafts: what was typed, flagged and chosen and not yet saved with a rating ------------------------------------


def keep_draft(
    session: Session, rater_id: int, interaction_id: int, comment: str, bias_flag: bool, reasons: Iterable[str]
) -> None:
    """Keep what a rater typed, flagged and chose as reasons; it replaces what was kept before."""
    typed = {"comment": comment, "bias_flag": bias_flag, "reasons": list(reasons) or None, "updated_at": now()}
    row = {"rater_id": rater_id, "interaction_id": interaction_id, **typed}
    upsert(session, Draft, row, key=("rater_id", "interaction_id"))


def load_draft(session: Session, rater_id: int, interaction_id: int) -> Draft | None:
    """What was kept, if anything was."""
    return session.get(Draft, (rater_id, interaction_id))


def delete_draft(session: Session, rater_id: int, interaction_id: int) -> None:
    """Delete what was kept, because it was saved with a rating or taken back."""
    draft = delete(Draft).where(Draft.rater_id == rater_id, Draft.interaction_id == interaction_id)
    session.execute(draft.execution_options(synchronize_session=False))
