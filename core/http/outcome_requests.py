"""Bodies of what programs send back: answers and feedback."""

from typing import Any

from core.http.responses import Refused


def parse_interactions(body: Any) -> list[Any]:
    """The answers of a request, not yet looked at.

    Raises:
        Refused: 400, the body is not an object with a list of them.
    """
    rows = body.get("interactions") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Refused(
            400,
            'The body must be a JSON object: {"interactions": [{"id": "...", "prompt": "...", "response": "..."}]}. '
            "Nothing was stored.",
        )
    return rows
