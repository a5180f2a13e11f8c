"""The rating desk: one answer, five keys, and nothing that a fast or heavy hand could spoil.

Every answer that is shown gets a number of its own (``visit``). It is part of the keys of its widgets and of every
callback, so a press meant for one answer can never count for the next. A press also counts only after the answer was
on the screen for a moment, and not in a burst of presses that were refused.
"""

import time
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from core.domain.errors import Conflict
from core.domain.ratings import MAX_COMMENT, RATING_WORDS
from core.domain.roles import User
from core.services import rating
from core.services.rating import ItemToRate
from core.services.status import status
from core.services.workspace import Workspace
from core.ui import failures, session, visitor
from core.ui.navigation import next_step
from core.ui.page import Page, heading
from core.ui.texts import literal, show_text
from core.ui.who import name_line

DWELL_SECONDS = 0.3
RECOUNT_SECONDS = 30.0
TOO_FAST = "That key came before the answer could be read, so nothing was saved for it."


@dataclass
class Desk:
    """Where this tab is: a cache, everything that matters is in the database."""

    item: int | None = None
    visit: int = 0
    request: str = ""
    shown_at: float = 0.0
    refused_at: float = 0.0
    bias: bool = False
    message: str = ""
    retracing: bool = False
    """Whether this answer was reached by going back, so that another step goes further back from it."""
    drafts: dict[int, str] = field(default_factory=dict)
    """Comments that were typed and not yet saved."""
    left: int = 0
    """Answers without any rating, counted now and then and kept up in between: counting is slow in large databases."""
    left_counted_at: float = 0.0

    def turn_to(self, item: int | None) -> None:
        """Show this answer next; None for the next one that nobody rated."""
        self.item = item
        self.visit += 1
        self.request = uuid4().hex
        self.shown_at = 0.0
        self.bias = False
        self.retracing = False

    def accepts(self, visit: int, *, moment: float | None = None) -> bool:
        """Whether a press made for that visit counts now."""
        moment = time.monotonic() if moment is None else moment
        too_soon = not self.shown_at or moment - self.shown_at < DWELL_SECONDS
        if visit != self.visit or too_soon or moment - self.refused_at < DWELL_SECONDS:
            self.refused_at = moment
            self.message = TOO_FAST
            return False
        return True


def desk(page: Page, user: User) -> None:
    """The Rate page for somebody who has said who they are."""
    mine = st.session_state.setdefault(session.DESK, Desk())
    with st.container(key="rate.desk"):
        _desk(page, user, mine)


def open_item(interaction_id: int) -> None:
    """Let the Rate page show this answer when it is opened."""
    mine = st.session_state.setdefault(session.DESK, Desk())
    mine.turn_to(interaction_id)
    mine.message = ""


@st.fragment
def _desk(page: Page, user: User, mine: Desk) -> None:
    with failures.shown("rate"):
        shown = _current(page.workspace, user, mine)
        if shown is None:
            _nothing_left(page, user, mine)
            return
        _header(page, user, shown)
        with st.container(key=f"rate.visit.{mine.visit}", gap="medium"):  # keys.js scrolls up when this changes
            _texts(shown)
        _comment(mine, shown)
        with st.bottom, st.container(key="rate.bar", gap="xsmall"):
            _buttons(page.workspace, user, mine, shown)
        if not mine.shown_at:
            mine.shown_at = time.monotonic()


def _current(workspace: Workspace, user: User, mine: Desk) -> ItemToRate | None:
    """The answer this tab is at; the next one when it was deleted meanwhile or none was chosen."""
    if mine.item is not None:
        shown = rating.item(workspace, user, mine.item)
        if shown is not None:
            if not mine.shown_at:
                mine.bias = shown.bias_flag
            return shown
        mine.message = "The answer you were at was deleted meanwhile; this is the next one."
    following = rating.next_item(workspace, user)
    if following is not None:
        mine.turn_to(following.interaction.interaction_id)
        mine.request = following.request_id or mine.request
        mine.bias = following.bias_flag
    return following


def _header(page: Page, user: User, shown: ItemToRate) -> None:
    interaction = shown.interaction
    heading(page, "Rate this answer", sample=interaction.source == "sample")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        name_line(page, user)
        about = [f"answer {interaction.interaction_id}"]
        if interaction.session_label:
            about.append(f"session {interaction.session_label}")
        if interaction.context_id:
            about.append(f"context {interaction.context_id}")
        words = interaction.response_words
        about.append("1 word" if words == 1 else f"{words:,} words")
        st.caption(literal(" · ".join(about)), width="content")
    if shown.rating is not None:
        st.info(
            f"You rated this answer **{shown.rating} ({RATING_WORDS[shown.rating]})**. Another key changes it.",
            icon=":material/edit:",
        )


def _texts(shown: ItemToRate) -> None:
    interaction = shown.interaction
    with st.container(key="rate.prompt", gap="xsmall"):
        st.subheader("Prompt", anchor=False)
        show_text(interaction.prompt, key=f"rate.prompt.{interaction.interaction_id}", name="prompt")
    with st.container(key="rate.answer", border=True, gap="xsmall"):
        st.subheader("Answer", anchor=False)
        show_text(interaction.response, key=f"rate.answer.{interaction.interaction_id}", name="answer")


def _comment(mine: Desk, shown: ItemToRate) -> None:
    item = shown.interaction.interaction_id
    with st.container(key="rate.comment"):
        typed = st.text_area(
            "Comment (optional)",
            mine.drafts.get(item, shown.comment),
            key=f"rate.comment.{mine.visit}",
            height=80,
            max_chars=MAX_COMMENT,
            placeholder="What is wrong or missing? Tab, then 1 to 5, saves it with the rating.",
        )
    if typed != shown.comment:
        mine.drafts[item] = typed or ""


def _buttons(workspace: Workspace, user: User, mine: Desk, shown: ItemToRate) -> None:
    visit = mine.visit
    with st.container(horizontal=True, wrap=False, gap="xsmall", key="rate.keys"):
        for value, word in RATING_WORDS.items():
            with st.container(key=f"rate.key{value}"):
                st.button(
                    word,
                    key=f"rate.key{value}.{visit}",
                    shortcut=str(value),
                    on_click=_rate,
                    args=(workspace, user, mine, visit, value, shown.interaction.n_ratings),
                    type="primary" if shown.rating == value else "secondary",
                    width="stretch",
                    wrap=True,
                )
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="rate.more"):
        with st.container(key="rate.back", width="content"):
            st.button(
                "Back", key=f"rate.back.{visit}", shortcut="U", icon=":material/arrow_back:", type="tertiary",
                on_click=_back, args=(workspace, user, mine, visit), help="The answer before this one",
            )  # fmt: skip
        with st.container(key="rate.bias", width="content"):
            st.button(
                "Bias flagged" if mine.bias else "Flag bias", key=f"rate.bias.{visit}", shortcut="B",
                icon=":material/flag:", type="primary" if mine.bias else "tertiary",
                on_click=_flag, args=(mine, visit), help="Saved with the rating: the answer treats people unfairly",
            )  # fmt: skip
        with st.container(key="rate.skip", width="content"):
            st.button(
                "Skip" if shown.rating is None else "Keep", key=f"rate.skip.{visit}", shortcut="S",
                icon=":material/skip_next:", type="tertiary",
                on_click=_skip, args=(workspace, user, mine, visit, shown),
                help="Go on without a rating; the answer comes back when nothing else is left"
                if shown.rating is None else "Go on and keep your earlier rating",
            )  # fmt: skip
        _receipt(workspace, user, mine)


def _receipt(workspace: Workspace, user: User, mine: Desk) -> None:
    if not mine.left_counted_at or time.monotonic() - mine.left_counted_at > RECOUNT_SECONDS:
        mine.left = status(workspace).unrated
        mine.left_counted_at = time.monotonic()
    progress = f"{rating.rated_today(workspace, user):,} rated today · {mine.left:,} left"
    with st.container(key="rate.receipt", gap=None):
        st.caption(f"{mine.message} · {progress}" if mine.message else progress, text_alignment="right")


def _nothing_left(page: Page, user: User, mine: Desk) -> None:
    """Nothing to rate: either there is nothing at all, or everything is done."""
    heading(page, "Rate")
    name_line(page, user)
    if not status(page.workspace).interactions:
        st.info("There is nothing to rate yet. Load the sample to try it out, or import your own answers.")
        with st.container(horizontal=True):
            next_step("Load the sample", "home", key="rate.to_home")
            next_step("Import your own", "data", key="rate.to_data", primary=False)
        return
    if mine.message:
        st.caption(mine.message)
    st.success("Every answer has a rating. Thank you.", icon=":material/task_alt:")
    st.markdown("Next, see whether the ratings can carry a model.")
    with st.container(horizontal=True):
        next_step("Check readiness", "readiness", key="rate.to_readiness")
        next_step("See my ratings", "review", key="rate.to_review", primary=False)


@failures.act
def _rate(workspace: Workspace, user: User, mine: Desk, visit: int, value: int, rated_before: int) -> None:
    if not mine.accepts(visit) or mine.item is None:
        return
    item = mine.item
    _must_still_be(workspace, user)
    receipt = rating.rate(
        workspace, user, item, value,
        comment=_typed(visit), bias_flag=mine.bias, request_id=f"{mine.request}:{value}",
    )  # fmt: skip
    at = receipt.at.astimezone()
    mine.message = f"Saved {value} ({RATING_WORDS[value]}) {at:%H:%M:%S} · no. {receipt.number}"
    if not rated_before:
        mine.left = max(0, mine.left - 1)
    _move_on(mine, item)


@failures.act
def _skip(workspace: Workspace, user: User, mine: Desk, visit: int, shown: ItemToRate) -> None:
    if not mine.accepts(visit) or mine.item is None:
        return
    item = mine.item
    _must_still_be(workspace, user)
    comment = _typed(visit)
    if shown.rating is None:
        rating.skip(workspace, user, item, comment=comment, bias_flag=mine.bias, request_id=f"{mine.request}:skip")
        mine.message = "Skipped; it comes back at the end"
    elif (comment.strip(), mine.bias) != (shown.comment, shown.bias_flag):
        rating.rate(
            workspace, user, item, shown.rating,
            comment=comment, bias_flag=mine.bias, request_id=f"{mine.request}:keep",
        )  # fmt: skip
        mine.message = "Kept your rating and saved what you added"
    else:
        mine.message = "Kept your earlier rating"
    _move_on(mine, item)


@failures.act
def _back(workspace: Workspace, user: User, mine: Desk, visit: int) -> None:
    if visit != mine.visit:
        return
    before = _before(workspace, user, mine)
    if before is None:
        mine.message = "There is no earlier answer of yours"
        return
    mine.message = ""
    mine.turn_to(before)
    mine.retracing = True


@failures.act
def _flag(mine: Desk, visit: int) -> None:
    if visit == mine.visit:
        mine.bias = not mine.bias


def _must_still_be(workspace: Workspace, user: User) -> None:
    """Another tab may have changed the name since this page was drawn; nobody rates under somebody else's."""
    if visitor.current_user(workspace) != user:
        raise Conflict(
            "This browser no longer rates under the name above: it was changed in another tab. "
            "Nothing was saved. Load this page again to go on."
        )


def _move_on(mine: Desk, item: int) -> None:
    mine.drafts.pop(item, None)
    mine.turn_to(None)


def _before(workspace: Workspace, user: User, mine: Desk) -> int | None:
    """One step back from here: along what this rater did last, in this browser or before a reload."""
    latest = rating.recent(workspace, user)  # newest first
    if mine.retracing and mine.item in latest:
        latest = latest[latest.index(mine.item) + 1 :]
    # a skipped answer that came round again has a place in that list too, but was not reached by going back
    return next((item for item in latest if item != mine.item), None)


def _typed(visit: int) -> str:
    return str(st.session_state.get(f"rate.comment.{visit}") or "")
