"""JSON texts from outside: taken into memory only where they hold no more values than memory has room for."""

import json
import re

_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # the last quote can be missing: it always matches


def json_values(text: str) -> int:
    """About how many values a JSON text holds, before any of them takes memory."""
    outside = _STRING.sub("", text)
    return outside.count(",") + outside.count("[") + outside.count("{")


def read_json(text: str) -> object:
    """The value of a JSON text.

    Raises:
        ValueError: it is none, or is nested too deep.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
