"""Whatever cannot be read gets one sentence that says what to try."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from core.domain.errors import BadInput
from core.labeling.tables import open_table


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return target.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
@pytest.mark.parametrize(
    "data, says",
    [
        (zipped(), "Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"),
        (b"PAR1" + bytes(50), "a parquet file"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "compressed"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF"),
        ("a,b\n1,2\n".encode("utf-16-le"), "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(5000), "not a text file"),
        (b"", "is empty"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, ending, data, says):
    """A workbook, archive, picture or nothing at all under a text ending is told apart from a bad table."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=says):
        open_table(path)


@pytest.mark.parametrize("name", ["table.xlsx", "table.json", "table", "table.csv.gz"])
def test_unknown_endings_are_refused(tmp_path, name):
    """The ending decides, and the sentence lists those that work."""
    path = tmp_path / name
    path.write_text("a\n1\n")
    with pytest.raises(BadInput, match=r"does not end in \.csv, \.jsonl or \.parquet"):
        open_table(path)


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
