"""Recognising columns whose names differ from ours."""

import re
from collections.abc import Sequence
from typing import Final

_OTHER_NAMES: Final = {
    "user_prompt": ("prompt", "question", "query", "instruction", "input"),
    "ai_response": ("response", "answer", "completion", "output", "reply"),
    "rating": ("score", "grade", "label"),
    "rater": ("annotator", "reviewer", "worker"),
    "session_id": (),
    "context_id": (),
    "feedback_comment": ("comment", "feedback"),
    "bias_flag": (),
    "messages": (),
    "turns": (),
}
COLUMNS: Final = tuple(_OTHER_NAMES)
"""Our column names."""


def find_column(columns: Sequence[str], name: str) -> str | None:
    """The column of that name: exactly, else the first one that differs only in case and outer blanks; else None."""
    if name in columns:
        return name
    return next((column for column in columns if column.strip().casefold() == name.strip().casefold()), None)


def suggest_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Our column name -> the file's column that is likely meant, each column at most once.

    Own names win, then usual other names, then names that end in one of them (``model_answer``, ``Answer score``).
    """
    found: dict[str, str] = {}

    def offer(wanted: dict[str, set[str]], words: dict[str, str]) -> None:
        for name, names in wanted.items():
            free = [column for column in columns if name not in found and column not in found.values()]
            match = next((column for column in free if words[column] in names), None)
            if match is not None:
                found[name] = match

    words = {column: [word for word in re.split(r"[\W_]+", column.casefold()) if word] for column in columns}
    others = {name: {name, *names} for name, names in _OTHER_NAMES.items()}
    offer({name: {name} for name in _OTHER_NAMES}, {column: "_".join(words[column]) for column in columns})
    offer(others, {column: "_".join(words[column]) for column in columns})
    offer(others, {column: words[column][-1] if words[column] else "" for column in columns})
    return found
