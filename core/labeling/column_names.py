"""Recognising columns whose names differ from ours, and paths into their values."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from core.domain.json_texts import json_values, read_json
from core.domain.judges.columns import PREFIX
from core.labeling.limits import MAX_VALUES

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
OURS: Final = frozenset({*COLUMNS, "chosen", "rejected", "tie", "chosen_second"})
"""Those, and the ones of a comparison; ``chosen_second``: the file has the rejected answer first."""
_STEP, _INDEX = re.compile(r"[.\[]"), re.compile(r"\[(-?\d{1,9})\]")
_REST = re.compile(r"(?:\.[^.\[\]]+|\[-?\d{1,9}\])+")


def find_column(columns: Sequence[str], name: str) -> str | None:
    """The column of that name: exactly, else the first one that differs only in case and outer blanks; else None."""
    if name in columns:
        return name
    return next((column for column in columns if column.strip().casefold() == name.strip().casefold()), None)


def suggest_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Our column name -> the file's column that is likely meant, each column at most once.
    Scores of LLM judges are none of these.

    Own names win, then usual other names, then names that end in one of them (``model_answer``, ``Answer score``).
    """
    found: dict[str, str] = {}

    def offer(wanted: dict[str, set[str]], words: dict[str, str]) -> None:
        for name, names in wanted.items():
            free = [column for column in columns if name not in found and column not in found.values()]
            match = next((column for column in free if words[column] in names), None)
            if match is not None:
                found[name] = match

    columns = [column for column in columns if not column.lstrip().casefold().startswith(PREFIX)]
    words = {column: [word for word in re.split(r"[\W_]+", column.casefold()) if word] for column in columns}
    others = {name: {name, *names} for name, names in _OTHER_NAMES.items()}
    offer({name: {name} for name in _OTHER_NAMES}, {column: "_".join(words[column]) for column in columns})
    offer(others, {column: "_".join(words[column]) for column in columns})
    offer(others, {column: words[column][-1] if words[column] else "" for column in columns})
    return found


def find_path(columns: Sequence[str], path: str) -> tuple[str, str] | None:
    """The column that a path such as ``input.messages[-1].content`` begins with, and the rest of the path; else None.

    The rest is empty where the path is a column's name: a name that really contains a dot wins.
    """
    for end in (len(path), *_steps(path)):
        column = find_column(columns, path[:end])
        if column is not None and (end == len(path) or _REST.fullmatch(path[end:])):
            return column, path[end:]
    return None


def look_up(value: object, rest: str) -> object:
    """What a path leads to inside a column's value; JSON texts are looked into; None where it leads nowhere."""
    if not rest:
        return value
    found = _step(opened(value), rest)
    return None if found is None else look_up(*found[1:])


def without(value: object, rest: str) -> object:
    """The value without what a path leads to; objects and lists that are empty then are None."""
    if not rest:
        return None
    whole = opened(value)
    found = _step(whole, rest)
    if found is None:
        return value
    key, inner, further = found
    left = without(inner, further)
    if isinstance(whole, Mapping):
        kept = {name: part for name, part in whole.items() if name != key}
        return (kept | {key: left} if left is not None else kept) or None
    assert isinstance(whole, list)
    items = [left if place == key else part for place, part in enumerate(whole)]
    return None if all(item is None for item in items) else items


def _step(value: object, rest: str) -> tuple[object, object, str] | None:
    """The first key of a path into a value, what is there, and the path that remains."""
    if isinstance(value, list):
        index = _INDEX.match(rest)
        place = int(index[1]) if index else 0
        if index is None or not -len(value) <= place < len(value):
            return None
        return place % len(value), value[place], rest[index.end() :]
    if isinstance(value, Mapping):
        name = rest.removeprefix(".")
        for end in (len(name), *_steps(name)):
            if name[:end] in value:
                return name[:end], value[name[:end]], name[end:]
    return None


def _steps(path: str) -> list[int]:
    """Where a path may be cut, the last place first."""
    return [step.start() for step in _STEP.finditer(path)][::-1]


def opened(value: object) -> object:
    """The object or list that a value holds as JSON text; else the value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    if len(value) > MAX_VALUES and json_values(value) > MAX_VALUES:
        return value
    try:
        return read_json(value)
    except ValueError:
        return value
