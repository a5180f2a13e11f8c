"""jsonl: lines that are no objects are rows with a reason, never a stop."""

import json

import pytest

from core.domain.errors import BadInput
from core.labeling.tables import Rejected, Row, open_table


@pytest.fixture
def read(tmp_path):
    """Writes bytes to a jsonl file and reads it back: columns and all rows."""

    def write_and_read(data: bytes, name: str = "answers.jsonl"):
        path = tmp_path / name
        path.write_bytes(data)
        table = open_table(path)
        return table.columns, list(table.rows())

    return write_and_read


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "A.JSONL"])
def test_values_of_every_kind_are_kept(read, name):
    """Texts, numbers, nulls and nested values arrive as they are; columns are those of all rows."""
    first, second = {"a": "x", "b": 1.5, "c": None}, {"a": "y", "d": {"e": [True]}}
    columns, rows = read(f"{json.dumps(first)}\r\n\n{json.dumps(second)}".encode(), name)
    assert columns == ["a", "b", "c", "d"]
    assert rows == [Row(1, first, place=1), Row(2, second, place=3)]


def test_a_broken_line_is_rejected_and_reading_goes_on(read):
    """Broken, non-object and absurdly nested lines are refused one by one; blank lines do not count."""
    deep = b"[" * 100_000
    _, rows = read(b'{"a": 1}\n{"a": \n\n  \n42\n' + deep + b'\n["x"]\n{"a": 2}\n')
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.reason for row in rows if isinstance(row, Rejected)] == [
        "the line is not valid JSON",
        "is not a JSON object ({...})",
        "the line is not valid JSON",
        "is not a JSON object ({...})",
    ]
    assert rows[-1] == Row(6, {"a": 2}, place=8)


def test_other_line_separators_do_not_end_a_line(read):
    """U+2028 and U+0085 are part of the text, as JSON has it."""
    _, rows = read('{"a": "one\u2028two\x85three"}\n'.encode())
    assert rows == [Row(1, {"a": "one\u2028two\x85three"}, 1)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_other_than_utf_8_are_read(read, encoding):
    """Windows programs write jsonl with marks and in their own encodings."""
    _, rows = read('{"a": "müde"}\n'.encode(encoding))
    assert rows == [Row(1, {"a": "müde"}, 1)]


def test_one_json_list_is_read_as_its_items(read):
    """A list of objects under the wrong ending is what was meant."""
    columns, rows = read(b'\n[\n {"a": 1},\n 7,\n {"b": 2}\n]\n')
    assert columns == ["a", "b"]
    assert rows == [Row(1, {"a": 1}), Rejected(2, "is not a JSON object ({...})"), Row(3, {"b": 2})]


def test_lines_may_begin_with_a_list(read):
    """A first line that is a list does not make the file one list."""
    _, rows = read(b'[1]\n{"a": 1}\n')
    assert [type(row) for row in rows] == [Rejected, Row]


@pytest.mark.parametrize("data", [b"hello\nworld\n", b"1\n2\n", b'{\n "a": 1\n}\n', b"\n\n", b"{}\n"])
def test_a_file_without_objects_is_refused(read, data):
    """Where no line has a column there is nothing to understand."""
    with pytest.raises(BadInput, match=r"No line of answers\.jsonl is a JSON object"):
        read(data)


def test_columns_come_from_the_first_thousand_rows(read):
    """Opening a large file does not read all of it for its columns, while later keys still arrive."""
    columns, rows = read(b'{"a": 1}\n' * 1000 + b'{"late": 2}\n')
    assert columns == ["a"]
    assert rows[-1] == Row(1001, {"late": 2}, 1001)
