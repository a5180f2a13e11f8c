"""Reading Excel workbooks (.xlsx): one sheet, row by row, its values as texts like those of a csv."""

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.column_names import find_column
from core.labeling.compressed import open_seekable
from core.labeling.export_columns import is_ours
from core.labeling.formulas import restore
from core.labeling.limits import check_columns
from core.labeling.raw_rows import Row, Table
from core.labeling.text_files import readable

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

MAX_UNPACKED: Final = 2 << 30
"""Bytes of everything in a workbook: it is a zip archive of XML."""
MAX_FREE, MAX_RATIO = 32 << 20, 100
"""Bytes of one part above which it may not be more than so many times as large as it is stored."""
MAX_ROWS: Final = 1_048_576
"""Of a sheet, in Excel itself."""

_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})

# openpyxl warns of whatever in a workbook it would not write back; nothing is written here.
warnings.filterwarnings("ignore", module="openpyxl")


def open_excel(path: Path, sheet: str = "") -> Table:
    """Find sheets and columns of a workbook; a formula counts as the value that Excel last showed.

    Args:
        path: the file.
        sheet: the sheet's name; empty for the first that has a header and a row.

    Raises:
        BadInput: no workbook, damaged, larger inside than can be unpacked, no such sheet, or no rows.
    """
    _check_sizes(path)
    with _workbook(path) as book:
        sheets = tuple(one.title for one in book.worksheets)
        if not sheets:  # also a "strict" workbook, whose parts bear other names
            raise _damaged(path)
        if sheet:
            chosen = find_column(sheets, sheet)
            if chosen is None:
                shown = ", ".join(repr(name) for name in sheets[:20])
                raise BadInput(f"{path.name} has no sheet {sheet[:60]!r}; it has {shown}.")
        else:
            chosen = next((name for name in sheets if len(list(islice(_cells(book, name), 2))) == 2), None)
            if chosen is None:
                raise BadInput(f"{path.name} has no sheet with a header and rows; nothing can be read from it.")
        header = next(_cells(book, chosen), None)
    if header is None:
        raise BadInput(f"The sheet {chosen!r} of {path.name} is empty; choose another.")
    columns = [name if name.strip() else f"column {place}" for place, name in enumerate(header[1], 1)]
    check_columns(path.name, columns)

    ours = is_ours(columns)  # our csv, saved as a workbook

    def rows() -> Iterator[Row | Rejected]:
        with _workbook(path) as book:
            for number, (place, cells) in enumerate(islice(_cells(book, chosen), 1, None), 1):
                if ours:
                    cells = [restore(cell) for cell in cells]
                beyond = {f"column {at}": cells[at - 1] for at in range(len(columns) + 1, len(cells) + 1)}
                values: dict[str, object] = dict(zip_longest(columns, cells[: len(columns)]))
                values |= {name: cell for name, cell in beyond.items() if cell}
                yield Row(number, values, place)

    if next(rows(), None) is None:
        raise BadInput(f"The sheet {chosen!r} of {path.name} has a header but no rows; choose another.")
    return Table(columns, rows, kind="Excel workbook", sheets=sheets, sheet=chosen)


def _check_sizes(path: Path) -> None:
    """What the workbook unpacks to, before it is unpacked; Python's zipfile unpacks no more than is said there."""
    try:
        with readable(path), open_seekable(path) as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError):
        raise _damaged(path) from None
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise BadInput(f"{path.name} is a zip archive and no Excel workbook; unpack it and choose the table in it.")
    total = sum(part.file_size for part in parts)
    swollen = [part for part in parts if part.file_size > max(MAX_FREE, MAX_RATIO * part.compress_size)]
    if total > MAX_UNPACKED or swollen:
        raise BadInput(
            f"{path.name} unpacks from {path.stat().st_size / 1e6:,.1f} MB to {total / 1e6:,.0f} MB, so it is not "
            "read. Nothing was imported. Export the sheet as 'CSV UTF-8'."
        )


def _damaged(path: Path) -> BadInput:
    return BadInput(
        f"{path.name} is not an Excel workbook (.xlsx) or is damaged; open it in Excel and save it again as "
        "'Excel Workbook (.xlsx)', or as 'CSV UTF-8'."
    )


@contextmanager
def _workbook(path: Path) -> Iterator["Workbook"]:
    import openpyxl

    with readable(path), open_seekable(path) as file:
        try:
            # values only, and nothing that lies outside of the file
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # it raises whatever its parsing of damaged XML comes upon
            raise _damaged(path) from error
        try:
            yield book
        finally:
            book.close()


def _cells(book: "Workbook", sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Row number in Excel, and the cells up to the last that is not empty; rows without any are left out."""
    source: Any = book[sheet]
    source.reset_dimensions()  # what a program wrote down as the sheet's size is often wrong
    place = 0
    rows = iter(source.iter_rows(values_only=True))
    while True:
        try:
            row = next(rows, None)
        except Exception as error:
            raise BadInput(
                f"The sheet {sheet!r} is damaged after row {place}; open the workbook in Excel and save it again, or "
                "the sheet as 'CSV UTF-8'."
            ) from error
        place += 1
        if row is None or place > MAX_ROWS:
            return
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if any(map(str.strip, cells)):
            yield place, cells


def _text(value: object) -> str:
    """A cell as a person reads it: 4 and not 4.0, fifteen digits as Excel has them, dates as ISO 8601."""
    if isinstance(value, str):
        # an error is no text, often of an answer that Excel took for a formula; _x000D_ is how it writes a character
        return "" if value in _ERRORS else value.replace("_x000D_", "\r")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
