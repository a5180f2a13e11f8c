"""The entry of the dashboard: the navigation, and running the page that the address names."""

from contextvars import ContextVar
from typing import Literal

import streamlit as st

from core.ui.shell.gate import who_is_here
from core.ui.shell.navigation import HOME, ICON, LISTED_FOR_SMES, PAGES, ROOT

_in_navigation: ContextVar[bool] = ContextVar("in_navigation", default=False)


def main() -> None:
    """Run the page that the address names; Home where it names none, and Rate for who is here to rate."""
    st.set_page_config(page_title="Assay", page_icon=str(ICON))
    here = who_is_here()
    pages: dict[str, st.Page] = {}
    sections: dict[str, list[st.Page]] = {}
    for info in PAGES.values():
        # a page that is not listed is still there for its address: it opens, or says why not and what to do
        listed = info.listed_for(here) if here else info is HOME
        shown: Literal["visible", "hidden"] = "visible" if listed else "hidden"
        address = None if info is HOME else info.name
        page = st.Page(
            ROOT / info.path,
            title=info.title,
            icon=info.icon,
            url_path=address,
            default=info is HOME,
            visibility=shown,
        )
        pages[info.name] = page
        sections.setdefault(info.section, []).append(page)
    chosen = st.navigation(sections, expanded=True)
    if chosen is pages[HOME.name] and here and not HOME.listed_for(here):
        st.switch_page(pages[LISTED_FOR_SMES[0]])
    before = _in_navigation.set(True)
    try:
        chosen.run()
    finally:
        _in_navigation.reset(before)


def ensure_navigation() -> None:
    """Where Streamlit ran a page's script by itself, run it again through the navigation and end this run.

    It does so when the first request of a fresh process names a page: the sidebar would list bare file names.
    """
    if not _in_navigation.get():
        main()
        st.stop()
