"""Reading JSON: one object per line, one list of objects, or an object with one list of objects in it; streamed."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

import ijson

from core.domain.errors import BadInput
from core.domain.json_texts import json_values, read_json
from core.domain.records import Rejected
from core.labeling.limits import MAX_ROW, MAX_VALUES
from core.labeling.raw_rows import Row, Table
from core.labeling.read_jsonl import columns_of, object_row, open_jsonl
from core.labeling.text_files import open_text

MAX_MARKS: Final = 2_000_000
"""Commas and brackets in one row: each can stand for a value, which takes some sixty bytes, however short it is."""
MAX_OPEN: Final = 4_000
"""Brackets open at once: ijson takes the square of the depth in time."""

_CHUNK, _MOST = 8 << 10, 1 << 20
"""Characters read at once: more the longer a row is, since ijson begins anew in a text that goes on beyond them."""
_LIST = "item"
"""How ijson calls what is in a list."""


def open_json(path: Path, encoding: str, *, lines: bool) -> Table:
    """Find out how the objects of a JSON file are laid out, and their columns.

    Args:
        path: the file.
        encoding: as ``find_encoding`` found it.
        lines: its name says that every line is a row; then a single line with one object is one.

    Raises:
        BadInput: no objects, or several lists of them.
    """
    prefix = _find_list(path, encoding, lines=lines)
    if prefix is None:
        return open_jsonl(path, encoding)

    def rows() -> Iterator[Row | Rejected]:
        with _as_utf_8(path, encoding) as stream:
            number = 0
            try:
                for number, item in enumerate(ijson.items(stream, prefix), 1):
                    stream.begin_row(number + 1)
                    yield _row(number, item)
            except ijson.JSONError:
                raise BadInput(
                    f"{path.name} is not valid JSON after row {number}, or it ends too early; export it again where it "
                    "came from."
                ) from None

    columns = columns_of(path, rows)
    if not columns:
        raise BadInput(f"The list in {path.name} holds no JSON objects with columns; export it again, or as csv.")
    named = prefix.removesuffix(_LIST).rstrip(".")
    return Table(columns, rows, kind=f"JSON object with the list {named!r}" if named else "JSON list")


def is_json(path: Path, encoding: str) -> bool:
    """Whether a text file holds JSON objects, whatever its ending says."""
    first, _ = _first_line(path, encoding)
    value = _whole(first)
    if value is not None:
        return isinstance(value, dict) or all(isinstance(item, dict) for item in value)
    return first.startswith(("[", "{")) and _find_list(path, encoding, lines=False) is not None


def _first_line(path: Path, encoding: str) -> tuple[str, bool]:
    """The first line that is not blank, so far as a row may be long, and whether it is the only one."""
    with open_text(path, encoding, newline="\n") as file:
        lines = filter(str.strip, iter(lambda: file.readline(MAX_ROW + 1), ""))
        return next(lines, "").strip(), next(lines, None) is None


def _whole(line: str) -> dict[str, object] | list[object] | None:
    """The object or list that this line is from its start to its end."""
    if not line.startswith(("[", "{")) or (len(line) > MAX_VALUES and json_values(line) > MAX_VALUES):
        return None
    try:
        value = read_json(line)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _find_list(path: Path, encoding: str, *, lines: bool) -> str | None:
    """Where in the one JSON value of a file its rows are, as ijson writes it; None where every line is a row."""
    first, alone = _first_line(path, encoding)
    whole = _whole(first)
    if whole is not None and (not alone or (lines and isinstance(whole, dict))):
        return None
    if first.startswith("["):
        return _LIST if _begins_as_list(path, encoding) else None
    if not first.startswith("{"):
        return None
    lists = _lists_of_objects(path, encoding)
    if len(lists) > 1:
        raise BadInput(
            f"{path.name} holds several lists: {', '.join(repr(name[:60]) for name in lists[:10])}; keep the one with "
            "question and answer, or export it as csv or with one object per line."
        )
    return f"{lists[0]}.{_LIST}" if lists else None


def _begins_as_list(path: Path, encoding: str) -> bool:
    with _as_utf_8(path, encoding) as stream:
        try:
            return len(list(islice(ijson.basic_parse(stream), 2))) == 2
        except ijson.JSONError:
            return False


def _lists_of_objects(path: Path, encoding: str) -> list[str]:
    """The keys of a file's one object that hold lists of objects, the messages of a conversation not among them.

    Reads the whole file, so that a second list is found before the first row is used.
    """
    found: dict[str, None] = {}
    with _as_utf_8(path, encoding) as stream:
        depth, key, inside = 0, "", False
        try:
            for event, value in ijson.basic_parse(stream):
                stream.begin_row(0)
                if event == "map_key":
                    if depth == 1:
                        key, inside = value, False
                    elif depth == 3 and inside and value in ("role", "from"):
                        found.pop(key, None)
                elif event in ("start_map", "start_array"):
                    if depth == 1:
                        inside = event == "start_array"
                    elif depth == 2 and inside and event == "start_map":
                        found[key] = None
                    depth += 1
                elif event in ("end_map", "end_array"):
                    depth -= 1
        except ijson.JSONError:
            if found:
                raise BadInput(
                    f"{path.name} is not valid JSON, or it ends too early; export it again where it came from."
                ) from None
    return list(found)


def _row(number: int, item: object) -> Row | Rejected:
    try:
        if _make_floats(item) > MAX_VALUES:
            return Rejected(number, f"holds more than {MAX_VALUES:,} values")
    except RecursionError:
        return Rejected(number, "is nested too deep")
    return object_row(number, item)


def _make_floats(value: Any) -> int:
    """Make floats of all Decimals in a value, as json.loads has them; the number of values in it."""
    count = 1
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, Decimal):
                value[key] = float(inner)
                count += 1
            elif isinstance(inner, dict | list):
                count += _make_floats(inner)
            else:
                count += 1
    return count


@contextmanager
def _as_utf_8(path: Path, encoding: str) -> Iterator["_Utf8"]:
    with open_text(path, encoding, newline="") as file:
        yield _Utf8(path, file)


class _Utf8:
    """A text file as UTF-8 for ijson, which takes nothing else; never more of it than one row may have."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path, self._file = path, file
        self.begin_row(1)

    def begin_row(self, number: int) -> None:
        """Count anew."""
        self._number, self._bytes, self._marks, self._open = number, 0, 0, 0

    def read(self, size: int) -> bytes:
        """The next characters; nothing only where none are asked for, or at the end."""
        size = size and min(max(_CHUNK, self._bytes // 2), _MOST)
        data = self._file.read(size).encode("utf-8")
        for start in range(0, len(data), _CHUNK):  # in pieces, so that nothing deeper than one is overlooked
            self._count(data[start : start + _CHUNK])
        return data

    def _count(self, data: bytes) -> None:
        opened = data.count(b"[") + data.count(b"{")
        self._bytes += len(data)
        self._marks += data.count(b",") + opened
        self._open += opened - data.count(b"]") - data.count(b"}")
        if self._bytes > MAX_ROW + _MOST or self._marks > MAX_MARKS or self._open > MAX_OPEN:
            which = f"Row {self._number}" if self._number else "A value"
            raise BadInput(
                f"{which} of {self._path.name} is longer than {MAX_ROW:,} characters, holds too many "
                "values or is nested too deep; save the file with one object per line, or as csv or parquet."
            )
