"""JSON lists, and objects with a list in them: streamed, with the same values that json.loads gives."""

import json

import pytest

from core.domain.errors import BadInput
from core.labeling.tables import Rejected, Row, open_table

ROWS = [
    {"a": "müde\u2028", "n": 4, "big": 2**70, "f": 0.1, "e": 1e5, "none": None},
    {"a": "x", "l": [{"k": [1.5, True]}], "d": {"e": 2.0}},
]


@pytest.fixture
def write(tmp_path):
    """Writes a text to a file and opens it."""

    def write_and_open(text: str, name: str = "t.json", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return open_table(path)

    return write_and_open


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.txt"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_item_by_item(write, name, indent):
    """On one line or on many, under every ending; values are those that json.loads gives, of the same types."""
    table = write(json.dumps(ROWS, indent=indent), name)
    assert table.kind == "JSON list"
    assert table.columns == ["a", "n", "big", "f", "e", "none", "l", "d"]
    found = list(table.rows())
    assert found == [Row(1, ROWS[0]), Row(2, ROWS[1])]
    assert json.dumps([row.values for row in found]) == json.dumps(ROWS)


@pytest.mark.parametrize("indent", [None, 2])
def test_an_object_with_one_list_of_objects_is_that_list(write, indent):
    """What stands beside it does not matter, nor do lists of other things."""
    whole = {"version": 1, "names": ["x", "y"], "meta": {"rows": [{"no": 1}]}, "data": ROWS, "next": None}
    table = write(json.dumps(whole, indent=indent))
    assert table.kind == "JSON object with the list 'data'"
    assert [row.values for row in table.rows()] == ROWS


def test_of_several_lists_none_is_guessed(write):
    """The sentence names them."""
    with pytest.raises(BadInput, match="holds several lists: 'prompts', 'answers'"):
        write(json.dumps({"prompts": [{"a": 1}], "answers": [{"a": 1}]}, indent=1))


def test_the_messages_of_one_conversation_are_no_table(write):
    """One object per line stays so, also in a file of one line, and also where it is called .json."""
    one = {"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]}
    for name in ("t.json", "t.jsonl"):
        assert list(write(json.dumps(one), name).rows()) == [Row(1, one, place=1)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_other_than_utf_8_are_read(write, encoding):
    """Windows programs write JSON with marks and in their own encodings."""
    table = write('[{"a": "müde"},\n{"a": "x"}]', encoding=encoding)
    assert [row.values["a"] for row in table.rows()] == ["müde", "x"]


def test_lines_under_the_ending_json_are_lines(write):
    """Many programs call them so."""
    assert list(write('{"a": 1}\n\n{"a": 2}\n').rows()) == [Row(1, {"a": 1}, 1), Row(2, {"a": 2}, 3)]


def test_what_is_no_object_is_rejected_and_the_next_is_read(write):
    """Texts, lists and too many values are their row's problem only."""
    items = [{"a": 1}, "x", [1], {"a": [0] * 100_001}, {"a": 2}]
    assert list(write(json.dumps(items)).rows()) == [
        Row(1, {"a": 1}),
        Rejected(2, "is not a JSON object ({...})"),
        Rejected(3, "is not a JSON object ({...})"),
        Rejected(4, "holds more than 100,000 values"),
        Row(5, {"a": 2}),
    ]


@pytest.mark.parametrize("text", ['[\n{"a": 1},\n{"a": 2}\n', '[\n{"a": 1},\n{"a": 2},\n{"a": oops}\n]'])
def test_a_list_that_breaks_off_says_after_which_row(write, text):
    """What came before was read; nobody takes it for the whole."""
    with pytest.raises(BadInput, match=r"t\.json is not valid JSON after row 2"):
        list(write(text).rows())


def test_an_object_that_breaks_off_is_not_read(write):
    """Whether it has a second list is known only at its end."""
    with pytest.raises(BadInput, match="not valid JSON, or it ends too early"):
        write('{\n"data": [\n{"a": 1},\n{"a": 2}')


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '{"a": {"b": 1}, "c": 2', "[", "{", "hello", "[[1]]", '{"a":\n{}}'])
def test_a_file_without_objects_is_refused(write, text):
    """In a sentence that says what could be read."""
    with pytest.raises(BadInput, match="JSON object"):
        write(text)


def test_one_row_without_end_is_not_taken_into_memory(write, monkeypatch):
    """By its length and by its values, however short these are written."""
    monkeypatch.setattr("core.labeling.read_json.MAX_ROW", 100_000)
    with pytest.raises(BadInput, match=r"Row 2 of t\.json is longer than 100,000 characters"):
        list(write('[\n{"a": "x"},\n{"a": "' + "y" * 2_500_000 + '"}]').rows())
    monkeypatch.setattr("core.labeling.read_json.MAX_MARKS", 1000)
    with pytest.raises(BadInput, match="holds too many values"):
        list(write("[\n" + ",".join(['{"a": [' + "1," * 90_000 + "1]}"] * 3) + "]").rows())


def test_absurd_nesting_is_one_rejected_row(write):
    """Deeper than that, the file is read no further, because finding its end would take ever longer."""
    table = write('[\n{"a": 1},\n{"a": ' + "[" * 2000 + "]" * 2000 + '},\n{"a": 2}]')
    assert list(table.rows())[1:] == [Rejected(2, "is nested too deep"), Row(3, {"a": 2})]
    with pytest.raises(BadInput, match="nested too deep"):
        write('[\n{"a": 1},\n{"a": ' + "[" * 50_000 + "]" * 50_000 + '},\n{"a": 2}]')
