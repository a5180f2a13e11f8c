"""What the API answers: JSON, and every error as ``{"error": sentence, "message": the same sentence}``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Refused(Exception):
    """A request that is answered with an error; the sentence is for the person who wrote the program."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = dict(headers or {})


def answer(
    content: Mapping[str, Any] | Sequence[Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer. ASCII only: a text may hold half of a surrogate pair, which UTF-8 cannot carry."""
    body = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    return Response(body, status, {**HEADERS, **(headers or {})}, media_type="application/json")


def error(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the one form that all of them have."""
    return answer({"error": sentence, "message": sentence}, status, headers)
