"""The routes of the desk: one answer, one act, the next; nothing lost and nothing rated unseen."""

import sqlite3

import pytest

from core.domain.errors import Unavailable
from core.domain.queue import Order, QueueFilters
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.people import local_names
from core.services.rating import queue, rating
from core.ui.shell.identity import COOKIE
from tests import looked
from tests.desk import READ_MS, Desk, Refused, words


@pytest.fixture
def desk(workspace, new_desk) -> Desk:
    """Ana's browser."""
    return new_desk("Ana")


def stored(workspace) -> list[tuple]:
    """Ratings of this rater in the file itself: interaction, status, rating, comment, flag."""
    with sqlite3.connect(workspace.settings.home / "assay.db") as file:
        rows = file.execute(
            "select r.interaction_id, r.status, r.rating, r.comment, r.bias_flag from assay_ratings r "
            "join assay_raters p using (rater_id) where p.name = 'Ana' order by r.rating_id"
        ).fetchall()
    file.close()
    return rows


def number(desk: Desk) -> int:
    """The answer on the screen."""
    assert desk.shown is not None
    return int(desk.shown["id"])


def test_an_answer_comes_with_everything_needed(desk, sample):
    """Prompt, answer, session, words, that it is of the sample, and how many are left; one more is kept ahead."""
    desk.open()
    assert len(desk.items) == 2
    for item in desk.items:
        assert "<p>" in item["prompt"]["html"]
        assert "<p>" in item["answer"]["html"]
        assert "session sample" in item["about"]
        assert "words" in item["about"]
        assert item["sample"]
        assert (item["rating"], item["comment"], item["flag"], item["draft"]) == (None, "", False, None)
    progress = desk.said["progress"]
    assert (progress["own"], progress["left"], progress["more_left"]) == (0, 20, False)


def test_a_rating_is_stored_and_acknowledged_and_the_next_is_there(desk, sample):
    """The rating is in the database before the receipt, which names time and number."""
    desk.open()
    first, ahead = desk.have
    receipt = desk.rate(4)
    assert stored(sample) == [(first, "submitted", 4, None, 0)]
    assert number(desk) == ahead
    assert len(desk.items) == 2
    assert receipt["text"].startswith("Saved 4 (Good) ")
    assert receipt["text"].endswith(f", no. {receipt['number']}")
    assert (desk.said["progress"]["own"], desk.said["progress"]["left"]) == (1, 19)


def test_comment_and_flag_are_stored_with_the_rating(desk, sample):
    """What was typed and flagged goes with the press, and the next answer starts clean."""
    desk.open()
    first = number(desk)
    desk.rate(1, comment=" Wrong dose ", flag=True)
    assert stored(sample) == [(first, "submitted", 1, "Wrong dose", 1)]
    assert (desk.shown["comment"], desk.shown["flag"], desk.shown["draft"]) == ("", False, None)


def test_skipping_stores_no_rating_and_goes_on(desk, sample):
    """A skipped answer is not rated and not shown again at once."""
    desk.open()
    first = number(desk)
    desk.act("skip")
    assert stored(sample) == [(first, "skipped", None, None, 0)]
    assert first not in desk.have


def test_a_flag_stays_with_a_skipped_answer(desk, sample):
    """Comment, reason and flag of an answer that was skipped are there when it comes round again."""
    desk.open()
    first = number(desk)
    desk.act("skip", comment="Ask a colleague", flag=True, reason="Not my field")
    assert stored(sample) == [(first, "skipped", None, "Ask a colleague", 1)]
    again = desk.ask("item", item=first)["item"]
    assert (again["comment"], again["flag"]) == ("Ask a colleague", True)


def test_back_shows_the_earlier_rating_and_another_key_changes_it(desk, sample):
    """One step back shows what one said; another key replaces it; then rating goes on."""
    first = number(desk.open())
    desk.rate(4)
    desk.step("back")
    assert (number(desk), desk.shown["rating"]) == (first, 4)
    desk.rate(2)
    assert stored(sample) == [(first, "submitted", 2, None, 0)]
    assert number(desk) != first


def test_back_works_after_a_reload_and_ends_at_the_first(desk, sample):
    """The way back is in the database, so a new page knows it too; before the first there is nothing."""
    first = number(desk.open())
    desk.rate(4)
    second = number(desk)
    desk.rate(3)
    desk.open()
    assert desk.step("back")["retracing"]
    assert number(desk) == second
    desk.step("back", retracing=True)
    assert number(desk) == first
    done = desk.step("back", retracing=True)
    assert done["item"] is None
    assert "no earlier answer" in done["notice"]


def test_back_and_forth(desk, sample):
    """The arrows lead along what one did and in the end to the answer that waits."""
    first = number(desk.open())
    desk.rate(4)
    second = number(desk)
    desk.rate(3)
    waiting = number(desk)
    desk.step("back")
    desk.step("back", retracing=True)
    assert number(desk) == first
    assert desk.step("forward", retracing=True)["retracing"]
    assert number(desk) == second
    assert desk.step("forward", retracing=True)["item"] is None
    assert number(desk.open()) == waiting
    done = desk.step("forward")
    assert done["item"] is None
    assert "answer that waits" in done["notice"]


def test_back_from_an_answer_that_came_round_again(desk, workspace):
    """From a skipped answer that is offered again, back leads to what was rated last, not to before the skip."""
    for one in range(3):
        interactions.add(workspace, COMMAND_LINE, "A question?", f"Answer {one}.")
    first = number(desk.open())
    for key in ("skip", "skip", 2):
        desk.act(key)
    assert number(desk) == first
    desk.rate(4)
    desk.step("back")
    assert number(desk) == first


def test_keeping_a_rating_leaves_it_and_saves_what_was_added(desk, sample):
    """S on an answer that is rated keeps its rating; a comment and a flag that were added are stored with it."""
    first = number(desk.open())
    desk.rate(4)
    desk.step("back")
    assert "Kept your earlier rating" in desk.act("keep")["text"]
    assert stored(sample) == [(first, "submitted", 4, None, 0)]
    desk.step("back")
    said = desk.act("keep", comment="An afterthought", flag=True)["text"]
    assert stored(sample) == [(first, "submitted", 4, "An afterthought", 1)]
    assert "saved what you added" in said


def test_a_draft_comes_back_wherever_the_answer_is_shown(desk, new_desk, sample):
    """What was typed and flagged and not saved is there after a look back, a reload, and in another browser."""
    desk.open()
    desk.rate(4)
    here = number(desk)
    desk.ask("draft", item=here, comment="Half a thought", flag=True)
    desk.step("back")
    typed = {"comment": "Half a thought", "flag": True}
    assert desk.ask("item", item=here)["item"]["draft"] == typed
    for one in (desk, new_desk("Ana")):
        assert (number(one.open()), one.shown["draft"]) == (here, typed)
    desk.rate(3, **typed)
    assert desk.ask("item", item=here)["item"]["draft"] is None


def test_a_database_that_is_away_is_a_sentence_and_the_same_request_is_stored_later(desk, sample, monkeypatch):
    """Nothing is stored and the page may go on; with its request the act is stored once."""
    first = number(desk.open())
    act = desk.press(3, comment="Important")
    with monkeypatch.context() as broken:
        broken.setattr(rating, "rate", _raise(Unavailable("The database does not answer. Nothing was changed.")))
        with pytest.raises(Refused) as caught:
            desk.send_once()
    assert (caught.value.status, caught.value.code) == (503, "unavailable")
    assert "does not answer" in caught.value.sentence
    assert list(desk.waiting) == [act]
    desk.send()
    assert stored(sample) == [(first, "submitted", 3, "Important", 0)]


def test_a_receipt_comes_also_where_the_next_answers_cannot_be_had(desk, sample, monkeypatch):
    """What is stored is acknowledged, whatever becomes of the rest."""
    first = number(desk.open())
    with monkeypatch.context() as broken:
        for name in ("next_items", "item", "rated_today", "rated_today_by_all"):
            broken.setattr(rating, name, _raise(Unavailable("The database does not answer.")))
        assert desk.rate(3)["number"]
    assert stored(sample) == [(first, "submitted", 3, None, 0)]


def test_a_lost_acknowledgement_stores_one_rating(desk, sample, monkeypatch):
    """The same press stored twice (the first answer got lost) is one event in the history, with the same receipt."""
    first = number(desk.open())
    desk.press(3)
    really = rating.rate
    given = []

    def stored_but_unheard(*args, **kwargs):
        given.append(really(*args, **kwargs))
        raise Unavailable("The connection broke.")

    with monkeypatch.context() as broken:
        broken.setattr(rating, "rate", stored_but_unheard)
        with pytest.raises(Refused):
            desk.send_once()
    assert desk.send_once()["number"] == given[0].number
    assert [line.action for line in interactions.history(sample, COMMAND_LINE, first)] == ["rated"]


def test_a_name_changed_in_another_tab_stops_this_one(desk, sample):
    """Nobody rates under the name of whoever sat there before, and no draft is kept under it."""
    first = number(desk.open())
    local_names.rate_as(sample, desk.client.cookies[COOKIE], "Ben")
    for ask in (desk.act, lambda key: desk.ask("draft", item=first, comment="Half", flag=False)):
        with pytest.raises(Refused) as caught:
            ask(4)
        assert (caught.value.status, caught.value.code) == (409, "changed_person")
    assert stored(sample) == []


def test_leaving_forgets_the_name_of_this_browser_only(desk, sample):
    """'Not you?': afterwards this browser speaks for nobody; what was rated stays."""
    first = number(desk.open())
    desk.rate(4)
    desk.ask("leave")
    assert local_names.user_of(sample, desk.client.cookies[COOKIE]) is None
    with pytest.raises(Refused):
        desk.open()
    assert stored(sample) == [(first, "submitted", 4, None, 0)]


def test_an_answer_deleted_meanwhile_makes_way_for_the_next(desk, sample, ana):
    """Somebody deletes the answer on the screen: the press is answered in words, nothing else is rated."""
    first = number(desk.open())
    looked.delete(sample, ana, first)
    with pytest.raises(Refused) as caught:
        desk.act(4)
    assert (caught.value.status, caught.value.code) == (404, "gone")
    assert stored(sample) == []
    assert first not in desk.open().have


def test_no_answers_at_all(desk, workspace):
    """The empty state is told from that where everything is rated."""
    assert desk.open().items == []
    assert desk.said["why_empty"]["kind"] == "nothing"
    assert "nothing to rate yet" in desk.said["why_empty"]["sentence"]


def test_everything_rated(desk, workspace):
    """After the last answer: thanks, without a question to the server for it."""
    interactions.add(workspace, COMMAND_LINE, "A question?", "An answer.")
    desk.open().rate(5)
    assert desk.items == []
    assert desk.said["why_empty"]["kind"] == "done"
    assert "Every answer has a rating" in desk.said["why_empty"]["sentence"]


def test_undo_takes_the_rating_back_and_shows_the_answer_again(desk, sample):
    """U restores what was before, names it, and what was typed with it stands in the field."""
    first = number(desk.open())
    desk.rate(4, comment="Too fast")
    done = desk.undo()
    assert stored(sample) == []
    assert number(desk) == first
    assert f"Undone: your 4 (Good) of answer {first}; it has no rating of yours now" in done["notice"]
    assert desk.shown["draft"]["comment"] == "Too fast"
    assert done["progress"]["own"] == 0
    done = desk.undo()
    assert done["item"] is None
    assert "nothing of today to undo" in done["notice"]


def test_discarding_needs_a_reason_and_takes_the_answer_out(desk, sample):
    """Without a reason nothing happens; with one the answer is gone for everybody."""
    first = number(desk.open())
    with pytest.raises(Refused, match="say why") as caught:
        desk.act("discard")
    assert caught.value.code == "bad_input"
    assert stored(sample) == []
    assert number(desk.open()) == first
    receipt = desk.act("discard", reason="Test data")
    assert stored(sample) == [(first, "discarded", None, None, 0)]
    assert f"Discarded answer {first} for everybody" in receipt["text"]
    assert first not in desk.have


def test_order_and_filters_are_chosen_and_remembered(desk, sample):
    """What one chooses to see is used at once, is there at the next visit, and what was kept before is given back."""
    for answer, label in (("short answer", "s1"), ("another short answer", "s2")):
        interactions.add(sample, COMMAND_LINE, "Own question?", answer, session_label=label)
    before = desk.open().have
    chosen = desk.ask("queue")["filters"] | {"session_label": "s2"}
    desk.said = desk.ask("choose", order=Order.SESSION, filters=chosen)
    desk.items = desk.said["items"]
    assert "another short answer" in words(desk.shown)
    assert desk.said["progress"]["left"] == 1
    assert desk.ask("queue") == {"order": "session", "filters": chosen}
    lost = [number for number in before if number not in desk.have]
    assert lost
    assert desk.ask("renew", items=before)["lost"] == lost
    desk.open().rate(3)
    assert desk.items == []
    assert desk.said["why_empty"]["kind"] == "filtered"
    assert "fits what you chose to see" in desk.said["why_empty"]["sentence"]
    assert "s2" in desk.said["why_empty"]["sentence"]
    desk.ask("choose", order=Order.SESSION, filters=chosen | {"session_label": ""})
    assert desk.open().said["progress"]["left"] == 1
    assert "short answer" in words(desk.shown)


def test_a_training_leaves_suggestions_and_no_score_is_sent(new_desk, trained):
    """After a training the model's order serves what it found, nearest to its threshold first; no score is sent."""
    desk = new_desk("Ana")
    ana = local_names.user_of(trained, desk.client.cookies[COOKIE])
    with sqlite3.connect(trained.settings.home / "assay.db") as file:
        found = file.execute("select interaction_id, chosen, score from assay_suggestions order by rank").fetchall()
    file.close()
    near = [abs(score - 0.5) for _, chosen, score in found if chosen == "model"]
    assert len(found) == 20
    assert near
    queue.choose(trained, ana, Order.MODEL, QueueFilters())
    assert number(desk.open()) == found[0][0]
    desk.rate(3)
    sent = str([desk.said, desk.ask("compare", item=number(desk))])
    assert not any(f"{score:.2f}" in sent for _, _, score in found)


def test_all_answers_to_a_prompt(desk, workspace):
    """Every answer to the prompt comes, each can be rated, and those that wait are kept for this rater."""
    ids = [interactions.add(workspace, COMMAND_LINE, "A question?", f"Answer no {n}.") for n in range(3)]
    other = interactions.add(workspace, COMMAND_LINE, "Another question?", "Another answer.")
    desk.open()
    beside = desk.ask("compare", item=number(desk))["items"]
    assert [item["id"] for item in beside] == ids
    assert all(f"Answer no {n}." in words(item) for n, item in enumerate(beside))
    assert desk.ask("renew", items=ids)["lost"] == []
    for item, value in zip(reversed(beside), (5, 2, 1), strict=True):
        desk.show(item)
        desk.rate(value)
    assert [(row[0], row[2]) for row in stored(workspace)] == [(ids[2], 5), (ids[1], 2), (ids[0], 1)]
    assert number(desk) == other


@pytest.mark.parametrize("shown_ms, counts", [(0, False), (299, False), (300, True)])
def test_an_answer_must_have_been_on_the_screen(desk, sample, shown_ms, counts):
    """An act within 0.3 s after the answer appeared cannot be meant for it."""
    desk.open()
    if counts:
        desk.rate(4, shown_ms=shown_ms)
    else:
        with pytest.raises(Refused, match="before the answer could be read") as caught:
            desk.rate(4, shown_ms=shown_ms)
        assert caught.value.code == "bad_input"
    assert len(stored(sample)) == counts


def test_how_long_it_was_read_and_under_which_guidelines_is_kept(desk, sample):
    """With every event: milliseconds, the version of the guidelines that was on the screen, and the request."""
    desk.open()
    version = desk.said["guidelines"]["number"]
    request = desk.press(4)["request"]
    desk.send()
    with sqlite3.connect(sample.settings.home / "assay.db") as file:
        rows = file.execute(
            "select shown_ms, guideline_version, request_id from assay_rating_events where request_id is not null"
        ).fetchall()
    file.close()
    assert rows == [(READ_MS, version, request)]


def _raise(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def changed_elsewhere(workspace, interaction_id: int) -> None:
    """As the old application does it: plain SQL."""
    with sqlite3.connect(workspace.settings.home / "assay.db") as file:
        file.execute(
            "update rlhf_interactions set ai_response = 'Harmful.' where interaction_id = ?", (interaction_id,)
        )
    file.close()


def test_a_rating_of_a_text_that_was_changed_is_not_stored(desk, sample):
    """The press is refused with the new text and what was typed, and an act on that one counts."""
    first = number(desk.open())
    changed_elsewhere(sample, first)
    with pytest.raises(Refused, match=f"text of answer {first} was changed") as caught:
        desk.rate(5, comment="fine")
    assert (caught.value.status, caught.value.code) == (409, "text_changed")
    assert stored(sample) == []
    item = caught.value.said["item"]
    assert (item["id"], item["draft"]["comment"]) == (first, "fine")
    assert "Harmful." in words(item)
    desk.show(item)
    desk.rate(1, comment="fine")
    assert stored(sample) == [(first, "submitted", 1, "fine", 0)]


def test_a_changed_text_is_a_showing_of_its_own(desk, sample):
    """A reload shows the new text; an act that was meant for the text before is refused still."""
    first = number(desk.open())
    before = desk.shown
    changed_elsewhere(sample, first)
    assert number(desk.open()) == first
    assert "Harmful." in words(desk.shown)
    assert desk.shown["showing"] != before["showing"]
    desk.show(before)
    with pytest.raises(Refused) as caught:
        desk.rate(4)
    assert caught.value.code == "text_changed"


def test_undo_of_an_answer_whose_text_changed_shows_it_first(desk, sample):
    """The first press shows the new text, the second one undoes."""
    first = number(desk.open())
    desk.rate(4)
    changed_elsewhere(sample, first)
    with pytest.raises(Refused, match="Nothing was undone") as caught:
        desk.undo()
    assert caught.value.code == "text_changed"
    assert [row[2] for row in stored(sample)] == [4]
    desk.show(caught.value.said["item"])
    assert number(desk) == first
    desk.undo()
    assert stored(sample) == []
