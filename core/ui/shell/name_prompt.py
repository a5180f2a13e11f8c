"""Whoever changes something says who they are first; looking needs no name."""

import streamlit as st

from core.domain.roles import User
from core.ui.shell import session
from core.ui.shell.page import Page
from core.ui.shell.who import ask_for_name


def actor(page: Page) -> User | None:
    """For a callback: who acts; None where nobody has said so yet, and then the page asks."""
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


def _stop_asking() -> None:
    st.session_state.pop(session.ASKING, None)
