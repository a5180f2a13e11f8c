"""The page A or B: one component, which asks the routes under /desk/pairs for everything it shows."""

from pathlib import Path

import streamlit as st

from core.domain.roles import Act, User, may
from core.domain.settings import AuthMode
from core.ui.rate.desk import SENDING, STYLE
from core.ui.shell import errors, identity, redaction, session
from core.ui.shell.conversation import SPEAKERS
from core.ui.shell.page import Page

_FILE = Path(__file__)
_HTML, _CSS, _JS = (_FILE.with_suffix(kind).read_text(encoding="utf-8") for kind in (".html", ".css", ".js"))
_desk = st.components.v2.component("assay.pairs", html=_HTML, css=f"{STYLE}\n{_CSS}", js=f"{SENDING}\n{_JS}")


def comparison_desk(page: Page, user: User) -> None:
    """Mount the desk for a rater whose name is known."""
    errors.show_pending(key="compare")
    with st.container(key="compare.desk"):
        _desk(
            key="compare.component",
            data={
                "person": f"person {user.rater_id}",
                "shown_to": identity.shown_to(st.session_state[session.SHOWN_TO]),
                "name": user.name,
                "opens_pairs": may(user, Act.JUDGE),
                "local": page.workspace.settings.auth_mode is AuthMode.LOCAL,
                "speakers": SPEAKERS,
                "revealed_for": redaction.FOR,
            },
            on_left_change=lambda: None,  # the browser has no name any more: the page runs again and asks for one
        )
