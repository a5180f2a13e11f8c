"""parquet: plain values row by row, damaged files as sentences."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain.errors import BadInput
from core.labeling.tables import Row, open_table


def test_values_of_every_kind_are_kept(tmp_path):
    """Texts, numbers, nulls, nested values and dates arrive as Python values, numbered from 1 across row groups."""
    rows: list[dict[str, object]] = [
        {"a": "x", "n": 1, "f": None, "l": [{"k": "v"}], "d": dt.date(2026, 1, 2)},
        {"a": None, "n": 2, "f": 0.5, "l": [], "d": None},
    ] * 3
    path = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    table = open_table(path)
    assert table.columns == ["a", "n", "f", "l", "d"]
    assert list(table.rows()) == [Row(number, row) for number, row in enumerate(rows, 1)]


def test_large_rows_come_in_small_batches(tmp_path, monkeypatch):
    """The batch follows the size of the rows, so that long texts do not fill the memory."""
    monkeypatch.setattr("core.labeling.read_parquet._BATCH_BYTES", 5000)
    path = tmp_path / "t.parquet"
    pq.write_table(
        pa.table({"a": [f"{number:01000d}" for number in range(20)]}), path, compression="none", use_dictionary=False
    )
    assert list(open_table(path).rows()) == [Row(number + 1, {"a": f"{number:01000d}"}) for number in range(20)]


def test_a_file_that_is_no_parquet_gets_a_sentence(tmp_path):
    """Text under the ending parquet is refused with advice."""
    path = tmp_path / "t.parquet"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="not a parquet file or is damaged"):
        open_table(path)


def test_a_damaged_file_gets_a_sentence_while_reading(tmp_path):
    """Damage in the data, behind an intact footer, stops with the number of rows that were read."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [str(number) * 50 for number in range(2000)]}), path, use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[4:2000] = b"\xff" * 1996
    path.write_bytes(data)
    table = open_table(path)
    with pytest.raises(BadInput, match=r"t\.parquet is damaged after row 0"):
        list(table.rows())


def test_columns_without_rows_and_double_columns_are_refused(tmp_path):
    """No rows and ambiguous names each get their sentence."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), path)
    with pytest.raises(BadInput, match="no rows"):
        open_table(path)
    pq.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"]), path)
    with pytest.raises(BadInput, match="more than one column 'a'"):
        open_table(path)
