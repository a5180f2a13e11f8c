"""The rating desk on the Rate page: one component, which asks the routes under /desk for everything it shows."""

from pathlib import Path

import streamlit as st

from core.domain.queue import DISCARD_REASONS, SKIP_REASONS, Order
from core.domain.ratings import MAX_COMMENT, RATING_WORDS
from core.domain.reasons import REASON_KEYS
from core.domain.roles import User
from core.domain.settings import AuthMode
from core.services.rating import queue
from core.services.training import retraining
from core.ui.shell import errors, identity, redaction, session, texts
from core.ui.shell.conversation import SPEAKERS
from core.ui.shell.navigation import PAGES
from core.ui.shell.page import Page

ORDERS = {
    Order.OLDEST: "Oldest first",
    Order.RANDOM: "At random",
    Order.SESSION: "One session after the other",
    Order.MODEL: "Where the model would learn most",
    Order.USERS: "What users disliked first",
}
LENGTHS: list[tuple[str, int | None, int | None]] = [
    ("Any length", None, None),
    ("Up to 100 words", None, 100),
    ("100 to 300 words", 100, 300),
    ("Over 300 words", 301, None),
]
SOURCES = {
    "": "From anywhere",
    "import": "Imported",
    "legacy": "Existing application",
    "manual": "Added by hand",
    "sent": "Sent by a program",
}

_FILE = Path(__file__)
_HTML, _CSS, _JS = (_FILE.with_suffix(kind).read_text(encoding="utf-8") for kind in (".html", ".css", ".js"))
SENDING = _FILE.with_name("sending.js").read_text(encoding="utf-8")
"""The script that stands before that of a desk: its line of acts, and how texts are drawn."""
STYLE = f"{texts.STYLE}\n{_CSS}"
_desk = st.components.v2.component("assay.desk", html=_HTML, css=STYLE, js=f"{SENDING}\n{_JS}")


def rating_desk(page: Page, user: User) -> None:
    """Mount the desk for a rater whose name is known."""
    errors.show_pending(key="rate")
    with st.container(key="rate.desk"):
        _desk(
            key="rate.component",
            data={
                "person": f"person {user.rater_id}",
                "shown_to": identity.shown_to(st.session_state[session.SHOWN_TO]),
                "name": user.name,
                "lists_readiness": PAGES["readiness"].listed_for(user),
                "local": page.workspace.settings.auth_mode is AuthMode.LOCAL,
                "open": st.session_state.pop(session.OPEN_ANSWER, None),
                "orders": _orders(page),
                "lengths": LENGTHS,
                "sources": SOURCES,
                "ratings": RATING_WORDS,
                "reason_keys": REASON_KEYS,
                "speakers": SPEAKERS,
                "reasons": {"discard": DISCARD_REASONS, "skip": SKIP_REASONS},
                "longest_comment": MAX_COMMENT,
                "revealed_for": redaction.FOR,
                "impact": retraining.rating_impact(page.workspace, page.user),
            },
            on_left_change=lambda: None,  # the browser has no name any more: the page runs again and asks for one
        )


def _orders(page: Page) -> dict[Order, str]:
    """The orders in words; what users disliked comes first where there is some."""
    users = {Order.USERS: ORDERS[Order.USERS]} if queue.disliked(page.workspace, page.user) else {}
    return users | ORDERS


def open_item(interaction_id: int) -> None:
    """Let the Rate page show this answer when it is opened next."""
    st.session_state[session.OPEN_ANSWER] = interaction_id
