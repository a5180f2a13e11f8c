"""Which identifiers an interaction holds is kept beside it, whoever wrote it, and follows what is written later."""

from pathlib import Path

from sqlalchemy import select, update

from core.domain.identifiers import masking
from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.store.interactions import identifiers, legacy
from core.store.tables import Item
from tests import looked
from tests.databases import added, rater

NOTE = "Call her at 555-123-4567, or write to ana@example.org."


def marks(workspace) -> dict[int, dict[str, int] | None]:
    """What is kept beside every interaction; all of it by the present rules."""
    with workspace.store.read() as session:
        rows = session.execute(select(Item.interaction_id, Item.identifiers, Item.identifier_rules)).all()
    assert all(version == masking.RULES_VERSION for *_, version in rows)
    return {number: kinds for number, kinds, _ in rows}


def import_rows(workspace, tmp_path: Path, text: str) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(text, encoding="utf-8")
    list(importing.import_file(workspace, COMMAND_LINE, file))


def test_an_import_marks_what_it_adds(workspace, tmp_path):
    """Texts, comments, the context and other columns are looked at; what holds nothing is not marked."""
    import_rows(
        workspace,
        tmp_path,
        "user_prompt,ai_response,rating,feedback_comment,patient_name\n"
        "How are you?,Fine.,4,,\n"
        f'How is she?,"{NOTE}",4,,\n'
        'And he?,Well.,4,"his MRN 1234567",\n'
        "And they?,Better.,,,Jane Doe\n",
    )
    assert list(marks(workspace).values()) == [None, {"e-mail": 1, "phone": 1}, {"record number": 1}, {"name": 1}]


def test_rows_of_the_old_application_are_marked_when_they_are_adopted(workspace, old_app):
    """What it writes is looked at by the sweep, its comment too."""
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('hi', ?)", NOTE)
    old_app.run(
        "INSERT INTO rlhf_interactions (user_prompt, ai_response, feedback_comment) VALUES ('hi', 'x', ?)", NOTE
    )
    workspace.pick_up(at_once=True)
    assert list(marks(workspace).values()) == [{"e-mail": 1, "phone": 1}] * 2


def test_the_mark_follows_comments_and_edits(workspace):
    """A comment with an identifier marks the answer, and taking the text away takes the mark away."""
    number, ana = added(workspace), rater(workspace)
    assert marks(workspace) == {number: None}
    looked.rate(workspace, ana, number, 4, comment=NOTE)
    assert marks(workspace) == {number: {"e-mail": 1, "phone": 1}}
    looked.rate(workspace, ana, number, 4, comment="good")
    looked.edit(workspace, ana, number, "prompt", NOTE, withdraw_ratings=False)
    assert marks(workspace) == {number: {"e-mail": 1, "phone": 1}}
    looked.reveal(workspace, ana, number)
    looked.edit(workspace, ana, number, "prompt", "answer", withdraw_ratings=False)
    assert marks(workspace) == {number: None}


def test_texts_that_the_old_application_edits_are_looked_at_before_an_export(workspace, old_app):
    """Also a repeat, which has no identity by which an edit would be noticed."""
    for _ in range(2):
        old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('hi', 'x')")
    workspace.pick_up(at_once=True)
    old_app.run("UPDATE rlhf_interactions SET ai_response = ?", NOTE)
    legacy.follow_texts(workspace.store)
    assert list(marks(workspace).values()) == [{"e-mail": 1, "phone": 1}] * 2


def test_rows_that_older_rules_looked_at_are_looked_at_again(workspace):
    """After an upgrade the sweep catches up, a part at a time, comments included."""
    numbers = [added(workspace, response=f"answer {n}") for n in range(3)]
    ana = rater(workspace)
    looked.rate(workspace, ana, numbers[2], 4, comment=NOTE)
    with workspace.store.write() as session:
        session.execute(update(Item).values(identifiers=None, identifier_rules=0))
    assert identifiers.look_again(workspace.store, limit=2) == 2
    assert identifiers.look_again(workspace.store) == 1
    assert identifiers.look_again(workspace.store) == 0
    assert marks(workspace) == {numbers[0]: None, numbers[1]: None, numbers[2]: {"e-mail": 1, "phone": 1}}
