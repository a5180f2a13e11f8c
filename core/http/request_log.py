"""A number for every request and one JSON line about it: sizes, times and states, never a text."""

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.http.json_body import CLOSED
from core.http.origin import KEYED_PATHS, OPEN_PATHS

log = logging.getLogger("assay.http")

HEADER = "x-request-id"
NOTES = "assay.notes"
_GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,100}", re.ASCII)


def to_stderr() -> None:
    """Write the lines to stderr as they are; calling it twice changes nothing."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def note(scope: Scope, **facts: int | float | str | bool | None) -> None:
    """Add numbers or names of versions to the line of this request."""
    scope[NOTES].update(facts)


def request_id(scope: Scope) -> str:
    """The number of this request: the one its client gave, else ours."""
    return str(scope[NOTES]["request_id"])


class RequestLog:
    """Around the API: takes or makes the request's number, sends it back, and writes the line when all is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Number a request and log how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(12)
        facts: dict[str, Any] = {"request_id": number}
        status = CLOSED
        began = time.perf_counter()

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self.app({**scope, NOTES: facts}, receive, numbered)
        finally:
            line = {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "method": scope["method"],
                "path": _known(scope["path"]),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
            }
            log.info(json.dumps(line | facts))


def _known(path: str) -> str:
    """A path as it may stand in a log: somebody may have put a text into it."""
    return path if path in (*KEYED_PATHS, *OPEN_PATHS) else "other"
