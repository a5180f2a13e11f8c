"""Comparisons of a file: both answers become answers, the comparison a preference that lives and goes with them."""

import json
from dataclasses import replace

import pytest

from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import COMMAND_LINE
from core.domain.turns import Speaker, Turn, turns_to_json
from core.labeling.how_to_read import HowToRead
from core.labeling.tables import open_table
from core.services.data.exporting import Marked, export
from core.services.data.importing import import_file, recorded, remove_import
from core.services.reranking import preferences as orders
from core.store.database import Session
from core.store.interactions import imports
from core.store.interactions.imports import Counted
from core.store.reranking import preferences
from core.store.tables import Import, Item, LegacyInteraction, Preference, Rater
from tests import looked
from tests.databases import lead, rater

PAIR = ImportComparison(1, "Which?", "good", "poor")
BEFORE = (Turn(Speaker.USER, "Hello"), Turn(Speaker.ASSISTANT, "Hi."))


def begun(workspace, name="pairs.jsonl"):
    """The record of an import of a file of that name; its number."""
    with workspace.store.write() as session:
        return imports.begin(session, name, name.ljust(64, "0"), "here:1").import_id


def stored(workspace, *rows, import_id=None, source="import"):
    with workspace.store.write() as session:
        counted = imports.add_batch(session, import_id, rows, rater="imported", source=source)
        if import_id is not None:
            imports.progress(session, import_id, len(rows), counted)
        return counted


def ended(workspace, import_id):
    with workspace.store.write() as session:
        imports.end(session, import_id, "finished")


def answers(session: Session):
    """Number and text of every answer."""
    return dict(session.query(LegacyInteraction.ai_response, LegacyInteraction.interaction_id).all())


def preferred(workspace):
    """Who prefers what to what."""
    with workspace.store.read() as session:
        rows = session.query(Rater.name, Preference.chosen, Preference.rejected)
        return sorted(tuple(row) for row in rows.join(Preference, Preference.rater_id == Rater.rater_id))


def learned(workspace, **options):
    with workspace.store.read() as session:
        return [(pair.chosen, pair.rejected) for pair in preferences.for_training(session, **options)]


@pytest.mark.every_database
def test_both_answers_and_the_preference_are_stored(workspace):
    """With everything that the row says; neither answer has a rating, and both wait for one."""
    import_id = begun(workspace)
    row = replace(
        PAIR, rater="Ana", context_id="case 1", turns=BEFORE, session_id="s", metadata={"chosen_generator": "m1"}
    )
    assert stored(workspace, row, import_id=import_id) == Counted(added=2, preferences=1)
    with workspace.store.read() as session:
        (kept,) = session.query(Preference)
        there = answers(session)
        assert (kept.prompt, kept.chosen, kept.rejected) == ("Which?", "good", "poor")
        assert (kept.context_id, kept.turns, kept.import_id) == ("case 1", turns_to_json(BEFORE), import_id)
        assert (kept.chosen_id, kept.rejected_id) == (there["good"], there["poor"])
        assert (session.get(Rater, kept.rater_id).name, session.get(Rater, kept.rater_id).kind) == ("Ana", "imported")
        for item in session.query(Item):
            assert (item.context_id, item.session_label, item.source) == ("case 1", "s", "import")
            assert (item.turns, item.turns_group) == (kept.turns, kept.turns_group)
            assert (item.import_id, item.n_ratings, item.consensus) == (import_id, 0, None)
            assert item.places > 0
        assert session.get(Item, there["good"]).extra == {"generator": "m1"}
        assert session.get(Import, import_id).preferences == 1


@pytest.mark.every_database
def test_rows_are_counted_as_they_turn_out(workspace):
    """A repeat is a duplicate also within a batch; the same rater the other way round is refused, another rater not."""
    rows = [
        PAIR,
        replace(PAIR, number=2),
        replace(PAIR, number=3, chosen="poor", rejected="good", place=4),
        replace(PAIR, number=4, chosen="poor", rejected="good", rater="Ana"),
        replace(PAIR, number=5, rejected="poorer"),
        replace(PAIR, number=6, rejected="fair", tie=True),
        replace(PAIR, number=7, rejected="good"),
        replace(PAIR, number=8, rater="x" * 101),
    ]
    refused = [
        Rejected(8, "A name can have at most 100 characters."),
        Rejected(3, "already preferred the other way", 4),
    ]
    assert stored(workspace, *rows) == Counted(
        added=4, preferences=3, duplicates=1, ties=1, equal_pairs=1, rejected_total=2, rejected=refused
    )
    assert preferred(workspace) == [
        ("Ana", "poor", "good"),
        ("imported", "good", "poor"),
        ("imported", "good", "poorer"),
    ]
    again = stored(workspace, *rows)
    assert (again.added, again.preferences, again.duplicates, again.ties, again.equal_pairs) == (0, 0, 4, 1, 1)


def test_a_pair_in_another_case_or_conversation_is_another(workspace):
    """What it is about, and what was said before, belong to the question."""
    rows = [PAIR, replace(PAIR, context_id="case 1"), replace(PAIR, turns=BEFORE)]
    flipped = [replace(row, chosen="poor", rejected="good") for row in rows[1:]]
    assert stored(workspace, *rows).preferences == 3
    assert stored(workspace, *flipped, replace(PAIR, context_id="case 2")).rejected_total == 2


def test_the_hash_of_a_pair_is_what_it_was():
    """Preferences that were kept before there was context are found again."""
    assert preferences.pair_hash("1" * 64, "b", "a") == preferences.pair_hash("1" * 64, "a", "b", None, "")
    assert (
        preferences.pair_hash("1" * 64, "a", "bé") == "1bdc009f1d0d5aeab52f478b4abce68c6cb7f009434c6ec2cb28d4ab8fbf5955"
    )
    assert len({preferences.pair_hash("", "a", "b", *more) for more in [(), ("c", ""), (None, "c"), ("c", "d")]}) == 4


def test_where_a_comparison_says_nothing_nobody_is_added(workspace):
    """Ties and equal pairs prefer nothing: their answers are stored, no rater and no preference is."""
    stored(workspace, replace(PAIR, tie=True, rater="Ana"), replace(PAIR, rejected="good", rater="Ben"))
    assert preferred(workspace) == []
    with workspace.store.read() as session:
        assert set(answers(session)) == {"good", "poor"}
        assert session.query(Rater).count() == 0


def test_of_a_refused_comparison_nothing_is_stored(workspace):
    """What its rater said on the Rerank page stands, and answers that were compared there stay out of the data."""
    orders.keep(workspace, rater(workspace, "Ana"), "Which?", ["good", "poor"], [1], model_version=None)
    assert stored(workspace, replace(PAIR, rater="Ana")).rejected_total == 1
    with workspace.store.read() as session:
        assert answers(session) == {}
    # the same way round it is there already, and its answers are new
    row = replace(PAIR, chosen="poor", rejected="good", rater="Ana")
    assert stored(workspace, row) == Counted(added=2)
    assert stored(workspace, row) == Counted(duplicates=1)


def test_ratings_left_out_are_listed_with_the_import(workspace):
    """The answer is stored without a rating; the first 1,000 rows are kept with their reasons, and places where there
    are some.
    """
    import_id = begun(workspace)
    rows = [ImportRow(n, "p", f"a{n}", left_out="rating 'x'", place=n + 1 if n < 3 else 0) for n in range(1, 502)]
    for batch in (rows, [replace(row, number=row.number + 501, ai_response="b") for row in rows]):
        counted = stored(workspace, *batch, import_id=import_id)
        assert (counted.left_out_total, counted.left_out[0].reason) == (501, "rating 'x'")
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.added, record.ratings, record.left_out_total, len(record.left_out)) == (502, 0, 1002, 1000)
    assert record.left_out[0] == {"row": 1, "reason": "rating 'x'", "place": 2}
    assert record.left_out[2] == {"row": 3, "reason": "rating 'x'"}


def test_an_import_that_is_taken_up_again_counts_everything_once(workspace):
    """The file is read from its beginning: what was stored counts on, what only was read counts anew."""
    rows = [
        PAIR,
        replace(PAIR, rejected="fair", tie=True),
        replace(PAIR, rejected="good"),
        ImportRow(4, "p", "a", left_out="no"),
    ]
    for _ in range(2):
        import_id = begun(workspace)
        stored(workspace, *rows, import_id=import_id)
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.added, record.preferences, record.duplicates) == (4, 1, 2)
    assert (record.ties, record.equal_pairs, record.left_out_total) == (1, 1, 1)


@pytest.mark.every_database
def test_removing_an_import_takes_its_preferences_and_leaves_those_of_others(workspace):
    """Answers that another import compares stay, as those that somebody rated since; what was ordered on the Rerank
    page stays too, also where it replaced what the file said.
    """
    ana = rater(workspace, "Ana")
    first, second = begun(workspace, "first"), begun(workspace, "second")
    stored(workspace, PAIR, replace(PAIR, rejected="bad"), replace(PAIR, rejected="odd", rater="Ana"), import_id=first)
    stored(workspace, replace(PAIR, rater="Ben"), replace(PAIR, chosen="new", rater="Ben"), import_id=second)
    ended(workspace, first)
    ended(workspace, second)
    orders.keep(workspace, ana, "Which?", ["good", "odd"], [1], model_version=None)
    assert remove_import(workspace, COMMAND_LINE, first) == 2
    assert preferred(workspace) == [("Ana", "odd", "good"), ("Ben", "good", "poor"), ("Ben", "new", "poor")]
    with workspace.store.read() as session:
        assert set(answers(session)) == {"good", "poor", "new"}
    assert remove_import(workspace, COMMAND_LINE, second) == 0
    assert preferred(workspace) == [("Ana", "odd", "good")]
    with workspace.store.read() as session:
        assert set(answers(session)) == {"good", "poor"}  # since they were kept, they belong to no import


def test_a_preference_on_answers_of_another_import_goes_with_its_own(workspace):
    """The answers stay where they are, the preference is taken back."""
    first, second = begun(workspace, "first"), begun(workspace, "second")
    stored(workspace, ImportRow(1, "Which?", "good", 5), ImportRow(2, "Which?", "poor", 2), import_id=first)
    stored(workspace, *(replace(PAIR, rater=f"r{number}") for number in range(30)), import_id=second)
    ended(workspace, second)
    with workspace.store.write() as session:
        assert imports.remove_preferences_some(session, second, limit=20) == 20
    remove_import(workspace, COMMAND_LINE, second)
    assert preferred(workspace) == []
    with workspace.store.read() as session:
        assert set(answers(session)) == {"good", "poor"}


@pytest.mark.every_database
def test_a_preference_goes_with_either_answer(workspace):
    """With one that is deleted, and with one that is erased after its text changed; others stay."""
    stored(workspace, PAIR, replace(PAIR, chosen="other"), replace(PAIR, chosen="other", rejected="third"))
    with workspace.store.read() as session:
        there = answers(session)
    looked.delete(workspace, COMMAND_LINE, there["good"])
    assert preferred(workspace) == [("imported", "other", "poor"), ("imported", "other", "third")]
    with workspace.store.write() as session:  # by the existing application, which keeps no history
        session.get(LegacyInteraction, there["poor"]).ai_response = "changed"
    done = looked.forget(workspace, COMMAND_LINE, there["poor"])
    assert done.goes["comparisons of raters"] == 1
    assert preferred(workspace) == [("imported", "other", "third")]


def test_a_preference_goes_with_an_answer_that_the_existing_application_deletes(workspace, old_app):
    """With the next look at what it did; on SQLite it asks for no cascade."""
    stored(workspace, PAIR, replace(PAIR, rejected="fair"))
    old_app.run("DELETE FROM rlhf_interactions WHERE ai_response = 'fair'")
    workspace.pick_up(at_once=True)
    assert preferred(workspace) == [("imported", "good", "poor")]


def test_an_erasure_counts_orders_elsewhere_as_before(workspace):
    """An order on another question that holds the same answer is told, though it is about no stored answer; what a
    file says of the same answer to another question is about that one.
    """
    stored(workspace, PAIR, replace(PAIR, user_prompt="Else, in a file?"))
    orders.keep(workspace, rater(workspace, "Ana"), "Else?", ["good", "x"], [0], model_version=None)
    with workspace.store.read() as session:
        number = session.query(Preference.chosen_id).filter_by(prompt="Which?").scalar()
    assert "in 0 saved cases and 1 orders" in " ".join(looked.forget(workspace, COMMAND_LINE, number).remains)


def test_while_an_answer_is_discarded_its_preferences_do_not_count(workspace, tmp_path):
    """Neither for training nor for exports; put back, they count again."""
    stored(workspace, PAIR, replace(PAIR, rejected="fair"))
    orders.keep(workspace, rater(workspace, "Ana"), "Which?", ["good", "poor"], [0], model_version=None)
    with workspace.store.read() as session:
        number = answers(session)["poor"]
    lea = lead(workspace)
    looked.discard(workspace, lea, number, reason="no answer")
    assert sorted(learned(workspace)) == [("good", "fair"), ("good", "poor")]  # the second: the order of Ana
    assert export(workspace, COMMAND_LINE, "preferences", tmp_path / "without.jsonl").rows == 2
    looked.put_back(workspace, lea, number)
    assert sorted(learned(workspace)) == [("good", "fair"), ("good", "poor"), ("good", "poor")]


def test_a_training_learns_from_the_newest_where_there_is_a_limit(workspace):
    """As with ratings (TRAIN_LIMIT)."""
    stored(workspace, *(replace(PAIR, rejected=f"poor {number}") for number in range(5)))
    assert len(learned(workspace)) == 5
    assert learned(workspace, newest=2) == [("good", "poor 3"), ("good", "poor 4")]


@pytest.mark.parametrize("kind", ["preferences", "pairs"])
def test_an_export_brings_back_what_was_imported(workspace, tmp_path, kind):
    """Context and earlier turns included, and once more imported it is all there already."""
    rows = [
        {"prompt": "Which?", "chosen": "good", "rejected": "poor", "context_id": "case 1"},
        {"prompt": "And?", "chosen": "yes", "rejected": "no", "turns": json.dumps(turns_to_json(BEFORE))},
        {"prompt": "Same?", "chosen": "yes", "rejected": "yes"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    *_, first = import_file(workspace, COMMAND_LINE, file, HowToRead(rater="Ana"))
    assert (first.added, first.preferences, first.equal_pairs, first.rejected_total) == (5, 2, 1, 0)
    export(workspace, COMMAND_LINE, kind, tmp_path / "out.jsonl")
    written = {row.values["prompt"]: row.values for row in open_table(tmp_path / "out.jsonl").rows()}
    assert [written[name]["context_id"] for name in ("Which?", "And?")] == ["case 1", None]
    assert [json.loads(written[name]["turns"] or "[]") for name in ("Which?", "And?")] == [[], turns_to_json(BEFORE)]
    *_, again = import_file(workspace, COMMAND_LINE, tmp_path / "out.jsonl", HowToRead(rater="Ana"))
    assert (again.added, again.preferences, again.duplicates, again.rejected_total) == (0, 0, 2, 0)


def test_identifiers_before_the_question_and_in_its_context_are_found(workspace, tmp_path):
    """An export of preferences leaves out what holds any, wherever it stands."""
    secret = "call 555-203-4567"
    said = (Turn(Speaker.USER, f"line\n{secret}"),)
    stored(workspace, PAIR, replace(PAIR, turns=said), replace(PAIR, context_id=secret))
    assert export(workspace, COMMAND_LINE, "preferences", tmp_path / "out.csv", marked=Marked.LEAVE_OUT).left_out == 2
    assert secret not in (tmp_path / "out.csv").read_text()
