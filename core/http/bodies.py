"""Reading a request's body: never more of it in memory than is allowed, and JSON without surprises."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import anyio
from starlette.requests import ClientDisconnect, Request

from core.http.limits import (
    BODY_RATE,
    BODY_SECONDS,
    DISCARDED_BYTES,
    MAX_BODIES,
    MAX_BODIES_BYTES,
    MAX_BODY_BYTES,
    MAX_DEPTH,
)
from core.http.responses import Refused
from core.http.shares import Share

CLOSED = 499
"""The client left before it got an answer; only the log sees this number."""


class Reading:
    """Bodies that are on their way: so many at once, so many bytes together, of each caller a share."""

    def __init__(self, *, bodies: int = MAX_BODIES, size: int = MAX_BODIES_BYTES) -> None:
        self._bodies, self._bytes = Share(bodies), Share(size)

    @contextmanager
    def of(self, caller: str, request: Request) -> Iterator[None]:
        """Room for the body of this request.

        Raises:
            Refused: 429, there is none, or the caller has its share of it.
        """
        size = min(_declared(request), MAX_BODY_BYTES) if "content-length" in request.headers else MAX_BODY_BYTES
        if self._bodies.lacking(caller, 1) or self._bytes.lacking(caller, size):
            wait = math.ceil(BODY_SECONDS / 5)
            raise Refused(
                429, f"Too many requests are being sent at once. Try again in {wait} s.", {"retry-after": str(wait)}
            )
        with self._bodies.taken(caller, 1), self._bytes.taken(caller, size):
            yield


async def read_json(request: Request) -> Any:
    """The body as a JSON value.

    Raises:
        Refused: 413 too large, 408 too slow, 400 no JSON, 499 the client left.
    """
    return _parse(await _read(request))


async def _read(request: Request) -> bytes:
    declared = _declared(request)
    waits_for_leave = request.headers.get("expect", "").lower() == "100-continue"
    if declared > DISCARDED_BYTES or (declared > MAX_BODY_BYTES and waits_for_leave):
        raise _too_large()
    body, size = bytearray(), 0
    with anyio.move_on_after(BODY_SECONDS) as waiting:
        try:
            async for chunk in request.stream():
                size += len(chunk)
                waiting.deadline += min(len(chunk), max(0, MAX_BODY_BYTES - size)) / BODY_RATE
                if size > DISCARDED_BYTES:
                    raise _too_large()
                if max(size, declared) <= MAX_BODY_BYTES:
                    body += chunk
                else:
                    body.clear()
        except ClientDisconnect:
            raise Refused(CLOSED, "The client left.") from None
    if max(size, declared) > MAX_BODY_BYTES:
        raise _too_large()
    if waiting.cancelled_caught:
        raise Refused(408, "The body did not arrive in time: it came too slowly, or its end is missing. Send it again.")
    return bytes(body)


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large() -> Refused:
    return Refused(
        413,
        f"The body is larger than {MAX_BODY_BYTES / 1e6:.0f} MB. Send fewer or shorter documents.",
        {"connection": "close"},
    )


def _parse(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        if _deeper_than(value, MAX_DEPTH):
            raise RecursionError
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8 text.") from None
    except RecursionError:
        raise Refused(400, f"The JSON is nested more than {MAX_DEPTH} deep.") from None
    except json.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise Refused(400, f"The body is not JSON: {error}") from None
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")


def _deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, list | dict):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper_than(part, depth - 1) for part in parts)
