"""Streamlit's own address for signing out: it ends the sign-in in our database too."""

from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.domain.errors import AssayError
from core.services.people import sign_in
from core.services.workspace import Workspace
from core.ui.shell.identity import claims_of

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
