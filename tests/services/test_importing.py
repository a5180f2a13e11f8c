"""Importing files: what is added, what is a duplicate, what is refused, and that nothing else ever changes."""

import json

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.services.data import importing, interactions
from core.services.data.importing import ImportProgress, import_file, recorded, remove_import
from core.services.operations.status import status
from core.store.interactions import imports
from core.store.tables import Import, Item, LegacyInteraction, Rater, Rating, RatingEvent
from tests import looked
from tests.databases import SHARED, added, rater, until_a_batch_is_in


@pytest.fixture
def file(tmp_path):
    """Writes a file of rows and returns its path."""

    def write(*rows, name="rows.csv", columns="user_prompt,ai_response,rating,rater"):
        path = tmp_path / name
        path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def run(workspace, path, **options):
    *_, result = import_file(workspace, COMMAND_LINE, path, **options)
    return result


def abandoned(steps):
    """Take the first batch, then go away."""
    until_a_batch_is_in(steps)
    steps.close()


def counts(result):
    return result.added, result.ratings, result.duplicates, result.rejected_total


def voices(workspace):
    with workspace.store.read() as session:
        rows = session.query(LegacyInteraction.ai_response, Rater.name, Rating.rating, Rating.comment, Rating.status)
        joined = rows.join(Rating, Rating.interaction_id == LegacyInteraction.interaction_id).join(Rater)
        return sorted(tuple(map(str, row)) for row in joined)


def everything(workspace):
    with workspace.store.read() as session:
        tables = (LegacyInteraction, Item, Rating, RatingEvent, Rater, Import)
        return {table.__tablename__: session.query(table).count() for table in tables}


def test_rows_are_counted_as_they_turn_out(workspace, file):
    """New answers, new ratings, duplicates and refusals are counted apart; a refused row is named with its reason, and
    so is one that is in without its rating.
    """
    path = file(
        "p,one,5,Ana",
        "p,two,,",
        "p,one,5,Ana",
        "p,one,4,Ana",
        "p,one,3,Ben",
        "p,three,6,Ana",
        ",four,3,Ana",
        "p,two,2,Ben",
        "p,two,,",
    )
    result = run(workspace, path, how=HowToRead(scale="1-5"))
    assert result.to_json() == {
        "added": 3,
        "ratings": 3,
        "duplicates": 2,
        "rejected_total": 2,
        "import_id": result.import_id,
        "rejected": [
            {"row": 4, "reason": "already rated 5 by Ana"},
            {"row": 7, "reason": "the question is empty"},
        ],
        "ratings_left_out": {"total": 1, "rows": [{"row": 6, "reason": "rating '6' is not a number from 1 to 5"}]},
        "preferences": 0,
        "ties": 0,
        "equal_pairs": 0,
    }
    assert [row[:3] for row in voices(workspace)] == [("one", "Ana", "5"), ("one", "Ben", "3"), ("two", "Ben", "2")]


def test_ratings_of_which_nobody_said_what_they_mean_are_not_guessed(workspace, file):
    """More than 2 % are no whole number from 1 to 5: nothing is stored, and the sentence names range and option."""
    path = file("p,one,0,Ana", "p,two,4,Ana", "p,three,2,Ana", "p,four,N/A,Ana")
    with pytest.raises(BadInput, match=r"go from 0 to 4: 1 of 3 .* --scale 0-4\. Nothing was stored"):
        run(workspace, path)
    assert set(everything(workspace).values()) == {0}
    result = run(workspace, path, how=HowToRead(scale="0-4"))
    assert counts(result) == (4, 3, 0, 0)
    assert [row[:3] for row in voices(workspace)] == [("one", "Ana", "1"), ("three", "Ana", "3"), ("two", "Ana", "5")]
    with workspace.store.read() as session:
        assert session.query(Import).one().how["scale"] == "0-4"  # the mapping is kept with the import


def test_fewer_of_them_come_in_without_their_rating(workspace, file):
    """Up to 2 % that are no whole number: the answers are in, the ratings are listed as left out and kept beside."""
    path = file(*[f"p,a{n},4,Ana" for n in range(98)], "p,odd,3.5,Ana", "p,none,,Ana")
    result = run(workspace, path)
    assert counts(result) == (100, 98, 0, 0)
    assert [(row.number, row.reason) for row in result.left_out] == [
        (99, "rating '3.5' is not a whole number from 1 to 5")
    ]
    with workspace.store.read() as session:
        assert [item.extra for item in session.query(Item).filter(Item.extra.is_not(None))] == [{"rating": "3.5"}]
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.left_out_total, record.left_out[0]["reason"]) == (1, result.left_out[0].reason)


def test_the_same_file_again_adds_nothing(workspace, file):
    """Importing what is there already counts every row as a duplicate and leaves all tables as they were."""
    path = file("p,one,5,Ana", "p,two,,", "p,one,3,Ben")
    run(workspace, path)
    before = everything(workspace)
    assert counts(run(workspace, path)) == (0, 0, 3, 0)
    assert everything(workspace) == {**before, "assay_imports": before["assay_imports"] + 1}


def test_identity_is_exact(workspace, file):
    """Blank, case and letter form make another answer; only what is exactly the same is a repeat."""
    path = file("p,One,5,", "p,one,5,", "p,one ,5,", "P,one,5,", "p,caf\u00e9,5,", "p,cafe\u0301,5,", "p,one,5,")
    assert counts(run(workspace, path)) == (6, 6, 1, 0)


def test_the_context_is_part_of_the_identity(workspace, file):
    """Equal texts about two contexts are two answers, without a context a third."""
    path = file("p,a,5,s1", "p,a,4,s2", "p,a,3,", "p,a,5,s1", columns="user_prompt,ai_response,rating,context_id")
    assert counts(run(workspace, path)) == (3, 3, 1, 0)


def test_any_column_can_be_the_context(workspace, file):
    """A named column separates equal prompts and keeps its own meaning beside."""
    path = file("p,a,5,s1", "p,a,4,s2", columns="user_prompt,ai_response,rating,session_id")
    assert counts(run(workspace, path, how=HowToRead(context_column="session_id"))) == (2, 2, 0, 0)
    with workspace.store.read() as session:
        assert sorted(session.query(Item.context_id, Item.session_label).all()) == [("s1", "s1"), ("s2", "s2")]


def test_ratings_without_a_name_belong_to_imported(workspace, file):
    """Where a row names nobody the rater is the one given, else ``imported``."""
    run(workspace, file("p,one,5,", "p,two,4,Ben"))
    run(workspace, file("p,three,3,", name="b.csv"), how=HowToRead(rater="Dr. Lima"))
    assert [row[:3] for row in voices(workspace)] == [
        ("one", "imported", "5"),
        ("three", "Dr. Lima", "3"),
        ("two", "Ben", "4"),
    ]


@pytest.mark.parametrize("name", ["", " ", "a" * 101])
def test_an_unusable_default_rater_is_refused_at_once(workspace, file, name):
    """A rater name that cannot be kept stops before anything is read, not row by row."""
    with pytest.raises(BadInput, match="name"):
        run(workspace, file("p,one,5,"), how=HowToRead(rater=name))
    assert set(everything(workspace).values()) == {0}


def test_a_rating_never_replaces_one_that_exists(workspace, file):
    """An expert's own rating stays as it is, whatever a file says under the same name."""
    interaction_id, ana = added(workspace, "p", "one"), rater(workspace, "Ana")
    looked.rate(workspace, ana, interaction_id, 2, comment="mine")
    result = run(workspace, file("p,one,5,ana", "p,one,2,ANA"))
    assert counts(result) == (0, 0, 1, 1)
    assert result.rejected[0].reason == "already rated 2 by ana"
    assert voices(workspace) == [("one", "Ana", "2", "mine", "submitted")]


def test_ratings_for_unrated_answers_that_are_there(workspace, file, old_app):
    """A rating for an answer that nobody rated yet is added to it: consensus and mirror follow."""
    interaction_id = added(workspace, "p", "one")
    assert counts(run(workspace, file("p,one,5,Ana", "p,one,2,Ben"))) == (0, 2, 0, 0)
    found = status(workspace, COMMAND_LINE)
    assert (found.interactions, found.rated) == (1, 1)
    assert old_app.run("SELECT interaction_id, rating FROM rlhf_interactions") == [(interaction_id, 3)]


def test_comment_flag_and_other_columns_are_kept(workspace, file, old_app):
    """Comment and flag go with the rating and into the mirror; what is not understood is kept as metadata."""
    path = file(
        'p,one,4,"fine, really",yes,gpt-x,7',
        columns="user_prompt,ai_response,rating,feedback_comment,bias_flag,model,tokens",
    )
    run(workspace, path)
    assert voices(workspace) == [("one", "imported", "4", "fine, really", "submitted")]
    ((comment, flag, by),) = old_app.run("SELECT feedback_comment, bias_flag, created_by FROM rlhf_interactions")
    assert (comment, bool(flag), by) == ("fine, really", True, 1001)
    with workspace.store.read() as session:
        assert session.query(Item.extra).scalar() == {"model": "gpt-x", "tokens": "7"}


def test_a_session_is_written_to_the_old_column_only_if_it_exists(legacy_database, opened, file):
    """The integer of an existing session reaches the legacy column; any other text is kept beside."""
    workspace = opened()
    path = file(
        "p,a,1",
        "p,b,99",
        "p,c,story-7",
        "p,d,2",
        "p,e,",
        "p,f,1.5",
        "p,g,999999999999999999",
        columns="user_prompt,ai_response,session_id",
    )
    assert counts(run(workspace, path)) == (7, 0, 0, 0)
    rows = legacy_database.run(
        "SELECT ai_response, r.session_id, session_label FROM rlhf_interactions r JOIN assay_items USING "
        "(interaction_id) WHERE user_prompt = 'p' ORDER BY ai_response"
    )
    assert rows == [
        ("a", 1, "1"),
        ("b", None, "99"),
        ("c", None, "story-7"),
        ("d", 2, "2"),
        ("e", None, None),
        ("f", None, "1.5"),
        ("g", None, "999999999999999999"),
    ]


def test_rows_are_committed_in_batches(workspace, file, old_app):
    """A file of more than one batch becomes visible batch by batch, and the record says how far it is."""
    path = file(*[f"p{n},a,{n % 5 + 1},Ana" for n in range(700)])
    seen = []
    for step in import_file(workspace, COMMAND_LINE, path):
        if isinstance(step, ImportProgress):
            rows = old_app.run("SELECT count(*) FROM rlhf_interactions")[0][0]
            seen.append((step.rows, rows, old_app.run("SELECT rows_done, added FROM assay_imports")[0]))
    assert [rows for rows, _, _ in seen] == [stored for _, stored, _ in seen]
    assert [record for _, _, record in seen] == [(rows, rows) for rows, _, _ in seen]
    sizes = [rows - before for before, (rows, _, _) in zip([0, *(rows for rows, _, _ in seen)], seen, strict=False)]
    assert sum(sizes) == 700
    assert sizes[0] == 100  # before anything is known of how long it takes
    assert all(25 <= size <= 500 for size in sizes[:-1])


def test_duplicates_are_found_across_batches(workspace, file):
    """A repeat is a repeat however far it is from the first, and a contradiction a contradiction."""
    rows = [f"p{n},a,4,Ana" for n in range(600)]
    result = run(workspace, file(*rows, "p3,a,4,Ana", "p4,a,1,Ana"))
    assert counts(result) == (600, 600, 1, 1)
    assert (result.rejected[0].number, result.rejected[0].reason) == (602, "already rated 4 by Ana")


def test_the_first_thousand_refusals_are_listed(workspace, file):
    """All refused rows are counted, the first 1,000 named, in the file's order."""
    result = run(workspace, file(*["p,,4,Ana"] * 1203, "p,a,4,Ana"))
    assert counts(result) == (1, 1, 0, 1203)
    assert [r.number for r in result.rejected] == list(range(1, 1001))
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.rejected_total, len(record.rejected)) == (1203, 1000)


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("rows.csv", "", "empty"),
        ("rows.csv", "user_prompt,ai_response,rating\n", "has a header but no rows"),
        ("rows.csv", "user_prompt,rating\np,4\n", "ai_response"),
        ("rows.docx", "user_prompt,ai_response\np,a\n", ".ndjson or .parquet"),
        ("rows.jsonl", "not json\n", "rows.jsonl"),
        ("rows.parquet", "not parquet", "rows.parquet"),
    ],
)
def test_an_unreadable_file_changes_nothing(workspace, tmp_path, name, content, words):
    """A file without rows, columns or a known format is refused in one sentence and leaves no trace."""
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(BadInput) as caught:
        run(workspace, path)
    assert words in str(caught.value)
    assert set(everything(workspace).values()) == {0}


def test_a_file_that_is_not_there_is_a_sentence(workspace, tmp_path):
    """A missing file is named."""
    with pytest.raises(BadInput, match=r"nowhere\.csv"):
        run(workspace, tmp_path / "nowhere.csv")


def test_an_abandoned_import_can_be_finished(workspace, file):
    """An import whose reader went away is shown as unfinished; running it again completes it, each row once."""
    path = file(*[f"p{n},a,4,Ana" for n in range(1200)])
    abandoned(import_file(workspace, COMMAND_LINE, path))
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.unfinished, record.rows_done, record.added) == (True, 100, 100)
    result = run(workspace, path)
    assert (result.import_id, result.resumed) == (record.import_id, True)
    (record,) = recorded(workspace, COMMAND_LINE)
    assert (record.unfinished, record.rows_done, record.added, record.ratings) == (False, 1200, 1200, 1200)
    assert everything(workspace)["rlhf_interactions"] == 1200


def test_an_abandoned_import_can_be_removed(workspace, file):
    """An unfinished import is taken back whole: interactions, ratings and its record."""
    abandoned(import_file(workspace, COMMAND_LINE, file(*[f"p{n},a,4,Ana" for n in range(1200)])))
    (record,) = recorded(workspace, COMMAND_LINE)
    assert remove_import(workspace, COMMAND_LINE, record.import_id) == 0
    left = everything(workspace)
    assert (left["rlhf_interactions"], left["assay_items"], left["assay_ratings"], left["assay_imports"]) == (
        0,
        0,
        0,
        0,
    )
    with pytest.raises(NotFound):
        remove_import(workspace, COMMAND_LINE, record.import_id)


def test_removing_an_import_keeps_what_somebody_rated_since(workspace, file):
    """Answers rated by somebody else since stay with that rating; the import's own ratings of them go."""
    result = run(workspace, file("p,one,5,Ben", "p,two,4,Ben", "p,three,,"))
    one, three = 1, 3
    ana = rater(workspace)
    looked.rate(workspace, ana, one, 2)
    looked.rate(workspace, ana, three, 3)
    assert remove_import(workspace, COMMAND_LINE, result.import_id) == 2
    assert voices(workspace) == [("one", "Ana", "2", "None", "submitted"), ("three", "Ana", "3", "None", "submitted")]
    found = status(workspace, COMMAND_LINE)
    assert (found.interactions, found.rated) == (2, 2)
    with workspace.store.read() as session:
        assert session.query(Item.consensus).order_by(Item.interaction_id).all() == [(2.0,), (3.0,)]


def test_removing_an_import_takes_its_ratings_from_answers_that_were_there(workspace, file, old_app):
    """Ratings given to older answers are withdrawn with the import, and consensus and mirror follow."""
    interaction_id = added(workspace, "p", "one")
    result = run(workspace, file("p,one,5,Ben", "p,two,4,Ben"))
    assert remove_import(workspace, COMMAND_LINE, result.import_id) == 0
    assert old_app.run("SELECT interaction_id, rating FROM rlhf_interactions") == [(interaction_id, None)]
    assert voices(workspace) == []


def test_a_rating_changed_by_hand_does_not_go_with_its_import(workspace, file):
    """What a person changed after it was imported under her name is hers and stays."""
    ana = rater(workspace, "Ana")
    result = run(workspace, file("p,one,5,Ana", "p,two,4,Ana"))
    looked.rate(workspace, ana, 1, 3)
    assert remove_import(workspace, COMMAND_LINE, result.import_id) == 1
    assert voices(workspace) == [("one", "Ana", "3", "None", "submitted")]


def test_a_running_import_is_neither_repeated_nor_removed(workspace, file):
    """While a file is being imported the same file is refused and its removal too; another file is welcome."""
    rows = [f"p{n},a,4,Ana" for n in range(600)]
    path = file(*rows)
    steps = import_file(workspace, COMMAND_LINE, path)
    until_a_batch_is_in(steps)
    with pytest.raises(Conflict, match=r"rows\.csv is being imported right now"):
        run(workspace, path)
    with pytest.raises(Conflict, match="still running"):
        remove_import(workspace, COMMAND_LINE, recorded(workspace, COMMAND_LINE)[0].import_id)
    assert counts(run(workspace, file("q,a,4,Ana", "p1,a,4,Ana", name="other.csv"))) == (1, 1, 1, 0)
    *_, result = steps
    assert counts(result) == (600, 600, 0, 0)


def test_an_import_that_goes_on_while_it_is_removed_keeps_its_record(workspace, file, monkeypatch):
    """What it stores from then on can be removed with it."""
    path = file(*(f"q,answer {n},3," for n in range(250)))
    steps = import_file(workspace, COMMAND_LINE, path)
    abandoned(steps)
    (record,) = recorded(workspace, COMMAND_LINE)
    remove_some, going_on = imports.remove_some, import_file(workspace, COMMAND_LINE, path)

    def and_then_it_goes_on(session, import_id):
        found = remove_some(session, import_id)
        if not found[0]:
            session.commit()
            until_a_batch_is_in(going_on)
        return found

    monkeypatch.setattr(imports, "remove_some", and_then_it_goes_on)
    with pytest.raises(Conflict, match="while it was being removed"):
        remove_import(workspace, COMMAND_LINE, record.import_id)
    monkeypatch.undo()
    list(going_on)
    assert status(workspace, COMMAND_LINE).interactions == 250
    remove_import(workspace, COMMAND_LINE, record.import_id)
    assert status(workspace, COMMAND_LINE).interactions == 0


def test_columns_can_be_mapped(workspace, file):
    """A file with other column names is understood when it is said which is which."""
    path = file("p,one,5", columns="question,answer,score")
    mapping = {"user_prompt": "question", "ai_response": "answer", "rating": "score"}
    result = run(workspace, path, how=HowToRead(mapping=mapping))
    assert counts(result) == (1, 1, 0, 0)


def test_a_megabyte_and_every_kind_of_text_arrive_unchanged(workspace, tmp_path):
    """Long answers, quotes, line breaks and all scripts are stored exactly."""
    texts = ["x" * 1_000_000, 'say "hi",\r\nthen; leave', "日本語 עברית 💚 e\u0301", " leading and trailing "]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({"user_prompt": "p", "ai_response": text}) for text in texts))
    assert counts(run(workspace, path)) == (4, 0, 0, 0)
    with workspace.store.read() as session:
        rows = session.query(LegacyInteraction.ai_response).order_by(LegacyInteraction.interaction_id)
        assert [text for (text,) in rows] == texts


def test_a_stopped_database_does_not_count_half_a_batch(workspace, file, monkeypatch):
    """When a batch fails nothing of it is stored, the earlier batches stay, and the import can be finished."""
    path = file(*[f"p{n},a,4,Ana" for n in range(1200)])
    real, calls = imports.progress, []

    def fails_once(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the disk is gone")
        real(*arguments)

    monkeypatch.setattr(imports, "progress", fails_once)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        run(workspace, path)
    assert everything(workspace)["rlhf_interactions"] == 100
    assert recorded(workspace, COMMAND_LINE)[0].unfinished
    assert counts(run(workspace, path)) == (1100, 1100, 100, 0)
    assert everything(workspace)["rlhf_interactions"] == 1200


@pytest.mark.every_database
@pytest.mark.parametrize(
    "name, options, expected",
    [
        ("mediqa_train.csv", {}, (1929, 1929, 6, 0)),
        ("squality_raters.csv", {"how": HowToRead(context_column="session_id")}, (300, 900, 0, 0)),
    ],
)
def test_the_shared_data_sets_are_counted_as_promised(workspace, name, options, expected):
    """The two real data sets give the numbers that are promised for them."""
    path = SHARED / "data" / name
    if not path.is_file():
        pytest.skip("not here: ../shared/data")
    result = run(workspace, path, **options)
    assert counts(result) == expected
    assert result.rejected == []
    assert status(workspace, COMMAND_LINE).interactions == expected[0]


def test_the_rejections_of_one_batch_are_in_order(workspace, file):
    """Rows refused for their values and rows refused for what is stored come in the file's order."""
    result = run(workspace, file("p,a,4,Ana", "p,a,5,Ana", "p,,4,Ana", "p,a,3,Ana"))
    assert [r.number for r in result.rejected] == [2, 3, 4]


def test_a_rating_is_not_put_on_a_text_that_was_edited_meanwhile(workspace, old_app, tmp_path):
    """After the old application replaced an answer, an import of the former answer is a new interaction."""
    number = added(workspace, "P", "answer one")
    old_app.run("UPDATE rlhf_interactions SET ai_response = 'something else' WHERE interaction_id = ?", number)
    file = tmp_path / "f.csv"
    file.write_text("user_prompt,ai_response,rating,rater\nP,answer one,1,Bob\n")
    *_, result = importing.import_file(workspace, COMMAND_LINE, file)
    assert (result.added, result.ratings) == (1, 1)
    shown = old_app.run("SELECT ai_response, rating FROM rlhf_interactions ORDER BY interaction_id")
    assert shown == [("something else", None), ("answer one", 1)]


def test_a_remark_stays_when_its_rating_follows(workspace, old_app, tmp_path):
    """A comment and flag in one row, the rating of the same rater in the next: all three are kept."""
    file = tmp_path / "f.csv"
    file.write_text(
        "user_prompt,ai_response,rating,rater,feedback_comment,bias_flag\nP,A,,Bob,the remark,true\nP,A,4,Bob,,\n"
    )
    *_, result = importing.import_file(workspace, COMMAND_LINE, file)
    assert (result.added, result.ratings, result.duplicates) == (1, 1, 0)
    (row,) = old_app.run("SELECT rating, feedback_comment, bias_flag FROM rlhf_interactions")
    assert (row[0], row[1], bool(row[2])) == (4, "the remark", True)


def test_a_skip_does_not_hold_an_import_back(workspace, tmp_path):
    """An import whose answers were only skipped is removed whole."""
    file = tmp_path / "f.csv"
    file.write_text("user_prompt,ai_response\nP,A\nP,B\n")
    *_, result = importing.import_file(workspace, COMMAND_LINE, file)
    ana = rater(workspace)
    looked.skip(workspace, ana, looked.next_item(workspace, ana).interaction.interaction_id)
    assert importing.remove_import(workspace, COMMAND_LINE, result.import_id) == 0
    assert interactions.sources(workspace, COMMAND_LINE) == {}
