"""Rating: the next item, one act on it, and what one has done so far."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.domain.errors import BadInput, TextChanged
from core.domain.progress import midnight, today
from core.domain.queue import MAX_REASON
from core.domain.ratings import MAX_COMMENT, MAX_RATING, MIN_RATING, EventContext, RatingInput, RatingStatus
from core.domain.reasons import MAX_REASON_LENGTH, NOT_OFFERED, in_order
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.data import redaction
from core.services.masking import GAP, masks_output, originals, refuse_gaps
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.interactions import interactions
from core.store.rating import queue, ratings, showings
from core.store.rating.queue import ItemToRate
from core.store.rating.ratings import Receipt, Undone
from core.store.retrying import retried
from core.store.review import guidelines

__all__ = ["ItemToRate", "Receipt", "Undone"]

NOT_KNOWN = (
    "Which text of this answer you read is not known any more: it was opened long ago. Nothing was stored, and what "
    "you typed is kept. Read the answer as it is shown now, then act again."
)
UNDO_FOR = timedelta(hours=12)
"""An act of an earlier day is changed on the page My ratings, where it is seen, and not by a key."""


@masks_output()
def next_items(workspace: Workspace, user: User, *, on_screen: int | None = None) -> list[ItemToRate]:
    """What is on this rater's screen (else what is shown next), then at most one that is kept ahead of it.

    Each is kept for 15 minutes (``renew``), and is served to no more raters than it wants ratings. What lies ahead is
    given up when another rater would otherwise get nothing.

    Args:
        on_screen: what the rater sees now, which counts as served; None where the first of these is shown at once.

    Raises:
        NotAllowed: the user's role does not rate.
        Unavailable: the database does not answer.
    """
    workspace.require(user, Act.RATE)
    found = _kept(workspace, user) if on_screen is None else None
    if found is None:
        found = _taken(workspace, user, on_screen)
    if not found and workspace.pick_up():
        found = _taken(workspace, user, on_screen)
    return found


@masks_output()
@retried  # somebody may delete the answer between the two steps
def item(workspace: Workspace, user: User, interaction_id: int) -> ItemToRate | None:
    """One interaction to rate or to change one's rating of; None when it was deleted."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:  # once it was shown, this takes no write lock
        found = queue.load_items(session, user.rater_id, [interaction_id])
    if any(one.showing is None for one in found):
        with workspace.store.write() as session:
            found = _noted(session, user, queue.load_items(session, user.rater_id, [interaction_id]))
    return next(iter(_as_seen(workspace, user, found)), None)


@masks_output()
@retried
def same_prompt(workspace: Workspace, user: User, interaction_id: int, limit: int = 20) -> tuple[list[ItemToRate], int]:
    """At most ``limit`` answers to the prompt of this one, oldest first, and how many there are in all.

    Those that wait for this rater are kept for them.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        ids, in_all = interactions.same_prompt(session, interaction_id, limit)
        is_kept = queue.take_also(session, user.rater_id, ids)
        found = _noted(session, user, queue.load_items(session, user.rater_id, ids))
    shown = [
        one if one.interaction.interaction_id in is_kept else replace(one, request_id=None)
        for one in _as_seen(workspace, user, found)
    ]
    return shown, in_all


@masks_output()
@retried
def renew(workspace: Workspace, user: User, interaction_ids: Collection[int]) -> list[int]:
    """Keep what is in the browser for another 15 minutes; which of these are not kept for this rater any more."""
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        return queue.renew(session, user.rater_id, {*interaction_ids})


@masks_output()
@retried
def give_back(workspace: Workspace, user: User, interaction_ids: Collection[int]) -> None:
    """Let others have what lies ahead of this rater; what was on their screen stays theirs."""
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        queue.give_back(session, user.rater_id, {*interaction_ids})


@masks_output()
def reveal(workspace: Workspace, user: User, interaction_id: int, *, showing: str) -> None:
    """As ``redaction.reveal``, of the text that this showing showed."""
    workspace.require(user, Act.REVEAL)
    with workspace.store.read() as session:
        seen = showings.version(session, user.rater_id, interaction_id, showing)
    if seen is None:
        raise TextChanged(interaction_id, NOT_KNOWN)
    redaction.reveal(workspace, user, interaction_id, seen=seen)


@masks_output(takes_gaps="compared with what is stored")
@retried
def keep_draft(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    comment: str,
    *,
    bias_flag: bool = False,
    reasons: Sequence[str] = (),
) -> None:
    """Keep what was typed, flagged and chosen and not yet saved; it comes back with the answer, wherever it is opened.

    Raises:
        BadInput: it cannot be stored, or the guidelines do not offer such a reason.
    """
    workspace.require(user, Act.RATE)
    kept = storable(comment[:MAX_COMMENT], "The comment")
    with workspace.store.read() as session:
        _refuse_gaps(session, user, interaction_id, [kept])
        chosen = _offered(session, user, interaction_id, reasons)
    with workspace.store.write() as session:
        if interactions.load(session, interaction_id) is None:  # deleted, and with it what there was to say
            return
        own_rating = ratings.own(session, interaction_id, user.rater_id)
        saved = ("", False, set[str]())
        if own_rating:
            saved = own_rating.comment or "", own_rating.bias_flag, {*(own_rating.reasons or ())}
        if (kept.strip(), bias_flag, {*chosen}) != saved:
            ratings.keep_draft(session, user.rater_id, interaction_id, kept, bias_flag, chosen)
        else:
            ratings.delete_draft(session, user.rater_id, interaction_id)


@masks_output(takes_gaps="compared with what is stored")
def rate(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    rating: int,
    *,
    showing: str | None,
    comment: str = "",
    bias_flag: bool = False,
    reasons: Sequence[str] = (),
    request_id: str | None = None,
    shown_ms: int | None = None,
    guideline_version: int | None = None,
) -> Receipt:
    """Store one rating; when this returns, it is on disk. The same ``request_id`` again stores nothing twice.

    ``showing`` (``ItemToRate.showing``) says which text was rated. A rating that comes after its answer was no longer
    kept for the rater is stored like any other. ``reasons`` are words of the guidelines, of the version in force or of
    an earlier one, which may have been on the screen; they are stored as worded, in the order of the guidelines.

    Raises:
        BadInput: not 1 to 5, a comment that cannot be stored, or a reason that the guidelines do not offer.
        NotFound: the interaction was deleted.
        TextChanged: the text is another one by now; nothing was stored, the comment is kept as a draft.
        Unavailable: the database does not answer; nothing was stored.
    """
    workspace.require(user, Act.RATE)
    if rating not in range(MIN_RATING, MAX_RATING + 1):
        raise BadInput("A rating is one of 1, 2, 3, 4, 5.")
    with workspace.store.read() as session:
        chosen = _offered(session, user, interaction_id, reasons)
    said = RatingInput(RatingStatus.SUBMITTED, rating, _comment(comment), bias_flag, reasons=chosen)
    how = EventContext("rated", request_id, shown_ms, guideline_version)
    return _act(workspace, user, interaction_id, said, how, showing)


@masks_output(takes_gaps="compared with what is stored")
def skip(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    *,
    showing: str | None,
    reason: str = "",
    comment: str = "",
    bias_flag: bool = False,
    request_id: str | None = None,
    shown_ms: int | None = None,
) -> Receipt:
    """Pass an item over: it comes back when nothing else is left, with comment and flag as they were left.

    A rating that was given before stays as it is. Others get the item as if nothing had happened.

    Raises:
        TextChanged: as for ``rate``.
    """
    workspace.require(user, Act.RATE)
    said = RatingInput(RatingStatus.SKIPPED, None, _comment(comment), bias_flag, _reason(reason))
    return _act(workspace, user, interaction_id, said, EventContext("skipped", request_id, shown_ms), showing)


@masks_output(takes_gaps="compared with what is stored")
def discard(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    *,
    showing: str | None,
    reason: str,
    comment: str = "",
    bias_flag: bool = False,
    request_id: str | None = None,
    shown_ms: int | None = None,
) -> Receipt:
    """Take an item that is not fit to be rated out of the queue, for everybody, until this rater rates or undoes it.

    Ratings that others gave it stay and count; a rating of one's own is replaced.

    Raises:
        BadInput: no reason is given.
        TextChanged: as for ``rate``.
    """
    workspace.require(user, Act.RATE)
    kept = _reason(reason)
    if kept is None:
        raise BadInput("Please say why this answer is to be discarded: it will be offered to nobody any more.")
    said = RatingInput(RatingStatus.DISCARDED, None, _comment(comment), bias_flag, kept)
    return _act(workspace, user, interaction_id, said, EventContext("discarded", request_id, shown_ms), showing)


@masks_output()
@retried
def undo_last(workspace: Workspace, user: User, *, request_id: str | None = None) -> Undone | None:
    """Take back this rater's last act of the last 12 hours; the value before it stands again, both are in the history.

    Again takes back the act before that. None when there is nothing to take back. An act on an answer that was deleted,
    or that something else changed since, is passed over (``Undone.passed``).

    Raises:
        Conflict: only such acts are there.
        TextChanged: the answer has a text that was not shown to this rater yet; once it was, undo works.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        return ratings.undo_last(session, user.rater_id, datetime.now(UTC) - UNDO_FOR, request_id)


@masks_output()
def recent(workspace: Workspace, user: User, limit: int = 100) -> list[int]:
    """The interactions this rater rated or skipped last, newest first: the way back."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return ratings.latest_of(session, user.rater_id, limit)


@masks_output()
def rated_today(workspace: Workspace, user: User) -> int:
    """How many interactions this rater has rated since midnight, local time of the server."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return ratings.rated_by(session, user.rater_id, midnight(today()))


@masks_output()
def rated_today_by_all(workspace: Workspace, user: User) -> int:
    """How many ratings all raters together have given since midnight, local time of the server."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return ratings.rated_by_all(session, midnight(today()))


def _kept(workspace: Workspace, user: User) -> list[ItemToRate] | None:
    """What is kept for this rater and was shown to them in this form: a reload takes no write lock."""
    with workspace.store.read() as session:
        found = queue.load_items(session, user.rater_id, queue.kept(session, user.rater_id) or [])
    if not found or any(one.showing is None for one in found):
        return None
    return _as_seen(workspace, user, found)


@retried  # two tabs of one rater at the same moment: the second look finds what the first one got
def _taken(workspace: Workspace, user: User, on_screen: int | None) -> list[ItemToRate]:
    with workspace.store.write() as session:
        taken = queue.next_items(session, user.rater_id, on_screen)
        found = _noted(session, user, queue.load_items(session, user.rater_id, taken))
    return _as_seen(workspace, user, found)


def _noted(session: Session, user: User, found: Sequence[ItemToRate]) -> list[ItemToRate]:
    """These answers, and that this rater sees them is noted."""
    return [
        replace(one, showing=one.showing or showings.note(session, user.rater_id, one.interaction)) for one in found
    ]


def _as_seen(workspace: Workspace, user: User, found: Sequence[ItemToRate]) -> list[ItemToRate]:
    """Answers as this rater sees them; not inside a transaction that writes, for long texts take a while.

    The comment is their own and stays as they typed it.
    """
    with workspace.store.read() as session:
        redactor = redaction.redactor_for(session, user)
    return [
        replace(
            one,
            interaction=redactor.interaction(one.interaction),
            comment=redaction.own_words(one.comment),
            draft=one.draft and redaction.own_words(one.draft),
        )
        for one in found
    ]


def _act(
    workspace: Workspace, user: User, interaction_id: int, said: RatingInput, how: EventContext, showing: str | None
) -> Receipt:
    with workspace.store.read() as session:
        _refuse_gaps(session, user, interaction_id, [said.comment or "", said.reason or ""])
    try:
        return _record(workspace, user, interaction_id, said, how, showing)
    except TextChanged:
        comment = said.comment or ""
        keep_draft(workspace, user, interaction_id, comment, bias_flag=said.bias_flag, reasons=said.reasons)
        raise


@retried  # the same request twice at the same moment: the second look finds what the first one stored
def _record(
    workspace: Workspace, user: User, interaction_id: int, said: RatingInput, how: EventContext, showing: str | None
) -> Receipt:
    with workspace.store.write() as session:
        seen = showing and showings.version(session, user.rater_id, interaction_id, showing)
        try:
            return ratings.record(session, interaction_id, user.rater_id, said, how, seen=seen)
        except TextChanged as error:
            raise error if seen else TextChanged(interaction_id, NOT_KNOWN) from None


def _refuse_gaps(session: Session, user: User, interaction_id: int, typed: list[str]) -> None:
    """What this rater wrote before a gap meant anything here may stay as it is."""
    if any(GAP.search(text) for text in typed):
        own_rating = ratings.own(session, interaction_id, user.rater_id)
        draft = ratings.load_draft(session, user.rater_id, interaction_id)
        stored = [own_rating.comment, own_rating.reason] if own_rating else []
        refuse_gaps(typed, *stored, draft.comment if draft else None)


def _offered(session: Session, user: User, interaction_id: int, reasons: Sequence[str]) -> tuple[str, ...]:
    """These reasons as the guidelines word them, in their order; what was stored for this rater may stay as it is.

    Raises:
        BadInput: too many, or one that no version of the guidelines offers.
    """
    if not reasons:
        return ()
    own_rating = ratings.own(session, interaction_id, user.rater_id)
    draft = ratings.load_draft(session, user.rater_id, interaction_id)
    stored = [reason for one in (own_rating, draft) if one for reason in one.reasons or ()]
    offered = list(dict.fromkeys([*guidelines.reasons_ever_offered(session), *stored]))
    meant = [originals(reason, offered) for reason in reasons]
    unknown = next((reason for reason in meant if reason not in offered), None)
    if unknown is not None:
        raise BadInput(NOT_OFFERED.format(unknown[:MAX_REASON_LENGTH]))
    return in_order(meant, offered)


def _comment(typed: str) -> str | None:
    if len(typed) > MAX_COMMENT:
        raise BadInput(f"The comment has {len(typed):,} characters; {MAX_COMMENT:,} are possible. Please shorten it.")
    return storable(typed.strip(), "The comment") or None


def _reason(typed: str) -> str | None:
    if len(typed) > MAX_REASON:
        raise BadInput(f"The reason has {len(typed):,} characters; {MAX_REASON} are possible. Please shorten it.")
    return storable(" ".join(typed.split()), "The reason") or None
