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
def rate(workspace: Workspace, user: User, page_state: RatingPageState, visit: int, value: int) -> None:
    """1 to 5: rate the answer and show the next one."""
    if not page_state.accepts(visit) or page_state.item is None:
        return
    is_first = page_state.shown is None or page_state.shown.rating is None
    receipt = rating.rate(
        workspace,
        user,
        page_state.item,
        value,
        showing=page_state.showing,
        comment=typed(visit),
        bias_flag=page_state.bias,
        request_id=f"{page_state.request}:{value}",
        shown_ms=page_state.shown_ms(),
        guideline_version=page_state.guideline_version,
    )
    page_state.message = (
        f"Saved {value} ({RATING_WORDS[value]}) {receipt.at.astimezone():%H:%M:%S}, no. {receipt.number}"
    )
    if is_first:
        page_state.left = max(0, page_state.left - 1)
    _go_on(workspace, user, page_state)


@errors.act
def skip(workspace: Workspace, user: User, page_state: RatingPageState, visit: int, shown: ItemToRate) -> None:
    """S: pass over what is unrated, keep what is rated."""
    if not page_state.accepts(visit) or page_state.item is None:
        return
    comment = typed(visit)
    if shown.rating is None:
        rating.skip(
            workspace,
            user,
            page_state.item,
            showing=page_state.showing,
            comment=comment,
            bias_flag=page_state.bias,
            request_id=f"{page_state.request}:skip",
            reason=reason(visit),
            shown_ms=page_state.shown_ms(),
        )
        page_state.message = "Skipped; it comes back at the end"
    elif (comment.strip(), page_state.bias) != (shown.comment, shown.bias_flag):
        rating.rate(
            workspace,
            user,
            page_state.item,
            shown.rating,
            showing=page_state.showing,
            comment=comment,
            bias_flag=page_state.bias,
            request_id=f"{page_state.request}:keep",
            shown_ms=page_state.shown_ms(),
            guideline_version=page_state.guideline_version,
        )
        page_state.message = "Kept your rating and saved what you added"
    else:
        page_state.message = "Kept your earlier rating"
    _go_on(workspace, user, page_state)


@errors.act
def discard(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """Take the answer out of the queue for everybody."""
    if not page_state.accepts(visit) or page_state.item is None:
        return
    rating.discard(
        workspace,
        user,
        page_state.item,
        showing=page_state.showing,
        reason=reason(visit),
        comment=typed(visit),
        bias_flag=page_state.bias,
        request_id=f"{page_state.request}:discard",
        shown_ms=page_state.shown_ms(),
    )
    page_state.message = f"Discarded answer {page_state.item} for everybody; U undoes it"
    page_state.left = max(0, page_state.left - 1)
    _go_on(workspace, user, page_state)


@errors.act
def toggle_reasons(page_state: RatingPageState, visit: int) -> None:
    """D: ask for the reason first, and again D or Esc: not after all."""
    if visit == page_state.visit:
        page_state.asking = not page_state.asking


@errors.act
def undo(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """U: take back one's last act and show that answer again."""
    if visit != page_state.visit:
        return
    _keep_draft(workspace, user, page_state)
    try:
        undone = rating.undo_last(workspace, user, request_id=f"{page_state.request}:undo")
    except TextChanged as changed:  # read first, then undone
        page_state.turn_to(changed.interaction_id)
        page_state.beside = {}
        raise
    if undone is None:
        page_state.message = "There is nothing of today to undo"
        return
    was = f"{undone.rating} ({RATING_WORDS[undone.rating]})" if undone.rating else f"“{undone.action}”"
    now = undone.receipt.rating
    stands = f"{now} ({RATING_WORDS[now]}) stands again" if now else "it has no rating of yours now"
    page_state.message = f"Undone: your {was} of answer {undone.receipt.interaction_id}; {stands}"
    if undone.passed:
        later = ", ".join(map(str, undone.passed))
        page_state.message += (
            f". What you did later cannot be undone any more: answer {later} was deleted or changed since"
        )
    page_state.counted_at = 0.0
    page_state.turn_to(undone.receipt.interaction_id)
    page_state.beside = {}


@errors.act
def back(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """Left arrow: one step back along what this rater did last, in this browser or before a reload."""
    if visit != page_state.visit:
        return
    _keep_draft(workspace, user, page_state)
    latest = rating.recent(workspace, user)  # newest first
    if page_state.retracing and page_state.item in latest:
        latest = latest[latest.index(page_state.item) + 1 :]
    # a skipped answer that came round again has a place in that list too, but was not reached by going back
    before = next((item for item in latest if item != page_state.item), None)
    if before is None:
        page_state.message = "There is no earlier answer of yours"
        return
    page_state.message = ""
    page_state.turn_to(before)
    page_state.retracing = True
    page_state.beside = {}


@errors.act
def forward(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """Right arrow: one step towards the answer that waits, and in the end to it."""
    if visit != page_state.visit:
        return
    _keep_draft(workspace, user, page_state)
    latest = rating.recent(workspace, user)
    page_state.message = ""
    if page_state.retracing and page_state.item in latest and latest.index(page_state.item) > 0:
        page_state.turn_to(latest[latest.index(page_state.item) - 1])
        page_state.retracing = True
    elif page_state.retracing or (page_state.shown is not None and page_state.shown.rating is not None):
        page_state.turn_to(None)
    else:
        page_state.message = "This is the answer that waits; S skips it"
    page_state.beside = {}


@errors.act
def toggle_bias_flag(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """B: flag the answer as biased, or not after all; kept at once with what was typed."""
    if visit == page_state.visit:
        page_state.bias = not page_state.bias
        _keep_draft(workspace, user, page_state)


@errors.act
def save_draft(workspace: Workspace, user: User, page_state: RatingPageState, visit: int) -> None:
    """Save the typed comment as a draft (keys.js hands it over after a short pause)."""
    if visit == page_state.visit:
        _keep_draft(workspace, user, page_state)


@errors.act
def focus(workspace: Workspace, user: User, page_state: RatingPageState, visit: int, item: int) -> None:
    """While comparing: rate this answer now."""
    if visit == page_state.visit:
        _keep_draft(workspace, user, page_state)
        page_state.turn_to(item, page_state.beside.get(item))


@errors.act
def toggle_comparison(page_state: RatingPageState) -> None:
    """V: all answers to the prompt on one screen, or one at a time again."""
    page_state.comparing = not page_state.comparing
    page_state.beside = {}


@errors.act
def toggle_help(page_state: RatingPageState, visit: int) -> None:
    """?: explain the keys, or no longer."""
    if visit == page_state.visit:
        page_state.helping = not page_state.helping


def reload_changed_text(workspace: Workspace, user: User, page_state: RatingPageState) -> None:
    """The answer has another text than the one that was drawn: it is shown anew, with what was typed.

    A press that was meant for the text before is one for an earlier visit, and does not count.
    """
    _keep_draft(workspace, user, page_state)
    page_state.turn_to(page_state.item, page_state.request)
    page_state.message = "The text of this answer was changed meanwhile; this is the new one"


def typed(visit: int) -> str:
    """The comment as it stands in its field."""
    return str(st.session_state.get(f"rate.comment.{visit}") or "")


def reason(visit: int) -> str:
    """The reason as it was chosen or typed."""
    return str(st.session_state.get(f"rate.reason.{visit}") or "")


def _keep_draft(workspace: Workspace, user: User, page_state: RatingPageState) -> None:
    shown, comment = page_state.shown, typed(page_state.visit)
    if page_state.item is None or shown is None or shown.interaction.interaction_id != page_state.item:
        return
    if (comment, page_state.bias) == shown.unsaved:
        return
    rating.keep_draft(workspace, user, page_state.item, comment, bias_flag=page_state.bias)
    page_state.shown = replace(shown, draft=comment, draft_flag=page_state.bias)


def _go_on(workspace: Workspace, user: User, page_state: RatingPageState) -> None:
    """To the next answer: while comparing, to the next one to the same prompt that nobody has rated here."""
    if page_state.comparing:
        page_state.beside[page_state.item or 0] = None
        following = next((item for item, request in page_state.beside.items() if request), None)
        if following is not None:
            page_state.turn_to(following, page_state.beside[following])
            return
        page_state.beside = {}
    page_state.turn_to(None)
