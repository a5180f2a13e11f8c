"""What the server does beside running pages: the HTTP API, addresses that moved, cookies, background tasks.

Pure ASGI: websockets and everything that is not a page pass through untouched.
"""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.http.api import Api
from core.http.request_log import to_stderr
from core.http.security import Safety
from core.services.operations import leftovers
from core.services.people import visitors
from core.services.running.schedule import LOOK_SECONDS, begin_if_due
from core.services.workspace import SWEEP_SECONDS
from core.ui.rate.routes import Desk
from core.ui.server.sign_out import SignOut
from core.ui.server.sockets import Sockets
from core.ui.server.startup import rules_or_exit
from core.ui.server.uploads import Uploads
from core.ui.shell.identity import COOKIE, offered
from core.ui.shell.navigation import TAB, SettingsTab
from core.ui.shell.session import the_workspace

log = logging.getLogger(__name__)

MOVED_TO_SETTINGS = {
    "/people": SettingsTab.PEOPLE,
    "/keys": SettingsTab.API_KEYS,
    "/record": SettingsTab.AUDIT_LOG,
}
ONE_YEAR = 365 * 24 * 3600
COOKIE_SECONDS = 5.0
"""So long a page waits for the database that has to know about its cookie."""
_CONDITIONAL = {b"if-none-match", b"if-modified-since"}  # "not modified" would bring no cookie


class Visitors:
    """Gives every browser that loads a page a token of its own: the key under which its rater is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # of its own: a database that hangs must not hold the threads that serve the dashboard's files
        self._looking_up = anyio.CapacityLimiter(4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to pages that are sent to a browser without one that this server gave."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        shown = offered(headers.get("cookie", ""))
        if "text/html" in headers.get("accept", ""):
            scope = {**scope, "headers": [(name, said) for name, said in scope["headers"] if name not in _CONDITIONAL]}

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                given = await self._cookie_for(shown)
                if given is not None:
                    MutableHeaders(scope=message).append("set-cookie", _as_header(given))
            await send(message)

        await self.app(scope, receive, with_cookie)

    async def _cookie_for(self, shown: list[str]) -> str | None:
        """None also where the database is away: the page says so, and its next load brings the cookie."""
        with anyio.move_on_after(COOKIE_SECONDS):
            return await anyio.to_thread.run_sync(_cookie_for, shown, limiter=self._looking_up, abandon_on_cancel=True)
        return None


def _is_page(start: Message) -> bool:
    return Headers(raw=start.get("headers", [])).get("content-type", "").startswith("text/html")


def _cookie_for(shown: list[str]) -> str | None:
    try:
        return visitors.cookie_for(the_workspace(), shown)
    except Exception as error:  # noqa: BLE001  the page itself says what is wrong
        log.debug("no cookie was given: %s", type(error).__name__)
        return None


def _as_header(value: str) -> str:
    cookie: SimpleCookie = SimpleCookie()
    cookie[COOKIE] = value
    for name, said in {"path": "/", "max-age": ONE_YEAR, "httponly": True, "samesite": "Lax"}.items():
        cookie[COOKIE][name] = said
    return cookie[COOKIE].OutputString()


async def _pick_up_for_ever(seconds: float) -> None:
    """Take over what the old application writes, also while nobody looks at a page."""
    while True:
        await anyio.sleep(seconds)
        try:
            await anyio.to_thread.run_sync(_pick_up)
        except Exception as error:  # noqa: BLE001  the server must not end because the database is away
            log.warning("the old application's ratings could not be picked up: %s", type(error).__name__)


async def _keep_schedule_for_ever(seconds: float) -> None:
    """Begin trainings that the schedule says are due, whether or not a worker lives or anybody looks at a page."""
    while True:
        await anyio.sleep(seconds)
        try:
            await anyio.to_thread.run_sync(lambda: begin_if_due(the_workspace(), COMMAND_LINE))
        except Exception as error:  # noqa: BLE001  the server must not end because the database is away
            log.warning("no training on the schedule could be begun: %s", type(error).__name__)


async def _clear_away() -> None:
    """Remove temporary files of processes that were killed: they can hold what somebody uploaded or exported."""
    try:
        removed = await anyio.to_thread.run_sync(lambda: leftovers.remove(Settings.from_env(os.environ)))
    except Exception as error:  # noqa: BLE001  the server starts all the same; doctor names what is left
        log.warning("temporary files could not be cleared away: %s", type(error).__name__)
    else:
        if removed:
            log.warning("temporary files of processes that were ended: %d removed", removed)


def _pick_up() -> None:
    the_workspace().pick_up()


async def _moved(request: Request) -> RedirectResponse:
    """Lead from the address of an earlier release to the tab of Settings that it became."""
    return RedirectResponse(f"/settings?{urlencode({TAB: MOVED_TO_SETTINGS[request.url.path]})}", 307)


_api = Api(the_workspace)
routes = [*_api.routes, Desk(the_workspace).mount, *(Route(address, _moved) for address in MOVED_TO_SETTINGS)]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Run the background tasks as long as the server runs."""
    to_stderr()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_api.run)
        tasks.start_soon(_clear_away)
        tasks.start_soon(_pick_up_for_ever, SWEEP_SECONDS)
        tasks.start_soon(_keep_schedule_for_ever, LOOK_SECONDS)
        yield {}
        tasks.cancel_scope.cancel()


def middleware() -> list[Middleware]:
    """What stands around the application, outermost first; ends the process where it must not start like this."""
    rules = replace(rules_or_exit(), would_admit=_api.would_admit)
    around = [Middleware(Safety, rules=rules), Middleware(SignOut, open_workspace=the_workspace)]
    return [*around, Middleware(Sockets), Middleware(Uploads), Middleware(Visitors)]
