"""Reading parquet in small batches."""

from collections.abc import Iterator
from pathlib import Path

from core.domain.errors import BadInput
from core.labeling.raw_rows import Row, Table

_BATCH_BYTES = 16 << 20
_BATCH_ROWS = 1000


def open_parquet(path: Path) -> Table:
    """Find the columns of a parquet file.

    Raises:
        BadInput: not parquet or damaged, no rows, or two columns of one name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = (pa.ArrowException, OSError, ValueError, OverflowError)  # pyarrow raises any of them for a damaged file
    unreadable = f"{path.name} is not a parquet file or is damaged; export it again, or as csv."
    try:
        with pq.ParquetFile(path) as file:
            about, columns = file.metadata, list(file.schema_arrow.names)
    except broken as error:
        raise BadInput(unreadable) from error
    repeated = next((name for name in columns if columns.count(name) > 1), None)
    if repeated is not None:
        raise BadInput(f"{path.name} has more than one column {repeated!r}; rename or remove all but one of them.")
    if not about.num_rows:
        raise BadInput(f"{path.name} has columns but no rows; export it again where it came from.")
    size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    batch = max(1, min(_BATCH_ROWS, _BATCH_BYTES * about.num_rows // max(size, 1)))

    def rows() -> Iterator[Row]:
        number = 0
        try:
            # A buffer and no read-ahead: a row group can be as large as the file.
            with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
                for part in file.iter_batches(batch_size=batch, use_threads=False):
                    for values in part.to_pylist():
                        number += 1
                        yield Row(number, values)
        except broken as error:
            raise BadInput(f"{path.name} is damaged after row {number}; export it again, or as csv.") from error

    return Table(columns, rows)
