"""Reading parquet in small batches: what a few bytes unpack to is known before it is unpacked."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.compressed import open_seekable
from core.labeling.limits import MAX_ROW, check_columns
from core.labeling.raw_rows import Row, Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAX_PACKED, MAX_RATIO = 256 << 20, 200
"""Bytes of one column in one row group above which it may not be more than so many times as large as it is stored."""

_BATCH_BYTES = 16 << 20
_BATCH_ROWS = 1000


def open_parquet(path: Path) -> Table:
    """Find the columns of a parquet file.

    Raises:
        BadInput: not parquet or damaged, no rows, two columns of one name, or more in it than can be unpacked.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = (pa.ArrowException, OSError, ValueError, OverflowError)  # pyarrow raises any of them for a damaged file
    unreadable = f"{path.name} is not a parquet file or is damaged; export it again, or as csv."
    try:
        with open_seekable(path) as source, pq.ParquetFile(source) as file:
            about, columns = file.metadata, list(file.schema_arrow.names)
    except broken as error:
        raise BadInput(unreadable) from error
    check_columns(path.name, columns)
    if not about.num_rows:
        raise BadInput(f"{path.name} has columns but no rows; export it again where it came from.")
    _check_sizes(path, about)
    texts = _kept_as_references(about)

    def rows() -> Iterator[Row | Rejected]:
        number = 0
        try:
            # A buffer and no read-ahead: a row group can be as large as the file.
            with (
                open_seekable(path) as source,
                pq.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False, read_dictionary=texts) as file,
            ):
                for group in range(about.num_row_groups):
                    size = _batch_rows(about.row_group(group))
                    for part in file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                        for values in _unpacked(part):
                            number += 1
                            if values is None:
                                yield Rejected(number, f"the row is larger than {MAX_ROW / 1e6:.0f} MB")
                            else:
                                yield Row(number, values)
        except broken as error:
            raise BadInput(f"{path.name} is damaged after row {number}; export it again, or as csv.") from error

    return Table(columns, rows, kind="parquet")


def _check_sizes(path: Path, about: "pq.FileMetaData") -> None:
    for group in _groups(about):
        for column in group:
            unpacked, stored = column.total_uncompressed_size, column.total_compressed_size
            if unpacked > MAX_PACKED and unpacked > MAX_RATIO * stored:
                raise BadInput(
                    f"The column {column.path_in_schema[:60]!r} of {path.name} unpacks from {stored / 1e6:.1f} MB to "
                    f"{unpacked / 1e6:,.0f} MB, so it is not read. Nothing was imported. Leave this column out, or "
                    "export the table as csv."
                )


def _kept_as_references(about: "pq.FileMetaData") -> list[str]:
    """The columns of texts to be read as references into their dictionary.

    Written out, 3,000 references to one text of 4 MB are 12 GB.
    """
    texts = [about.schema.column(place) for place in range(len(about.schema))]
    differences = {column.path_in_schema for group in _groups(about) for column in group if _is_delta(column)}
    return [text.path for text in texts if text.physical_type == "BYTE_ARRAY" and text.path not in differences]


def _groups(about: "pq.FileMetaData") -> Iterator[list["pq.ColumnChunkMetaData"]]:
    for group in map(about.row_group, range(about.num_row_groups)):
        yield [group.column(place) for place in range(group.num_columns)]


def _is_delta(column: "pq.ColumnChunkMetaData") -> bool:
    return any(encoding.startswith("DELTA") and encoding.endswith("BYTE_ARRAY") for encoding in column.encodings)


def _batch_rows(group: "pq.RowGroupMetaData") -> int:
    """How many rows of a group are unpacked at once."""
    if any(_is_delta(group.column(place)) for place in range(group.num_columns)):
        return 1  # each text can repeat the whole one before it, and nothing tells
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES * int(group.num_rows) // max(int(group.total_byte_size), 1)))


def _unpacked(part: "pa.RecordBatch") -> Iterator[dict[str, object] | None]:
    """The rows of a batch as Python values, few at a time where they are large; None for one that is too large."""
    if part.num_rows == 1 and _size(part) > MAX_ROW:
        yield None
    elif part.num_rows == 1 or _size(part) <= _BATCH_BYTES:
        yield from part.to_pylist()
    else:
        half = part.num_rows // 2
        yield from _unpacked(part.slice(0, half))
        yield from _unpacked(part.slice(half))


def _size(part: "pa.RecordBatch") -> int:
    return sum(_bytes(column) for column in part.columns)


def _bytes(values: "pa.Array") -> int:
    """What a column takes with every text written out, as often as it is referred to."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(values.dictionary).cast(pa.int64())
        return int(pc.sum(lengths.take(values.indices)).as_py() or 0) + 8 * len(values)
    if pa.types.is_struct(kind):
        return sum(_bytes(part) for part in values.flatten()) + 8 * len(values)
    if pa.types.is_map(kind):
        begin, end = values.offsets[0].as_py(), values.offsets[-1].as_py()
        return sum(_bytes(part.slice(begin, end - begin)) for part in (values.keys, values.items))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _bytes(values.flatten()) + 8 * len(values)
    return int(values.nbytes) + 8 * len(values)
