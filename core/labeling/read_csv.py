"""Reading csv: comma, semicolon or tab, whatever encoding, cells of any sensible size, row by row."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.export_columns import EXPORTS, PAIRS_WITH_PREFERENCES
from core.labeling.formulas import restore
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import find_encoding, open_text

MAX_CELL = 32_000_000
"""Characters; beyond that a quotation mark was left open (the parser needs four bytes for each)."""

_DELIMITERS = ",;\t"
_OUR_HEADERS = [list(columns) for columns in (*EXPORTS.values(), PAIRS_WITH_PREFERENCES)]


def open_csv(path: Path) -> Table:
    """Find encoding, delimiter and header of a csv.

    Raises:
        BadInput: not text, no header, no rows, or two columns of one name.
    """
    # The limit belongs to the whole process; only ever raise it.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    encoding = find_encoding(path)
    with open_text(path, encoding, newline="") as file:
        first = next((line for line in file if line.strip()), "")
        delimiter = max(_DELIMITERS, key=lambda candidate: len(next(csv.reader([first], delimiter=candidate), [])))
    with open_text(path, encoding, newline="") as file:
        header = _header(path, _Parser(file, delimiter))
    columns = [name if name.strip() else f"column {place}" for place, name in enumerate(header, 1)]
    repeated = next((name for name in columns if columns.count(name) > 1), None)
    if repeated is not None:
        raise BadInput(f"{path.name} has more than one column {repeated!r}; rename or remove all but one of them.")

    def rows() -> Iterator[Row | Rejected]:
        with open_text(path, encoding, newline="") as file:
            parser = _Parser(file, delimiter)
            _header(path, parser)
            yield from _rows(parser, columns)

    if next(rows(), None) is None:
        raise BadInput(f"{path.name} has a header but no rows; export it again where it came from.")
    return Table(columns, rows)


class _Parser:
    """The csv module's reader, strict, with the line in which the current row begins."""

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self._reader = csv.reader(file, delimiter=delimiter, strict=True)
        self.line = 1

    def __iter__(self) -> "_Parser":
        return self

    def __next__(self) -> list[str]:
        self.line = self._reader.line_num + 1
        return next(self._reader)

    def explain(self, error: csv.Error) -> str:
        """What is wrong with the row that begins in ``line``."""
        shown = str(error)
        if "unexpected end" in shown:
            return (
                f"a quotation mark opened in the row at line {self.line} is never closed, "
                f"so nothing from there to line {self._reader.line_num} could be read"
            )
        if "field limit" in shown:
            return (
                f"a cell in the row at line {self.line} is longer than {MAX_CELL:,} characters; "
                "probably a quotation mark is never closed"
            )
        if "expected after" in shown:
            return f"a quotation mark inside a quoted cell is not doubled (line {self._reader.line_num})"
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
    ours = columns in _OUR_HEADERS
    number = 0
    while True:
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Rejected(number, parser.explain(error))
            continue
        if not cells or (len(cells) == 1 < len(columns) and not cells[0].strip()):
            continue
        number += 1
        if len(cells) > len(columns):
            reason = f"has {len(cells)} cells where the header has {len(columns)}; is a text with a comma not quoted?"
            yield Rejected(number, reason)
            continue
        if ours:
            cells = [restore(cell) for cell in cells]
        yield Row(number, dict(zip_longest(columns, cells)))
