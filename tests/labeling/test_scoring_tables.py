"""Files of answers that are to be scored: columns, rows in their order, parts, and what is written beside them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain.errors import BadInput
from core.labeling.scoring.table import ADDED, AnswerTable, Asked, in_parts, result_row
from core.labeling.writing import write_table

NOTHING = dict.fromkeys(ADDED)


def table(tmp_path, name, data, **mapping):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return AnswerTable(path, mapping)


def asked(found):
    return [(row.question, row.answer) for row in found.rows()]


def test_columns_are_recognised_or_named(tmp_path):
    text = "Question,Model answer,Notes\nq,a,n\n"
    assert asked(table(tmp_path, "t.csv", text)) == [("q", "a")]
    assert asked(table(tmp_path, "t.csv", text, ai_response="notes")) == [("q", "n")]


def test_a_column_inside_a_column(tmp_path):
    line = json.dumps({"input": {"messages": [{"content": "q"}]}, "output": "a"})
    found = table(tmp_path, "t.jsonl", line, user_prompt="input.messages[-1].content")
    assert asked(found) == [("q", "a")]


@pytest.mark.parametrize(
    "header, mapping, words",
    [
        ("one,two", {}, "--map user_prompt=COLUMN; its columns are: one, two"),
        ("question,two", {}, "the answer"),
        ("question,answer", {"ai_response": "reply"}, "no column 'reply'"),
        ("question,answer", {"rating": "answer"}, "not 'rating'"),
        ("question,answer,score", {}, "a column 'score'"),
    ],
)
def test_what_is_missing_or_in_the_way_is_named(tmp_path, header, mapping, words):
    cells = ",".join("x" for _ in header.split(","))
    with pytest.raises(BadInput) as caught:
        table(tmp_path, "t.csv", f"{header}\n{cells}\n", **mapping)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "question,answer\n", "\n\n"])
def test_a_file_without_rows_is_refused(tmp_path, text):
    with pytest.raises(BadInput):
        table(tmp_path, "t.csv", text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings(tmp_path, encoding):
    found = table(tmp_path, "t.csv", "question;answer\nWo?;Größe über alles\n".encode(encoding))
    assert asked(found) == [("Wo?", "Größe über alles")]


def test_what_was_scored_before_can_be_scored_again(tmp_path):
    """A result has all of our columns: they are made anew, once."""
    found = table(tmp_path, "t.csv", "question,answer,score,certainty,model_version,reason\nq,a,0.5,,m,\n")
    assert list(found.survey().columns()) == ["question", "answer", *ADDED]


def test_a_row_that_cannot_be_read_keeps_its_place(tmp_path):
    found = table(tmp_path, "t.csv", "question,answer\nq1,a1\nq2,a2,too much\nq3,a3\n")
    first, bad, last = found.rows()
    assert (first.unreadable, last.answer) == (None, "a3")
    assert "3 cells" in bad.unreadable
    assert result_row(bad, NOTHING | {"reason": bad.unreadable}, found.survey().columns())["answer"] is None


def test_values_keep_their_types_where_a_column_has_one(tmp_path):
    """In parquet as in jsonl; of several types a column becomes text, and no value is lost."""
    path = tmp_path / "t.parquet"
    values = {
        "question": ["q", "q"],
        "answer": ["a", None],
        "whole": [1, 2],
        "broken": [0.5, float("nan")],
        "flag": [True, None],
        "nested": [{"a": ["1", "ü"]}, None],
        "huge": pa.array([2**64 - 1, 1], pa.uint64()),
    }
    pq.write_table(pa.table(values), path)
    found = AnswerTable(path, {})
    columns = found.survey().columns()
    rows = [result_row(row, NOTHING | {"score": 0.25, "model_version": "m"}, columns) for row in found.rows()]
    assert rows[0] | {"x": 1} == {
        "question": "q",
        "answer": "a",
        "whole": 1,
        "broken": 0.5,
        "flag": True,
        "nested": '{"a": ["1", "ü"]}',
        "huge": str(2**64 - 1),
        "score": 0.25,
        "certainty": None,
        "model_version": "m",
        "reason": None,
        "x": 1,
    }
    assert (rows[1]["broken"], rows[1]["flag"], rows[1]["nested"]) == (None, None, None)
    for name in ("out.parquet", "out.jsonl", "out.csv"):
        assert write_table(tmp_path / name, columns, rows) == 2
    kept = pq.read_table(tmp_path / "out.parquet")
    assert (kept.schema.field("whole").type, kept.schema.field("score").type) == (pa.int64(), pa.float64())


def test_columns_that_only_later_rows_have(tmp_path):
    """And a column of whole and broken numbers is one of numbers; half of a surrogate pair is marked."""
    lines = [{"question": "q", "answer": "a", "n": 1}] * 1_001
    lines += [{"question": "q", "answer": "a", "n": 1.5, "late": "\ud83d"}]
    found = table(tmp_path, "t.jsonl", "\n".join(map(json.dumps, lines)))
    columns = found.survey().columns()
    assert (columns["n"], columns["late"]) == (float, str)
    *_, last = (result_row(row, NOTHING, columns) for row in found.rows())
    assert last["late"] == "?"
    assert write_table(tmp_path / "out.parquet", columns, [last]) == 1


def test_neighbouring_answers_to_one_question_stay_in_one_part():
    """Up to twice the size; a part is as large as it may be, and nothing is lost or moved."""
    rows = [Asked(f"q{number // 3}", str(number), {}) for number in range(20)]
    found = list(in_parts(rows, most_rows=4, most_characters=1_000))
    assert [row for part in found for row in part] == rows
    assert [len(part) for part in found] == [6, 6, 6, 2]
    alike = [Asked("q", str(number), {}) for number in range(20)]
    assert [len(part) for part in in_parts(alike, most_rows=4, most_characters=1_000)] == [8, 8, 4]
    long = [Asked(str(number), "x" * 600, {}) for number in range(3)]
    assert [len(part) for part in in_parts(long, most_rows=4, most_characters=1_000)] == [1, 1, 1]
