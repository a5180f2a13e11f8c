"""Data: importing, exporting, browsing, editing; each act tried through the page."""

import json
import re

import pytest

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE
from core.domain.turns import Speaker, Turn
from core.services.data import interactions
from core.services.operations.status import status
from core.services.reranking import preferences
from core.store.database import Store
from core.store.scratch import PREFIX
from tests import looked
from tests.databases import added, added_after
from tests.ui.reading import plain, press, said


def test_the_empty_page_says_how_to_begin(open_page):
    """Without answers the import comes first, and the export says that there is nothing."""
    app = open_page("data")
    assert "no answers yet" in said(app)
    assert "nothing to export yet" in said(app)
    assert len(app.file_uploader) == 1


@pytest.mark.parametrize("kind", ["ratings", "gold", "pairs", "kto"])
def test_every_export_is_prepared_for_download(open_page, sample, kind):
    """Each kind says what it is for, how many rows it has, and how many prompts gave no pair."""
    app = open_page("data")
    app.radio(key="data.export_kind").set_value(kind)
    app.radio(key="data.format").set_value("jsonl").run()
    press(app, "data.export")
    prepared = app.session_state["data.last_export"]
    lines = [json.loads(line) for line in prepared.content.decode().splitlines()]
    assert len(lines) == prepared.result.rows > 0
    assert f"The file has {len(lines):,} rows." in said(app)
    assert not list(sample.settings.home.glob(f"{PREFIX}*"))


def test_pairs_hold_what_raters_ordered(open_page, sample, ana):
    """Without being asked for, behind the pairs of ratings."""
    preferences.keep(sample, ana, "Q?", ["better", "worse"], [0], model_version=None)
    app = open_page("data")
    app.radio(key="data.export_kind").set_value("pairs")
    app.radio(key="data.format").set_value("jsonl").run()
    press(app, "data.export")
    *rated, ordered = map(json.loads, app.session_state["data.last_export"].content.decode().splitlines())
    assert {row["source"] for row in rated} == {"ratings"}
    assert (ordered["source"], ordered["chosen"]) == ("order", "better")


def listing(app):
    """The table of the Browse tab, and the key of its widget."""
    (table,) = [one for one in app.dataframe if "Question" in one.value.columns and "Raters" in one.value.columns]
    return table


def select(app, *rows: int):
    """Tick these rows of the table."""
    key = re.search(r"data\.rows\.[0-9a-f]+", listing(app).proto.id)[0]
    app.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_browsing_filters_and_pages(open_page, sample):
    """25 to a page; search and state narrow the list; nothing found says what to do."""
    app = open_page("data")
    assert "204 answers, newest first" in said(app)
    app.selectbox(key="state").select("Not rated").run()
    assert "20 answers" in said(app)
    app.selectbox(key="state").select("Discarded").run()
    assert "No answer matches" in said(app)
    app.selectbox(key="state").select("Not rated").run()
    app.text_input(key="search").input("no such words anywhere").run()
    assert "No answer matches" in said(app)
    press(app, "data.show_all")
    assert "204 answers, newest first" in said(app)
    assert "search" not in app.query_params


def test_the_list_is_sorted_by_the_server(open_page, sample):
    """What is on the first page are the highest of all, not of the newest 25; the column's head says so."""
    app = open_page("data")
    app.selectbox(key="sort").select("Highest rating first").run()
    assert set(listing(app).value["Rating"]) == {"5"}
    assert "highest rating first" in said(app)
    app.selectbox(key="sort").select("Oldest first").run()
    assert listing(app).value["No."].tolist()[:2] == ["1", "2"]


def test_the_address_names_what_is_listed_and_a_reload_comes_back_to_it(open_page, sample, ana):
    """Filters, order, rows and page; what is no choice of today is left out."""
    looked.rate(sample, ana, 204, 2)
    app = open_page("data")
    app.selectbox(key="sort").select("Oldest first").run()
    app.selectbox(key="rater").select("Ana").run()
    assert app.query_params["sort"] == "Oldest first"
    assert app.query_params["rater"] == "Ana"
    assert listing(app).value["No."].tolist() == ["204"]
    again = open_page()
    asked = {"sort": "Lowest rating first", "rows": "50", "page": "2", "highest": "2", "from": "soon", "rater": "Eve"}
    for name, value in asked.items():
        again.query_params[name] = value
    again.switch_page("pages/data.py").run()
    assert again.selectbox(key="sort").value == "Lowest rating first"
    assert again.selectbox(key="highest").value == 2
    assert again.selectbox(key="rater").value == "All"
    assert "from" not in again.query_params
    assert "rater" not in again.query_params


def test_a_reload_comes_back_to_the_page_of_the_list(open_page, sample):
    """Also after an answer was opened from it and closed again."""
    app = open_page()
    app.query_params["page"] = "3"
    app.switch_page("pages/data.py").run()
    assert listing(app).value["No."].tolist()[0] == "154"
    app = select(app, 0)
    press(app, "data.open_selected")
    assert app.query_params["answer"] == "154"
    assert "no. 154 · Sample" in said(app)
    press(app, "data.close")
    assert listing(app).value["No."].tolist()[0] == "154"
    app.selectbox(key="state").select("Rated").run()
    assert "page" not in app.query_params


def test_an_opened_answer_shows_texts_and_history(open_page, sample):
    """Full text, facts, and who rated what when."""
    app = press(select(open_page("data"), 0), "data.open_selected")
    text = said(app)
    assert "no. 204 · Sample" in text
    press(app, "data.close")
    app = open_page("data", answer=1)
    text = said(app)
    assert "Ratings and their history" in text
    assert "say who you are first" in text
    press(app, "data.close")
    assert "newest first" in said(app)


def test_a_discarded_answer_is_put_back_by_a_lead(open_page, sample, ana):
    """The list marks it, its history says why it was discarded, and one press lets it wait again."""
    looked.discard(sample, ana, 204, reason="Test data")
    app = open_page("data")
    app.selectbox(key="state").select("Discarded").run()
    assert "1 answer, newest first" in said(app)
    assert listing(app).value["Rating"].tolist() == ["discarded"]
    press(select(app, 0), "data.open_selected")
    assert app.dataframe[0].value["After"].tolist() == ["discarded: Test data"]
    app = press(app, "data.put_back")
    assert "No. 204 waits for ratings again" in plain(app.toast[0].value)
    assert looked.next_item(sample, ana) is not None
    assert "data.put_back" not in {button.key for button in app.button}


def test_several_answers_are_deleted_at_once(open_page, sample, ana):
    """After a second press; what was changed since it was shown is left, and that is said until it is put away."""
    app = select(open_page("data"), 0, 2, 3)
    assert "3 selected" in said(app)
    looked.edit(sample, ana, 202, "Another prompt", "Another answer", withdraw_ratings=False)
    app = press(app, "data.delete_selected_yes")
    assert "2 answers were deleted." in said(app)
    assert "Left as it is, changed after it was shown to you: no. 202" in said(app)
    assert listing(app).value["No."].tolist()[:2] == ["203", "202"]
    assert "tick answers" in said(app)
    press(app, "data.acted_on_away")
    assert "were deleted" not in said(app)


def test_several_answers_are_discarded_and_asked_about_at_once(open_page, sample, ana):
    """Each act is only for those that it fits; the others are said with the reason."""
    app = open_page("data")
    app.selectbox(key="sort").select("Fewest ratings first").run()
    numbers = listing(app).value["No."].tolist()[:2]
    press(select(app, 0, 1), "data.ask_selected")
    assert f"Left as they are, waits for its first rating: no. {', '.join(numbers)}" in said(app)
    press(select(app, 0), "data.discard_selected_yes")
    assert "1 answer was discarded." in said(app)
    app.selectbox(key="state").select("Discarded").run()
    assert listing(app).value["No."].tolist() == numbers[:1]


def test_an_act_on_several_asks_for_the_name_first(open_page, sample):
    """Nothing is done without one."""
    app = press(select(open_page("data"), 0), "data.delete_selected_yes")
    assert "Who are you?" in said(app)
    assert interactions.load(sample, COMMAND_LINE, 204) is not None


def test_texts_are_edited_under_a_name_with_history(open_page, sample, ana):
    """Changing a text withdraws its ratings unless told otherwise."""
    app = open_page("data", answer=1)
    app.text_area(key="data.edit_answer.1").input("A better text")
    press(app, "data.edit_save")
    shown = interactions.load(sample, COMMAND_LINE, 1)
    assert shown
    assert shown.response == "A better text"
    assert shown.consensus is None
    assert "saved" in plain(app.toast[0].value)


def test_an_empty_text_is_refused_and_nothing_changes(open_page, sample, ana):
    """The sentence says which text is missing."""
    app = open_page("data", answer=1)
    app.text_area(key="data.edit_answer.1").input("  ")
    press(app, "data.edit_save")
    assert "The answer is empty" in said(app)
    shown = interactions.load(sample, COMMAND_LINE, 1)
    assert shown
    assert shown.response.strip()


def test_an_answer_is_deleted_only_after_a_second_press(open_page, sample, ana):
    """The confirmation says what goes and what is kept."""
    app = open_page("data", answer=1)
    assert "kept apart" in said(app)
    press(app, "data.delete_yes")
    assert interactions.load(sample, COMMAND_LINE, 1) is None
    assert "newest first" in said(app)


def test_an_answer_that_is_gone_is_said_to_be_gone(open_page, sample):
    """Somebody else deleted it: no crash, and the way back to the list."""
    app = open_page("data", answer=99_999)
    assert "There is no answer no. 99999. It was deleted" in said(app)
    assert "data.close" in [button.key for button in app.button]


def test_one_answer_is_added_by_hand(open_page, workspace):
    """It opens at once; adding the same again is refused with its number."""
    app = open_page("data")
    for _ in range(2):
        app.text_area(key="data.add_prompt").input("A question?")
        app.text_area(key="data.add_answer").input("An answer.")
        press(app, "data.add")
        if "answer" in app.query_params:
            assert "no. 1 · Added here" in said(app)
            press(app, "data.close")
    assert "is there already, as no. 1" in said(app)
    assert status(workspace, COMMAND_LINE).interactions == 1


def test_a_database_that_is_away_is_a_sentence(open_page, sample, monkeypatch):
    """The page says so and offers to try again."""
    app = open_page("data")

    def fail(_self):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(Store, "read", fail)
    app.run()
    assert "does not answer" in said(app)
    assert "data.again" in [button.key for button in app.button]


def test_the_second_of_two_leads_is_told_and_keeps_what_was_typed(open_page, sample, ana):
    """Somebody else saved first: the new text is on the page, what was typed is still there, then it is saved."""
    app = open_page("data", answer=1)
    looked.edit(sample, ana, 1, "Another prompt", "Another answer", withdraw_ratings=False)
    app.text_area(key="data.edit_answer.1").input("A better text")
    press(app, "data.edit_save")
    assert "text of answer 1 was changed" in said(app)
    assert "changed since you began to edit it" in said(app)
    assert "Another answer" in said(app)
    assert app.text_area(key="data.edit_answer.1").value == "A better text"
    press(app, "data.edit_save")
    assert interactions.load(sample, COMMAND_LINE, 1).response == "A better text"


BEFORE = [{"role": "user", "content": "My knee hurts."}, {"role": "assistant", "content": "Since when?"}]
TURNS = (Turn(Speaker.USER, "My knee hurts."), Turn(Speaker.ASSISTANT, "Since when?"))


def test_an_opened_answer_shows_its_conversation(open_page, workspace, ana):
    """Every turn with who said it, the last question marked; editing says that the turns stay."""
    number = added_after(workspace, TURNS, "Monday.", "Rest.")
    app = open_page("data", answer=number)
    text = said(app)
    places = [text.index(words) for words in ("My knee hurts.", "Since when?", "Monday.", "Rest.")]
    assert places == sorted(places)
    assert "Last question:" in text
    assert "The earlier turns stay as they are." in text
    app.text_area(key=f"data.edit_prompt.{number}").input("On Monday.")
    press(app, "data.edit_save")
    found = interactions.load(workspace, COMMAND_LINE, number)
    assert (found.prompt, found.turns) == ("On Monday.", TURNS)


def test_conversations_stored_as_text_are_offered_and_converted_when_told_so(open_page, workspace, ana):
    """First a note, then what they would become, then a button; ratings stay."""
    number = added(workspace, json.dumps([*BEFORE, {"role": "user", "content": "Monday."}]), "Rest.")
    looked.rate(workspace, ana, number, 4)
    app = open_page("data")
    assert "Some questions hold a whole conversation as one text." in said(app)
    press(app, "data.conversations")
    text = said(app)
    assert "1 question holds a whole conversation as one text." in text
    assert "Since when?" in text
    press(app, "data.conversations_close")
    assert interactions.load(workspace, COMMAND_LINE, number).turns == ()
    press(press(app, "data.conversations"), "data.convert")
    assert "1 question is converted." in plain(app.toast[0].value)
    found = interactions.load(workspace, COMMAND_LINE, number)
    assert (found.prompt, found.turns, found.consensus) == ("Monday.", TURNS, 4.0)
    assert "Some questions hold" not in said(app)


def test_looking_for_conversations_where_there_are_none_says_so(open_page, sample):
    """The button is always there, for what the note does not see."""
    app = press(open_page("data"), "data.conversations_look")
    assert "No question holds a whole conversation as one text." in said(app)
