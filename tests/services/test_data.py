"""Browsing, adding, editing and deleting single interactions."""

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.data.importing import import_file
from core.store.tables import RatingEvent, TextHistory
from tests import looked
from tests.databases import added, lead, rater


def texts_kept(workspace):
    with workspace.store.read() as session:
        rows = session.query(TextHistory).order_by(TextHistory.history_id)
        return [(h.action, h.by, h.user_prompt, h.ai_response, h.context_id) for h in rows]


def found(workspace, **filters):
    shown, total = interactions.browse(workspace, COMMAND_LINE, Filters(**filters), page=0)
    assert total == len(shown)
    return [interaction.response for interaction in shown]


def test_an_added_answer_can_be_loaded(workspace, old_app):
    """What is added is shown as typed, marked as added by hand,
    and is in the old application's table as the system's.
    """
    number = interactions.add(workspace, COMMAND_LINE, " prompt ", "two words", "case 1", "story 7")
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    assert (shown.prompt, shown.response, shown.context_id, shown.session_label) == (
        " prompt ",
        "two words",
        "case 1",
        "story 7",
    )
    assert (shown.source, shown.consensus, shown.n_ratings, shown.response_words) == ("manual", None, 0, 2)
    assert old_app.run("SELECT user_prompt, session_id, created_by, updated_by FROM rlhf_interactions") == [
        (" prompt ", None, 1001, 1001)
    ]
    assert interactions.load(workspace, COMMAND_LINE, number + 1) is None


def test_adding_to_an_existing_session_reaches_the_old_column(legacy_database, opened):
    """The number of an existing session is written where the old application looks for it."""
    number = interactions.add(opened(), COMMAND_LINE, "prompt", "answer", "", "2")
    assert legacy_database.run("SELECT session_id FROM rlhf_interactions WHERE interaction_id = ?", number) == [(2,)]


def test_the_same_answer_cannot_be_added_twice(workspace):
    """An exact repeat is refused with the number of the first; another context makes it another answer."""
    number = interactions.add(workspace, COMMAND_LINE, "prompt", "answer")
    with pytest.raises(Conflict, match=f"no. {number}"):
        interactions.add(workspace, COMMAND_LINE, "prompt", "answer")
    assert interactions.add(workspace, COMMAND_LINE, "prompt", "answer", "other case") != number
    assert len(found(workspace)) == 2


@pytest.mark.parametrize(
    "prompt, answer, words",
    [
        ("", "a", "question is empty"),
        ("p", " \n", "answer is empty"),
        ("a\x00b", "a", "NUL"),
        ("p", "\udc00", "damaged"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(workspace, prompt, answer, words):
    """Empty and unstorable texts are refused in words when adding and when editing."""
    number = interactions.add(workspace, COMMAND_LINE, "prompt", "answer")
    with pytest.raises(BadInput, match=words):
        interactions.add(workspace, COMMAND_LINE, prompt, answer)
    with pytest.raises(BadInput, match=words):
        looked.edit(workspace, rater(workspace), number, prompt, answer, withdraw_ratings=False)
    assert found(workspace) == ["answer"]


def test_an_edit_keeps_the_old_texts_and_the_ratings(workspace, old_app):
    """The texts before an edit stay in the history with who changed them; ratings, consensus and mirror stay."""
    number, ana = interactions.add(workspace, COMMAND_LINE, "prompt", "answer", "case"), rater(workspace)
    looked.rate(workspace, ana, number, 4, comment="good")
    looked.edit(workspace, lead(workspace, "Lead"), number, "new prompt", "a new answer", "", withdraw_ratings=False)
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    assert (shown.prompt, shown.response, shown.context_id, shown.response_words) == (
        "new prompt",
        "a new answer",
        None,
        3,
    )
    assert (shown.consensus, shown.n_ratings) == (4.0, 1)
    assert texts_kept(workspace) == [("edited", "Lead", "prompt", "answer", "case")]
    assert old_app.run("SELECT user_prompt, ai_response, rating FROM rlhf_interactions") == [
        ("new prompt", "a new answer", 4)
    ]


def test_an_edit_may_withdraw_the_ratings(workspace, old_app):
    """When the meaning changed all ratings are withdrawn, each with its event; consensus and mirror are empty again."""
    number = interactions.add(workspace, COMMAND_LINE, "prompt", "answer")
    for name, value in (("Ana", 4), ("Ben", 2)):
        looked.rate(workspace, rater(workspace, name), number, value)
    looked.edit(workspace, lead(workspace, "Lead"), number, "prompt", "different", withdraw_ratings=True)
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    assert (shown.consensus, shown.n_ratings) == (None, 0)
    assert old_app.run("SELECT rating FROM rlhf_interactions") == [(None,)]
    lines = interactions.history(workspace, COMMAND_LINE, number)
    assert [(line.rater, line.action, line.old, line.new) for line in lines[2:]] == [
        ("Ana", "text edited", "4", "withdrawn"),
        ("Ben", "text edited", "2", "withdrawn"),
    ]
    offered = looked.next_item(workspace, rater(workspace, "Cleo"))
    assert offered is not None
    assert offered.interaction.interaction_id == number


def test_an_edit_cannot_make_a_repeat(workspace):
    """Editing an answer into one that exists is refused and changes nothing."""
    first, second = (
        interactions.add(workspace, COMMAND_LINE, "prompt", "one"),
        interactions.add(workspace, COMMAND_LINE, "prompt", "two"),
    )
    with pytest.raises(Conflict, match=f"no. {first}"):
        looked.edit(workspace, rater(workspace), second, "prompt", "one", withdraw_ratings=True)
    assert found(workspace) == ["two", "one"]
    assert texts_kept(workspace) == []


def test_the_new_text_is_what_an_import_compares_with(workspace, tmp_path):
    """After an edit the old text can be imported as a new answer, the new text is a repeat."""
    number = interactions.add(workspace, COMMAND_LINE, "prompt", "one")
    looked.edit(workspace, rater(workspace), number, "prompt", "two", withdraw_ratings=False)
    (tmp_path / "f.csv").write_text("user_prompt,ai_response\nprompt,one\nprompt,two\n")
    *_, result = import_file(workspace, COMMAND_LINE, tmp_path / "f.csv")
    assert (result.added, result.duplicates) == (1, 1)


def test_a_deleted_answer_leaves_its_history(workspace, old_app):
    """Deleting removes the answer and its ratings everywhere; texts and what was rated can still be looked up."""
    number, ana = interactions.add(workspace, COMMAND_LINE, "prompt", "answer"), rater(workspace)
    looked.rate(workspace, ana, number, 4)
    looked.delete(workspace, lead(workspace, "Lead"), number)
    assert found(workspace) == []
    assert old_app.run("SELECT count(*) FROM rlhf_interactions") == [(0,)]
    assert old_app.run("SELECT count(*) FROM assay_ratings") == [(0,)]
    assert texts_kept(workspace) == [("deleted", "Lead", "prompt", "answer", None)]
    assert [(line.rater, line.new) for line in interactions.history(workspace, COMMAND_LINE, number)] == [("Ana", "4")]
    assert interactions.add(workspace, COMMAND_LINE, "prompt", "answer") != number


def test_what_is_gone_cannot_be_edited_or_deleted(workspace):
    """Both say that the answer was deleted meanwhile."""
    number, ana = interactions.add(workspace, COMMAND_LINE, "prompt", "answer"), rater(workspace)
    looked.delete(workspace, ana, number)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        looked.delete(workspace, ana, number)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        looked.edit(workspace, ana, number, "p", "a", withdraw_ratings=False)
    assert len(texts_kept(workspace)) == 1


def test_an_answer_that_another_table_needs_is_not_deleted(workspace, old_app):
    """Where a table of the existing application refers to the row,
    deleting is refused in words and leaves all as it was.
    """
    number = interactions.add(workspace, COMMAND_LINE, "prompt", "answer")
    looked.rate(workspace, rater(workspace), number, 4)
    old_app.run("CREATE TABLE app_notes (n INTEGER REFERENCES rlhf_interactions(interaction_id))")
    if old_app.is_sqlite:
        old_app.run("PRAGMA foreign_keys = ON")
    old_app.run("INSERT INTO app_notes VALUES (?)", number)
    with pytest.raises(Conflict, match="another table"):
        looked.delete(workspace, rater(workspace), number)
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    assert shown.n_ratings == 1
    assert texts_kept(workspace) == []


@pytest.mark.every_database
@pytest.mark.parametrize(
    "text, expected",
    [
        ("100%", ["100% sure"]),
        ("%", ["100% sure"]),
        ("_", ["snake_case"]),
        ("e_c", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("ANSWER", ["plain answer"]),
        ("'", ["it's"]),
        ("nothing like it", []),
        ("ÜBER", ["über Öl"]),
        ("topic", ["über Öl", "it's", "back\\slash", "plain answer", "snakeXcase", "snake_case", "100% sure"]),
    ],
)
def test_text_is_searched_as_it_is_typed(workspace, text, expected):
    """Prompts and answers are searched without regard to case; %, _ and \\ mean themselves."""
    for answer in ("100% sure", "snake_case", "snakeXcase", "plain answer", "back\\slash", "it's", "über Öl"):
        interactions.add(workspace, COMMAND_LINE, "Topic", answer)
    assert found(workspace, text=text) == expected


def test_filters_restrict_together(workspace, tmp_path):
    """Rated or not, consensus range, session, source and flag restrict the list, alone and together."""
    ana = rater(workspace)
    for number, value in enumerate((1, 3, 5)):
        looked.rate(
            workspace,
            ana,
            interactions.add(workspace, COMMAND_LINE, "p", f"rated {value}", "", f"s{number}"),
            value,
            bias_flag=value == 3,
        )
    interactions.add(workspace, COMMAND_LINE, "p", "unrated", "", "s1")
    (tmp_path / "f.csv").write_text("user_prompt,ai_response,rating\np,imported,4\n")
    list(import_file(workspace, COMMAND_LINE, tmp_path / "f.csv"))
    assert found(workspace, rated=False) == ["unrated"]
    assert found(workspace, rated=True) == ["imported", "rated 5", "rated 3", "rated 1"]
    assert found(workspace, lowest=3, highest=4) == ["imported", "rated 3"]
    assert found(workspace, session_label="s1") == ["unrated", "rated 3"]
    assert found(workspace, session_label="s1", rated=True) == ["rated 3"]
    assert found(workspace, source="import") == ["imported"]
    assert found(workspace, flagged=True) == ["rated 3"]
    assert found(workspace, flagged=True, lowest=4) == []
    assert interactions.sources(workspace, COMMAND_LINE) == {"import": 1, "manual": 4}


def test_pages_are_newest_first_and_complete(workspace):
    """Leafing through shows every answer once, newest first, and the total on each page."""
    numbers = [added(workspace, response=f"answer {n}") for n in range(7)]
    pages = [interactions.browse(workspace, COMMAND_LINE, Filters(), page=page, size=3) for page in range(4)]
    assert [[i.interaction_id for i in shown] for shown, _ in pages] == [
        numbers[:3:-1],
        numbers[3:0:-1],
        [numbers[0]],
        [],
    ]
    assert {total for _, total in pages} == {7}


def test_history_is_append_only(workspace):
    """Whatever happens to an answer, events are only ever added."""
    number, ana = interactions.add(workspace, COMMAND_LINE, "prompt", "answer"), rater(workspace)
    seen: list[tuple[int, str, dict]] = []
    acts = (
        lambda: looked.rate(workspace, ana, number, 2),
        lambda: looked.rate(workspace, ana, number, 4),
        lambda: looked.edit(workspace, ana, number, "prompt", "other", withdraw_ratings=True),
        lambda: looked.delete(workspace, ana, number),
    )
    for act in acts:
        act()
        with workspace.store.read() as session:
            rows = [(e.event_id, e.action, e.new) for e in session.query(RatingEvent).order_by(RatingEvent.event_id)]
        assert rows[: len(seen)] == seen
        seen = rows
    assert [action for _, action, _ in seen] == ["rated", "changed", "text edited"]
