"""Reading csv: whatever delimiter and encoding, cells of any sensible size, row by row."""

import csv
import re
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import TextIO

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.export_columns import is_ours
from core.labeling.formulas import restore
from core.labeling.limits import MAX_COLUMNS, MAX_ROW, check_columns
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import ENCODING_NAMES, open_text

_HEADER = 2_000_000
"""Characters of the first line that are looked at to find the delimiter."""
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_UNUSUAL_DELIMITERS = ":^~#!&*/\x1f\x01"
_ROWS_FOR_DELIMITER = 20
_SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n])"?\s*', re.IGNORECASE)


def open_csv(path: Path, encoding: str) -> Table:
    """Find delimiter and header of a csv in the encoding that ``find_encoding`` found.

    Raises:
        BadInput: no header, no rows, or two columns of one name.
    """
    # The limit belongs to the whole process; only ever raise it.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW))
    delimiter, skipped = _find_delimiter(path, encoding)

    def begin(file: TextIO) -> tuple[_Parser, list[str]]:
        for _ in range(skipped):
            file.readline(_HEADER)
        parser = _Parser(file, delimiter, skipped)
        return parser, _header(path, parser)

    with open_text(path, encoding, newline="") as file:
        header = begin(file)[1]
    if len(header) > MAX_COLUMNS:
        check_columns(path.name, header)
    columns = [name if name.strip() else f"column {place}" for place, name in enumerate(header, 1)]
    check_columns(path.name, columns)

    def rows() -> Iterator[Row | Rejected]:
        with open_text(path, encoding, newline="") as file:
            yield from _rows(begin(file)[0], columns)

    if next(rows(), None) is None:
        raise BadInput(f"{path.name} has a header but no rows; export it again where it came from.")
    parts = _DELIMITERS.get(delimiter, repr(delimiter)) if len(columns) > 1 else "one column"
    return Table(columns, rows, kind=f"csv with {parts}, {ENCODING_NAMES[encoding]}")


def _find_delimiter(path: Path, encoding: str) -> tuple[str, int]:
    """The delimiter, and the lines up to and with ``sep=;``, which Excel takes for no row (0 where there is none)."""
    with open_text(path, encoding, newline="") as file:
        lines = enumerate(iter(lambda: file.readline(_HEADER), ""), 1)
        place, first = next(((place, line) for place, line in lines if line.strip()), (0, ""))
    named = _SEPARATOR_LINE.fullmatch(first)
    if named:
        return named[1], place
    delimiter = max(_DELIMITERS, key=lambda candidate: len(next(csv.reader([first], delimiter=candidate), [])))
    if delimiter in first:
        return delimiter, 0
    return next((other for other in _UNUSUAL_DELIMITERS if _divides(path, encoding, other)), delimiter), 0


def _divides(path: Path, encoding: str, delimiter: str) -> bool:
    """Whether header and first rows have the same number of cells, and more than one, none of the header empty."""
    with open_text(path, encoding, newline="") as file:
        try:
            first = list(islice(filter(None, _Parser(file, delimiter, 0)), _ROWS_FOR_DELIMITER))
        except csv.Error:
            return False
    header = first[0] if first else []
    same = len(first) > 1 and {len(cells) for cells in first} == {len(header)}
    return same and len(header) > 1 and all(cell.strip() for cell in header)


class _Lines:
    """The lines of a file, never more of it in memory than one row may have."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._left = MAX_ROW

    def begin_row(self) -> None:
        """Count anew."""
        self._left = MAX_ROW

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(1 << 20)
            raise csv.Error("row limit")
        return line


class _Parser:
    """The csv module's reader, strict, with the line in which the current row begins and the row's place."""

    def __init__(self, file: TextIO, delimiter: str, skipped: int) -> None:
        self._lines = _Lines(file)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._skipped = skipped
        self.line = 1
        self.place = 0
        """Of the current row in a spreadsheet, where a blank line is a row and a cell of several lines is not more."""

    def __iter__(self) -> "_Parser":
        return self

    def __next__(self) -> list[str]:
        self.line = self._last_line + 1
        self.place += 1
        self._lines.begin_row()
        return next(self._reader)

    @property
    def _last_line(self) -> int:
        return self._skipped + self._reader.line_num

    def explain(self, error: csv.Error) -> str:
        """What is wrong with the row that begins in ``line``."""
        shown = str(error)
        if "unexpected end" in shown:
            return (
                f"a quotation mark opened in the row at line {self.line} is never closed, "
                f"so nothing from there to line {self._last_line} could be read"
            )
        if "limit" in shown:  # the csv module's of a cell, or ours of a row
            return (
                f"the row at line {self.line} is longer than {MAX_ROW:,} characters; "
                "probably a quotation mark is never closed"
            )
        if "expected after" in shown:
            return f"a quotation mark inside a quoted cell is not doubled (line {self._last_line})"
        return f"the row at line {self.line} could not be read ({shown})"


def _header(path: Path, parser: _Parser) -> list[str]:
    try:
        header = next((cells for cells in parser if any(cell.strip() for cell in cells)), None)
    except csv.Error as error:
        raise BadInput(f"The header of {path.name} could not be read: {parser.explain(error)}.") from None
    if header is None:
        raise BadInput(f"{path.name} holds nothing but blank lines; export it again where it came from.")
    return header


def _rows(parser: _Parser, columns: list[str]) -> Iterator[Row | Rejected]:
    ours = is_ours(columns)
    number = 0
    while True:
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Rejected(number, parser.explain(error), parser.place)
            continue
        if not cells or (len(cells) == 1 < len(columns) and not cells[0].strip()):
            continue
        number += 1
        if len(cells) > len(columns):
            reason = f"has {len(cells)} cells where the header has {len(columns)}; is a text with a comma not quoted?"
            yield Rejected(number, reason, parser.place)
            continue
        if ours:
            cells = [restore(cell) for cell in cells]
        yield Row(number, dict(zip_longest(columns, cells)), parser.place)
