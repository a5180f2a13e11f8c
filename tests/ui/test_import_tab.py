"""Importing through the page: what a file is, what its ratings mean, what a check says, and what came in."""

import gzip
import io
import json
import shutil
from contextlib import closing

import pytest
from openpyxl import Workbook

from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE, Role, User
from core.domain.turns import Speaker, Turn
from core.labeling.how_to_read import HowToRead
from core.services.data import importing, interactions, uploads
from core.services.operations.status import status
from core.services.workspace import this_process
from core.store.interactions import uploads as stored
from core.store.scratch import PREFIX
from tests import looked
from tests.databases import until_a_batch_is_in
from tests.ui.reading import plain, press, said

OURS = b"user_prompt,ai_response,rating\nA?,Yes,5\nA?,No,9\nB?,Maybe,\n"
OTHERS = b"question,model_answer,grade,story\nA?,Yes,5,s1\nA?,No,2,s2\n"
FROM_ZERO = b"user_prompt,ai_response,rating\nA?,Yes,0\nA?,No,4\nB?,Maybe,3\n"
BEFORE = [{"role": "user", "content": "My knee hurts."}, {"role": "assistant", "content": "Since when?"}]
TURNS = (Turn(Speaker.USER, "My knee hurts."), Turn(Speaker.ASSISTANT, "Since when?"))


def upload(app, content: bytes, name: str = "answers.csv"):
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception
    return app


def check(app):
    return press(app, "data.check")


def bring_in(app):
    return press(check(app), "data.import")


def ratings(workspace) -> dict[str, float | None]:
    """Every answer that is stored, with its rating."""
    found, _ = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    return {item.response: item.consensus for item in found}


def copies(workspace) -> list:
    """Files of uploads that are still on the disk."""
    home = workspace.settings.home
    return [path for path in (*home.glob(f"{PREFIX}*"), *home.glob("uploads/**/*")) if path.is_file()]


def button_keys(app) -> set[str]:
    return {button.key or "" for button in app.button}


def test_a_file_is_shown_checked_and_imported(open_page, workspace):
    """First rows; what would come in, with nothing stored yet; then the result, each in words."""
    app = upload(open_page("data"), b"user_prompt,ai_response,rating\nA?,Yes,5\nA?,No,4\nB?,Maybe,\n")
    assert list(app.dataframe[0].value.columns) == ["user_prompt", "ai_response", "rating"]
    check(app)
    text = said(app)
    assert "Nothing of it is stored yet" in text
    assert "3 new answers" in text
    assert "2 new ratings" in text
    assert status(workspace, COMMAND_LINE).interactions == 0
    press(app, "data.import")
    assert "answers.csv is imported: 3 new answers, 2 ratings" in said(app)
    assert ratings(workspace) == {"Yes": 5, "No": 4, "Maybe": None}
    assert copies(workspace) == []


def test_what_stays_out_is_listed_with_the_rows_of_the_spreadsheet(open_page, workspace):
    """A rating that cannot be read leaves its answer in; a row without a prompt is refused; both say where."""
    rows = b"".join(b"Q%d,A%d,3\n" % (n, n) for n in range(100))
    app = upload(open_page("data"), b"user_prompt,ai_response,rating\n" + rows + b"Q,Left,9\n,No prompt,3\n")
    check(app)
    assert "1 rating that cannot be read" in said(app)
    assert "1 row that cannot be used" in said(app)
    listed = [frame.value.to_dict("records") for frame in app.dataframe if "Reason" in frame.value.columns]
    assert [[row["Row"] for row in rows] for rows in listed] == [[102], [103]]
    press(app, "data.import")
    text = said(app)
    assert "1 rating left out" in text
    assert "1 row rejected" in text
    assert ratings(workspace)["Left"] is None  # the newest answer
    assert status(workspace, COMMAND_LINE).interactions == 101
    app = check(
        upload(app, b"user_prompt,ai_response,rating\n" + rows.replace(b"Q", b"R") + b"R,Left,9\n,No prompt,3\n")
    )
    assert "1 row that cannot be used" in said(app)  # beside the note on the first file, which has such lists too


def test_the_result_can_be_put_away_and_survives_the_browser(open_page, workspace):
    """The note is there in a new browser too, until it is closed."""
    bring_in(upload(open_page("data"), OTHERS))
    app = open_page("data")
    assert "is imported" in said(app)
    press(app, "data.upload_close.1")
    assert "is imported" not in said(app)
    assert "is imported" not in said(open_page("data"))


def test_other_column_names_are_guessed_and_can_be_chosen(open_page, workspace):
    """The mapping step proposes columns; the context column separates equal prompts."""
    app = upload(open_page("data"), OTHERS)
    guessed = {box.key.split(".")[2]: box.value for box in app.selectbox if (box.key or "").startswith("data.column.")}
    assert guessed["user_prompt"] == "question"
    assert guessed["ai_response"] == "model_answer"
    assert guessed["rating"] == "grade"
    next(box for box in app.selectbox if (box.key or "").startswith("data.context.")).select("story")
    next(box for box in app.text_input if (box.key or "").startswith("data.rater.")).input("Dr Kim").run()
    bring_in(app)
    found, total = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    assert total == 2
    assert {item.context_id for item in found} == {"s1", "s2"}
    assert interactions.history(workspace, COMMAND_LINE, found[0].interaction_id)[0].rater == "Dr Kim"


def test_without_a_prompt_column_nothing_is_imported(open_page, workspace):
    """The button waits until prompt and answer are chosen, and the page says for which."""
    app = upload(open_page("data"), b"x,y\n1,2\n")
    assert "Please choose the column for: Question, Answer" in said(app)
    assert app.button(key="data.check").disabled


@pytest.mark.parametrize("name", ["broken.parquet", "answers.pdf", "answers.docx"])
def test_a_file_that_cannot_be_read_is_a_sentence(open_page, workspace, name):
    """Not a table: what is wrong, in words, with the file's own name, and what can be read; no copy is kept."""
    app = upload(open_page("data"), b"\x89PNG\r\n\x1a\n\0\0\0 not a table", name)
    assert len(app.error) == 1
    assert name in plain(app.error[0].value)
    assert "Excel (.xlsx), csv" in said(app)
    assert copies(workspace) == []
    assert uploads.listed(workspace, COMMAND_LINE) == []


def test_a_name_full_of_markup_is_shown_as_it_is(open_page, workspace):
    """A file's name is text, also in messages."""
    app = bring_in(upload(open_page("data"), OTHERS, ":red[x] **b**.csv"))
    assert ":red[x] **b**.csv is imported" in said(app)
    assert ":red[" not in app.success[0].value


def test_an_import_that_was_cut_off_can_be_finished_or_removed(open_page, workspace, tmp_path):
    """One whose file is not here is listed with both ways out; removing takes a second press."""
    path = tmp_path / "half.csv"
    path.write_bytes(b"user_prompt,ai_response\n" + b"".join(b"Q%d,A\n" % n for n in range(1200)))
    with closing(importing.import_file(workspace, COMMAND_LINE, path)) as running:
        until_a_batch_is_in(running)
    app = open_page("data")
    assert "**half.csv is imported only in part:**" in said(app)
    assert "Choose the same file again" in said(app)
    for name in (None, "readiness", "train"):  # wherever answers are counted
        assert "100 rows of half.csv are in: its import was cut off" in plain(
            said(open_page(name) if name else open_page())
        )
    press(app, "data.remove_import")
    assert status(workspace, COMMAND_LINE).interactions == 0
    assert "half.csv is removed." in plain(app.toast[0].value)


def test_removing_an_import_keeps_what_was_rated_since(open_page, workspace, ana):
    """What stays is said."""
    bring_in(upload(open_page("data"), b"user_prompt,ai_response\nA?,Yes\nB?,No\n"))
    looked.rate(workspace, ana, 1, 4)
    app = press(open_page("data"), "data.remove_import")
    assert "1 answer stays, rated here or sent by a program since." in plain(app.toast[0].value)
    assert status(workspace, COMMAND_LINE).interactions == 1


def test_ratings_from_0_to_4_are_asked_about(open_page, workspace):
    """Nothing can be checked before somebody said what they mean; then the table of the mapping is shown."""
    app = upload(open_page("data"), FROM_ZERO)
    assert "What do the ratings mean?" in said(app)
    assert app.button(key="data.check").disabled
    (asked,) = [radio for radio in app.radio if (radio.key or "").startswith("data.scale.")]
    assert asked.value is None
    asked.set_value("0-4").run()
    shown = app.table[0].value
    assert dict(zip(shown["In the file"], shown["Becomes"], strict=True)) == {"0": "1", "3": "4", "4": "5"}
    bring_in(app)
    assert ratings(workspace) == {"Yes": 1, "No": 5, "Maybe": 4}


def test_words_get_a_meaning_one_by_one(open_page, workspace):
    """Each value is asked for, with how often it stands in the file."""
    app = upload(open_page("data"), b"user_prompt,ai_response,rating\nA?,Yes,good\nA?,No,poor\nB?,Maybe,good\n")
    (asked,) = [radio for radio in app.radio if (radio.key or "").startswith("data.scale.")]
    asked.set_value("words").run()
    words = {box.key.rpartition(".")[2]: box for box in app.selectbox if (box.key or "").startswith("data.word.")}
    assert words["good"].label == "good (2 rows)"
    assert app.button(key="data.check").disabled
    words["good"].select("4").run()
    words = {box.key.rpartition(".")[2]: box for box in app.selectbox if (box.key or "").startswith("data.word.")}
    words["poor"].select("1").run()
    bring_in(app)
    assert ratings(workspace) == {"Yes": 4, "No": 1, "Maybe": 4}


def test_what_only_the_whole_file_shows_is_asked_after_the_check(open_page, workspace):
    """The first rows look like 1 to 5; the rest does not: the question comes with the counts of all rows."""
    rows = b"".join(b"Q%d,A%d,%d\n" % (n, n, 3 if n < 300 else 9) for n in range(400))
    app = upload(open_page("data"), b"user_prompt,ai_response,rating\n" + rows)
    assert "What do the ratings mean?" not in said(app)
    check(app)
    assert "What do the ratings mean?" in said(app)
    assert "data.import" not in button_keys(app)
    assert status(workspace, COMMAND_LINE).interactions == 0
    (asked,) = [radio for radio in app.radio if (radio.key or "").startswith("data.scale.")]
    asked.set_value("1-10").run()
    assert "Counted in all rows" in said(app)
    bring_in(app)
    assert status(workspace, COMMAND_LINE).rated == 400


def test_transcripts_of_two_answers_become_comparisons(open_page, workspace):
    """The page names what it recognised and what becomes of it; both answers come in, and which is better."""
    row = {"chosen": "\n\nHuman: Q?\n\nAssistant: Better", "rejected": "\n\nHuman: Q?\n\nAssistant: Worse"}
    app = upload(open_page("data"), json.dumps(row).encode(), "hh.jsonl")
    (shape,) = [box for box in app.selectbox if (box.key or "").startswith("data.shape.")]
    assert shape.value == "hh-rlhf"
    check(app)
    assert "1 new comparison" in said(app)
    press(app, "data.import")
    assert "2 new answers" in said(app)
    assert "1 comparison" in said(app)
    assert set(ratings(workspace)) == {"Better", "Worse"}


def test_a_value_inside_of_a_column_can_be_mapped(open_page, workspace):
    """Paths are offered, and the value that they lead to comes in."""
    row = {"input": {"text": "Q?"}, "output": {"text": "An answer"}}
    app = upload(open_page("data"), json.dumps([row]).encode(), "nested.json")
    for name, path in {"user_prompt": "input.text", "ai_response": "output.text"}.items():
        (box,) = [box for box in app.selectbox if (box.key or "").startswith(f"data.column.{name}.")]
        assert path in box.options
        box.select(path).run()
    bring_in(app)
    assert ratings(workspace) == {"An answer": None}


def test_a_packed_file_is_read(open_page, workspace):
    """gzip'd csv, by its two endings."""
    bring_in(upload(open_page("data"), gzip.compress(OTHERS), "answers.csv.gz"))
    assert ratings(workspace) == {"Yes": 5, "No": 2}


def test_one_sheet_of_a_workbook_is_chosen(open_page, workspace):
    """Every sheet is offered, the first with rows is read; the rows count as the sheet shows them."""
    book = Workbook()
    book.active.title = "Notes"
    for title, answer in (("March", "Old"), ("April", "New")):
        sheet = book.create_sheet(title)
        for row in (("Question", "Answer", "Rating"), ("Q?", answer, 4), (None, "No prompt", 3)):
            sheet.append(row)
    book.save(content := io.BytesIO())
    app = upload(open_page("data"), content.getvalue(), "ratings.xlsx")
    (sheet,) = [box for box in app.selectbox if (box.key or "").startswith("data.sheet.")]
    assert sheet.options == ["Notes", "March", "April"]
    assert sheet.value == "March"
    sheet.select("April").run()
    check(app)
    (rejected,) = [frame.value for frame in app.dataframe if "Reason" in frame.value.columns]
    assert rejected["Row"].tolist() == [3]
    press(app, "data.import")
    assert ratings(workspace) == {"New": 4}


def test_a_file_of_conversations_is_imported(open_page, workspace):
    """A column of messages stands for prompt and answer."""
    messages = [*BEFORE, {"role": "user", "content": "Monday."}, {"role": "assistant", "content": "Rest."}]
    bring_in(upload(open_page("data"), json.dumps({"messages": messages}).encode(), "answers.jsonl"))
    (found,), _ = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    assert (found.prompt, found.response, found.turns) == ("Monday.", "Rest.", TURNS)


def test_a_file_that_is_put_aside_waits(open_page, workspace):
    """Not now: nothing is stored, another file can be chosen, and the first one goes on where it was left."""
    app = press(check(upload(open_page("data"), OTHERS)), "data.not_now")
    assert len(app.file_uploader) == 1
    assert "**answers.csv** waits" in said(app)
    assert status(workspace, COMMAND_LINE).interactions == 0
    press(app, "data.upload_open")
    press(app, "data.import")
    assert ratings(workspace) == {"Yes": 5, "No": 2}


def test_a_checked_file_is_still_there_in_a_new_browser(open_page, workspace):
    """What was checked is shown again, as it was read, and can be read differently."""
    check(upload(open_page("data"), FROM_ZERO.replace(b",0\n", b",1\n")))
    app = open_page("data")
    assert "3 new answers" in said(app)
    press(app, "data.change")
    (asked,) = [radio for radio in app.radio if (radio.key or "").startswith("data.scale.")]
    asked.set_value("0-4").run()
    bring_in(app)
    assert ratings(workspace) == {"Yes": 2, "No": 5, "Maybe": 4}


def test_a_file_that_is_put_away_leaves_nothing(open_page, workspace):
    """Its copy goes, and the page is as before."""
    app = press(check(upload(open_page("data"), OTHERS)), "data.upload_drop")
    assert copies(workspace) == []
    assert "answers.csv" not in said(app)
    assert len(app.file_uploader) == 1


def test_the_same_file_again_brings_nothing_and_says_so(open_page, workspace):
    """The check finds that everything is here."""
    bring_in(upload(open_page("data"), OTHERS))
    app = check(upload(open_page("data"), OTHERS))
    assert "nothing in this file that is not here already" in said(app)
    assert app.button(key="data.import").disabled


def begun(workspace, process: str) -> int:
    """An import that a process has begun, with a part of its rows in; its number."""
    content = b"user_prompt,ai_response,rating\n" + b"".join(b"Q%d,A%d,4\n" % (n, n) for n in range(1200))
    upload_id = uploads.take(workspace, COMMAND_LINE, "long.csv", io.BytesIO(content))
    uploads.start_check(workspace, COMMAND_LINE, upload_id, HowToRead())
    with workspace.store.write() as session:
        upload = stored.find(session, upload_id)
        folder, file_hash = upload.folder, upload.file_hash
        stored.begin(session, upload, "importing", this_process(), User(0, "Ben", Role.LEAD))
        claim = stored.Claim.of(upload)
    path = stored.copies_folder(workspace.settings.home) / folder / "long.csv"
    steps = importing.import_checked(
        workspace, COMMAND_LINE, path, HowToRead(), file_name="long.csv", file_hash=file_hash, claim=claim
    )
    with closing(steps) as running:
        until_a_batch_is_in(running)
    with workspace.store.write() as session:
        stored.note_process(session, upload_id, this_process(), process)
    return upload_id


def test_a_running_import_is_shown_to_everybody_and_can_be_cancelled(open_page, workspace):
    """How far it is and who started it; another file can be chosen meanwhile; asking it to stop is said."""
    upload_id = begun(workspace, this_process())
    app = open_page("data")
    text = said(app)
    assert "**long.csv** is being imported" in text
    assert "Started by Ben." in text
    assert app.get("progress")[0].proto.text == "100 of 1,200 rows"
    assert "long.csv is being imported. Until that ends" in said(open_page("train"))
    assert len(app.file_uploader) == 1
    press(app, f"data.upload_cancel.{upload_id}")
    assert "It was asked to stop" in said(app)


def test_an_import_whose_process_died_goes_on_from_its_copy(open_page, workspace):
    """It is told as stopped, with how much is in; one press brings in the rest."""
    begun(workspace, this_process().rpartition(":")[0] + ":4194305")
    app = open_page("data")
    assert "**long.csv is imported only in part:** 100 rows." in said(app)
    assert "ended unexpectedly" in said(app)
    press(app, "data.upload_resume")
    assert "long.csv is imported: 1,200 new answers, 1,200 ratings" in said(app)
    assert status(workspace, COMMAND_LINE).rated == 1200


def test_a_file_whose_copy_went_with_an_erasure_says_so(open_page, workspace, ana):
    """What was erased could be in it, so it is chosen again."""
    check(upload(open_page("data"), OTHERS))
    shutil.rmtree(workspace.settings.home / "uploads")
    app = open_page("data")
    assert "answers.csv: Its copy is not here any more. Choose the file again." in said(app)
    press(app, "data.upload_close")
    assert "answers.csv" not in said(app)


def test_scores_of_judges_are_named_before_and_after_the_check(open_page, workspace):
    """Not among the columns without a meaning; what cannot be read is counted with the ratings that cannot."""
    rows = b"user_prompt,ai_response,rating,judge:gpt,note\nA?,Yes,5,0.5,n\nA?,No,4,high,n\n"
    app = upload(open_page("data"), rows)
    assert "Scores of LLM judges are read too: gpt." in said(app)
    app = check(app)
    text = said(app)
    assert "1 score of the judge gpt" in text
    assert "1 rating or score that cannot be read; its answer comes in without it" in text
    assert "kept beside the answers: note" in text
    app = press(app, "data.import")
    assert "1 score of LLM judges" in said(app)


def test_a_judge_without_a_name_is_said_before_anything_is_checked(open_page, workspace):
    """With the way out, and the check is not offered."""
    app = upload(open_page("data"), b"user_prompt,ai_response,judge:\nA?,Yes,1\n")
    assert "judge" in said(app)
    assert "Nothing was imported" in said(app)
