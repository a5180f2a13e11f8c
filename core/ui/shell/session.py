"""What one browser tab remembers between reruns, and the workspace that all tabs of the process share.

Every name in ``st.session_state`` is written here. It is a cache of where somebody is: whatever an expert would be
upset to lose belongs in the database.
"""

from dataclasses import dataclass

import streamlit as st

from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.ui.shell.texts import literal

TOASTS = "assay.toasts"
FAILURE = "assay.failure"
SHOWN_TO = "assay.shown_to"
OPEN_ANSWER = "rate.open"
SECOND_LOOK = "review.second_look"
ASKING = "who.asking"
RERANK_PAGE = "rerank.page"
COMPARISON = "models.comparison"
EDITING = "data.editing"
ACTED_ON = "data.acted_on"
LIST_ADDRESS = "data.list_address"
LIST_MOVES = "data.list_moves"
CONVERSATIONS = "data.conversations_found"
LAST_EXPORT = "data.last_export"
FORGETTING = "assay.forgetting"
FORGOTTEN = "assay.forgotten"
EXPORT_REFUSED = "data.export_refused"
NEW_KEY = "keys.new_key"
UPLOAD = "data.upload"
UPLOADS_SEEN = "data.uploads_seen"
UPLOAD_CHANGED = "data.upload_changed"
REFUSED_FILE = "data.refused_file"
FIRST_LOOKS = "data.first_looks"
AUDIT_LOG_PLACE = "audit.place"


@dataclass(frozen=True, slots=True)
class Toast:
    """A short message about something that worked."""

    text: str
    icon: str


def toast(text: str, icon: str = ":material/check_circle:") -> None:
    """Show a message at the next rendering, also when a rerun or another page comes first; its text is no Markdown."""
    st.session_state.setdefault(TOASTS, []).append(Toast(text, icon))


def show_toasts() -> None:
    """Show the messages that wait since the last rendering."""
    for waiting in st.session_state.pop(TOASTS, []):
        st.toast(literal(waiting.text), icon=waiting.icon)


def the_workspace() -> Workspace:
    """Return the settings and the database of this process; an error is not kept, so the next page tries again."""
    return runtime.workspace()
