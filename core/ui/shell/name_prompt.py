"""Asking for a name in local mode: before anything is kept or changed; looking needs none."""

import html

import streamlit as st

from core.domain.errors import BadInput
from core.domain.roles import User
from core.services.people import local_names
from core.ui.shell import errors, identity, session
from core.ui.shell.page import Page, heading
from core.ui.shell.waiting_acts import clear_waiting_acts

WHY_RATINGS_HAVE_NAMES = (
    "Every rating is kept under the name of the person who gave it, so that experts can be compared "
    "and a rating can be changed later. This browser remembers your name."
)


def actor(page: Page) -> User | None:
    """For a callback: who acts; None where no name was chosen yet, and then the page asks for one."""
    user = page.current_user()
    if user is None:
        st.session_state[session.ASKING] = page.info.name
    return user


def waits_for_name(page: Page) -> bool:
    """Whether an act on this page waits for a name."""
    return st.session_state.get(session.ASKING) == page.info.name


def asks_for_name(page: Page) -> bool:
    """Ask for the name in place of the page, where an act waits for it; whether the question is on the screen."""
    if not waits_for_name(page):
        return False
    if page.current_user() is not None:
        del st.session_state[session.ASKING]
        return False
    ask_for_name(
        page,
        question="Who are you?",
        why="What is kept or changed here is kept with the name of the person who did it. "
        "This browser remembers your name.",
        go_on="Go on",
    )
    st.button(
        "Back without a name",
        key=f"{page.info.name}.no_name",
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=_stop_asking,
    )
    return True


def ask_for_name(
    page: Page,
    *,
    question: str = "Who is rating?",
    why: str = WHY_RATINGS_HAVE_NAMES,
    go_on: str = "Start rating",
) -> None:
    """Show the form in which a name is picked or typed, under this title and reason."""
    heading(page, question)
    st.markdown(why)
    clear_waiting_acts()
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
            go_on,
            key="rate.start",
            type="primary",
            on_click=_choose_name,
            args=(page,),
            icon=":material/arrow_forward:",
        )


def name_line(page: Page, user: User) -> None:
    """Under which name this browser rates, and the way to change it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rate.as"):
        st.html(
            f'<span class="assay-quiet">Rating as <strong>{html.escape(user.name)}</strong></span>', width="content"
        )
        st.button("Not you? Change", key="rate.change", type="tertiary", on_click=_leave_name, args=(page,))


def _stop_asking() -> None:
    st.session_state.pop(session.ASKING, None)


@errors.act
def _choose_name(page: Page) -> None:
    typed = str(st.session_state.get("rate.name") or "").strip()
    name = typed or st.session_state.get("rate.pick") or ""
    if not name:
        raise BadInput("Please choose or type your name; ratings are never kept without one.")
    identity.become(page.workspace, name)


@errors.act
def _leave_name(page: Page) -> None:
    identity.leave(page.workspace)
