"""Columns of an LLM judge: which they are, and what may stand in them."""

import pytest

from core.domain.errors import BadInput
from core.domain.judges.columns import judge_of, judges_in, read_choice, read_score
from core.domain.judges.scores import Place
from core.domain.records import ImportComparison, Rejected
from core.labeling.column_names import suggest_mapping
from core.labeling.export_columns import RATINGS, is_ours
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.store.erasure.copies import QUOTED
from tests.labeling.test_rows import one, read, table_of


@pytest.mark.parametrize(
    "column, judge",
    [
        ("judge:gpt-4o", "gpt-4o"),
        (" Judge: GPT 4 ", "GPT 4"),
        ("JUDGE:=1+1", "=1+1"),
        ("judge:a:b/c “ü” 评", "a:b/c “ü” 评"),
        ("judge:" + "x" * 100, "x" * 100),
        ("judge", None),
        ("the judge:x", None),
        ("judges:x", None),
    ],
)
def test_a_column_names_a_judge(column, judge):
    """By what it begins with; the rest is the name as it is."""
    assert judge_of(column) == judge


@pytest.mark.parametrize("column", ["judge:", "judge:  ", "judge:" + "x" * 101, "judge:a\nb", "judge:\x00"])
def test_a_column_that_names_none_is_refused_before_anything_is_read(column):
    """So that nobody takes scores for imported that are not."""
    with pytest.raises(BadInput, match="Nothing was imported"):
        understand(table_of({"user_prompt": "p", "ai_response": "a", column: "1"}), HowToRead())


def test_two_columns_of_one_judge_are_refused():
    """Which of them counts nobody could say."""
    with pytest.raises(BadInput, match="two columns hold scores of the judge 'x'"):
        judges_in(["judge:x", "Judge: x"])
    with pytest.raises(BadInput, match="two columns"):
        understand(table_of({"user_prompt": "p", "ai_response": "a", "judge:x": 1, "JUDGE:x": 2}), HowToRead())


@pytest.mark.parametrize(
    "cell, score",
    [("7", 7.0), (" 0.25 ", 0.25), (-3, -3.0), ("1e3", 1000.0), ("-0", 0.0), ("", None), (None, None), ("NaN", None)],
)
def test_a_score_is_a_number_of_any_scale(cell, score):
    """Empty is none."""
    assert read_score(cell, "judge:x") == score


@pytest.mark.parametrize(
    "cell",
    ["good", "1e999", "-inf", "4/5", "1_000", True, [1], {"a": 1}, "5 of 10", pytest.param(10**5000, id="digits")],
)
def test_what_is_no_number_is_said(cell):
    """With the column, and what stands there."""
    with pytest.raises(BadInput, match="in judge:x is no number"):
        read_score(cell, "judge:x")


@pytest.mark.parametrize(
    "cell, place",
    [("a", Place.FIRST), ("B ", Place.SECOND), (1, Place.FIRST), (2.0, Place.SECOND), ("Tie", Place.TIE), ("", None)],
)
def test_a_choice_names_a_place(cell, place):
    """By letter or number."""
    assert read_choice(cell, "judge:x") == place


def test_a_row_has_scores_of_several_judges():
    """They are no metadata; an empty one is none."""
    row = one(rating="4", **{"judge:x": "0.5", "judge:y": "9", "judge:z": "", "note": "n"})
    assert row.scores == (("x", 0.5), ("y", 9.0))
    assert (row.metadata, row.left_out, row.rating) == ({"note": "n"}, None, 4)


def test_a_cell_that_is_no_number_leaves_the_answer_and_its_rating():
    """It is left out with its reason, stays in the metadata, and does not hide that the rating cannot be read."""
    row = one(rating="4", **{"judge:x": "great", "judge:y": "1"})
    assert (row.rating, row.scores) == (4, (("y", 1.0),))
    assert row.left_out == "'great' in judge:x is no number that can be compared"
    assert row.metadata == {"judge:x": "great"}
    both = one(rating="high", **{"judge:x": "great"})
    assert "high" in both.left_out
    assert "great" in both.left_out
    assert both.metadata == {"rating": "high", "judge:x": "great"}


def test_a_quoted_cell_is_found_beside_a_name_with_quotation_marks():
    """An erasure looks for what stands between them."""
    row = one(**{"judge:it's": "good", 'judge:"that"': "poor"})
    assert QUOTED.findall(row.left_out) == ["'good'", "'poor'"]


def test_a_judges_column_is_never_taken_for_something_else():
    """Neither for the rating nor for metadata, unless somebody says that it is the rating."""
    assert "rating" not in suggest_mapping(["question", "answer", "judge:score"])
    table = table_of({"user_prompt": "p", "ai_response": "a", "judge:x": "3", "note": "n"})
    found = understand(table, HowToRead())
    assert (found.judges, found.metadata) == ({"judge:x": "x"}, ("note",))
    chosen = understand(table, HowToRead(mapping={"rating": "judge:x"}))
    (row,) = chosen.rows()
    assert (chosen.judges, row.rating, row.scores) == ({}, 3, ())


def test_a_comparison_has_choices_by_the_files_order():
    """In Chatbot Arena's shape the first is model_a, whoever won; in a file of pairs it is the chosen one."""
    arena = {
        "conversation_a": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "from a"}],
        "conversation_b": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "from b"}],
        "winner": "model_b",
        "judge:x": "a",
        "judge:y": "b",
    }
    (row,) = read(arena)
    assert isinstance(row, ImportComparison)
    assert (row.chosen, row.chosen_second) == ("from b", True)
    assert row.choices == (("x", Place.FIRST), ("y", Place.SECOND))
    (pair,) = read({"prompt": "q", "chosen": "good", "rejected": "poor", "judge:x": "2", "judge:y": "0.7"})
    assert (pair.chosen_second, pair.choices) == (False, (("x", Place.SECOND),))
    assert "'0.7' in judge:y names neither" in pair.left_out
    assert pair.metadata == {"judge:y": "0.7"}


def test_a_name_that_only_a_later_row_has_refuses_that_row():
    """Of jsonl the columns are those of the first rows."""
    rows = read({"user_prompt": "p", "ai_response": "a", "judge:": 1}, columns=["user_prompt", "ai_response"])
    assert isinstance(rows[0], Rejected)
    assert "judge" in rows[0].reason


def test_our_export_with_scores_is_known_as_ours():
    """Its neutralised cells are restored; another column behind it makes it somebody else's."""
    assert is_ours([*RATINGS, "judge:a", "judge:b"])
    assert not is_ours([*RATINGS, "judge:a", "note"])
    assert not is_ours(["judge:a", *RATINGS])
