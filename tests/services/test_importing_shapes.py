"""Data sets in their public shapes, from the file to what is stored and written out again."""

import csv
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.data.exporting import export
from core.services.data.importing import import_file

SHAPES = Path(__file__).parents[1] / "labeling/shapes"


def counted(workspace, path):
    """Answers, ratings, preferences, ties, equal pairs and rejected rows of an import."""
    *_, result = import_file(workspace, COMMAND_LINE, path)
    return (
        result.added,
        result.ratings,
        result.preferences,
        result.ties,
        result.equal_pairs,
        result.rejected_total,
    )


def exported(workspace, tmp_path, kind, *columns):
    """These columns of an export, as a set of rows."""
    path = tmp_path / f"{kind}.csv"
    export(workspace, COMMAND_LINE, kind, path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {tuple(row[column] for column in columns) for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    "name, counts",
    [
        ("hh_rlhf.jsonl", (5, 0, 2, 0, 1, 1)),
        ("ultrafeedback.jsonl", (3, 3, 0, 0, 0, 1)),
        ("arena.jsonl", (10, 0, 3, 2, 0, 2)),
        ("arena_votes.csv", (4, 0, 1, 1, 0, 0)),
        ("helpsteer.jsonl", (3, 3, 0, 0, 0, 0)),
        ("kto.jsonl", (3, 2, 0, 0, 0, 0)),
        ("pairs.jsonl", (5, 0, 3, 0, 0, 1)),
    ],
)
def test_what_a_file_comes_to(workspace, name, counts):
    """Comparisons become preferences, ratings come on our scale, and every row that does not come in is counted."""
    assert counted(workspace, SHAPES / name) == counts


def test_ratings_are_stored_on_our_scale(workspace, tmp_path):
    """0 to 4 and thumbs, both in one database."""
    counted(workspace, SHAPES / "helpsteer.jsonl")
    counted(workspace, SHAPES / "kto.jsonl")
    assert exported(workspace, tmp_path, "ratings", "user_prompt", "ai_response", "rating") == {
        ("What is a fever?", "A high temperature.", "4"),
        ("How high?", "Above 38 °C.", "5"),
        ("Is it bad?", "No.", "1"),
        ("Why?", "Because.", "5"),
        ("Why?", "No idea.", "1"),
    }


def test_preferences_come_back_as_they_were_exported(workspace, tmp_path):
    """With their turns and whose they are: imported once more they are all known."""
    counted(workspace, SHAPES / "arena_votes.csv")
    counted(workspace, SHAPES / "hh_rlhf.jsonl")
    columns = ("prompt", "chosen", "rejected", "rater", "turns")
    before = exported(workspace, tmp_path, "preferences", *columns)
    assert len(before) == 3
    assert ("Is it raining?", "Look outside.", "Yes.", "imported", "") in before
    *_, again = import_file(workspace, COMMAND_LINE, tmp_path / "preferences.csv")
    assert (again.added, again.preferences, again.duplicates, again.rejected_total) == (0, 0, 3, 0)
