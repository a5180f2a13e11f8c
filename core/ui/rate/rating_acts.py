"""What the keys of the Rate page do: callbacks, each made for one showing of one answer."""

from dataclasses import replace

import streamlit as st

from core.domain.errors import TextChanged
from core.domain.ratings import RATING_WORDS
from core.domain.roles import User
from core.services.rating import rating
from core.services.rating.rating import ItemToRate
from core.services.workspace import Workspace
from core.ui.rate.desk import RatingPageState
from core.ui.shell import errors


@errors.act
def rate(workspace: Workspace, user: User, mine: RatingPageState, visit: int, value: int) -> None:
    """One of the five keys."""
    if not mine.accepts(visit) or mine.item is None:
        return
    is_first = mine.shown is None or mine.shown.rating is None
    receipt = rating.rate(
        workspace,
        user,
        mine.item,
        value,
        showing=mine.showing,
        comment=typed(visit),
        bias_flag=mine.bias,
        request_id=f"{mine.request}:{value}",
        shown_ms=mine.shown_ms(),
        guideline_version=mine.guideline_version,
    )
    mine.message = f"Saved {value} ({RATING_WORDS[value]}) {receipt.at.astimezone():%H:%M:%S}, no. {receipt.number}"
    if is_first:
        mine.left = max(0, mine.left - 1)
    _go_on(workspace, user, mine)


@errors.act
def skip(workspace: Workspace, user: User, mine: RatingPageState, visit: int, shown: ItemToRate) -> None:
    """S: pass over what is unrated, keep what is rated."""
    if not mine.accepts(visit) or mine.item is None:
        return
    comment = typed(visit)
    if shown.rating is None:
        rating.skip(
            workspace,
            user,
            mine.item,
            showing=mine.showing,
            comment=comment,
            bias_flag=mine.bias,
            request_id=f"{mine.request}:skip",
            reason=reason(visit),
            shown_ms=mine.shown_ms(),
        )
        mine.message = "Skipped; it comes back at the end"
    elif (comment.strip(), mine.bias) != (shown.comment, shown.bias_flag):
        rating.rate(
            workspace,
            user,
            mine.item,
            shown.rating,
            showing=mine.showing,
            comment=comment,
            bias_flag=mine.bias,
            request_id=f"{mine.request}:keep",
            shown_ms=mine.shown_ms(),
            guideline_version=mine.guideline_version,
        )
        mine.message = "Kept your rating and saved what you added"
    else:
        mine.message = "Kept your earlier rating"
    _go_on(workspace, user, mine)


@errors.act
def discard(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """Take the answer out of the queue for everybody."""
    if not mine.accepts(visit) or mine.item is None:
        return
    rating.discard(
        workspace,
        user,
        mine.item,
        showing=mine.showing,
        reason=reason(visit),
        comment=typed(visit),
        bias_flag=mine.bias,
        request_id=f"{mine.request}:discard",
        shown_ms=mine.shown_ms(),
    )
    mine.message = f"Discarded answer {mine.item} for everybody; U undoes it"
    mine.left = max(0, mine.left - 1)
    _go_on(workspace, user, mine)


@errors.act
def ask(mine: RatingPageState, visit: int) -> None:
    """D: ask for the reason first, and again D or Esc: not after all."""
    if visit == mine.visit:
        mine.asking = not mine.asking


@errors.act
def undo(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """U: take back one's last act and show that answer again."""
    if visit != mine.visit:
        return
    _keep_draft(workspace, user, mine)
    try:
        undone = rating.undo_last(workspace, user, request_id=f"{mine.request}:undo")
    except TextChanged as changed:  # read first, then undone
        mine.turn_to(changed.interaction_id)
        mine.beside = {}
        raise
    if undone is None:
        mine.message = "There is nothing of today to undo"
        return
    was = f"{undone.rating} ({RATING_WORDS[undone.rating]})" if undone.rating else f"“{undone.action}”"
    now = undone.receipt.rating
    stands = f"{now} ({RATING_WORDS[now]}) stands again" if now else "it has no rating of yours now"
    mine.message = f"Undone: your {was} of answer {undone.receipt.interaction_id}; {stands}"
    if undone.passed:
        later = ", ".join(map(str, undone.passed))
        mine.message += f". What you did later cannot be undone any more: answer {later} was deleted or changed since"
    mine.counted_at = 0.0
    mine.turn_to(undone.receipt.interaction_id)
    mine.beside = {}


@errors.act
def back(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """Left arrow: one step back along what this rater did last, in this browser or before a reload."""
    if visit != mine.visit:
        return
    _keep_draft(workspace, user, mine)
    latest = rating.recent(workspace, user)  # newest first
    if mine.retracing and mine.item in latest:
        latest = latest[latest.index(mine.item) + 1 :]
    # a skipped answer that came round again has a place in that list too, but was not reached by going back
    before = next((item for item in latest if item != mine.item), None)
    if before is None:
        mine.message = "There is no earlier answer of yours"
        return
    mine.message = ""
    mine.turn_to(before)
    mine.retracing = True
    mine.beside = {}


@errors.act
def forward(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """Right arrow: one step towards the answer that waits, and in the end to it."""
    if visit != mine.visit:
        return
    _keep_draft(workspace, user, mine)
    latest = rating.recent(workspace, user)
    mine.message = ""
    if mine.retracing and mine.item in latest and latest.index(mine.item) > 0:
        mine.turn_to(latest[latest.index(mine.item) - 1])
        mine.retracing = True
    elif mine.retracing or (mine.shown is not None and mine.shown.rating is not None):
        mine.turn_to(None)
    else:
        mine.message = "This is the answer that waits; S skips it"
    mine.beside = {}


@errors.act
def flag(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """B: flag the answer as biased, or not after all; kept at once with what was typed."""
    if visit == mine.visit:
        mine.bias = not mine.bias
        _keep_draft(workspace, user, mine)


@errors.act
def keep_typed(workspace: Workspace, user: User, mine: RatingPageState, visit: int) -> None:
    """What was typed is kept as it is typed (keys.js hands it over after a short pause)."""
    if visit == mine.visit:
        _keep_draft(workspace, user, mine)


@errors.act
def focus(workspace: Workspace, user: User, mine: RatingPageState, visit: int, item: int) -> None:
    """While comparing: rate this answer now."""
    if visit == mine.visit:
        _keep_draft(workspace, user, mine)
        mine.turn_to(item, mine.beside.get(item))


@errors.act
def compare(mine: RatingPageState) -> None:
    """V: all answers to the prompt on one screen, or one at a time again."""
    mine.comparing = not mine.comparing
    mine.beside = {}


@errors.act
def help_(mine: RatingPageState, visit: int) -> None:
    """?: explain the keys, or no longer."""
    if visit == mine.visit:
        mine.helping = not mine.helping


def read_again(workspace: Workspace, user: User, mine: RatingPageState) -> None:
    """The answer has another text than the one that was drawn: it is shown anew, with what was typed.

    A press that was meant for the text before is one for an earlier visit, and does not count.
    """
    _keep_draft(workspace, user, mine)
    mine.turn_to(mine.item, mine.request)
    mine.message = "The text of this answer was changed meanwhile; this is the new one"


def typed(visit: int) -> str:
    """The comment as it stands in its field."""
    return str(st.session_state.get(f"rate.comment.{visit}") or "")


def reason(visit: int) -> str:
    """The reason as it was chosen or typed."""
    return str(st.session_state.get(f"rate.reason.{visit}") or "")


def _keep_draft(workspace: Workspace, user: User, mine: RatingPageState) -> None:
    shown, comment = mine.shown, typed(mine.visit)
    if mine.item is None or shown is None or shown.interaction.interaction_id != mine.item:
        return
    if (comment, mine.bias) == shown.unsaved:
        return
    rating.keep_draft(workspace, user, mine.item, comment, bias_flag=mine.bias)
    mine.shown = replace(shown, draft=comment, draft_flag=mine.bias)


def _go_on(workspace: Workspace, user: User, mine: RatingPageState) -> None:
    """To the next answer: while comparing, to the next one to the same prompt that nobody has rated here."""
    if mine.comparing:
        mine.beside[mine.item or 0] = None
        following = next((item for item, request in mine.beside.items() if request), None)
        if following is not None:
            mine.turn_to(following, mine.beside[following])
            return
        mine.beside = {}
    mine.turn_to(None)
