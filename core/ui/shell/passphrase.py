"""The passphrase of local mode: asked once per browser, a few tries at a time."""

import time
from collections import deque

import streamlit as st

from core.domain.errors import BadInput
from core.services.people import sign_in
from core.services.workspace import Workspace
from core.ui.shell import errors, identity

TRIES, PER_SECONDS = 5, 60.0
_tries: deque[float] = deque(maxlen=TRIES)  # of all browsers together: a new cookie is no new chance


def ask(workspace: Workspace) -> None:
    """In place of the page."""
    st.title("Passphrase", anchor=False)
    st.markdown("Whoever runs this dashboard protects it with a passphrase. This browser asks for it once.")
    errors.show_pending(key="account")
    with st.form("account.unlock"):
        st.text_input("Passphrase", type="password", key="account.passphrase", autocomplete="current-password")
        st.form_submit_button(
            "Open", key="account.open", type="primary", on_click=_open, args=(workspace,), icon=":material/lock_open:"
        )


@errors.act
def _open(workspace: Workspace) -> None:
    said = str(st.session_state.get("account.passphrase") or "")
    if len(_tries) == TRIES and time.monotonic() - _tries[0] < PER_SECONDS:
        raise BadInput("Too many tries. Please wait a minute, then try again.")
    mine = identity.needed_token("it would ask again at every page")
    if not sign_in.unlock(workspace, mine, said):
        _tries.append(time.monotonic())
        raise BadInput("This is not the passphrase. Ask whoever runs this dashboard.")
