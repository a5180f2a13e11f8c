"""Tables from files of any usual kind, streamed row by row: the ending names the kind, the content decides."""

from pathlib import Path
from typing import Final

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.compressed import open_bytes
from core.labeling.raw_rows import Row, Table
from core.labeling.read_csv import open_csv
from core.labeling.read_excel import open_excel
from core.labeling.read_json import is_json, open_json
from core.labeling.read_parquet import open_parquet
from core.labeling.text_files import check_file, find_encoding, readable

__all__ = ["ENDINGS", "Rejected", "Row", "Table", "open_table"]

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".ndjson", ".parquet")
"""What a file can be called; each also with .gz behind it."""

_JSON: Final = (".json", ".jsonl", ".ndjson")


def open_table(path: Path, sheet: str = "") -> Table:
    """Open a file as a table; memory stays flat however many rows it has (of a workbook: texts are held once).

    A csv whose header is exactly that of one of our exports gets the apostrophes back out that the export put in.

    Args:
        path: any of ENDINGS, also gzip'd.
        sheet: of a workbook; empty for the first that has rows.

    Raises:
        BadInput: one sentence on why nothing can be read from it. Iterating the rows raises it too, where a file
            breaks off or its disk fails.
    """
    ending = _ending(path)
    check_file(path)
    with readable(path), open_bytes(path) as file:
        start = file.read(4)
    if start == b"PK\x03\x04":
        return open_excel(path, sheet)
    if sheet:
        raise BadInput(f"{path.name} is no Excel workbook, so it has no sheet {sheet[:60]!r}; leave the sheet out.")
    if start == b"PAR1" or ending == ".parquet":
        return open_parquet(path)
    encoding = find_encoding(path)
    if ending == ".xlsx":
        raise BadInput(
            f"{path.name} is a text file and no Excel workbook, whatever its ending says; if it is a table, call it "
            ".csv, or open it in Excel and save it as .xlsx."
        )
    if ending in _JSON or is_json(path, encoding):
        return open_json(path, encoding, lines=ending != ".json")
    return open_csv(path, encoding)


def _ending(path: Path) -> str:
    name = path.name.casefold().removesuffix(".gz")
    found = next((ending for ending in ENDINGS if name.endswith(ending)), None)
    if found is None:
        advice = (
            "save it as .xlsx and choose it again"
            if name.endswith((".xls", ".xlsm", ".xlsb", ".ods"))
            else ("export it as one of these")
        )
        raise BadInput(
            f"{path.name} does not end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]} (each also with .gz); {advice}."
        )
    return found
