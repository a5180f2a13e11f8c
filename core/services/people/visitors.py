"""The cookie by which a browser is known in local mode: a random token with this server's signature.

The key of the signature lies in the database, so that it is the same for every process, after every restart and in
every backup. Tokens from before there were signatures count as long as the database knows their browser.
"""

import base64
import hmac
import secrets

from core.domain.errors import AssayError
from core.services.workspace import Workspace
from core.store import settings
from core.store.people import raters
from core.store.retrying import written

SETTING = "cookie signature"


def issue(workspace: Workspace) -> str:
    """A token for a browser that has none.

    Raises:
        AssayError: the key of the signature cannot be read.
    """
    token = secrets.token_urlsafe(32)
    return f"{token}.{_signature(workspace, token)}"


def accepted(workspace: Workspace, cookie: str) -> bool:
    """Whether a browser with this cookie may be known by it: it bears our signature, or the database knows it already.

    Raises:
        AssayError: the database does not answer, so that this cannot be said.
    """
    token, _, signature = cookie.partition(".")
    if signature and hmac.compare_digest(signature.encode(), _signature(workspace, token).encode()):
        return True
    with workspace.store.read() as session:
        return raters.rater_of_visitor(session, cookie) is not None


def cookie_for(workspace: Workspace, offered: list[str]) -> str | None:
    """The cookie for a browser that offers these; None where it has a good one, or where that cannot be said now."""
    try:
        return None if any(accepted(workspace, cookie) for cookie in offered) else issue(workspace)
    except AssayError:
        return None


def _signature(workspace: Workspace, token: str) -> str:
    if not workspace.cookie_key:
        drawn = {"key": secrets.token_urlsafe(32)}
        kept = written(workspace.store, lambda session: settings.put_once(session, SETTING, drawn))
        workspace.cookie_key = str(kept["key"]).encode()
    digest = hmac.digest(workspace.cookie_key, token.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
