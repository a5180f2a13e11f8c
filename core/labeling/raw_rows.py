"""A file's rows before anybody has looked at what they mean."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.domain.records import Rejected


@dataclass(frozen=True, slots=True)
class Row:
    """One data row as the file has it; ``number`` counts data rows from 1, blank lines and the header not counted.

    csv gives text, or None where the row ends early; jsonl and parquet give any plain value.
    """

    number: int
    values: Mapping[str, object]
    place: int = 0
    """The row as a spreadsheet or an editor counts; 0 where it is the number."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: its columns, and its rows as often as they are asked for."""

    columns: list[str]
    """As the file names them; for jsonl those of the first 1,000 rows."""
    rows: Callable[[], Iterator[Row | Rejected]]
    """Reads from the start, one row in memory at a time; a row that cannot be read comes as Rejected."""
    kind: str = ""
    """What the file is, in words: "csv with semicolons, Windows-1252", "Excel workbook"."""
    sheets: tuple[str, ...] = ()
    """The sheets of a workbook; empty for other files."""
    sheet: str = ""
    """The one of them that is read."""
