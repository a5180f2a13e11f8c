"""The person in front of this browser: a chosen name in local mode, the signed-in person otherwise."""

from typing import Any

import streamlit as st

from core.domain.errors import BadInput
from core.domain.roles import SOMEBODY_HERE, User
from core.domain.settings import AuthMode
from core.services.people import local_names, sign_in, visitors
from core.services.people.sign_in import Entry, Why
from core.services.workspace import Workspace
from core.ui.shell import session
from core.ui.shell.session import the_workspace

COOKIE = "assay_visitor"
OFFERED = 5
"""Values of our cookie that are looked at."""


def offered(header: str) -> list[str]:
    """Return the values that a Cookie header has under our name: several where another one was planted."""
    parts = (part.strip().partition("=") for part in header.split(";"))
    return [value.strip('"') for name, _, value in parts if name == COOKIE and value][:OFFERED]


def token() -> str | None:
    """Return the token that this server gave to this browser; None where it refuses cookies or shows foreign ones."""
    workspace = the_workspace()
    found = offered(st.context.headers.get("Cookie") or "")
    return next((value for value in found if visitors.accepted(workspace, value)), None)


def claims() -> dict[str, Any]:
    """Return the identity provider's claims about the signed-in person; empty where nobody signed in."""
    found: dict[str, Any] = st.user.to_dict()
    return found if found.get("is_logged_in") else {}


def entry(workspace: Workspace, *, acting: bool = True) -> Entry:
    """Look up who comes in with this browser now, or why nobody does; nothing is remembered.

    In local mode an entry without a person and without a reason is a browser that has not chosen a name yet.
    """
    if workspace.settings.auth_mode is AuthMode.OIDC:
        return sign_in.enter(workspace, claims(), acting=acting)
    browser = token()
    user = local_names.user_of(workspace, browser) if browser else None
    if browser and user is None and local_names.is_disabled(workspace, browser):
        return Entry(None, Why.DISABLED)
    return Entry(user)


def person_of(found: Entry) -> User | None:
    """Return the person of an entry; ``SOMEBODY_HERE`` before a name was chosen, None where nobody is let in."""
    return found.user or (SOMEBODY_HERE if found.why is None else None)


def current_user(workspace: Workspace) -> User | None:
    """Return the person of this browser; None where nobody signed in or no name was chosen."""
    return entry(workspace).user


def still_here(*, acting: bool) -> bool:
    """Whether this browser still belongs to the person to whom the page was shown, with the same role.

    A page that was shown before a name was chosen stays usable once one is.
    """
    shown: Entry | None = st.session_state.get(session.SHOWN_TO)
    here = entry(the_workspace(), acting=acting)
    if shown is None or (shown.user is None and shown.why is None):
        return here.why is None
    return here == shown


def become(workspace: Workspace, name: str) -> User:
    """Remember this browser as that of the person with this name.

    Raises:
        BadInput, Conflict: the name cannot be used, or this browser keeps no cookies.
    """
    browser = token()
    if not browser:
        raise BadInput(
            "This browser did not keep our cookie, so ratings could not be kept under your name. "
            "Allow cookies for this address and load the page again."
        )
    return local_names.rate_as(workspace, browser, name)


def leave(workspace: Workspace) -> None:
    """Forget the name of this browser; ratings stay."""
    browser = token()
    if browser:
        local_names.stop_rating(workspace, browser)
