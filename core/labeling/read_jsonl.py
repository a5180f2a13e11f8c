"""Reading jsonl: one JSON object per line; a line that is none is that row's problem only."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from core.domain.errors import BadInput
from core.domain.json_texts import json_values, read_json
from core.domain.records import Rejected
from core.labeling.limits import MAX_COLUMNS, MAX_NAME, MAX_ROW, MAX_VALUES, check_columns
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import find_encoding, open_text, readable

MAX_JSON_LIST = 50_000_000
"""Bytes of one JSON list that are taken into memory."""
MAX_LIST_VALUES = 2_000_000
"""Values in it: each takes some sixty bytes, however short it is written."""

_ROWS_FOR_COLUMNS = 1000


def open_jsonl(path: Path) -> Table:
    """Find the columns of a jsonl file; a single JSON list of objects is read as well while it is small.

    Raises:
        BadInput: not text, a large JSON list, or no object in the first 1,000 lines.
    """
    encoding = find_encoding(path)

    def rows() -> Iterator[Row | Rejected]:
        # Only \n ends a line: JSON texts may contain the other characters that Python takes for line ends.
        with open_text(path, encoding, newline="\n") as file:
            yield from _numbered(map(_parse, filter(str.strip, _lines(file))))

    with open_text(path, encoding, newline="\n") as file:
        first = next(filter(str.strip, iter(lambda: file.readline(1 << 20), "")), "").lstrip()
    whole = _whole_list(path, encoding) if first.startswith("[") else None
    if whole is not None:
        return _table(path, lambda: _numbered(whole))
    return _table(path, rows)


def _table(path: Path, rows: Callable[[], Iterator[Row | Rejected]]) -> Table:
    columns: dict[str, None] = {}
    for row in islice(rows(), _ROWS_FOR_COLUMNS):
        if isinstance(row, Row):
            columns.update(dict.fromkeys(row.values))
    check_columns(path.name, list(columns))
    if not columns:
        raise BadInput(f"No line of {path.name} is a JSON object with columns; write one {{...}} per line.")
    return Table(list(columns), rows)


def _whole_list(path: Path, encoding: str) -> list[object] | None:
    """The items of a file that is one JSON list, None when it is lines after all."""
    with readable(path):
        size = path.stat().st_size
    too_large = BadInput(f"{path.name} is one large JSON list; save it with one object per line, or as csv or parquet.")
    if size > MAX_JSON_LIST:
        raise too_large
    with open_text(path, encoding, newline="\n") as file:
        text = file.read()
    if json_values(text) > MAX_LIST_VALUES:
        raise too_large
    found = _loaded(text)
    return found if isinstance(found, list) else None


class _Refused(str):
    """Stands for a line that cannot be used: why."""

    __slots__ = ()


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file; of one that is too long only so much that this can be seen."""
    while line := file.readline(MAX_ROW + 1):
        yield line
        if len(line) > MAX_ROW:
            while line and not line.endswith("\n"):
                line = file.readline(1 << 20)


def _parse(line: str) -> object:
    if len(line) > MAX_ROW:
        return _Refused(f"the line is longer than {MAX_ROW:,} characters")
    if len(line) > MAX_VALUES and json_values(line) > MAX_VALUES:
        return _Refused(f"the line holds more than {MAX_VALUES:,} values")
    return _loaded(line)


def _loaded(text: str) -> object:
    try:
        return read_json(text)
    except ValueError:
        return _Refused("the line is not valid JSON")


def _numbered(items: Iterable[object]) -> Iterator[Row | Rejected]:
    for number, item in enumerate(items, 1):
        if isinstance(item, _Refused):
            yield Rejected(number, str(item))
        elif not isinstance(item, dict):
            yield Rejected(number, "the line is not a JSON object ({...})")
        elif len(item) > MAX_COLUMNS:
            yield Rejected(number, f"has {len(item):,} keys; at most {MAX_COLUMNS:,} can be read")
        elif any(len(name) > MAX_NAME for name in item):
            yield Rejected(number, f"has a key longer than {MAX_NAME} characters")
        else:
            yield Row(number, item)
