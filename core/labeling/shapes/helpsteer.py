"""HelpSteer: answers rated from 0 to 4 for helpfulness and four other qualities."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.labeling.shapes.shape import Shape, Values

_TURN: Final = re.compile(r"<extra_id_1>(User|Assistant)\n")
"""Where another turn of a conversation begins in a prompt."""


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    return {"prompt", "response", "helpfulness", "correctness", "coherence"} <= set(columns)


def _read(values: Values) -> Iterable[Values]:
    others = {name: value for name, value in values.items() if name not in ("prompt", "response", "helpfulness")}
    yield {
        **others,
        "user_prompt": _turns(values.get("prompt")),
        "ai_response": values.get("response"),
        "rating": values.get("helpfulness"),
    }


def _turns(prompt: object) -> object:
    """The prompt, as messages where it holds earlier turns."""
    parts = _TURN.split(prompt) if isinstance(prompt, str) else []
    if len(parts) < 3:
        return prompt
    said = zip(["user", *map(str.lower, parts[1::2])], parts[::2], strict=True)
    # nothing stands before a first mark, and behind a last one where the answer belongs
    return [{"role": role, "content": text.strip()} for role, text in said if text.strip()]


HELPSTEER = Shape(
    name="helpsteer",
    title="HelpSteer",
    becomes="Each row becomes one answer; its rating is its helpfulness, and the other qualities are kept beside it.",
    recognises=_recognises,
    read=_read,
    scale="0-4",
)
