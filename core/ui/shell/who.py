"""Who is rating: a name is picked or made before the first rating, and can be changed."""

import html

import streamlit as st

from core.domain.errors import BadInput
from core.domain.roles import User
from core.services.people import local_names
from core.ui.shell import errors, identity, session
from core.ui.shell.page import Page, heading

WHY = (
    "Every rating is kept under the name of the person who gave it, so that experts can be compared "
    "and a rating can be changed later. This browser remembers your name."
)


def ask_for_name(page: Page, *, question: str = "Who is rating?", why: str = WHY, go_on: str = "Start rating") -> None:
    """The first thing a new visitor sees on a page that keeps something under a name."""
    heading(page, question)
    st.markdown(why)
    known = local_names.names(page.workspace)
    with st.form("rate.who"):
        if known:
            st.selectbox("Your name", known, index=None, placeholder="Choose your name", key="rate.pick")
        st.text_input(
            "Or a new name" if known else "Your name",
            key="rate.name",
            max_chars=100,
            placeholder="For example: Dr Ana Lopez",
            autocomplete="off",
        )
        st.form_submit_button(
            go_on, key="rate.start", type="primary", on_click=_start, args=(page,), icon=":material/arrow_forward:"
        )


def name_line(page: Page, user: User) -> None:
    """Under which name this browser rates, and the way to change it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rate.as"):
        st.html(
            f'<span class="assay-quiet">Rating as <strong>{html.escape(user.name)}</strong></span>', width="content"
        )
        st.button("Not you? Change", key="rate.change", type="tertiary", on_click=_change, args=(page,))


@errors.act
def _start(page: Page) -> None:
    typed = str(st.session_state.get("rate.name") or "").strip()
    name = typed or st.session_state.get("rate.pick") or ""
    if not name:
        raise BadInput("Please choose or type your name; ratings are never kept without one.")
    identity.become(page.workspace, name)
    st.session_state.pop(session.DESK, None)


@errors.act
def _change(page: Page) -> None:
    identity.leave(page.workspace)
    st.session_state.pop(session.DESK, None)
