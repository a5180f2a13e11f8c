"""The fields of what the desk sends, each checked for its type: nothing here believes a browser."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.domain.errors import BadInput
from core.domain.texts import storable

HIGHEST = 2**31 - 1
"""Of every whole number that a database column has to hold."""
MOST_IDS = 50
"""Answers that one request names: those in a browser, or all to one prompt."""
_REQUEST = re.compile(r"[0-9a-f-]{32,36}:[a-z0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Fields:
    """The body of a request.

    Every method raises ``BadInput`` where the field is missing or something else.
    """

    said: dict[str, Any]

    @classmethod
    def of(cls, body: Any) -> "Fields":
        """The body as fields."""
        if not isinstance(body, dict):
            raise BadInput("The body must be a JSON object.")
        return cls(body)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that a database can hold; ``default`` where the field is missing."""
        value = self.said.get(name, default)
        if not isinstance(value, str):
            raise BadInput(f"{name} must be a text.")
        return storable(value, f"The {name}")

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """One of these words."""
        value = self.text(name)
        if value not in choices:
            raise BadInput(f"{name} must be one of: {', '.join(choices)}.")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where the field is missing."""
        value = self.said.get(name, False)
        if not isinstance(value, bool):
            raise BadInput(f"{name} must be true or false.")
        return value

    def number(self, name: str) -> int:
        """A whole number of 0 or more, as high as a column holds."""
        value = self.said.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HIGHEST:
            raise BadInput(f"{name} must be a whole number from 0 to {HIGHEST:,}.")
        return value

    def number_or_none(self, name: str) -> int | None:
        """As ``number``; None where the field is null or missing."""
        return None if self.said.get(name) is None else self.number(name)

    def numbers(self, name: str) -> list[int]:
        """A list of numbers; empty where the field is missing."""
        value = self.said.get(name, [])
        if not isinstance(value, list) or len(value) > MOST_IDS:
            raise BadInput(f"{name} must be a list of at most {MOST_IDS} numbers.")
        return [Fields({name: one}).number(name) for one in value]

    def texts(self, name: str, most: int) -> list[str]:
        """A list of at most so many texts; empty where the field is missing."""
        value = self.said.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise BadInput(f"{name} must be a list of at most {most} texts.")
        return [Fields({name: one}).text(name) for one in value]

    def request(self) -> str:
        """The name of the request, under which it is stored once however often it comes."""
        value = self.text("request")
        if not _REQUEST.fullmatch(value):
            raise BadInput("request must name the request: what the answer came with, a colon, and the act.")
        return value

    def inner(self, name: str) -> "Fields":
        """An object within the body."""
        value = self.said.get(name)
        if not isinstance(value, dict):
            raise BadInput(f"{name} must be an object.")
        return Fields(value)
