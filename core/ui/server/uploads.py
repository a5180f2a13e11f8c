"""Uploads only from tabs whose person may import: Streamlit takes a file, into memory, before any page runs."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.http.security import UPLOAD
from core.ui.shell import browser_tabs


class Uploads:
    """Refuses files from tabs whose person was not let in, or may not import."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the tab that an upload names in its path."""
        if scope["type"] == "http" and scope["path"].startswith(UPLOAD) and scope["method"] != "OPTIONS":
            tab = browser_tabs.find(scope["path"].removeprefix(UPLOAD).partition("/")[0])
            if tab is None or not tab.may_upload:
                refused = PlainTextResponse(
                    "Only people who may import upload files. Sign in, load the page again, and try again.\n", 403
                )
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)
