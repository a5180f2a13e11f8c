"""Opening a page: guard, database, title, and the boundary for errors. The first statement of every page.

    with open_page("rate") as page:
        ...page.workspace...

Streamlit runs a file of pages/ directly when its address is the first request of a fresh process, without Home.py;
that is why the guard is in the page and not in the navigation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.domain.roles import User
from core.services.workspace import Workspace, open_workspace
from core.ui import failures, session, visitor
from core.ui.navigation import ICON, PAGES, PageInfo, ensure_navigation

STYLE = Path(__file__).with_name("style.css")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page works with."""

    info: PageInfo
    workspace: Workspace

    def current_user(self) -> User | None:
        """The person in front of this browser; None until a name was chosen."""
        return visitor.current_user(self.workspace)


@st.cache_resource(show_spinner=False)
def the_workspace() -> Workspace:
    """Settings and database, opened once per process; an error is not kept, so the next page tries again."""
    return open_workspace()


@contextmanager
def open_page(name: str) -> Iterator[Page]:
    """Everything a page needs; what goes wrong inside is shown as a sentence."""
    ensure_navigation()
    info = PAGES[name]
    st.set_page_config(page_title=f"{info.title} · Assay", page_icon=str(ICON), layout=info.layout)
    st.logo(str(ICON), size="large")
    st.html(STYLE)
    session.show_toasts()
    try:
        page = Page(info, the_workspace())
    except Exception as error:  # noqa: BLE001  the boundary, before the page has begun
        _cannot_open(failures.describe(error), name)
        st.stop()
    try:
        yield page
    except Exception as error:  # noqa: BLE001  the boundary
        failures.show(failures.describe(error), key=name)


def heading(page: Page, text: str | None = None, *, sample: bool = False, lead: str | None = None) -> None:
    """The page's title, marked where what follows is the sample, one sentence below it, and late errors."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{page.info.name}.heading"):
        st.title(text or page.info.title, anchor=False, width="content")
        if sample:
            sample_badge()
    if lead:
        st.markdown(lead)
    failures.show_pending(key=page.info.name)


def sample_badge() -> None:
    """Marks what belongs to the sample."""
    st.badge("Sample data", icon=":material/science:", color="violet")


def _cannot_open(failure: failures.Failure, name: str) -> None:
    st.title("Assay cannot start", anchor=False)
    st.markdown("The settings or the database need attention. No data was changed.")
    failures.show(failures.Failure(failure.sentence, again=True, grant=failure.grant), key=name)
    st.caption(
        "Settings are environment variables, or lines in the file .env beside Home.py. "
        "After changing them, restart the dashboard."
    )
