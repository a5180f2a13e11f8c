"""The check of a whole file says what its import then does, stores nothing, and asks where ratings could be misread."""

import json
import tracemalloc
from pathlib import Path

import pytest

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.services.data.checking import Checked, CheckProgress, check
from core.store.interactions import imports
from core.store.tables import Base

COLUMNS = "user_prompt,ai_response,rating,rater"


@pytest.fixture
def file(tmp_path):
    """Writes a csv of rows and returns its path."""

    def write(*rows, columns=COLUMNS):
        path = tmp_path / "rows.csv"
        path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def checked(workspace, path, **how) -> Checked:
    *steps, result = check(workspace, COMMAND_LINE, path, HowToRead(**how))
    assert isinstance(result, Checked)
    assert all(isinstance(step, CheckProgress) for step in steps)
    assert steps[-1].rows == result.rows
    return result


def stored(workspace, path, **how) -> imports.Counted:
    """What storing the rows comes to."""
    chosen = HowToRead(**how)
    total = imports.Counted()
    rows = list(understand(open_table(path), chosen).rows())
    with workspace.store.write() as session:
        for at in range(0, len(rows), 3):  # in other batches than the check's
            readable = []
            for row in rows[at : at + 3]:
                if isinstance(row, Rejected):
                    total.reject(row)
                else:
                    readable.append(row)
            total.add(imports.add_batch(session, None, readable, rater=chosen.rater, source="import"))
    return total


def counts(found):
    """Of a check, or of an import, in the same order."""
    if isinstance(found, Checked):
        new, repeats = found.new_answers, found.repeats
    else:
        new, repeats = found.added, found.duplicates
    rejected = sorted(found.rejected, key=lambda row: row.number)
    numbers = (found.ratings, found.preferences, found.ties, found.equal_pairs, found.left_out_total)
    return new, repeats, *numbers, found.rejected_total, rejected, list(found.left_out)


def everything(workspace):
    with workspace.store.read() as session:
        return {table.name: session.query(table).count() for table in Base.metadata.sorted_tables}


MANY_KINDS = (
    *("p,one,5,Ana", "p,two,,", "p,one,5,Ana", "p,one,4,ana", "p,one,3,Ben", "p,three,6,Ana", ",four,3,Ana"),
    *("p,two,2,Ben", "p,two,,", "p,three,,", "p,three,N/A,Ana", "p,three,2,Ana", 'p,"«name hidden» said",3,Ana'),
)


def test_a_check_counts_what_the_import_then_does(workspace, file):
    path = file(*MANY_KINDS[:-1])
    found = checked(workspace, path)
    assert counts(found) == counts(stored(workspace, path))
    assert (found.rows, found.new_answers, found.ratings, found.repeats) == (12, 3, 4, 4)
    assert [row.number for row in found.rejected] == [4, 7]
    assert [row.number for row in found.left_out] == [6]


def test_what_is_there_already_is_counted_as_repeats(workspace, file):
    """And after an import the check of the same file, and of one that contradicts it, says what would come of it."""
    stored(workspace, file("p,one,5,Ana", "p,two,,Ana"))
    again = file("p,one,5,Ana", "p,two,,Ana", "p,one,4,ANA", "p,one,4,Ben", "p,three,,")
    found = checked(workspace, again)
    assert counts(found) == counts(stored(workspace, again))
    assert (found.new_answers, found.repeats, found.ratings, found.rejected_total) == (1, 2, 1, 1)


def test_comparisons_are_counted_as_the_import_counts_them(workspace, tmp_path):
    """Preferences, ties, equal pairs, repeats, and pairs that the same rater preferred the other way round."""
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"prompt": "p", "chosen": "a", "rejected": "b"},
        {"prompt": "p", "chosen": "a", "rejected": "b"},
        {"prompt": "p", "chosen": "b", "rejected": "a"},
        {"prompt": "p", "chosen": "b", "rejected": "a", "rater": "Ben"},
        {"prompt": "p", "chosen": "a", "rejected": "a"},
        {"prompt": "p", "chosen": "c", "rejected": "c"},
        {"prompt": "q", "chosen": "a", "rejected": "b"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = checked(workspace, path)
    assert counts(found) == counts(stored(workspace, path))
    assert (found.comparisons, found.preferences, found.equal_pairs, found.rejected_total) == (7, 3, 2, 1)
    again = checked(workspace, path)
    assert counts(again) == counts(stored(workspace, path))
    assert (again.new_answers, again.preferences, again.repeats) == (0, 0, 4)


def test_nothing_is_stored(workspace, file):
    before = everything(workspace)
    checked(workspace, file(*MANY_KINDS))
    assert everything(workspace) == before


def test_a_row_with_the_gap_of_a_hidden_text_is_refused_as_the_import_refuses_it(workspace, file):
    found = checked(workspace, file(*MANY_KINDS))
    assert found.rejected[-1].number == 13
    assert "hidden" in found.rejected[-1].reason


def test_ratings_that_could_be_misread_are_asked_about(workspace, file):
    """Named are the range and the option; with a scale nobody is asked, and what it makes of them is counted."""
    path = file(*(f"p,answer {number},{number % 5},Ana" for number in range(50)))
    found = checked(workspace, path)
    assert found.must_ask
    assert "from 0 to 4" in found.question
    assert "--scale 0-4" in found.option
    assert found.likely[0] == "0-4"
    assert found.values[0][1] == 10
    told = checked(workspace, path, scale="0-4")
    assert (told.must_ask, told.question, told.option) == (False, "", "")
    assert (told.ratings, told.left_out_total, told.scale) == (50, 0, "0-4")
    assert dict(told.scale_table)["0"] == 1


def test_few_odd_ratings_are_left_out_with_their_rows_and_their_answers_come(workspace, file):
    path = file(*(f"p,answer {number},4,Ana" for number in range(99)), "p,last,3.5,Ana", "p,none,N/A,Ana")
    found = checked(workspace, path)
    assert not found.must_ask
    assert (found.new_answers, found.ratings, found.left_out_total) == (101, 99, 1)
    assert found.left_out[0].number == 100
    assert "3.5" in found.left_out[0].reason


def test_no_more_than_a_thousand_rows_and_fifty_ratings_are_listed(workspace, file):
    path = file(*(f"p,answer {number},{number + 6},Ana" for number in range(1_200)), *([",x,4,Ana"] * 1_200))
    found = checked(workspace, path, scale="")
    assert (found.left_out_total, len(found.left_out)) == (1_200, 1_000)
    assert (found.rejected_total, len(found.rejected)) == (1_200, 1_000)
    assert len(found.values) == 50


def test_what_is_found_survives_being_stored_as_json(workspace, file):
    found = checked(workspace, file(*MANY_KINDS))
    assert Checked.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_columns_without_a_meaning_are_named(workspace, file):
    found = checked(workspace, file("p,a,4,x", columns="user_prompt,ai_response,rating,colour"))
    assert found.metadata == ("colour",)
    assert found.mapping["rating"] == "rating"


def test_a_file_without_rows_has_nothing_to_import(workspace, file):
    with pytest.raises(BadInput, match="no rows"):
        checked(workspace, file())


def test_texts_are_not_kept_in_memory(workspace, file):
    """A file of 30 MB takes a few: the batch that waits to be looked up holds hashes."""
    path = file(*(f"prompt {number},answer {'long ' * 6_000}{number},4,Ana" for number in range(1_000)))
    tracemalloc.start()
    try:
        assert checked(workspace, path).new_answers == 1_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_rows_far_apart_are_known_again(workspace, file):
    """Also when the table of what was seen grew in between."""
    rows = [f"prompt {number},answer,4,Ana" for number in range(1_500)]
    found = checked(workspace, file(*rows, *rows, *(row.replace(",4,", ",5,") for row in rows)))
    assert (found.new_answers, found.ratings, found.repeats, found.rejected_total) == (1_500, 1_500, 1_500, 1_500)


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "labeling" / "shapes").iterdir()), ids=lambda p: p.name
)
def test_every_shape_is_counted_as_the_import_counts_it(workspace, path):
    """With the scale that is likely where the ratings could be misread; and of a second import nothing is new."""
    try:
        found = checked(workspace, path)
    except BadInput:
        return  # a file that is known and of no use
    scale = found.likely[0].strip() if found.must_ask else ""
    found = checked(workspace, path, scale=scale)
    assert found.new_answers
    assert counts(found) == counts(stored(workspace, path, scale=scale))
    again = checked(workspace, path, scale=scale)
    assert (again.new_answers, again.ratings, again.preferences) == (0, 0, 0)
    assert counts(again) == counts(stored(workspace, path, scale=scale))
