"""Reading jsonl: one JSON object per line; a line that is none is that row's problem only."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import find_encoding, open_text, readable

MAX_JSON_LIST = 50_000_000
"""Bytes of one JSON list that are taken into memory."""

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
            yield from _numbered(map(_parse, filter(str.strip, file)))

    with open_text(path, encoding, newline="\n") as file:
        first = next(filter(str.strip, file), "").lstrip()
    whole = _whole_list(path, encoding) if first.startswith("[") else None
    if whole is not None:
        return _table(path, lambda: _numbered(whole))
    return _table(path, rows)


def _table(path: Path, rows: Callable[[], Iterator[Row | Rejected]]) -> Table:
    columns: dict[str, None] = {}
    for row in islice(rows(), _ROWS_FOR_COLUMNS):
        if isinstance(row, Row):
            columns.update(dict.fromkeys(row.values))
    if not columns:
        raise BadInput(f"No line of {path.name} is a JSON object with columns; write one {{...}} per line.")
    return Table(list(columns), rows)


def _whole_list(path: Path, encoding: str) -> list[object] | None:
    """The items of a file that is one JSON list, None when it is lines after all."""
    with readable(path):
        size = path.stat().st_size
    if size > MAX_JSON_LIST:
        raise BadInput(f"{path.name} is one large JSON list; save it with one object per line, or as csv or parquet.")
    with open_text(path, encoding, newline="\n") as file:
        found = _parse(file.read())
    return found if isinstance(found, list) else None


class _Broken:
    """Stands for a line that is not JSON."""


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _Broken()


def _numbered(items: Iterable[object]) -> Iterator[Row | Rejected]:
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield Row(number, item)
        elif isinstance(item, _Broken):
            yield Rejected(number, "the line is not valid JSON")
        else:
            yield Rejected(number, "the line is not a JSON object ({...})")
