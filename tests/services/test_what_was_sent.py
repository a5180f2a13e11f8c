"""What programs sent, and what users said, in exports, in Browse and beside an answer."""

import csv
import json
from datetime import timedelta

import pytest

from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.data import interactions
from core.services.data.exporting import Marked, export, listed
from core.services.outcomes import of_answer
from core.store.tables import Feedback, Item, Occurrence
from tests import looked, sent
from tests.databases import added, rater


@pytest.fixture
def said(workspace) -> tuple[int, int]:
    """Two answers; on the first two users of one application, one of another, and nobody named; one changed their mind.

    A ranking, of which no text is kept, has a choice.
    """
    first, second = added(workspace, "One?", "Yes."), added(workspace, "Two?", "No.")
    sent.thumb(workspace, first, up=False, user="u", latest=False, caller_id="f-1", comment="=1+1, it said")
    sent.thumb(workspace, first, up=True, user="u", at=sent.AT + timedelta(days=7))
    sent.thumb(workspace, first, up=False, user="v", generator="llama-3")
    sent.thumb(workspace, second, up=True, user="u", application="ward", kind="score", value=4)
    sent.thumb(workspace, second, up=True)
    choice = {"kind": "chosen", "value": 2, "rerank_id": "r1", "model_version": "v1"}
    sent.thumb(workspace, None, up=True, user="u", **choice, first_replaced=True, first_chosen=False)
    return first, second


@pytest.mark.every_database
def test_the_export_has_a_row_for_every_word_and_no_users_id(workspace, said, tmp_path):
    """Users are numbers that are the same within the file; neither the id nor its hash is in it."""
    path = tmp_path / "feedback.jsonl"
    result = export(workspace, COMMAND_LINE, "feedback", path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert result.rows == len(rows) == 6
    first, second = said
    assert [row["interaction_id"] for row in rows] == [first, first, first, second, second, None]
    one, again, other, elsewhere, nobody, choice = [row["user"] for row in rows]
    assert one == again == choice
    assert nobody is None
    assert len({one, other, elsewhere}) == 3
    assert [row["latest"] for row in rows] == [False, True, True, True, True, True]
    assert [row["week"] for row in rows[:2]] == ["2026-11-23", "2026-11-30"]
    assert (rows[0]["id"], rows[0]["comment"], rows[2]["generator"]) == ("f-1", "=1+1, it said", "llama-3")
    assert (rows[3]["application"], rows[3]["kind"], rows[3]["value"]) == ("ward", "score", 4)
    assert [rows[5][name] for name in ("rerank", "value", "model_version")] == ["r1", 2, "v1"]
    assert (rows[5]["first_replaced"], rows[5]["first_chosen"]) == (True, False)
    with workspace.store.read() as session:
        hashes = [one.user_hash for one in session.query(Feedback) if one.user_hash]
    assert not [one for one in hashes if one in path.read_text()]
    (line,) = listed(workspace, COMMAND_LINE)
    assert (line.kind, line.answers, line.identifiers) == ("feedback", 6, "none")


def test_a_formula_of_a_user_is_none_in_the_csv(workspace, said, tmp_path):
    """As with raters' comments."""
    path = tmp_path / "feedback.csv"
    export(workspace, COMMAND_LINE, "feedback", path)
    with path.open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["comment"] == "'=1+1, it said"


def test_feedback_changes_no_export_of_ratings(workspace, tmp_path):
    """Not even where a comment of a user holds identifiers: the answer does not, and leaves as before."""
    number = added(workspace, "One?", "Yes.")
    looked.rate(workspace, rater(workspace, "Ana"), number, 4)

    def made(name: str) -> list[bytes]:
        for kind in ("ratings", "gold"):
            export(workspace, COMMAND_LINE, kind, tmp_path / f"{name}-{kind}.csv", marked=Marked.LEAVE_OUT)
        return [(tmp_path / f"{name}-{kind}.csv").read_bytes() for kind in ("ratings", "gold")]

    before = made("before")
    sent.thumb(workspace, number, up=False, user="u", comment="Call me, 555-123-4567")
    sent.occurrence(workspace, number, "a-1", generator="llama-3")
    assert made("after") == before


def test_feedback_on_the_sample_is_exported_only_where_nothing_else_is(workspace, said, tmp_path):
    """It steps aside like the answers themselves."""
    with workspace.store.write() as session:
        session.get(Item, said[0]).source = "sample"
    assert export(workspace, COMMAND_LINE, "feedback", tmp_path / "own.csv").rows == 3
    with workspace.store.write() as session:
        session.get(Item, said[1]).source = "sample"
    assert export(workspace, COMMAND_LINE, "feedback", tmp_path / "all.csv").rows == 6


def browsed(workspace, **filters) -> list[int]:
    found, _ = interactions.browse(workspace, COMMAND_LINE, Filters(**filters), page=0)
    return [one.interaction_id for one in found]


@pytest.mark.every_database
def test_browse_finds_what_was_sent_and_every_generator_that_wrote_it(workspace):
    """One text that two generators wrote is found under both."""
    imported, by_program = added(workspace, "One?", "Yes."), added(workspace, "Two?", "No.")
    with workspace.store.write() as session:
        session.get(Item, by_program).source = "sent"
        session.get(Item, by_program).extra = {"generator": "llama-3"}
        session.get(Item, imported).extra = {"generator": "gpt-4o"}
    sent.occurrence(workspace, by_program, "a-1", generator="llama-3")
    sent.occurrence(workspace, by_program, "a-2", generator="gpt-4o")
    sent.occurrence(workspace, imported, "a-3", generator=None)
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 1, "sent": 1}
    assert browsed(workspace, source="sent") == [by_program]
    assert list(interactions.filter_choices(workspace, COMMAND_LINE).generators) == ["gpt-4o", "llama-3"]
    assert browsed(workspace, generator="gpt-4o") == [by_program, imported]
    assert browsed(workspace, generator="llama-3") == [by_program]


def test_an_answer_tells_who_sent_it_and_what_users_said(workspace, said):
    """The latest first, an earlier word too; a UUID is no number of anybody, an address is one."""
    first, second = said
    drawn = "0193f2c4-7b1e-7c11-9a70-5f9a1c2b3d4e:0"
    sent.occurrence(workspace, first, drawn, generator="llama-3")
    sent.occurrence(workspace, first, "jane.roe@patients.example.org", application="ward")
    found = of_answer.in_use(workspace, COMMAND_LINE, first)
    assert [(one.application, one.caller_id, one.generator) for one in found.sent] == [
        ("ward", "«e-mail hidden»", None),
        ("clinic", drawn, "llama-3"),
    ]
    assert [(one.value, one.latest) for one in found.said] == [(0, True), (1, True), (0, False)]
    assert (found.sent_total, found.said_total) == (2, 3)
    assert [one.kind for one in of_answer.in_use(workspace, COMMAND_LINE, second).said] == ["thumb", "score"]


def test_many_words_on_one_answer_are_counted_and_the_latest_shown(workspace, monkeypatch):
    """An answer that everybody gets has more than a page can hold."""
    monkeypatch.setattr(of_answer, "MOST", 2)
    number = added(workspace)
    numbers = [sent.thumb(workspace, number, up=True, comment=f"word {place}") for place in range(3)]
    found = of_answer.in_use(workspace, COMMAND_LINE, number)
    assert ([one.comment for one in found.said], found.said_total) == (["word 2", "word 1"], len(numbers))


def test_a_name_in_an_answer_is_one_in_what_users_say_of_it(workspace):
    """Until the lead reveals that answer."""
    lea = rater(workspace, "Lea")
    number = added(workspace, "My name is Roswitha Quandt. What now?", "Dear Ms Quandt, wait.")
    sent.thumb(workspace, number, up=False, comment="Roswitha should not wait.")
    assert "Roswitha" not in of_answer.in_use(workspace, lea, number).said[0].comment
    looked.reveal(workspace, lea, number)
    assert of_answer.in_use(workspace, lea, number).said[0].comment == "Roswitha should not wait."


def test_a_rater_is_not_told(workspace, said):
    """Neither who sent an answer nor what users think of it."""
    with pytest.raises(NotAllowed):
        of_answer.in_use(workspace, User(1, "Sam", Role.SME), said[0])


@pytest.mark.every_database
def test_deleting_an_answer_takes_what_was_sent_about_it(workspace, said):
    """Feedback on other answers and on rankings stays."""
    sent.occurrence(workspace, said[0], "a-1")
    looked.delete(workspace, rater(workspace, "Lea"), said[0])
    with workspace.store.read() as session:
        assert session.query(Occurrence).count() == 0
        assert [one.interaction_id for one in session.query(Feedback)] == [said[1], said[1], None]
    assert of_answer.in_use(workspace, COMMAND_LINE, said[0]).said == []
