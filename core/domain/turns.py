"""Conversations: earlier turns are what was said before the question that an answer answers."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from core.domain.errors import BadInput
from core.domain.json_texts import json_values, read_json
from core.domain.texts import storable, text_hash

MAX_TURNS: Final = 1_000
"""Of one conversation."""
MAX_CHARACTERS: Final = 5_000_000
"""Of all turns of one conversation together."""

_MAX_VALUES = 100_000
_MARKER = re.compile(r"^(Human|User|Assistant):", re.MULTILINE)


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


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question with what was said before it."""

    turns: tuple[Turn, ...]
    prompt: str


def read_messages(value: object, name: str) -> tuple[Turn, ...]:
    """The messages of a conversation, oldest first.

    Args:
        value: a list of ``{"role", "content"}`` as OpenAI's API has them, where ``content`` is a text or a list of
            ``{"type": "text", "text"}``; or of ``{"role", "text"}`` as exports have them; or either as JSON text; or a
            text of ``Human:`` and ``Assistant:`` (see ``read_transcript``). Blank text and None are no messages.
        name: what it is called in the errors.

    Raises:
        BadInput: it is none of these, a role is unknown, a message is empty, or it is too large.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return ()
    transcript = read_transcript(value) if isinstance(value, str) else None
    turns = _listed(_from_text(value, name), name) if transcript is None else transcript
    if sum(len(turn.text) for turn in turns) > MAX_CHARACTERS:
        raise BadInput(f"{name} is longer than {MAX_CHARACTERS:,} characters")
    for number, turn in enumerate(turns, 1):
        storable(turn.text, f"message {number} of {name}")
    return turns


def read_transcript(text: str) -> tuple[Turn, ...] | None:
    """The turns of a text such as "Human: ... Assistant: ... Human: ...", where every turn begins a line.

    None where it is not certain that the text is one: it must begin with Human or User, and the two must alternate
    from there to the end. An ``Assistant:`` at the end with nothing behind it is where the answer belongs, no turn.
    """
    text = text.strip()
    begin = _MARKER.match(text)
    if begin is None or begin[1] == "Assistant":
        return None
    markers = [found for found in _MARKER.finditer(text) if found[1] in (begin[1], "Assistant")]
    ends = [found.start() for found in markers[1:]] + [len(text)]
    said = [text[found.end() : end].strip() for found, end in zip(markers, ends, strict=True)]
    if len(markers) % 2 == 0 and not said[-1]:
        said.pop()
    wanted = [(begin[1], "Assistant")[place % 2] for place in range(len(markers))]
    alternate = [found[1] for found in markers] == wanted
    if len(markers) < 2 or len(markers) > MAX_TURNS or not alternate or not all(said):
        return None
    roles = (Speaker.USER, Speaker.ASSISTANT)
    return tuple(Turn(roles[place % 2], words) for place, words in enumerate(said))


def read_stored_prompt(prompt: str) -> Conversation | None:
    """The conversation that a prompt holds as text: messages as JSON, alone or as ``{"messages": [...]}``, or a text of
    Human: and Assistant:. None where it holds none, or one that does not end with a question.
    """
    text = prompt.strip()
    try:
        if text.startswith("{"):
            found = _json(text)
            turns = read_messages(found.get("messages"), "messages") if isinstance(found, dict) else ()
        elif text.startswith("["):
            turns = read_messages(_json(text), "messages")
        else:
            turns = read_transcript(text) or ()
    except (BadInput, ValueError):
        return None
    if not turns or turns[-1].role is not Speaker.USER:
        return None
    return Conversation(turns[:-1], turns[-1].text)


def turns_group(turns: Sequence[Turn]) -> str:
    """Hex sha256 of earlier turns, exact; empty where there are none."""
    return text_hash(turns_text(turns)) if turns else ""


def turns_text(turns: Sequence[Turn]) -> str:
    """Turns as exports write them: JSON, the same for the same turns; empty where there are none."""
    return json.dumps(turns_to_json(turns), ensure_ascii=False) if turns else ""


def turns_to_json(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Turns as they are stored."""
    return [{"role": str(turn.role), "text": turn.text} for turn in turns]


def turns_from_json(stored: Sequence[Any] | None) -> tuple[Turn, ...]:
    """Turns as ``turns_to_json`` gave them; None is no turns."""
    return tuple(Turn(Speaker(turn["role"]), turn["text"]) for turn in stored or ())


def _json(text: str) -> object:
    if len(text) > _MAX_VALUES and json_values(text) > _MAX_VALUES:
        raise ValueError("too many values")
    return read_json(text)


def _from_text(value: object, name: str) -> object:
    try:
        return _json(value) if isinstance(value, str) else value
    except ValueError:
        raise BadInput(f"{name} is neither a list of messages nor a text of Human: and Assistant:") from None


def _listed(value: object, name: str) -> tuple[Turn, ...]:
    if not isinstance(value, list):
        raise BadInput(f"{name} is not a list of messages with role and content")
    if len(value) > MAX_TURNS:
        raise BadInput(f"{name} holds {len(value):,} messages; at most {MAX_TURNS:,} can be read")
    return tuple(_turn(message, f"message {number} of {name}") for number, message in enumerate(value, 1))


def _turn(message: object, name: str) -> Turn:
    if not isinstance(message, dict):
        raise BadInput(f"{name} is no message with role and content")
    role = message.get("role")
    if role not in tuple(Speaker):
        raise BadInput(f"{name} has the role {str(role)[:40]!r}; it must be system, user or assistant")
    text = _content(message.get("content", message.get("text")), name)
    if not text.strip():
        raise BadInput(f"{name} is empty")
    return Turn(Speaker(str(role)), text)


def _content(content: object, name: str) -> str:
    texts: list[str] = []
    for part in content if isinstance(content, list) else [content]:
        text = part.get("text") if isinstance(part, dict) and part.get("type") == "text" else part
        if text is not None and not isinstance(text, str):
            raise BadInput(f"{name} holds something else than text")
        texts.append(text or "")
    return "\n".join(texts)
