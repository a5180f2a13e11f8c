"""The My ratings tab: found by words, rating or state; opened, taken back, downloaded."""

import streamlit as st

from core.domain.ratings import RATING_WORDS, RatingStatus
from core.domain.records import MAX_SEARCH, Interaction
from core.domain.roles import User
from core.domain.texts import plural
from core.services.review import own_ratings
from core.services.review.own_ratings import OwnFilters, OwnRating
from core.ui.rate.desk import open_item
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.navigation import go_to, next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet

PAGE_SIZE = 25
STATES = {
    "All": None,
    "Rated": RatingStatus.SUBMITTED,
    "Skipped": RatingStatus.SKIPPED,
    "Discarded": RatingStatus.DISCARDED,
    "Withdrawn": RatingStatus.WITHDRAWN,
}


def own_ratings_tab(page: Page, user: User) -> None:
    """This rater's ratings, latest first."""
    filters = _filters()
    asked = int(st.session_state.get("review.page") or 1)
    found, total = own_ratings.listed(page.workspace, user, filters, page=asked - 1, size=PAGE_SIZE)
    if not found and asked > 1:  # the filter leaves fewer pages than the one we were on
        asked = 1
        st.session_state.pop("review.page", None)
        found, total = own_ratings.listed(page.workspace, user, filters, page=0, size=PAGE_SIZE)
    if not found:
        if filters != OwnFilters():
            st.info("None of your ratings fits. Take a filter away.", icon=":material/search_off:")
            return
        st.info("You have not rated anything yet.", icon=":material/rate_review:")
        next_step("Rate answers", "rate", key="review.rate")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"{plural(total, 'answer')}, latest first. Open one to read it again or to change its rating.")
        st.download_button(
            "Download all as csv",
            lambda: own_ratings.as_csv(page.workspace, user),
            "my-ratings.csv",
            "text/csv",
            key="review.download",
            type="tertiary",
            icon=":material/download:",
        )
    with st.container(key="review.list", gap="small"):
        for one in found:
            _line(page, user, one)
    if total > PAGE_SIZE:
        st.pagination(-(-total // PAGE_SIZE), key="review.page")


def _filters() -> OwnFilters:
    with st.container(horizontal=True, vertical_alignment="bottom", key="review.filters"):
        text = st.text_input(
            "Search", key="review.search", max_chars=MAX_SEARCH, placeholder="Words in question, answer or comment"
        )
        rating = st.selectbox("Rating", ["All", *RATING_WORDS], key="review.rating", width=120)
        state = st.selectbox("State", list(STATES), key="review.state", width=140)
        flagged = st.checkbox("Bias flagged", key="review.flagged", width="content")
    return OwnFilters(
        text=(text or "").strip(),
        rating=rating if isinstance(rating, int) else None,
        status=STATES[state],
        flagged=bool(flagged),
    )


def _line(page: Page, user: User, one: OwnRating) -> None:
    interaction = one.interaction
    number = interaction.interaction_id
    with st.container(border=True, gap="xsmall"):
        top = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        said = f"{one.rating} · {RATING_WORDS[one.rating]}" if one.rating else one.status.capitalize()
        with top, st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.badge(said, color="blue" if one.rating else "gray")
            if one.bias_flag:
                st.badge("Bias flagged", icon=":material/flag:", color="orange")
            st.caption(f"{one.at.astimezone():%d %b %Y, %H:%M}", width="content")
        with top, st.container(horizontal=True, width="content"):
            if st.button("Open", key=f"review.open.{number}", icon=":material/open_in_new:", type="tertiary"):
                open_item(number)
                go_to("rate")
            if one.rating:
                with st.popover("Withdraw", key=f"review.withdraw.{number}", type="tertiary"):
                    st.markdown("Take this rating back? It no longer counts; the history keeps it.")
                    st.button(
                        "Yes, withdraw it",
                        key=f"review.withdraw_yes.{number}",
                        type="primary",
                        on_click=_withdraw,
                        args=(page, user, interaction),
                    )
        st.markdown(f"**{literal(snippet(interaction.prompt, 110))}**")
        st.markdown(literal(snippet(interaction.response, 160)))
        if one.reason:
            st.caption(f"Your reason: {literal(one.reason)}")
        if one.reasons:
            st.caption(f"Your reasons: {literal(', '.join(one.reasons))}")
        if one.comment:
            st.caption(f"Your comment: {literal(snippet(one.comment, 160))}")


@act
def _withdraw(page: Page, user: User, shown: Interaction) -> None:
    receipt = own_ratings.withdraw(page.workspace, user, shown.interaction_id, seen=shown.version)
    session.toast(f"Withdrawn, no. {receipt.number}.")
