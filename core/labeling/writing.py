"""Writing tables: csv, jsonl, parquet by ending, streamed, and never half a file under the wanted name."""

import contextlib
import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

from core.domain.errors import BadInput, Unavailable
from core.labeling.export_columns import Columns
from core.labeling.formulas import neutralise
from core.store.scratch import scratch

_GROUP_ROWS = 10_000
_GROUP_CHARACTERS = 16_000_000

Rows = Iterable[Mapping[str, Any]]


def check_target(path: Path) -> Path:
    """Where a file of this name will be; a link stays a link.

    Raises:
        BadInput: unknown ending, no such folder, no permission.
    """
    _check_ending(path.suffix.casefold(), path.name)
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise BadInput(f"{path} is a folder or a device; name a file to write to.")
    if not target.parent.is_dir():
        raise BadInput(f"The folder {path.parent} does not exist; create it or choose another. Nothing was written.")
    if target.exists() and not os.access(target, os.W_OK):
        raise BadInput(f"{path} is write-protected; choose another name. Nothing was overwritten.")
    return target


def write_table(path: Path, columns: Columns, rows: Rows) -> int:
    """Write rows to a file, in the format of its ending; the number of rows written.

    Everything goes to a temporary file beside the target first, so an existing file is replaced only by a complete one.

    Raises:
        BadInput: unknown ending, no such folder, no permission.
        Unavailable: the disk is full or fails.
    """
    target = check_target(path)
    ending = path.suffix.casefold()
    try:
        with scratch(target.parent) as folder:
            temporary = folder / target.name
            with temporary.open("xb") as file:
                written = write_stream(file, ending, columns, rows)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
        _sync_folder(target.parent)
    except PermissionError:
        raise BadInput(
            f"You have no permission to write in {path.parent}; choose another folder. Nothing was overwritten."
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable(
            f"{path} could not be written ({reason}); free some space or choose another disk. Nothing was overwritten."
        ) from error
    return written


def write_stream(file: BinaryIO, ending: str, columns: Columns, rows: Rows) -> int:
    """Write rows to an open binary file, which stays open, in the format of ``ending``; the number of rows written.

    csv is UTF-8 without a byte order mark, because programs read it first (Excel: Data > From Text, 65001); lines end
    in CRLF, because then Python's writer also quotes a lone CR. No value is an empty cell, flags are true and false.

    Raises:
        BadInput: unknown ending.
    """
    _check_ending(ending, f"A file ending in {ending!r}")
    return _WRITE[ending](file, columns, rows)


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    """A small table as csv, its columns those of the first row; nothing without a row.

    As ``write_stream`` writes it: no cell of it runs as a formula in a spreadsheet.
    """
    out = io.StringIO()
    if rows:
        _write_rows(out, list(rows[0]), rows)
    return out.getvalue()


def _check_ending(ending: str, shown: str) -> None:
    if ending not in _WRITE:
        raise BadInput(f"{shown} cannot be written: choose a name that ends in .csv, .jsonl or .parquet.")


def _write_csv(file: BinaryIO, columns: Columns, rows: Rows) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        return _write_rows(text, columns, rows)
    finally:
        text.detach()  # flushes, and leaves the file open


def _write_rows(text: TextIO, columns: Collection[str], rows: Rows) -> int:
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(neutralise, columns))
    written = 0
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
        written += 1
    return written


def _cell(value: object) -> object:
    if isinstance(value, str):
        return neutralise(value)
    return str(value).lower() if isinstance(value, bool) else value


def _write_jsonl(file: BinaryIO, columns: Columns, rows: Rows) -> int:
    written = 0
    for row in rows:
        line = json.dumps({name: row[name] for name in columns}, ensure_ascii=False)
        # Legal in JSON, but many programs (str.splitlines) would end the line there.
        for character in "\x85\u2028\u2029":
            line = line.replace(character, f"\\u{ord(character):04x}")
        file.write(line.encode("utf-8") + b"\n")
        written += 1
    return written


def _write_parquet(file: BinaryIO, columns: Columns, rows: Rows) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    written, characters = 0, 0
    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(file, schema) as writer:
        for row in rows:
            waiting.append({name: row[name] for name in columns})
            characters += sum(len(value) for value in row.values() if isinstance(value, str))
            if len(waiting) >= _GROUP_ROWS or characters >= _GROUP_CHARACTERS:
                writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
                written, characters, waiting = written + len(waiting), 0, []
        if waiting:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
    return written + len(waiting)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the file system can; the file is complete either way."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_WRITE: Final[Mapping[str, Callable[[BinaryIO, Columns, Rows], int]]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".ndjson": _write_jsonl,
    ".parquet": _write_parquet,
}
