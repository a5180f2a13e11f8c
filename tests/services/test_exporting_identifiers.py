"""Answers with personal identifiers do not leave in a file before somebody says what shall become of them."""

import json

import pytest
from sqlalchemy import update

from core.domain.errors import BadInput, HoldsIdentifiers
from core.domain.roles import COMMAND_LINE, SOMEBODY_HERE, NotAllowed, Role, User
from core.labeling.exports import gold_rows, kto_rows, pair_rows
from core.services.data.exporting import KINDS, Marked, export, listed
from core.services.reranking import preferences
from core.store.tables import Audit, Export, Item
from tests import looked, sent
from tests.databases import added, rater

SECRET = "555-123-4567"


@pytest.fixture
def lea(workspace) -> User:
    """A lead."""
    return rater(workspace, "Lea")


@pytest.fixture
def held(workspace, lea):
    """Two prompts with two rated answers each; a text holds a number, a comment another, a preference a third.

    Two better answers were written, to one of each prompt; one of them holds a number too.
    """
    answers = []
    for number, (prompt, response, comment) in enumerate(
        [("One?", f"Call {SECRET}.", ""), ("One?", "Wait.", ""), ("Two?", "Yes.", f"ask {SECRET}"), ("Two?", "No.", "")]
    ):
        answers.append(added(workspace, prompt, response))
        looked.rate(workspace, lea, answers[-1], 1 + number, comment=comment)
    ana = rater(workspace, "Ana")
    looked.write_better(workspace, ana, answers[1], f"Wait, then call {SECRET}.")
    looked.write_better(workspace, ana, answers[3], "No, never.")
    added(workspace, "Unrated?", f"Nobody rated {SECRET}.")
    preferences.keep(workspace, lea, f"Who is {SECRET}?", ["one", "two"], [1], model_version=None)
    preferences.keep(workspace, lea, "What?", ["one", "two"], [1], model_version=None)
    sent.thumb(workspace, answers[0], up=False, comment=f"I called {SECRET}.")
    sent.thumb(workspace, answers[1], up=True, caller_id="0193f2c4-7b1e-7c11-9a70-5f9a1c2b3d4e")
    return workspace


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_refused_whole_and_says_how_to_go_on(held, lea, tmp_path, kind):
    """Numbers, kinds and both ways on; no file, and nothing in the list of exports."""
    file = tmp_path / "out.jsonl"
    counts = {
        "preferences": "1 of 2 comparisons",
        "pairs": "4 of 8 answers and comparisons",
        "sft": "1 of 2 better answers",
        "feedback": "1 of 2 pieces of feedback",
    }.get(kind, "2 of 4 rated answers")
    with pytest.raises(
        HoldsIdentifiers, match=rf"^{counts} hold personal identifiers \([1-4] phones?\)\. Nothing was wr"
    ):
        export(held, lea, kind, file)
    assert not file.exists()
    with held.store.read() as session:
        assert session.query(Export).count() == 0


def test_leaving_them_out_keeps_the_exports_in_line_with_each_other(held, lea, tmp_path):
    """An answer goes with all its ratings, so gold, pairs and kto are still what the ratings file gives."""
    made = {}
    for kind in KINDS:
        result = export(held, lea, kind, tmp_path / f"{kind}.jsonl", marked=Marked.LEAVE_OUT)
        made[kind] = read(tmp_path / f"{kind}.jsonl")
        assert SECRET not in (tmp_path / f"{kind}.jsonl").read_text()
        assert result.to_json()["left_out"] == {"preferences": 1, "pairs": 4, "sft": 1, "feedback": 1}.get(kind, 2)
    assert [row["ai_response"] for row in made["ratings"]] == ["Wait.", "No."]
    gold = list(gold_rows(iter(made["ratings"])))
    assert [row["rating"] for row in made["gold"]] == [row["rating"] for row in gold] == [2, 4]
    assert list(pair_rows(iter(gold))) == []
    assert [(row["prompt"], row["source"]) for row in made["pairs"]] == [("Two?", "edit"), ("What?", "order")]
    assert [(row["completion"], row["author"]) for row in made["sft"]] == [("No, never.", "Ana")]
    assert len(made["kto"]) == len(list(kto_rows(iter(gold), positive_threshold=4))) == 2
    assert [row["prompt"] for row in made["preferences"]] == ["What?"]
    assert [row["id"] for row in made["feedback"]] == ["0193f2c4-7b1e-7c11-9a70-5f9a1c2b3d4e"]


def test_including_them_wants_a_lead_with_a_name_and_a_reason(held, lea, tmp_path):
    """The reason and who gave it are kept; the record of acts has numbers and kinds."""
    file = tmp_path / "out.csv"
    for person, reason in ((lea, "  "), (lea, "x" * 501), (SOMEBODY_HERE, "asked for")):
        with pytest.raises(BadInput):
            export(held, person, "ratings", file, marked=Marked.INCLUDE, reason=reason)
    with pytest.raises(NotAllowed):
        export(held, User(lea.rater_id, "Lea", Role.SME), "ratings", file, marked=Marked.INCLUDE, reason="asked for")
    result = export(held, lea, "ratings", file, marked=Marked.INCLUDE, reason=" asked \n for ")
    assert (result.rows, "left_out" in result.to_json()) == (4, False)
    assert SECRET in file.read_text()
    with held.store.read() as session:
        (kept,) = session.query(Export)
        assert (kept.by, kept.kind, kept.place) == (f"person {lea.rater_id}", "ratings", "out.csv")
        assert (kept.answers, kept.identifiers, kept.reason) == (4, "included", "asked for")
        (act,) = session.query(Audit).filter(Audit.action == "exported")
        assert act.subject == f"export {kept.export_id}"
        assert act.new == {"kind": "ratings", "answers": 4, "identifiers": "included", "kinds": {"phone": 2}}
    (line,) = listed(held, lea)
    assert (line.by, line.kind, line.place, line.identifiers, line.reason) == (
        "Lea",
        "ratings",
        "out.csv",
        "included",
        "asked for",
    )


def test_where_nothing_is_held_nothing_is_asked(workspace, lea, tmp_path):
    """The export is what it always was, and stands in the list with the place where it went."""
    looked.rate(workspace, lea, added(workspace), 4)
    result = export(workspace, COMMAND_LINE, "gold", tmp_path / "gold.csv")
    assert result.to_json() == {"rows": 1, "path": str(tmp_path / "gold.csv"), "prompts_without_pair": 1}
    with workspace.store.read() as session:
        (kept,) = session.query(Export)
        assert (kept.by, kept.place, kept.identifiers) == ("command line", str(tmp_path / "gold.csv"), "none")


def test_rows_that_no_rules_looked_at_yet_are_looked_at_first(held, lea, tmp_path):
    """Right after an upgrade nothing is marked; an export does not slip through."""
    with held.store.write() as session:
        session.execute(update(Item).values(identifiers=None, identifier_rules=0))
    with pytest.raises(HoldsIdentifiers):
        export(held, lea, "ratings", tmp_path / "out.csv")


def test_a_place_that_cannot_be_written_is_not_in_the_list(workspace, lea, tmp_path):
    """What is refused before anything was written leaves no trace."""
    looked.rate(workspace, lea, added(workspace), 4)
    for name in ("out.doc", "no/such/folder.csv"):
        with pytest.raises(BadInput):
            export(workspace, lea, "ratings", tmp_path / name)
    with workspace.store.read() as session:
        assert session.query(Export).count() == 0
