"""Earlier turns of a conversation: what was said before the question that an answer answers."""

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Who said something in a conversation."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation before its last question."""

    role: Speaker
    text: str
