"""Reading jsonl: one JSON object per line; a line that is none is that row's problem only."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from core.domain.errors import BadInput
from core.domain.json_texts import json_values, read_json
from core.domain.records import Rejected
from core.labeling.limits import MAX_COLUMNS, MAX_NAME, MAX_ROW, MAX_VALUES, check_columns
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import open_text

_ROWS_FOR_COLUMNS = 1000


def open_jsonl(path: Path, encoding: str) -> Table:
    """Find the columns of a file with one object per line.

    Raises:
        BadInput: no object in the first 1,000 lines.
    """

    def rows() -> Iterator[Row | Rejected]:
        # Only \n ends a line: JSON texts may contain the other characters that Python takes for line ends.
        with open_text(path, encoding, newline="\n") as file:
            lines = ((place, line) for place, line in enumerate(_lines(file), 1) if line.strip())
            for number, (place, line) in enumerate(lines, 1):
                yield _parse(number, line, place)

    columns = columns_of(path, rows)
    if not columns:
        raise BadInput(f"No line of {path.name} is a JSON object with columns; write one {{...}} per line.")
    return Table(columns, rows, kind="JSON lines")


def columns_of(path: Path, rows: Callable[[], Iterator[Row | Rejected]]) -> list[str]:
    """The keys of the first 1,000 rows, in the order in which they come.

    Raises:
        BadInput: more of them, or longer ones, than can be read.
    """
    columns: dict[str, None] = {}
    for row in islice(rows(), _ROWS_FOR_COLUMNS):
        if isinstance(row, Row):
            columns.update(dict.fromkeys(row.values))
    check_columns(path.name, list(columns))
    return list(columns)


def object_row(number: int, item: object, place: int = 0) -> Row | Rejected:
    """A row from one JSON value, Rejected where it is no object or has keys that cannot be read."""
    if not isinstance(item, dict):
        return Rejected(number, "is not a JSON object ({...})", place)
    if len(item) > MAX_COLUMNS:
        return Rejected(number, f"has {len(item):,} keys; at most {MAX_COLUMNS:,} can be read", place)
    if any(len(name) > MAX_NAME for name in item):
        return Rejected(number, f"has a key longer than {MAX_NAME} characters", place)
    return Row(number, item, place)


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file; of one that is too long only so much that this can be seen."""
    while line := file.readline(MAX_ROW + 1):
        yield line
        if len(line) > MAX_ROW:
            while line and not line.endswith("\n"):
                line = file.readline(1 << 20)


def _parse(number: int, line: str, place: int) -> Row | Rejected:
    if len(line) > MAX_ROW:
        return Rejected(number, f"the line is longer than {MAX_ROW:,} characters", place)
    if len(line) > MAX_VALUES and json_values(line) > MAX_VALUES:
        return Rejected(number, f"the line holds more than {MAX_VALUES:,} values", place)
    try:
        return object_row(number, read_json(line), place)
    except ValueError:
        return Rejected(number, "the line is not valid JSON", place)
