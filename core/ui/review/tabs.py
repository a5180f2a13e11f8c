"""The tabs of the Review page."""

from collections.abc import Callable

import streamlit as st

from core.domain.roles import Act, User
from core.ui.quality.agreement import agreement_tab
from core.ui.quality.disagreements import disagreements_tab
from core.ui.quality.guidelines import guidelines_tab
from core.ui.review.own_ratings import own_ratings_tab
from core.ui.review.second_looks import second_looks_tab
from core.ui.shell.page import Page


def tabs(page: Page, user: User) -> None:
    """What this person may see; only the tab that is open is worked out."""
    shown: dict[str, Callable[[], None]] = {
        "My ratings": lambda: own_ratings_tab(page, user),
        "Second looks": lambda: second_looks_tab(page, user),
    }
    if page.may(Act.JUDGE):
        shown["Disagreements"] = lambda: disagreements_tab(page)
    if page.may(Act.READ_DATA):
        shown["Agreement"] = lambda: agreement_tab(page)
    shown["Guidelines"] = lambda: guidelines_tab(page)
    for tab, draw in zip(st.tabs(list(shown), key="review.tabs", on_change="rerun"), shown.values(), strict=True):
        if tab.open:
            with tab:
                draw()
