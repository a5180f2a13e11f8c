"""The entry of the dashboard: the navigation, and running the page that the address names."""

from contextvars import ContextVar
from typing import Literal

import streamlit as st

from core.ui.shell.gate import who_is_here
from core.ui.shell.navigation import HOME, ICON, PAGES, ROOT

_in_navigation: ContextVar[bool] = ContextVar("in_navigation", default=False)


def main() -> None:
    """Run the page that the address names; Home where it names none."""
    st.set_page_config(page_title="Assay", page_icon=str(ICON))
    here = who_is_here()
    sections: dict[str, list[st.Page]] = {}
    for info in PAGES.values():
        # a page that this person may not see is still there for its address: it says why not, and what to do
        shown: Literal["visible", "hidden"] = "visible" if here and info.opens_for(here) else "hidden"
        if info is HOME:
            page = st.Page(ROOT / info.path, title=info.title, icon=info.icon, default=True)
        else:
            page = st.Page(ROOT / info.path, title=info.title, icon=info.icon, url_path=info.name, visibility=shown)
        sections.setdefault(info.section, []).append(page)
    chosen = st.navigation(sections, expanded=True)
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
