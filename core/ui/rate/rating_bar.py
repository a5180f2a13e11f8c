"""The bar at the foot of the Rate page: five keys, what else can be done, the receipt, and today's progress."""

import time
from collections.abc import Callable

import streamlit as st

from core.domain.queue import DISCARD_REASONS, MOST_COUNTED, SKIP_REASONS
from core.domain.ratings import RATING_WORDS
from core.domain.roles import User
from core.services.rating import queue, rating
from core.services.rating.rating import ItemToRate
from core.services.workspace import Workspace
from core.ui.rate import rating_acts
from core.ui.rate.desk import RatingPageState

RECOUNT_SECONDS = 30.0
KEYS = """
| Key | does |
|---|---|
| 1 to 5 | rates the answer and shows the next one |
| S | skips it; it comes back at the end |
| D | asks why, then discards it or skips it; Esc: not after all |
| B | flags it as biased; saved with the rating |
| U | undoes your last act of today and shows that answer again |
| ← → | to the answers before, and forward again |
| V | all answers to this prompt on one screen |
| Tab or Esc | leaves the comment, so that the keys work again |
| ? | this list |
"""


def rating_bar(workspace: Workspace, user: User, page_state: RatingPageState, shown: ItemToRate) -> None:
    """Draw the keys, the other acts, the receipt and the progress for the answer on the screen."""
    visit = page_state.visit
    if page_state.helping:
        with st.container(key="rate.keys_help"):
            st.markdown(KEYS)
    if page_state.asking:
        _reasons(workspace, user, page_state, shown)
    with st.container(horizontal=True, wrap=False, gap="xsmall", key="rate.keys"):
        for value, word in RATING_WORDS.items():
            with st.container(key=f"rate.key{value}"):
                st.button(
                    word,
                    key=f"rate.key{value}.{visit}",
                    shortcut=None if page_state.asking else str(value),
                    on_click=rating_acts.rate,
                    args=(workspace, user, page_state, visit, value),
                    type="primary" if shown.rating == value else "secondary",
                    width="stretch",
                    wrap=True,
                )
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="rate.more"):
        _more(workspace, user, page_state, shown)
        _receipt(workspace, user, page_state)


def _more(workspace: Workspace, user: User, page_state: RatingPageState, shown: ItemToRate) -> None:
    visit = page_state.visit
    everything = (workspace, user, page_state, visit)
    _small(page_state, "back", "Back", "Left", "arrow_back", rating_acts.back, everything, "The answer before this one")
    _small(
        page_state,
        "forward",
        "Forward",
        "Right",
        "arrow_forward",
        rating_acts.forward,
        everything,
        "Towards the answer that waits",
    )
    _small(page_state, "undo", "Undo", "U", "undo", rating_acts.undo, everything, "Take back your last act of today")
    _small(
        page_state,
        "bias",
        "Bias flagged" if page_state.bias else "Flag bias",
        "B",
        "flag",
        rating_acts.toggle_bias_flag,
        everything,
        "Saved with the rating: the answer treats people unfairly",
        pressed=page_state.bias,
    )
    if shown.rating is None:
        why = "Go on without a rating; the answer comes back when nothing else is left"
        _small(page_state, "skip", "Skip", "S", "skip_next", rating_acts.skip, (*everything, shown), why)
    else:
        why = "Go on and keep your earlier rating"
        _small(page_state, "skip", "Keep", "S", "skip_next", rating_acts.skip, (*everything, shown), why)
    _small(
        page_state,
        "discard",
        "Discard",
        "D",
        "delete_sweep",
        rating_acts.toggle_reasons,
        (page_state, visit),
        "Not fit to be rated; or skip it with a reason",
        pressed=page_state.asking,
    )
    _small(
        page_state,
        "help",
        "Keys",
        "H",
        "keyboard",
        rating_acts.toggle_help,
        (page_state, visit),
        "What the keys do",
        pressed=page_state.helping,
    )


def _small(
    page_state: RatingPageState,
    name: str,
    label: str,
    key: str,
    icon: str,
    act: Callable[..., None],
    args: tuple[object, ...],
    why: str,
    *,
    pressed: bool = False,
) -> None:
    with st.container(key=f"rate.{name}", width="content"):
        st.button(
            label,
            key=f"rate.{name}.{page_state.visit}",
            shortcut=None if page_state.asking else key,
            icon=f":material/{icon}:",
            on_click=act,
            args=args,
            help=why,
            type="primary" if pressed else "tertiary",
        )


def _reasons(workspace: Workspace, user: User, page_state: RatingPageState, shown: ItemToRate) -> None:
    """Why the answer is not rated. No key acts meanwhile but Esc: what is typed here is a reason."""
    visit = page_state.visit
    with st.container(key="rate.why", border=True, gap="xsmall"):
        st.selectbox(
            "Why is this answer not to be rated?",
            [*DISCARD_REASONS, *SKIP_REASONS],
            index=None,
            key=f"rate.reason.{visit}",
            placeholder="Choose a reason or type one",
            accept_new_options=True,
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Discard for everybody",
                key=f"rate.discard_now.{visit}",
                icon=":material/delete_sweep:",
                on_click=rating_acts.discard,
                args=(workspace, user, page_state, visit),
            )
            if shown.rating is None:
                st.button(
                    "Skip for me",
                    key=f"rate.skip_why.{visit}",
                    icon=":material/skip_next:",
                    on_click=rating_acts.skip,
                    args=(workspace, user, page_state, visit, shown),
                )
            st.button(
                "Cancel",
                key=f"rate.why_not.{visit}",
                shortcut="Esc",
                type="tertiary",
                on_click=rating_acts.toggle_reasons,
                args=(page_state, visit),
            )


def _receipt(workspace: Workspace, user: User, page_state: RatingPageState) -> None:
    if not page_state.away:
        if not page_state.counted_at or time.monotonic() - page_state.counted_at > RECOUNT_SECONDS:
            page_state.left, page_state.by_all = queue.left(workspace, user), rating.rated_today_by_all(workspace, user)
            page_state.counted_at = time.monotonic()
        page_state.own = rating.rated_today(workspace, user)
    team = f", {page_state.by_all:,} by all" if page_state.by_all > page_state.own else ""
    left = f"{page_state.left:,}" if page_state.left <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"
    progress = f"{page_state.own:,} rated today{team} · {left} left"
    with st.container(key="rate.receipt", gap=None):
        st.caption(f"{page_state.message} · {progress}" if page_state.message else progress, text_alignment="right")
