"""Tables from files: csv, jsonl (also .ndjson) and parquet by their ending, streamed row by row."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.raw_rows import Row, Table
from core.labeling.read_csv import open_csv
from core.labeling.read_jsonl import open_jsonl
from core.labeling.read_parquet import open_parquet
from core.labeling.text_files import check_file

__all__ = ["Rejected", "Row", "Table", "open_table"]

_OPEN: Final[Mapping[str, Callable[[Path], Table]]] = {
    ".csv": open_csv,
    ".jsonl": open_jsonl,
    ".ndjson": open_jsonl,
    ".parquet": open_parquet,
}


def open_table(path: Path, sheet: str = "") -> Table:
    """Open a file as a table; memory stays flat however many rows it has.

    A csv whose header is exactly that of one of our exports gets the apostrophes back out that the export put in.

    Raises:
        BadInput: one sentence on why nothing can be read from it. Iterating the rows raises it too, where a file
            breaks off or its disk fails.
    """
    check_file(path)
    reader = _OPEN.get(path.suffix.casefold())
    if reader is None:
        raise BadInput(f"{path.name} does not end in .csv, .jsonl or .parquet; export it as one of these.")
    return reader(path)
