"""Reading a request's body: never more of it in memory than is allowed, and JSON without surprises."""

import json
from typing import Any, NoReturn

import anyio
from starlette.requests import ClientDisconnect, Request

from core.http.answers import Refused
from core.http.limits import BODY_SECONDS, DISCARDED_BYTES, MAX_BODY_BYTES, MAX_DEPTH

CLOSED = 499
"""The client left before it got an answer; only the log sees this number."""


async def read_json(request: Request) -> Any:
    """The body as a JSON value.

    Raises:
        Refused: 413 too large, 408 too slow, 400 no JSON, 499 the client left.
    """
    return _parse(await _read(request))


async def _read(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    declared = int(length) if length.isascii() and length.isdigit() else 0
    waits_for_leave = request.headers.get("expect", "").lower() == "100-continue"
    if declared > DISCARDED_BYTES or (declared > MAX_BODY_BYTES and waits_for_leave):
        raise _too_large()
    body, size = bytearray(), 0
    with anyio.move_on_after(BODY_SECONDS) as waiting:
        try:
            async for chunk in request.stream():
                size += len(chunk)
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
        raise Refused(408, f"The body did not arrive within {BODY_SECONDS:.0f} seconds. Send it again.")
    return bytes(body)


def _too_large() -> Refused:
    return Refused(
        413, f"The body is larger than {MAX_BODY_BYTES / 1e6:.0f} MB. Send fewer or shorter documents.",
        {"connection": "close"},
    )  # fmt: skip


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
