"""gzip'd files: read like what is in them, and never to more than their size explains."""

import gzip
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain.errors import BadInput
from core.labeling.tables import ENDINGS, open_table


def write(path, ending):
    """One row, 1 and 2, under a and b."""
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        for row in ("a", "b"), ("1", "2"):
            book.active.append(row)
        book.save(path)
    elif ending == ".parquet":
        pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), path)
    elif "json" in ending:
        path.write_text(json.dumps({"a": "1", "b": "2"}) + "\n")
    else:
        path.write_text("a\tb\n1\t2\n")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_is_read_plain_and_compressed(tmp_path, ending):
    """The same rows, and as often as they are asked for."""
    plain, packed = tmp_path / f"t{ending}", tmp_path / f"T{ending.upper()}.GZ"
    write(plain, ending)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    first, second = open_table(plain), open_table(packed)
    assert list(first.rows()) == list(second.rows()) == list(second.rows())
    assert [row.values for row in second.rows()] == [{"a": "1", "b": "2"}]
    assert first.kind == second.kind


def test_a_file_that_swells_is_read_no_further(tmp_path, monkeypatch):
    """A few kilobytes that unpack to gigabytes of one letter hold up nobody."""
    monkeypatch.setattr("core.labeling.compressed.MAX_FREE", 1_000_000)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"x,y\n" * 2_000_000))
    with pytest.raises(BadInput, match=r"unpacks to more than .* MB, far more than its size explains"):
        open_table(path)


def test_a_large_file_that_must_be_held_whole_gets_a_sentence(tmp_path, monkeypatch):
    """Readers that jump in the file need all of it."""
    monkeypatch.setattr("core.labeling.compressed.MAX_WHOLE", 100)
    path = tmp_path / "t.parquet.gz"
    write(tmp_path / "t.parquet", ".parquet")
    path.write_bytes(gzip.compress((tmp_path / "t.parquet").read_bytes()))
    with pytest.raises(BadInput, match="unpack it first"):
        open_table(path)
