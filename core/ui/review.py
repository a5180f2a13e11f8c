"""The Review page: its tabs, and the first of them, one rater's latest ratings."""

from collections.abc import Callable

import streamlit as st

from core.domain.ratings import RATING_WORDS
from core.domain.roles import Act, User
from core.services import rating
from core.services.rating import ItemToRate
from core.ui.agreement import agreement_tab
from core.ui.desk import open_item
from core.ui.disagreements import disagreements_tab
from core.ui.guidelines import guidelines_tab
from core.ui.navigation import go_to, next_step
from core.ui.page import Page
from core.ui.texts import literal, snippet

SHOWN = 25


def tabs(page: Page, user: User) -> None:
    """What this person may see; only the tab that is open is worked out."""
    shown: dict[str, Callable[[], None]] = {"My ratings": lambda: latest_ratings(page, user)}
    if page.may(Act.JUDGE):
        shown["Disagreements"] = lambda: disagreements_tab(page)
    if page.may(Act.READ_DATA):
        shown["Agreement"] = lambda: agreement_tab(page)
    shown["Guidelines"] = lambda: guidelines_tab(page)
    for tab, draw in zip(st.tabs(list(shown), key="review.tabs", on_change="rerun"), shown.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def latest_ratings(page: Page, user: User) -> None:
    """The latest ratings and skips of this rater, each with a button that opens it again."""
    st.caption("Your latest ratings. Open one to read it again or to change its rating.")
    recent = rating.recent(page.workspace, user, SHOWN)
    if not recent:
        st.info("You have not rated anything yet.", icon=":material/rate_review:")
        next_step("Rate answers", "rate", key="review.rate")
        return
    with st.container(key="review.list", gap="small"):
        for number in recent:
            shown = rating.item(page.workspace, user, number)
            if shown is not None:
                _line(shown)
    if len(recent) == SHOWN:
        st.caption(f"The latest {SHOWN} are shown. Every answer with its history is on the Data page.")


def _line(shown: ItemToRate) -> None:
    interaction = shown.interaction
    number = interaction.interaction_id
    with st.container(border=True, gap="xsmall"):
        top = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        said = "Skipped" if shown.rating is None else f"{shown.rating} · {RATING_WORDS[shown.rating]}"
        with top, st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.badge(said, color="gray" if shown.rating is None else "primary")
            if shown.bias_flag:
                st.badge("Bias flagged", icon=":material/flag:", color="orange")
        if top.button("Open", key=f"review.open.{number}", icon=":material/open_in_new:", type="tertiary"):
            open_item(number)
            go_to("rate")
        st.markdown(f"**{literal(snippet(interaction.prompt, 110))}**")
        st.markdown(literal(snippet(interaction.response, 160)))
        if shown.comment:
            st.caption(f"Your comment: {literal(snippet(shown.comment, 160))}")
