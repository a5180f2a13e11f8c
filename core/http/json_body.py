"""The body of a request read within bounds, as JSON."""

import json
from typing import Any, NoReturn

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request

from core.domain.json_texts import json_values
from core.http.limits import BODY_RATE, BODY_SECONDS, DISCARDED_BYTES, MAX_DEPTH, MAX_JSON_VALUES, PARSED_AT_ONCE
from core.http.responses import Refused

CLOSED = 499
"""The client left before it got an answer; only the log sees this number."""


async def read_json(request: Request, *, most: int, advice: str) -> Any:
    """The body as a JSON value; ``most`` bytes are taken, and ``advice`` says what to do where there are more.

    Raises:
        Refused: 413 too large, 408 too slow, 400 no JSON, 499 the client left.
    """
    body = await _read(request, most, _too_large(most, advice))
    # a large one takes a part of a second, in which nothing else would be answered
    return _parse(body) if len(body) <= PARSED_AT_ONCE else await anyio.to_thread.run_sync(_parse, body)


async def _read(request: Request, most: int, too_large: Refused) -> bytes:
    declared = declared_size(request)
    waits_for_leave = request.headers.get("expect", "").lower() == "100-continue"
    if declared > DISCARDED_BYTES or (declared > most and waits_for_leave):
        raise too_large
    body, size = bytearray(), 0
    with anyio.move_on_after(BODY_SECONDS) as waiting:
        try:
            async for chunk in request.stream():
                size += len(chunk)
                waiting.deadline += min(len(chunk), max(0, most - size)) / BODY_RATE
                if size > DISCARDED_BYTES:
                    raise too_large
                if max(size, declared) <= most:
                    body += chunk
                else:
                    body.clear()
        except ClientDisconnect:
            raise Refused(CLOSED, "The client left.") from None
    if max(size, declared) > most:
        raise too_large
    if waiting.cancelled_caught:
        raise Refused(408, "The body did not arrive in time: it came too slowly, or its end is missing. Send it again.")
    return bytes(body)


def declared_size(request: Request) -> int:
    """The bytes that a request says its body has; 0 where it does not say."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large(most: int, advice: str) -> Refused:
    size = f"{most / 1e6:.0f} MB" if most >= 1_000_000 else f"{most // 1000} kB"
    return Refused(413, f"The body is larger than {size}. {advice}", {"connection": "close"})


def _parse(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        if len(text) > MAX_JSON_VALUES and json_values(text) > MAX_JSON_VALUES:
            raise Refused(400, f"The JSON holds more than {MAX_JSON_VALUES:,} values. Send less at once.")
        value = json.loads(text, parse_constant=_no_number)
        if _deeper_than(value, MAX_DEPTH):
            raise RecursionError
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8 text.") from None
    except RecursionError:
        raise Refused(400, f"The JSON is nested more than {MAX_DEPTH} deep.") from None
    except json.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # of Python's words for it none is about JSON
        raise Refused(400, "A number in the JSON has thousands of digits.") from None
    return value


def _no_number(name: str) -> NoReturn:
    raise Refused(400, f"The body is not JSON: {name} is not a number.")


def _deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, list | dict):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper_than(part, depth - 1) for part in parts)
