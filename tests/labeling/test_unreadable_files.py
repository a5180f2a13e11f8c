"""Whatever cannot be read gets one sentence that says what to try."""

import gzip
import io
import json
import random
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling import limits
from core.labeling.tables import open_table


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("table.csv", "a,b")
    return target.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".xlsx"])
@pytest.mark.parametrize(
    "data, says",
    [
        (zipped(), "is a zip archive and no Excel workbook"),
        (b"PK\x03\x04" + bytes(600), "not an Excel workbook .* or is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel .* protected by a password"),
        (b"PAR1" + bytes(50), "not a parquet file or is damaged"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n", mtime=0), mtime=0), "compressed twice"),
        (gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-30], "damaged or not all there"),
        (b"BZh91AY", "bzip2"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(5000), "not a text file"),
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, ending, data, says):
    """An archive, picture or nothing at all under a text ending is told apart from a bad table."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=says):
        open_table(path)


@pytest.mark.parametrize("name", ["table.xls", "table.docx", "table", "table.gz", "table.csv.zip"])
def test_unknown_endings_are_refused(tmp_path, name):
    """The ending decides, and the sentence lists those that work."""
    path = tmp_path / name
    path.write_text("a\n1\n")
    with pytest.raises(BadInput, match=r"does not end in \.csv, .* or \.parquet \(each also with \.gz\)"):
        open_table(path)


def test_a_text_file_that_is_called_a_workbook_gets_a_sentence(tmp_path):
    """Web sites export text under Excel's ending."""
    path = tmp_path / "table.xlsx"
    path.write_text("a\n1\n")
    with pytest.raises(BadInput, match="is a text file and no Excel workbook"):
        open_table(path)


def test_a_sheet_of_something_without_sheets_gets_a_sentence(tmp_path):
    """A sheet that was asked for is never silently passed over."""
    path = tmp_path / "table.csv"
    path.write_text("a\n1\n")
    with pytest.raises(BadInput, match="no Excel workbook, so it has no sheet 'Second'"):
        open_table(path, "Second")


def test_the_content_decides_where_the_ending_lies(tmp_path):
    """A workbook, parquet, JSON or compressed table is read whatever it is called."""
    book = tmp_path / "book.csv"
    workbook = openpyxl.Workbook()
    for row in ("a", "b"), ("1", "2"):
        workbook.active.append(row)
    workbook.save(book)
    pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), tmp_path / "parquet.json")
    (tmp_path / "lines.csv").write_text('{"a": "1", "b": "2"}\n' * 2)
    (tmp_path / "list.txt").write_text('[\n{"a": "1", "b": "2"}\n]')
    (tmp_path / "packed.csv").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    for path in tmp_path.iterdir():
        assert next(open_table(path).rows()).values == {"a": "1", "b": "2"}, path.name
    assert len(list(tmp_path.iterdir())) == 5


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    """The two mistakes that people make with paths get different sentences."""
    with pytest.raises(BadInput, match="There is no file"):
        open_table(tmp_path / "nothing.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        open_table(tmp_path / "folder.csv")


@pytest.mark.parametrize(
    "error, says",
    [
        (PermissionError(13, "Permission denied"), "no permission to read"),
        (OSError(5, "Input/output error"), "Input/output"),
    ],
)
def test_a_file_that_cannot_be_opened_gets_a_sentence(tmp_path, monkeypatch, error, says):
    """Missing rights and a failing disk are told without a traceback (root may read everything, so they are faked)."""
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")

    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(BadInput, match=says):
        open_table(path)


def test_a_file_that_changes_meanwhile_gets_a_sentence(tmp_path):
    """What was UTF-8 when it was opened and is not when it is read is not guessed at."""
    path = tmp_path / "t.csv"
    path.write_text("a\nü\n", encoding="utf-8")
    table = open_table(path)
    path.write_bytes(b"a\n\xfc\n")
    with pytest.raises(BadInput, match="changed while it was being read"):
        list(table.rows())


def test_more_columns_than_anybody_needs_are_refused(tmp_path):
    """In a sentence that says what to do, before any row is read; of jsonl it is the row's problem only."""
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{number}" for number in range(limits.MAX_COLUMNS + 1)) + "\n1\n")
    with pytest.raises(BadInput, match=r"1,001 columns; at most 1,000 .* Keep the columns"):
        open_table(wide)
    wide.write_text("a," + "b" * (limits.MAX_NAME + 1) + "\n1,2\n")
    with pytest.raises(BadInput, match="name is longer than 500 characters"):
        open_table(wide)
    lines = tmp_path / "wide.jsonl"
    keys = {f"k{number}": 1 for number in range(limits.MAX_COLUMNS + 1)}
    lines.write_text("\n".join(map(json.dumps, ({"a": 1}, keys, {"b" * 501: 1}, {"a": [0] * 100_001}, {"a": 2}))))
    reasons = [row.reason if isinstance(row, Rejected) else row.values for row in open_table(lines).rows()]
    assert reasons == [
        {"a": 1},
        "has 1,001 keys; at most 1,000 can be read",
        "has a key longer than 500 characters",
        "the line holds more than 100,000 values",
        {"a": 2},
    ]


def test_a_row_of_any_length_costs_no_more_than_itself(tmp_path, monkeypatch):
    """A line, or a row of several lines, beyond the limit is one rejected row, and the next one is read."""
    monkeypatch.setattr("core.labeling.read_csv.MAX_ROW", 100)
    monkeypatch.setattr("core.labeling.read_jsonl.MAX_ROW", 100)
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n" + "x" * 500 + "\n3,4\n" + '"' + "y\n" * 60 + '",5\n6,7\n')
    found = list(open_table(path).rows())
    assert [row.values["a"] for row in found if not isinstance(row, Rejected)][:2] == ["1", "3"]
    assert "the row at line 3 is longer than 100 characters" in found[1].reason
    lines = path.with_suffix(".jsonl")
    lines.write_text('{"a": 1}\n' + '{"a": "' + "x" * 500 + '"}\n{"a": 2}\n')
    assert [getattr(row, "reason", None) for row in open_table(lines).rows()] == [
        None,
        "the line is longer than 100 characters",
        None,
    ]


@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False}, {"use_dictionary": False, "column_encoding": {"a": "DELTA_BYTE_ARRAY"}}]
)
def test_parquet_values_are_the_same_however_they_are_stored(tmp_path, options):
    """Texts kept as references, plain ones and differences; nested, missing and large ones."""
    rows = [
        {"a": "x", "l": ["y", None], "s": {"t": "z"}},
        {"a": None, "l": None, "s": None},
        {"a": "x" * 9, "l": [], "s": {"t": None}},
    ]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, **options)
    assert [row.values for row in open_table(path).rows()] == rows


def test_a_parquet_row_that_unpacks_to_too_much_is_rejected(tmp_path):
    """A list of references to one text: counted before it is written out, and the other rows are read."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int32()), pa.array(["a" * 1_000_000]))
    lists = pa.ListArray.from_arrays(pa.array([0, 1, 100], pa.int32()), texts)
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": lists}), path)
    first, second = open_table(path).rows()
    assert len(first.values["a"][0]) == 1_000_000
    assert second == Rejected(2, "the row is larger than 32 MB")
