"""A file of answers to score, and the same file with a score beside each answer."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.column_names import find_path, look_up, suggest_mapping
from core.labeling.export_columns import Columns
from core.labeling.tables import open_table

ADDED: Final[Columns] = {"score": float, "certainty": float, "model_version": str, "reason": str}
"""The columns that scoring adds, in their order behind those of the file."""

_MEANT: Final = {"user_prompt": "question", "ai_response": "answer"}
_INT64: Final = 1 << 63


class Asked(NamedTuple):
    """One row of the file."""

    question: object
    answer: object
    values: Mapping[str, object]
    """The row as the file has it; empty for one that cannot be read."""
    unreadable: str | None = None
    """Why it cannot be read."""


@dataclass
class Survey:
    """What a whole file holds, which its first rows do not tell."""

    rows: int = 0
    kinds: dict[str, set[type]] = field(default_factory=dict)
    """By column, in the order in which they appear, the types of its values."""

    def add(self, values: Mapping[str, object]) -> None:
        """Count one row and what is in it."""
        self.rows += 1
        for name, value in values.items():
            seen = self.kinds.setdefault(name, set())
            if value is not None:
                seen.add(_kind(value))

    def columns(self) -> Columns:
        """The columns of the result and their types: the file's, then ``ADDED``.

        A column of one kind of value keeps it; one of several kinds, and what is no number, flag or text, is written
        as text (lists and objects as JSON).
        """
        return {name: _type(seen) for name, seen in self.kinds.items() if name not in ADDED} | dict(ADDED)


class AnswerTable:
    """A file whose columns of questions and answers are known; memory stays flat however many rows it has."""

    def __init__(self, path: Path, mapping: Mapping[str, str]) -> None:
        """Open a file; ``mapping`` names its column (or a path into one) for user_prompt and ai_response.

        Raises:
            BadInput: nothing can be read from it, a column is missing, or one bears a name that the result needs.
        """
        self.path = path
        self._table = open_table(path)
        columns = self._table.columns
        unknown = [name for name in mapping if name not in _MEANT]
        if unknown:
            raise BadInput(
                f"--map knows user_prompt and ai_response here, not {unknown[0][:60]!r}. Nothing was scored."
            )
        wanted = {**{name: col for name, col in suggest_mapping(columns).items() if name in _MEANT}, **mapping}
        shown = ", ".join(columns[:20])[:500]
        for name, word in _MEANT.items():
            if name not in wanted:
                raise BadInput(
                    f"No column of {path.name} is known to hold the {word}. Nothing was scored. Say which one does "
                    f"with --map {name}=COLUMN; its columns are: {shown}."
                )
        self.named = {name: wanted[name] for name in _MEANT}
        """Our column name -> the file's."""
        self._places = {name: self._found(name, shown) for name in _MEANT}
        taken = [name for name in ADDED if name in columns]
        if taken and len(taken) < len(ADDED):
            raise BadInput(
                f"{path.name} has a column {taken[0]!r}, the name of one that scoring adds. Nothing was scored. Rename "
                "it in the file and try again."
            )

    def rows(self) -> Iterator[Asked]:
        """All rows in their order.

        Raises:
            BadInput: the file breaks off or cannot be read any more.
        """
        (question, rest_of_question), (answer, rest_of_answer) = self._places.values()
        for row in self._table.rows():
            if isinstance(row, Rejected):
                yield Asked(None, None, {}, f"This row cannot be read: {row.reason}.")
            else:
                values = row.values
                yield Asked(
                    look_up(values.get(question), rest_of_question),
                    look_up(values.get(answer), rest_of_answer),
                    values,
                )

    def survey(self) -> Survey:
        """Read the file once and say how many rows it has, and what is in its columns."""
        found = Survey(kinds={name: set() for name in self._table.columns})
        for row in self.rows():
            found.add(row.values)
        return found

    def _found(self, name: str, shown: str) -> tuple[str, str]:
        place = find_path(self._table.columns, self.named[name])
        if place is None:
            raise BadInput(
                f"{self.path.name} has no column {self.named[name][:60]!r}. Nothing was scored. "
                f"Its columns are: {shown}."
            )
        return place


def result_row(row: Asked, added: Mapping[str, object], columns: Columns) -> dict[str, Any]:
    """One row of the result: the values of the file as the types of ``columns`` say, and those that were ``added``."""
    return {name: added[name] if name in added else _as(kind, row.values.get(name)) for name, kind in columns.items()}


def in_parts(rows: Iterable[Asked], *, most_rows: int, most_characters: int) -> Iterator[list[Asked]]:
    """Rows in parts of about this size; neighbouring answers to one question stay together up to twice of it."""
    part: list[Asked] = []
    characters = 0
    for row in rows:
        size = sum(len(text) for text in (row.question, row.answer) if isinstance(text, str))
        full = len(part) >= most_rows or characters + size > most_characters
        twice = len(part) >= 2 * most_rows or characters + size > 2 * most_characters
        if part and (twice or (full and row.question != part[-1].question)):
            yield part
            part, characters = [], 0
        part.append(row)
        characters += size
    if part:
        yield part


def _kind(value: object) -> type:
    """The type that a value is counted as: of numbers, flags and texts their own, else ``object``."""
    if isinstance(value, bool):
        return bool
    if isinstance(value, int):
        return int if -_INT64 <= value < _INT64 else object
    return next((kind for kind in (float, str) if isinstance(value, kind)), object)


def _type(seen: set[type]) -> Any:
    if len(seen) == 1 and object not in seen:
        return next(iter(seen))
    return float if seen == {int, float} else str


def _as(kind: type, value: object) -> object:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None  # what is no number has no place in JSON
    if kind is not str:
        return kind(value)
    if isinstance(value, dict | list | tuple | bool):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return str(value).encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair cannot be written
