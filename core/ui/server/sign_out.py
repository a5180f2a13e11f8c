"""Streamlit's own address for signing out: it ends the sign-in in our database too."""

import json
from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.domain.errors import AssayError
from core.services.people import sign_in
from core.services.workspace import Workspace

PATH = "/auth/logout"
OURS = ("same-origin", "none")
"""Values of Sec-Fetch-Site that are accepted: a page of ours, or a typed address. Old browsers send none."""
FOREIGN = "A page of another site asked to sign you out, so it was not done. Use Sign out in Assay.\n"
NOT_DONE = "You are not signed out yet: the database does not answer. Nothing was lost; try again in a moment.\n"


class SignOut:
    """Ends the sign-in that a browser shows before Streamlit takes the browser's cookies away."""

    def __init__(self, app: ASGIApp, open_workspace: Callable[[], Workspace]) -> None:
        self.app = app
        self._open = open_workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what another site asks for; without a sign-in there is nothing to end."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        if asked.headers.get("sec-fetch-site", "none") not in OURS:
            await PlainTextResponse(FOREIGN, 403, {"cache-control": "no-store"})(scope, receive, send)
            return
        claims = claims_of(asked.cookies)
        if claims:
            try:
                await anyio.to_thread.run_sync(self._end, claims)
            except AssayError:
                await PlainTextResponse(NOT_DONE, 503, {"cache-control": "no-store"})(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _end(self, claims: dict[str, Any]) -> None:
        sign_in.sign_out(self._open(), claims)


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
