"""Answers that programs send: what names them, and what became of them."""

from dataclasses import dataclass
from typing import Any

from core.domain.errors import BadInput
from core.domain.records import ImportRow
from core.domain.texts import storable

MAX_SENT = 1_000
"""Answers of one call."""
MAX_ID = 200
"""Characters of an id that a caller chose, and of a generator's name."""
MAX_APPLICATION = 100


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """One answer as an application sent it; the number of ``row`` is its index in the call."""

    caller_id: str
    row: ImportRow
    generator: str | None = None
    """Name and version of what wrote it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer of a call that was not stored, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the answers of one call."""

    stored: int
    known: int
    """Sent before, with the same id and the same texts."""
    refused: tuple[Refusal, ...]
    """In the order of the call."""

    def to_json(self) -> dict[str, Any]:
        """As the HTTP API and Python return it."""
        return {
            "stored": self.stored,
            "known": self.known,
            "refused": [{"index": one.index, "reason": one.reason} for one in self.refused],
        }


def check_name(value: object, name: str, most: int = MAX_ID) -> str:
    """A text that names something for a program: printable, not blank, of at most ``most`` characters.

    Raises:
        BadInput: it is none.
    """
    if not isinstance(value, str):
        raise BadInput(f"{name} must be a text")
    if not 1 <= len(value) <= most:
        raise BadInput(f"{name} must have 1 to {most} characters")
    storable(value, name)
    if not value.strip() or not value.isprintable():
        raise BadInput(f"{name} must be printable: no line breaks or control characters, and not only spaces")
    return value
