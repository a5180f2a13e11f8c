"""The person in front of a browser: a chosen name in local mode, the signed-in person otherwise.

Pages and routes read them here, from the same cookies.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import streamlit as st
from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

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
    return token_in(the_workspace(), st.context.headers.get("Cookie") or "")


def token_in(workspace: Workspace, header: str) -> str | None:
    """Return the token that this server gave to a browser with this Cookie header; None where it gave none."""
    return next((value for value in offered(header) if visitors.accepted(workspace, value)), None)


def claims() -> dict[str, Any]:
    """Return the identity provider's claims about the signed-in person; empty where nobody signed in."""
    found: dict[str, Any] = st.user.to_dict()
    return found if found.get("is_logged_in") else {}


def claims_of(cookies: dict[str, str]) -> dict[str, Any]:
    """Return the provider's claims about the signed-in person, as pages see them; empty without our signature."""
    if USER_COOKIE_NAME not in cookies:
        return {}
    secret = get_cookie_secret()

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        # a cookie that holds more than latin-1 was never one of the server's
        return None if value is None else decode_signed_value(secret, name, value.encode("latin-1", "replace"))

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    try:
        said = json.loads(found) if found else {}
    except ValueError:
        return {}
    if not isinstance(said, dict) or not said.get("is_logged_in"):
        return {}
    return {name: value for name, value in said.items() if name != "origin"}


def entry(workspace: Workspace, *, acting: bool = True) -> Entry:
    """Look up who comes in with the browser that runs this page now, or why nobody does; nothing is remembered."""
    return _entry(workspace, claims, token, acting=acting)


def entry_of(workspace: Workspace, request: HTTPConnection, *, acting: bool) -> Entry:
    """Look up as ``entry`` who sent a request that runs no page."""
    header = request.headers.get("cookie", "")
    return _entry(workspace, lambda: claims_of(request.cookies), lambda: token_in(workspace, header), acting=acting)


def _entry(
    workspace: Workspace, said: Callable[[], dict[str, Any]], shown: Callable[[], str | None], *, acting: bool
) -> Entry:
    """Look up who comes in with what a browser shows; only what this mode asks for is looked at.

    In local mode an entry without a person and without a reason is a browser that has not chosen a name yet.
    """
    if workspace.settings.auth_mode is AuthMode.OIDC:
        return sign_in.enter(workspace, said(), acting=acting)
    browser = shown()
    user = local_names.user_of(workspace, browser) if browser else None
    if browser and user is None and local_names.is_disabled(workspace, browser):
        return Entry(None, Why.DISABLED)
    return Entry(user, sign_in=browser if user is not None and browser else "")


def shown_to(found: Entry) -> str:
    """Return a mark for whom something is shown to: another person, role or sign-in has another one.

    It says nothing by itself, so a page may carry it.
    """
    user = found.user
    who = [user.rater_id, user.role, found.sign_in] if user else []
    return hashlib.sha256(json.dumps(who).encode()).hexdigest()[:32]


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
