"""Rate: one answer, one key, the next; nothing lost and nothing rated unseen."""

import sqlite3

import pytest

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.people import local_names
from core.services.rating import queue, rating
from core.ui.rate import queue_choice
from core.ui.rate.desk import RatingPageState
from core.ui.shell import identity
from tests import looked
from tests.ui.reading import press, said


@pytest.fixture
def open_page(open_page, monkeypatch):
    """AppTest presses faster than anybody reads."""
    monkeypatch.setattr("core.ui.rate.desk.DWELL_SECONDS", 0.0)
    return open_page


def stored(workspace) -> list[tuple]:
    """Ratings of this rater in the file itself: interaction, status, rating, comment, flag."""
    with sqlite3.connect(workspace.settings.home / "assay.db") as file:
        rows = file.execute(
            "select r.interaction_id, r.status, r.rating, r.comment, r.bias_flag from assay_ratings r "
            "join assay_raters p using (rater_id) where p.name = 'Ana' order by r.rating_id"
        ).fetchall()
    file.close()
    return rows


def desk_of(app) -> RatingPageState:
    return app.session_state["rate.page"]


def item_of(app) -> int:
    """The answer on the screen."""
    item = desk_of(app).item
    assert item is not None
    return item


def test_nobody_rates_without_a_name(open_page, sample):
    """A new visitor sees the question for a name and no rating button."""
    app = open_page("rate")
    assert "Who is rating?" in said(app)
    assert [button.key for button in app.button] == ["rate.start"]


def test_an_empty_name_is_refused_in_words(open_page, sample):
    """Starting without a name says what is missing and stays."""
    app = press(open_page("rate"), "rate.start")
    assert "choose or type your name" in said(app)
    assert "Who is rating?" in said(app)


def test_a_typed_name_starts_rating_and_is_remembered(open_page, sample):
    """After giving a name one rates under it, also in a new session of the same browser."""
    app = open_page("rate")
    app.text_input(key="rate.name").input("  Ana ")
    press(app, "rate.start")
    assert "Rating as <strong>Ana</strong>" in said(app)
    assert "Rating as <strong>Ana</strong>" in said(open_page("rate"))


def test_a_known_name_can_be_picked_by_another_browser(open_page, sample, ana, monkeypatch):
    """Names that exist are offered, so that one person does not become two."""
    monkeypatch.setattr(identity, "token", lambda: "another browser")
    app = open_page("rate")
    app.selectbox(key="rate.pick").select("Ana")
    press(app, "rate.start")
    assert "Rating as <strong>Ana</strong>" in said(app)


def test_the_name_of_imported_ratings_cannot_be_taken(open_page, sample):
    """Names that came with data belong to that data."""
    app = open_page("rate")
    app.text_input(key="rate.name").input("sample-ana")
    press(app, "rate.start")
    assert "Please choose another" in said(app)


def test_a_browser_without_cookies_is_told_so(open_page, sample, monkeypatch):
    """Where the cookie is refused the page explains it instead of asking for the name again and again."""
    monkeypatch.setattr(identity, "token", lambda: None)
    app = open_page("rate")
    app.text_input(key="rate.name").input("Ana")
    press(app, "rate.start")
    assert "cookie" in said(app)


def test_the_name_can_be_changed(open_page, sample, ana):
    """'Not you?' asks for the name again; what was rated stays."""
    app = press(open_page("rate"), "rate.change")
    assert "Who is rating?" in said(app)


def test_an_answer_is_shown_with_everything_needed(open_page, sample, ana):
    """Prompt, answer, session, words, five worded buttons with their keys, and how many are left."""
    app = open_page("rate")
    text = said(app)
    assert "Prompt" in text
    assert "Answer" in text
    assert "session sample" in text
    assert "words" in text
    assert "0 rated today · 20 left" in text
    keys = {button.label: button.proto.shortcut for button in app.button if button.proto.shortcut}
    assert keys == {
        "Harmful or wrong": "1",
        "Poor": "2",
        "Acceptable": "3",
        "Good": "4",
        "Excellent": "5",
        "Back": "left",
        "Forward": "right",
        "Undo": "u",
        "Flag bias": "b",
        "Skip": "s",
        "Discard": "d",
        "Keys": "h",
        "All answers to this prompt": "v",
    }


def test_a_press_rates_and_moves_on_with_a_receipt(open_page, sample, ana):
    """The rating is in the database, the next answer is on the page, and a receipt names time and number."""
    app = open_page("rate")
    first = item_of(app)
    press(app, "rate.key4")
    assert stored(sample) == [(first, "submitted", 4, None, 0)]
    assert item_of(app) != first
    assert "Saved 4 (Good)" in said(app)
    assert "1 rated today · 19 left" in said(app)


def test_comment_and_flag_are_stored_with_the_rating(open_page, sample, ana):
    """What was typed and flagged goes with the press, and the next answer starts clean."""
    app = open_page("rate")
    first = item_of(app)
    app.text_area[0].input("Wrong dose")
    press(app, "rate.bias")
    press(app, "rate.key1")
    assert stored(sample) == [(first, "submitted", 1, "Wrong dose", 1)]
    assert app.text_area[0].value == ""
    assert not desk_of(app).bias


def test_skipping_stores_no_rating_and_goes_on(open_page, sample, ana):
    """A skipped answer is not rated and not shown again at once."""
    app = open_page("rate")
    first = item_of(app)
    press(app, "rate.skip")
    assert stored(sample) == [(first, "skipped", None, None, 0)]
    assert item_of(app) != first


def test_back_shows_the_earlier_rating_and_another_key_changes_it(open_page, sample, ana):
    """One step back shows what one said; another key replaces it; then rating goes on."""
    app = open_page("rate")
    first = item_of(app)
    press(app, "rate.key4")
    press(app, "rate.back")
    assert item_of(app) == first
    assert "You rated this answer" in said(app)
    press(app, "rate.key2")
    assert stored(sample) == [(first, "submitted", 2, None, 0)]
    assert item_of(app) != first


def test_back_works_after_a_reload_and_ends_at_the_first(open_page, sample, ana):
    """The way back is in the database, so a new session knows it too; before the first there is nothing."""
    app = open_page("rate")
    first = item_of(app)
    press(app, "rate.key4")
    second = item_of(app)
    press(app, "rate.key3")
    app = open_page("rate")
    press(app, "rate.back")
    assert item_of(app) == second
    press(app, "rate.back")
    assert item_of(app) == first
    press(app, "rate.back")
    assert "no earlier answer" in said(app)


def test_going_on_from_an_earlier_answer_keeps_its_rating(open_page, sample, ana):
    """'Keep' leaves what was rated before as it was."""
    app = press(press(open_page("rate"), "rate.key4"), "rate.back")
    assert "Keep" in [button.label for button in app.button]
    press(app, "rate.skip")
    assert [row[2] for row in stored(sample)] == [4]


def test_keeping_a_rating_saves_what_was_added(open_page, sample, ana):
    """A comment and a flag that were added before 'Keep' are stored with the rating that was kept."""
    app = open_page("rate")
    first = item_of(app)
    press(press(app, "rate.key4"), "rate.back")
    app.text_area[0].input("An afterthought")
    press(app, "rate.bias")
    press(app, "rate.skip")
    assert stored(sample) == [(first, "submitted", 4, "An afterthought", 1)]
    assert "saved what you added" in said(app)


def test_a_flag_stays_with_a_skipped_answer(open_page, sample, ana):
    """Comment and flag of an answer that was skipped are there when it comes round again."""
    app = open_page("rate")
    first = item_of(app)
    app.text_area[0].input("Ask a colleague")
    press(app, "rate.bias")
    press(app, "rate.skip")
    assert stored(sample) == [(first, "skipped", None, "Ask a colleague", 1)]


def test_back_from_an_answer_that_came_round_again(open_page, workspace, ana):
    """From a skipped answer that is offered again, back leads to what was rated last, not to before the skip."""
    for number in range(3):
        interactions.add(workspace, COMMAND_LINE, "A question?", f"Answer {number}.")
    app = open_page("rate")
    first = item_of(app)
    for key in ("rate.skip", "rate.skip", "rate.key2"):
        press(app, key)
    assert item_of(app) == first
    press(app, "rate.key4")
    press(app, "rate.back")
    assert item_of(app) == first


def test_a_typed_comment_survives_a_look_back(open_page, sample, ana):
    """Going back and forth does not lose what was typed and not yet saved."""
    app = press(open_page("rate"), "rate.key4")
    app.text_area[0].input("Half a thought").run()
    press(app, "rate.back")
    press(app, "rate.skip")
    assert app.text_area[0].value == "Half a thought"


def test_when_saving_fails_the_answer_and_the_comment_stay(open_page, sample, ana, monkeypatch):
    """A database that is away: a sentence, the same answer, the same comment; the next press saves it."""
    app = open_page("rate")
    first = item_of(app)
    app.text_area[0].input("Important")
    with monkeypatch.context() as broken:
        broken.setattr(rating, "rate", _raise(Unavailable("The database does not answer. Nothing was changed.")))
        press(app, "rate.key3")
    assert "does not answer" in said(app)
    assert item_of(app) == first
    assert app.text_area[0].value == "Important"
    press(app, "rate.key3")
    assert stored(sample) == [(first, "submitted", 3, "Important", 0)]


def test_a_lost_acknowledgement_stores_one_rating(open_page, sample, ana, monkeypatch):
    """The same press stored twice (the first answer got lost) is one event in the history."""
    app = open_page("rate")
    first = item_of(app)
    really = rating.rate

    def stored_but_unheard(*args, **kwargs):
        really(*args, **kwargs)
        raise Unavailable("The connection broke.")

    with monkeypatch.context() as broken:
        broken.setattr(rating, "rate", stored_but_unheard)
        press(app, "rate.key3")
    press(app, "rate.key3")
    assert [line.action for line in interactions.history(sample, COMMAND_LINE, first)] == ["rated"]


def test_a_name_changed_in_another_tab_stops_this_one(open_page, sample, ana):
    """Nobody rates under the name of whoever sat there before."""
    app = open_page("rate")
    local_names.rate_as(sample, identity.token() or "", "Ben")
    press(app, "rate.key4")
    assert "changed in another tab" in said(app)
    assert stored(sample) == []


def test_an_answer_deleted_meanwhile_makes_way_for_the_next(open_page, sample, ana):
    """Somebody deletes the answer on the screen: the press is answered in words, nothing else is rated."""
    app = open_page("rate")
    first = item_of(app)
    looked.delete(sample, ana, first)
    press(app, "rate.key4")
    assert stored(sample) == []
    assert item_of(app) != first
    assert not app.exception


def test_no_answers_at_all_leads_to_getting_some(open_page, workspace, ana):
    """The empty state names both ways to get answers."""
    app = open_page("rate")
    assert "nothing to rate yet" in said(app)
    assert {"rate.to_home", "rate.to_data"} <= {button.key for button in app.button}


def test_everything_rated_names_the_next_step(open_page, workspace, ana):
    """After the last answer: thanks, and the way to Readiness."""
    interactions.add(workspace, COMMAND_LINE, "A question?", "An answer.")
    app = press(open_page("rate"), "rate.key5")
    assert "Every answer has a rating" in said(app)
    press(app, "rate.to_readiness")
    assert "Readiness" in said(app)


def test_a_database_that_is_away_is_a_sentence(open_page, sample, ana, monkeypatch):
    """The page says what happened and offers to try again."""
    app = open_page("rate")
    monkeypatch.setattr(rating, "item", _raise(Unavailable("The database does not answer.")))
    app.run()
    assert "does not answer" in said(app)
    assert "rate.again" in [button.key for button in app.button]


def test_a_database_that_goes_away_leaves_answer_and_comment_on_the_screen(open_page, sample, ana, monkeypatch):
    """While nothing can be read the answer, the keys and what was typed stay, and the page says so; then it goes on."""
    app = open_page("rate")
    first = item_of(app)
    away = _raise(Unavailable("The database does not answer."))
    with monkeypatch.context() as broken:
        for name in ("item", "rate", "next_items", "keep_draft", "rated_today"):
            broken.setattr(rating, name, away)
        app.text_area[0].input("Half a thought")
        press(app, "rate.key2")
        assert "What you typed is still here. Press the key again" in said(app)
        assert app.text_area[0].value == "Half a thought"
    press(app, "rate.key2")
    assert stored(sample) == [(first, "submitted", 2, "Half a thought", 0)]


def test_undo_takes_the_rating_back_and_shows_the_answer_again(open_page, sample, ana):
    """U restores what was before, names it, and what was typed with it stands in the field."""
    app = open_page("rate")
    first = item_of(app)
    app.text_area[0].input("Too fast")
    press(press(app, "rate.key4"), "rate.undo")
    assert stored(sample) == []
    assert item_of(app) == first
    assert f"Undone: your 4 (Good) of answer {first}; it has no rating of yours now" in said(app)
    assert app.text_area[0].value == "Too fast"
    assert "nothing of today to undo" in said(press(app, "rate.undo"))


def test_discarding_asks_why_and_takes_the_answer_out(open_page, sample, ana):
    """D asks for a reason; without one nothing happens; with one the answer is gone for everybody."""
    app = press(open_page("rate"), "rate.discard")
    first = item_of(app)
    press(app, "rate.discard_now")
    assert "say why" in said(app)
    assert stored(sample) == []
    app.selectbox(key=f"rate.reason.{desk_of(app).visit}").select("Test data")
    press(app, "rate.discard_now")
    assert stored(sample) == [(first, "discarded", None, None, 0)]
    assert "Discarded answer" in said(app)
    assert item_of(app) != first


def test_back_and_forth(open_page, sample, ana):
    """The arrows lead along what one did and in the end to the answer that waits."""
    app = open_page("rate")
    first = item_of(app)
    press(app, "rate.key4")
    second = item_of(app)
    press(app, "rate.key3")
    waiting = item_of(app)
    press(press(app, "rate.back"), "rate.back")
    assert item_of(app) == first
    press(app, "rate.forward")
    assert item_of(app) == second
    press(app, "rate.forward")
    assert item_of(app) == waiting
    assert "answer that waits" in said(press(app, "rate.forward"))


def test_a_draft_comes_back_in_another_session(open_page, sample, ana):
    """What was typed and flagged and not saved is there after a reload, on the same answer."""
    app = open_page("rate")
    first = item_of(app)
    app.text_area[0].input("Half a thought").run()
    press(app, "rate.bias")
    app = open_page("rate")
    assert item_of(app) == first
    assert app.text_area[0].value == "Half a thought"
    assert desk_of(app).bias


def test_order_and_filters_are_chosen_and_remembered(open_page, sample, ana):
    """What one chooses to see is used at once, named on the button, and there at the next visit."""
    for words in (("short answer", "s1"), ("another short answer", "s2")):
        interactions.add(sample, COMMAND_LINE, "Own question?", words[0], session_label=words[1])
    app = open_page("rate")
    app.selectbox(key="rate.order").select(queue_choice.Order.SESSION)
    app.text_input(key="rate.session").input("s2")
    press(app, "rate.queue_apply")
    assert "another short answer" in said(app)
    assert "1 left" in said(app)
    app = press(open_page("rate"), "rate.key3")
    assert "fits what you chose to see" in said(app)
    press(app, "rate.queue_reset")
    assert "short answer" in said(app)


def test_a_training_leaves_suggestions_and_no_score_is_shown(open_page, trained):
    """After a training the model's order serves what it found, nearest to its threshold first; no score is shown."""
    ana = local_names.rate_as(trained, identity.token() or "", "Ana")
    with sqlite3.connect(trained.settings.home / "assay.db") as file:
        found = file.execute("select interaction_id, chosen, score from assay_suggestions order by rank").fetchall()
    file.close()
    near = [abs(score - 0.5) for _, chosen, score in found if chosen == "model"]
    assert len(found) == 20
    assert near
    queue.choose(trained, ana, queue_choice.Order.MODEL, queue_choice.QueueFilters())
    app = open_page("rate")
    assert item_of(app) == found[0][0]
    shown = " ".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)
    assert not any(f"{score:.2f}" in shown for _, _, score in found)


def test_all_answers_to_a_prompt_on_one_screen(open_page, workspace, ana):
    """Every answer to the prompt is there, each is rated on its own, and the keys say which one they rate."""
    first, second, third = (
        interactions.add(workspace, COMMAND_LINE, "A question?", f"Answer no {n}.") for n in range(3)
    )
    app = press(open_page("rate"), "rate.compare")
    assert all(f"Answer no {n}." in said(app) for n in range(3))
    press(app, f"rate.focus.{third}")
    assert item_of(app) == third
    press(app, "rate.key5")
    assert item_of(app) == first
    press(app, "rate.key2")
    press(app, "rate.key1")
    assert [(row[0], row[2]) for row in stored(workspace)] == [(third, 5), (first, 2), (second, 1)]


def test_the_keys_are_explained(open_page, sample, ana):
    """? shows what every key does."""
    assert "undoes your last act" in said(press(open_page("rate"), "rate.help"))


def test_a_press_meant_for_the_answer_before_does_not_count():
    """Every answer that is shown has a number; presses with another number are refused."""
    desk = RatingPageState()
    desk.turn_to(1)
    desk.shown_at = 100.0
    old = desk.visit
    desk.turn_to(2)
    desk.shown_at = 101.0
    assert not desk.accepts(old, moment=110.0)
    assert desk.accepts(desk.visit, moment=120.0)


@pytest.mark.parametrize("moment, counts", [(100.1, False), (100.29, False), (100.31, True)])
def test_an_answer_must_have_been_on_the_screen(moment, counts):
    """A press within 0.3 s after the answer appeared cannot be meant for it."""
    desk = RatingPageState()
    desk.turn_to(1)
    desk.shown_at = 100.0
    assert desk.accepts(desk.visit, moment=moment) is counts


def test_an_answer_that_was_never_drawn_cannot_be_rated():
    """Before the page was drawn to its end, no press counts."""
    desk = RatingPageState()
    desk.turn_to(1)
    assert not desk.accepts(desk.visit, moment=1e9)


def test_a_burst_is_refused_to_its_end():
    """A refused press renews the pause, so a held key rates nothing however long it is held."""
    desk = RatingPageState()
    desk.turn_to(1)
    desk.shown_at = 100.0
    assert not any(desk.accepts(desk.visit, moment=100 + step * 0.1) for step in range(1, 50))
    assert desk.accepts(desk.visit, moment=105.5)


def _raise(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def changed_elsewhere(workspace, number: int) -> None:
    """As the old application does it: plain SQL."""
    with sqlite3.connect(workspace.settings.home / "assay.db") as file:
        file.execute("update rlhf_interactions set ai_response = 'Harmful.' where interaction_id = ?", (number,))
    file.close()


def test_a_rating_of_a_text_that_was_changed_is_not_stored(open_page, sample, ana):
    """The press is refused in words, the new text is on the screen with what was typed, and the next press counts."""
    app = open_page("rate")
    number, visit = item_of(app), desk_of(app).visit
    changed_elsewhere(sample, number)
    app.text_area(key=f"rate.comment.{visit}").input("fine")
    press(app, "rate.key5")
    assert stored(sample) == []
    assert f"text of answer {number} was changed" in said(app)
    assert item_of(app) == number
    assert "Harmful." in said(app)
    assert app.text_area(key=f"rate.comment.{desk_of(app).visit}").value == "fine"
    press(app, "rate.key1")
    assert stored(sample) == [(number, "submitted", 1, "fine", 0)]


def test_a_changed_text_is_a_showing_of_its_own(open_page, sample, ana):
    """It appears with any rerun, as a new visit: a press that was meant for the text before cannot reach it."""
    app = open_page("rate")
    number, visit = item_of(app), desk_of(app).visit
    changed_elsewhere(sample, number)
    app.run()
    assert (item_of(app), desk_of(app).visit) == (number, visit + 1)
    assert "was changed meanwhile; this is the new one" in said(app)


def test_undo_of_an_answer_whose_text_changed_shows_it_first(open_page, sample, ana):
    """The first press shows the new text, the second one undoes."""
    app = open_page("rate")
    number = item_of(app)
    press(app, "rate.key4")
    changed_elsewhere(sample, number)
    press(app, "rate.undo")
    assert "Nothing was undone" in said(app)
    assert item_of(app) == number
    assert [row[2] for row in stored(sample)] == [4]
    press(app, "rate.undo")
    assert stored(sample) == []
