"""Ways of a rater along the routes of the desk; each route by itself: test_desk_routes.py."""

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
from tests.desk import Desk, Refused, words


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


def test_the_least_time_on_the_screen_counts_and_what_is_of_the_sample_says_so(desk, sample):
    """An act after 0.3 s is taken; each answer says where it comes from."""
    assert all(item["sample"] and "session sample" in item["about"] for item in desk.open().items)
    desk.rate(4, shown_ms=300)
    assert len(stored(sample)) == 1


def test_a_flag_stays_with_a_skipped_answer(desk, sample):
    """Comment, reason and flag of an answer that was skipped are there when it comes round again."""
    desk.open()
    first = number(desk)
    desk.act("skip", comment="Ask a colleague", flag=True, reason="Not my field")
    assert stored(sample) == [(first, "skipped", None, "Ask a colleague", 1)]
    assert first not in desk.have
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


def test_a_draft_comes_back_wherever_the_answer_is_shown(desk, new_desk, sample):
    """What was typed and flagged and not saved is there after a look back, a reload, and in another browser."""
    desk.open()
    desk.rate(4)
    here = number(desk)
    desk.ask("draft", item=here, comment="Half a thought", flag=True, reasons=["wrong"])
    desk.step("back")
    typed = {"comment": "Half a thought", "flag": True, "reasons": ["wrong"]}
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


def test_an_answer_deleted_meanwhile_makes_way_for_the_next(desk, sample, ana):
    """Somebody deletes the answer on the screen: the press is answered in words, nothing else is rated."""
    first = number(desk.open())
    looked.delete(sample, ana, first)
    with pytest.raises(Refused) as caught:
        desk.act(4)
    assert (caught.value.status, caught.value.code) == (404, "gone")
    assert stored(sample) == []
    assert first not in desk.open().have


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
