"""Uploads only from tabs whose person may import: Streamlit takes a file before any page runs, and keeps it in memory."""

from collections import OrderedDict

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.http.safety import UPLOAD

REMEMBERED = 10_000
_let_in: OrderedDict[str, None] = OrderedDict()  # sessions of Streamlit, one per tab


def allow(allowed: bool) -> None:
    """Whether the tab that runs this script may upload from now on."""
    context = get_script_run_ctx()
    if context is None:
        return
    _let_in.pop(context.session_id, None)
    if allowed:
        _let_in[context.session_id] = None
        while len(_let_in) > REMEMBERED:
            _let_in.popitem(last=False)


class Uploads:
    """Refuses files from tabs whose person was not let in, or may not import."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the tab that an upload names in its path."""
        if scope["type"] == "http" and scope["path"].startswith(UPLOAD) and scope["method"] != "OPTIONS":
            tab = scope["path"].removeprefix(UPLOAD).partition("/")[0]
            if tab not in _let_in:
                refused = PlainTextResponse(
                    "Only people who may import upload files. Sign in, load the page again, and try again.\n", 403
                )
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)
