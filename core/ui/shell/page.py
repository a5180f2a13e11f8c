"""Opening a page: guard, database, title, and the boundary for errors. The first statement of every page.

    with open_page("rate") as page:
        ...page.workspace...

Streamlit runs a file of pages/ directly when its address is the first request of a fresh process, without Home.py;
that is why the guard is in the page and not in the navigation.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.domain.errors import Unavailable
from core.domain.roles import Act, User, may
from core.services.workspace import Workspace
from core.ui.shell import browser_tabs, errors, gate, identity, session, texts
from core.ui.shell.app import ensure_navigation
from core.ui.shell.navigation import ICON, PAGES, PageInfo
from core.ui.shell.session import the_workspace

LOOK_AGAIN_SECONDS = 5
TOO_MUCH = (
    "What stands in the fields of this page is more than can be sent at once, so what you changed last was not taken. "
    "It is still in the fields. Please make it shorter and press again, or bring it in as a file."
)
STYLE = Path(__file__).with_name("style.css").read_text()


@dataclass(frozen=True, slots=True)
class Page:
    """The page's description, the workspace and the person: what a page works with."""

    info: PageInfo
    workspace: Workspace
    user: User
    """The person to whom the page is shown; in local mode, before a name was chosen, ``SOMEBODY_HERE``."""

    def may(self, act: Act) -> bool:
        """Whether this person may do this: what they may not is not offered to them."""
        return may(self.user, act)

    def current_user(self) -> User | None:
        """Look up the person in front of this browser; None until a name was chosen."""
        return identity.current_user(self.workspace)


@contextmanager
def open_page(name: str) -> Iterator[Page]:
    """Open the workspace, let the person in and yield the page; an error inside is shown as a sentence."""
    ensure_navigation()
    info = PAGES[name]
    st.set_page_config(page_title=f"{info.title} · Assay", page_icon=str(ICON), layout=info.layout)
    st.logo(str(ICON), size="large")
    st.html(f"<style>{STYLE}\n{texts.STYLE}</style>")
    session.show_toasts()
    try:
        workspace = the_workspace()
        page = Page(info, workspace, gate.enter(workspace, info))
    except Exception as error:  # noqa: BLE001  the boundary, before the page has begun
        if isinstance(error, Unavailable):
            _away(errors.describe(error), name)
        else:
            _cannot_open(errors.describe(error), name)
        st.stop()
    if browser_tabs.sent_too_much():
        st.warning(TOO_MUCH, icon=":material/content_cut:")
    try:
        yield page
    except Exception as error:  # noqa: BLE001  the boundary
        errors.show(errors.describe(error), key=name)


def heading(page: Page, text: str | None = None, *, sample: bool = False, lead: str | None = None) -> None:
    """Show the page's title, the sample's mark, one sentence below, and the failure of a callback."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{page.info.name}.heading"):
        st.title(text or page.info.title, anchor=False, width="content")
        if sample:
            sample_badge()
    if lead:
        st.markdown(lead)
    errors.show_pending(key=page.info.name)


def sample_badge() -> None:
    """Show the mark of what belongs to the sample."""
    st.badge("Sample data", icon=":material/science:", color="violet")


def _away(failure: errors.Failure, name: str) -> None:
    """Say that the database does not answer; that passes, so the page looks again by itself."""
    st.title("The database does not answer", anchor=False)
    st.markdown(f"What was saved is kept. This page looks again every {LOOK_AGAIN_SECONDS} seconds.")
    errors.show(failure, key=name)
    look_again()


def look_again() -> None:
    """Rerun the page once the database answers again, which is tried every few seconds."""
    _look_again(time.monotonic())


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _look_again(drawn_at: float) -> None:
    if time.monotonic() - drawn_at < LOOK_AGAIN_SECONDS / 2:
        return  # drawn with the page: what just failed gets a moment
    try:
        identity.entry(the_workspace())
    except Exception:  # noqa: BLE001  the page says it already
        return
    st.rerun()


def _cannot_open(failure: errors.Failure, name: str) -> None:
    st.title("Assay cannot start", anchor=False)
    st.markdown("The settings or the database need attention. No data was changed.")
    errors.show(errors.Failure(failure.sentence, again=True, grant=failure.grant), key=name)
    st.caption(
        "Settings are environment variables, or lines in the file .env beside Home.py. "
        "After changing them, restart the dashboard."
    )
