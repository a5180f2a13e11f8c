"""The tabs of the page My ratings."""

from collections.abc import Callable

import streamlit as st

from core.domain.roles import User
from core.ui.quality.guidelines import guidelines_to_read
from core.ui.review.own_ratings import own_ratings_tab
from core.ui.review.to_check import to_check_tab
from core.ui.shell.page import Page


def tabs(page: Page, user: User) -> None:
    """Show this person's ratings, what to look at again and the guidelines; only the open tab is worked out."""
    shown: dict[str, Callable[[], None]] = {
        "My ratings": lambda: own_ratings_tab(page, user),
        "To check": lambda: to_check_tab(page, user),
        "Guidelines": lambda: guidelines_to_read(page),
    }
    for tab, draw in zip(st.tabs(list(shown), key="review.tabs", on_change="rerun"), shown.values(), strict=True):
        if tab.open:
            with tab:
                draw()
