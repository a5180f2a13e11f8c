"""Writing tables: complete or not at all, safe in spreadsheets, the same in every format."""

import csv
import errno
import io
import json
import os
import stat

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.errors import BadInput, Unavailable
from core.labeling.export_columns import EXPORTS, GOLD, KTO
from core.labeling.formulas import neutralise, restore
from core.labeling.writing import write_stream, write_table

ROWS = [
    {
        "prompt": 'Früh, "müde"',
        "completion": "a\rb\r\nc\u2028d\x85e",
        "label": True,
        "turns": '[{"role": "user", "text": "=a"}]',
    },
    {"prompt": "=1+1", "completion": "", "label": False, "turns": ""},
]
GOLD_ROW = dict.fromkeys(GOLD) | {
    "interaction_id": 7,
    "user_prompt": "p",
    "ai_response": "a",
    "rating": 4.0,
    "n_raters": 2,
}


def test_csv_as_programs_and_spreadsheets_read_it(tmp_path):
    """UTF-8 without mark, CRLF, a lone CR quoted, formulas with an apostrophe, flags in small letters."""
    path = tmp_path / "t.csv"
    assert write_table(path, KTO, ROWS) == 2
    assert path.read_bytes() == (
        'prompt,completion,label,turns\r\n"Früh, ""müde""","a\rb\r\nc\u2028d\x85e",true,'
        '"[{""role"": ""user"", ""text"": ""=a""}]"\r\n\'=1+1,,false,\r\n'.encode()
    )
    assert pd.read_csv(path)["label"].dtype == bool


def test_numbers_stay_numbers_in_csv(tmp_path):
    """Numbers are never made text, the consensus is always a float, and nothing is an empty cell."""
    path = tmp_path / "t.csv"
    write_table(path, GOLD, [GOLD_ROW | {"agreement": 2 / 3}, GOLD_ROW | {"rating": -3.5}])
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["7", "p", "a", "", "", "4.0", "2", "0.6666666666666666", ""]
    assert rows[2][5:] == ["-3.5", "2", "", ""]


def test_jsonl_survives_every_way_of_splitting_lines(tmp_path):
    """Characters that some programs take for line ends are escaped, umlauts stay readable."""
    path = tmp_path / "t.jsonl"
    assert write_table(path, KTO, ROWS) == 2
    text = path.read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == ROWS
    assert "Früh" in text


def test_parquet_has_typed_columns(tmp_path):
    """The types are those of the contract even where a column holds nothing."""
    path = tmp_path / "t.parquet"
    assert write_table(path, GOLD, [GOLD_ROW]) == 1
    table = pq.read_table(path)
    assert [str(kind) for kind in table.schema.types] == [
        "int64",
        "string",
        "string",
        "string",
        "string",
        "double",
        "int64",
        "double",
        "string",
    ]
    assert table.to_pylist() == [GOLD_ROW]


def test_parquet_is_written_in_row_groups(tmp_path, monkeypatch):
    """Groups are closed by rows or by the size of their texts, and every row is counted once."""
    monkeypatch.setattr("core.labeling.writing._GROUP_ROWS", 3)
    monkeypatch.setattr("core.labeling.writing._GROUP_CHARACTERS", 100)
    path = tmp_path / "t.parquet"
    rows = [
        {"prompt": "x" * (200 if number == 4 else 1), "completion": "y", "label": True, "turns": ""}
        for number in range(7)
    ]
    assert write_table(path, KTO, rows) == 7
    about = pq.ParquetFile(path).metadata
    assert [about.row_group(group).num_rows for group in range(about.num_row_groups)] == [3, 2, 2]
    assert pq.read_table(path).to_pylist() == rows


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_no_rows_make_a_valid_file(tmp_path, kind, ending):
    """An export of nothing is an empty table, not an error."""
    path = tmp_path / f"t{ending}"
    assert write_table(path, EXPORTS[kind], []) == 0
    if ending == ".csv":
        assert path.read_text().strip().split(",") == list(EXPORTS[kind])
    elif ending == ".jsonl":
        assert path.read_bytes() == b""
    else:
        assert pq.read_table(path).column_names == list(EXPORTS[kind])


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_stream_gets_the_same_bytes_and_stays_open(tmp_path, ending):
    """What a download button serves is what the file holds."""
    path = tmp_path / f"t{ending}"
    write_table(path, KTO, ROWS)
    stream = io.BytesIO()
    assert write_stream(stream, ending, KTO, ROWS) == 2
    assert not stream.closed
    assert stream.getvalue() == path.read_bytes()


def failing_rows():
    yield ROWS[0]
    raise RuntimeError("the database went away")


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_rows_that_break_off_leave_the_old_file(tmp_path, ending):
    """An error in the middle goes on to the caller, and nothing is replaced or left behind."""
    path = tmp_path / f"t{ending}"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="the database went away"):
        write_table(path, KTO, failing_rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    """The sentence gives the reason and says that nothing was overwritten, and that is so."""
    path = tmp_path / "t.csv"
    path.write_text("old")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match=r"No space left on device.*Nothing was overwritten\."):
        write_table(path, KTO, ROWS)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_rights_leave_the_old_file(tmp_path, monkeypatch):
    """No right to write in the folder is told as such (faked, since root may write everywhere)."""
    path = tmp_path / "t.csv"

    def refuse(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(BadInput, match="no permission to write"):
        write_table(path, KTO, ROWS)


def test_a_write_protected_file_is_not_replaced(tmp_path, monkeypatch):
    """Renaming over a protected file would work; the protection is respected all the same."""
    path = tmp_path / "t.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(BadInput, match="write-protected"):
        write_table(path, KTO, ROWS)
    assert path.read_text() == "old"


def test_targets_that_make_no_sense_are_refused(tmp_path):
    """Unknown ending, a missing folder and a folder as target each get their sentence."""
    (tmp_path / "folder.csv").mkdir()
    for name, says in [("t.xlsx", "ends in .csv"), ("no/t.csv", "does not exist"), ("folder.csv", "is a folder")]:
        with pytest.raises(BadInput, match=says):
            write_table(tmp_path / name, KTO, ROWS)
    with pytest.raises(BadInput, match=r"ends in \.csv"):
        write_stream(io.BytesIO(), ".xlsx", KTO, ROWS)


def test_a_link_stays_a_link_and_rights_stay(tmp_path):
    """The file behind a link is replaced, with the access rights it had."""
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    write_table(link, KTO, ROWS)
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"prompt,")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text, cell",
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'x", "'x"),
        ("x=1", "x=1"),
        ("  x", "  x"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised(text, cell):
    """What a spreadsheet would calculate gets an apostrophe, everything else is left alone."""
    assert neutralise(text) == cell
    assert restore(cell) == text


@given(st.text(st.sampled_from(" '=+-@\t\r\nx"), max_size=6))
@example("''=")
def test_neutralising_is_undone_exactly(text):
    """For every text the way back leads to itself, and no cell is left that a spreadsheet would run."""
    assert restore(neutralise(text)) == text
    assert neutralise(text).strip()[:1] not in tuple("=+-@")
