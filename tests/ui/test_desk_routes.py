"""The routes under /desk: what the desk asks and tells, and everything that does not get through."""

import json
import threading
from datetime import timedelta
from uuid import uuid4

import anyio
import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.domain.errors import Collision, Unavailable
from core.domain.queue import Order, QueueFilters
from core.domain.ratings import MAX_COMMENT
from core.domain.reasons import DEFAULT_REASONS
from core.domain.roles import COMMAND_LINE, Role
from core.http.rate_limit import Rate
from core.services.people import accounts, local_names, sign_in
from core.services.rating import queue, rating
from core.services.review import guidelines
from core.store.tables import (
    Audit,
    BetterAnswer,
    ComparisonEvent,
    ComparisonServing,
    Draft,
    Identity,
    Lease,
    RatingEvent,
    Visitor,
)
from core.store.tables import SignIn as StoredSignIn
from core.store.types import now
from core.ui.rate import acts, items, routes
from core.ui.rate.routes import ROUTES, Desk
from core.ui.shell import errors, identity
from tests import looked
from tests.databases import PATIENCE, added, lead, went_wrong
from tests.services.test_accounts import claims, with_sign_in
from tests.ui.test_sign_out import SECRET, cookies

PLACE = "http://localhost:8501"


class Browser:
    """A browser with the desk of one person."""

    def __init__(self, workspace, entry, shown, pace=None):
        self.workspace, self.user, self.shown_to = workspace, entry.user, identity.shown_to(entry)
        app = Starlette(routes=[Desk(lambda: workspace, pace=pace).mount])
        self.client = TestClient(app, base_url=PLACE, cookies=shown)

    def post(self, name, said=None, **headers):
        """What the server answers to a request as the desk sends it, whatever that is."""
        named = {"origin": PLACE} | {header.replace("_", "-"): value for header, value in headers.items()}
        body = {"shown_to": self.shown_to, **(said or {})}
        return self.client.post(f"/desk/{name}", json=body, headers={k: v for k, v in named.items() if v is not None})

    def ask(self, name, **said):
        """What a request that succeeds brings."""
        answered = self.post(name, said)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def deck(self):
        """The answers after a reload."""
        return self.ask("next", shown=None)["items"]


def browser(workspace, name="Ana", **how):
    """A new browser in local mode."""
    token = f"token {uuid4().hex}"
    entry = sign_in.Entry(local_names.rate_as(workspace, token, name), sign_in=token)
    return Browser(workspace, entry, {"assay_visitor": token}, **how)


def an_act(item, act="rate", value=4, **said):
    """The body of an act on an answer as it was shown."""
    what = {"act": act, "item": item["id"], "showing": item["showing"], "shown_ms": 1000, "shown": None}
    if act == "rate":
        what["rating"] = value
    return what | {"request": f"{item['request']}:{value if act == 'rate' else act}"} | said


def written(item, text="A better one."):
    """The body of a request that saves a better answer than the one that was shown."""
    request = f"{uuid4().hex}:better"
    return {"item": item["id"], "showing": item["showing"], "text": text, "request": request}


def refusal(answered):
    """Status and code of a refusal, which is a sentence in the one form that all have."""
    said = answered.json()
    assert said["error"] == said["message"]
    assert len(said["error"].split()) > 3
    assert answered.headers["cache-control"] == "no-store"
    return answered.status_code, said["code"]


def stored(workspace):
    """Everything that a request could have changed."""
    with workspace.store.read() as session:
        return [
            [tuple(getattr(row, column.key) for column in table.__table__.columns) for row in session.query(table)]
            for table in (RatingEvent, Draft, Lease, Audit, Visitor, BetterAnswer, ComparisonEvent, ComparisonServing)
        ]


def events(workspace):
    with workspace.store.read() as session:
        return session.query(RatingEvent).order_by(RatingEvent.event_id).all()


def five(workspace):
    return [added(workspace, f"prompt {n}", f"answer {n}", session_label="s") for n in range(5)]


@pytest.fixture
def ana(workspace, monkeypatch):
    """Ana's browser, with five answers to rate, oldest first."""
    monkeypatch.setattr("core.store.rating.queue.RANDOM_EVERY", 1)
    five(workspace)
    return browser(workspace)


# --- the way of a rating --------------------------------------------------------------------------------------------


def test_the_desk_shows_one_answer_and_has_one_ahead(ana):
    """With everything that stands around it; a reload finds the same."""
    deck = ana.ask("next", shown=None)
    first, second = deck["items"]
    assert [(one["id"], one["shown"]) for one in (first, second)] == [(1, True), (2, False)]
    assert first["about"] == "answer 1 · session s · 2 words"
    assert "answer 0" in first["answer"]["html"]
    assert "prompt 0" in first["prompt"]["html"]
    assert (first["rating"], first["comment"], first["flag"], first["draft"]) == (None, "", False, None)
    assert (first["turns"], first["hidden"], first["revealed"], first["sample"]) == ([], None, False, False)
    assert deck["progress"] == {"own": 0, "by_all": 0, "left": 5, "more_left": False}
    assert deck["guidelines"]["number"] == 0
    assert "Rate the answer" in deck["guidelines"]["text"]["html"]
    assert deck["why_empty"] is None
    assert ana.deck() == deck["items"]


def test_a_rating_is_acknowledged_with_its_row_and_what_comes_next(ana):
    """The receipt has the number of the stored event; what was ahead is on the screen, and another one is ahead. Sent
    again, because the answer was lost on the way, it brings the same and stores nothing.
    """
    first, second = ana.deck()
    said = an_act(first, comment="good", flag=True, guideline_version=0, shown=second["id"])
    told = ana.ask("act", **said)
    (event,) = events(ana.workspace)
    assert told["receipt"]["number"] == event.event_id
    assert told["receipt"]["text"].startswith("Saved 4 (Good) ")
    assert told["receipt"]["text"].endswith(f", no. {event.event_id}")
    assert (event.shown_ms, event.guideline_version, event.request_id) == (1000, 0, f"{first['request']}:4")
    assert (event.new["comment"], event.new["bias_flag"], event.rater_id) == ("good", True, ana.user.rater_id)
    assert [(one["id"], one["shown"]) for one in told["items"]] == [(2, True), (3, False)]
    assert told["items"][0]["request"] == second["request"]
    assert (told["progress"]["own"], told["progress"]["by_all"], told["progress"]["left"]) == (1, 1, 4)
    again = ana.ask("act", **said)
    assert (again["receipt"], again["items"], again["progress"]) == (told["receipt"], told["items"], told["progress"])
    assert len(events(ana.workspace)) == 1


def test_a_receipt_says_which_rating_was_replaced(ana):
    """Two tabs with one answer: who rates it again is told so, and it counts once."""
    first, *_ = ana.deck()
    ana.ask("act", **an_act(first))
    again = an_act(first) | {"rating": 1, "request": f"{first['request']}:1"}
    told = ana.ask("act", **again)
    assert told["receipt"]["text"].startswith("Saved 1 (Harmful or wrong) instead of 4 (Good) ")
    assert told["progress"]["own"] == 1


def test_skipping_keeping_and_discarding(ana):
    """Each is stored with what was typed; keeping an earlier rating stores only what was added."""
    first, second = ana.deck()
    told = ana.ask("act", **an_act(first, "skip", reason="Not my field", comment="hm"))
    assert told["receipt"]["text"] == "Skipped; it comes back at the end"
    told = ana.ask("act", **an_act(second, "discard", reason="Test data"))
    assert told["receipt"]["text"] == f"Discarded answer {second['id']} for everybody; U undoes it"
    assert told["progress"]["left"] == 4
    third = told["items"][0]
    ana.ask("act", **an_act(third, value=2, comment="poor"))
    again = ana.ask("item", item=third["id"])["item"]
    assert (again["rating"], again["comment"]) == (2, "poor")
    told = ana.ask("act", **an_act(again, "keep", comment="poor"))
    assert told["receipt"] == {"number": 0, "text": "Kept your earlier rating"}
    told = ana.ask("act", **an_act(again, "keep", comment="poor, really"))
    assert told["receipt"]["text"] == "Kept your rating and saved what you added"
    done = [
        (event.action, event.new["rating"], event.new["comment"], event.new.get("reason"))
        for event in events(ana.workspace)
    ]
    assert done == [
        ("skipped", None, "hm", "Not my field"),
        ("discarded", None, None, "Test data"),
        ("rated", 2, "poor", None),
        ("changed", 2, "poor, really", None),
    ]


def test_reasons_go_with_a_rating_and_come_back(ana):
    """In the deck, in a draft, with the act, with the rating, and again after undo; words of nobody are refused."""
    deck = ana.ask("next", shown=None)
    assert deck["guidelines"]["reasons"] == list(DEFAULT_REASONS)
    first, _ = deck["items"]
    assert (first["reasons"], first["draft"]) == ([], None)
    ana.ask("draft", item=first["id"], comment="", flag=False, reasons=["unclear", "wrong"])
    kept = {"comment": "", "flag": False, "reasons": ["wrong", "unclear"]}
    assert ana.deck()[0]["draft"] == kept
    for refused in (["whatever"], [1], "wrong", ["wrong"] * 6):
        assert refusal(ana.post("act", an_act(first, reasons=refused))) == (400, "bad_input")
    ana.ask("act", **an_act(first, reasons=["unclear", "wrong"]))
    again = ana.ask("item", item=first["id"])["item"]
    assert (again["reasons"], again["draft"]) == (["wrong", "unclear"], None)
    told = ana.ask("act", **an_act(again, "keep", reasons=["wrong", "unclear"]))
    assert told["receipt"] == {"number": 0, "text": "Kept your earlier rating"}
    ana.ask("act", **an_act(again, "keep", reasons=["unsafe"]) | {"request": f"{'1' * 32}:keep"})
    assert [event.new["reasons"] for event in events(ana.workspace)] == [["wrong", "unclear"], ["unsafe"]]
    undone = ana.ask("undo", request=f"{'2' * 32}:undo")["item"]
    assert (undone["reasons"], undone["draft"]["reasons"]) == (["wrong", "unclear"], ["unsafe"])


def test_keeping_what_is_no_rating_any_more_says_so_and_loses_nothing(ana):
    """It was taken back in another tab: what was typed is there as a draft."""
    first, _ = ana.deck()
    assert refusal(ana.post("act", an_act(first, "keep", comment="added"))) == (409, "conflict")
    assert ana.ask("item", item=first["id"])["item"]["draft"] == {"comment": "added", "flag": False, "reasons": []}
    assert events(ana.workspace) == []


@pytest.mark.parametrize("shown_ms", [0, 299, None, -1, 1.5, True, "1000"])
def test_a_key_pressed_before_the_answer_could_be_read_rates_nothing(ana, shown_ms):
    """Whatever the browser thinks of it."""
    first, _ = ana.deck()
    answered = ana.post("act", an_act(first, shown_ms=shown_ms))
    assert refusal(answered) == (400, "bad_input")
    if shown_ms == 299:
        assert answered.json()["error"] == acts.TOO_FAST
    assert events(ana.workspace) == []


def test_a_text_that_was_changed_meanwhile_is_not_rated(ana):
    """The answer comes as it is now, with what was typed; then it can be rated."""
    first, _ = ana.deck()
    looked.edit(ana.workspace, COMMAND_LINE, first["id"], "prompt 0", "another answer", withdraw_ratings=False)
    answered = ana.post("act", an_act(first, comment="typed"))
    assert refusal(answered) == (409, "text_changed")
    now_shown = answered.json()["item"]
    assert "another answer" in now_shown["answer"]["html"]
    assert (now_shown["draft"], now_shown["request"]) == (
        {"comment": "typed", "flag": False, "reasons": []},
        first["request"],
    )
    assert events(ana.workspace) == []
    ana.ask("act", **an_act(now_shown))
    assert len(events(ana.workspace)) == 1


def test_a_rating_is_acknowledged_although_the_next_answers_cannot_be_had(ana, monkeypatch):
    """It is stored: that is said, and that nothing comes with it."""

    def away(*args, **kwargs):
        raise Unavailable("The database does not answer.")

    first, _ = ana.deck()
    with monkeypatch.context() as context:
        context.setattr(acts.rating, "next_items", away)
        told = ana.ask("act", **an_act(first))
    assert told["receipt"]["number"] == events(ana.workspace)[0].event_id
    assert (told["items"], told["progress"]) == (None, None)


def test_undo_brings_the_answer_back_with_what_was_typed(ana):
    """In words, once for each request; what was never done cannot be undone."""
    first, second = ana.deck()
    assert ana.ask("undo", request=f"{uuid4()}:undo")["notice"] == "There is nothing of today to undo"
    ana.ask("act", **an_act(first, comment="typed", shown=second["id"]))
    request = f"{uuid4()}:undo"
    undone = ana.ask("undo", request=request, at=second["id"])
    assert undone["notice"] == "Undone: your 4 (Good) of answer 1; it has no rating of yours now"
    assert (undone["item"]["id"], undone["item"]["draft"]) == (1, {"comment": "typed", "flag": False, "reasons": []})
    assert (undone["progress"]["own"], undone["progress"]["left"]) == (0, 5)
    again = ana.ask("undo", request=request, at=second["id"])
    assert again == undone
    ana.ask("act", **an_act(undone["item"], value=2))
    assert [(event.action, event.new["rating"]) for event in events(ana.workspace)] == [
        ("rated", 4),
        ("undone", None),
        ("rated", 2),
    ]


def test_undo_of_what_has_another_text_now_shows_it_first(ana):
    """Nothing is undone before it was read; then it works."""
    first, _ = ana.deck()
    ana.ask("act", **an_act(first))
    looked.edit(ana.workspace, COMMAND_LINE, first["id"], "prompt 0", "another answer", withdraw_ratings=False)
    answered = ana.post("undo", {"request": f"{uuid4()}:undo"})
    assert refusal(answered) == (409, "text_changed")
    assert "another answer" in answered.json()["item"]["answer"]["html"]
    assert ana.ask("undo", request=f"{uuid4()}:undo")["item"]["id"] == first["id"]


def test_back_and_forward_go_along_what_was_done_last(ana):
    """Back to the first one and forward again, to where the answer waits; what was deleted is passed over."""
    for value in (1, 2, 3):
        ana.ask("act", **an_act(ana.deck()[0], value=value))
    here = ana.deck()[0]["id"]
    at, retracing, way = here, False, []
    while True:
        found = ana.ask("back", at=at, retracing=retracing)
        if found["item"] is None:
            break
        at, retracing = found["item"]["id"], found["retracing"]
        way.append((at, found["item"]["rating"]))
    assert way == [(3, 3), (2, 2), (1, 1)]
    assert found["notice"] == "There is no earlier answer of yours"
    looked.delete(ana.workspace, COMMAND_LINE, 2)
    found = ana.ask("forward", at=1, retracing=True)
    assert (found["item"]["id"], found["retracing"]) == (3, True)
    assert ana.ask("forward", at=3, retracing=True) == {"item": None, "retracing": False, "notice": ""}
    assert ana.ask("forward", at=here, retracing=False)["notice"] == "This is the answer that waits; S skips it"
    assert ana.ask("back", at=None, retracing=False)["item"]["id"] == 3


def test_a_draft_comes_back_and_ends_with_the_rating(ana):
    """Kept while somebody types, also for an answer that is gone by now."""
    first, _ = ana.deck()
    assert ana.ask("draft", item=first["id"], comment="half a th", flag=True) == {}
    assert ana.deck()[0]["draft"] == {"comment": "half a th", "flag": True, "reasons": []}
    ana.ask("act", **an_act(first, comment="half a thought"))
    assert ana.ask("item", item=first["id"])["item"]["draft"] is None
    assert ana.ask("draft", item=999, comment="too late", flag=False) == {}


def test_what_lies_ahead_is_renewed_released_and_told_lost(ana):
    """The one on the screen is not given back; what others got meanwhile is named."""
    first, second = ana.deck()
    assert ana.ask("renew", items=[first["id"], second["id"]])["lost"] == []
    assert ana.ask("release", items=[first["id"], second["id"]]) == {}
    ben = browser(ana.workspace, "Ben")
    assert [one["id"] for one in ben.deck()] == [2, 3]
    renewed = ana.ask("renew", items=[first["id"], second["id"]])
    assert (renewed["lost"], renewed["progress"]["left"]) == ([second["id"]], 5)
    assert [one["id"] for one in ana.ask("next", shown=first["id"])["items"]] == [first["id"], 4]


def test_an_opened_answer_comes_first(ana):
    """Whatever the queue says, and the queue's after it; one that is gone is passed over."""
    first, _ = ana.deck()
    opened = ana.ask("next", shown=None, open=4)["items"]
    assert [one["id"] for one in opened] == [4, first["id"]]
    ana.ask("act", **an_act(opened[0]))
    assert [one["id"] for one in ana.ask("next", shown=None, open=999)["items"]] == [1, 2]
    assert [one["id"] for one in ana.ask("next", shown=None, open=1)["items"]] == [1, 2]


def test_all_answers_to_a_prompt_are_compared_and_kept(ana):
    """Those that wait are kept for whoever compares; an answer that is gone is said to be."""
    one, two = (added(ana.workspace, "same", f"answer {n}") for n in "ab")
    found = ana.ask("compare", item=two)["items"]
    assert [(item["id"], item["shown"]) for item in found] == [(one, True), (two, True)]
    assert browser(ana.workspace, "Ben").ask("renew", items=[one, two])["lost"] == [one, two]
    assert ana.ask("renew", items=[one, two])["lost"] == []
    assert ana.ask("compare", item=two)["in_all"] == 2
    for n in range(30):
        added(ana.workspace, "same", f"answer number {n}")
    many = ana.ask("compare", item=two)
    assert (len(many["items"]), many["in_all"]) == (20, 32)
    assert refusal(ana.post("compare", {"item": 999})) == (404, "gone")


def test_identifiers_are_hidden_and_revealed_by_what_was_shown(ana):
    """The audit log keeps it; a text that is another one by now is not revealed."""
    number = added(ana.workspace, "Who?", "Call (212) 555-0147.")
    shown = ana.ask("item", item=number)["item"]
    assert "555-0" not in json.dumps(shown)
    assert shown["hidden"] == {"words": "1 phone", "may_reveal": True}
    revealed = ana.ask("reveal", item=number, showing=shown["showing"])["item"]
    assert "(212) 555-0147" in revealed["answer"]["html"]
    assert (revealed["hidden"], revealed["revealed"]) == (None, True)
    with ana.workspace.store.read() as session:
        assert session.query(Audit).filter(Audit.action == "revealed identifiers").one().actor == ana.user.key
    other = added(ana.workspace, "Who else?", "Call (212) 555-0148.")
    shown = ana.ask("item", item=other)["item"]
    looked.reveal(ana.workspace, COMMAND_LINE, other)
    looked.edit(ana.workspace, COMMAND_LINE, other, "Who else?", "Call (212) 555-0149.", withdraw_ratings=False)
    answered = ana.post("reveal", {"item": other, "showing": shown["showing"]})
    assert refusal(answered) == (409, "text_changed")
    assert "555-0" not in answered.text
    assert refusal(ana.post("reveal", {"item": other, "showing": revealed["showing"]})) == (409, "text_changed")


def test_a_better_answer_is_stored_once_and_the_original_still_waits(ana):
    """It says what happens now; sent again, because the answer was lost on the way, it stores nothing more."""
    shown, _ = ana.deck()
    assert shown["source"] == "answer 0"
    said = written(shown)
    told = ana.ask("better", **said)
    assert told == ana.ask("better", **said)
    assert told["notice"] == (
        "Saved as answer 6, with you as its author. Others rate it, you do not. Answer 1 itself still waits for your "
        "rating: press 1 to 5."
    )
    with ana.workspace.store.read() as session:
        (kept,) = session.query(BetterAnswer)
        assert (kept.interaction_id, kept.original_id, kept.rater_id) == (6, 1, ana.user.rater_id)
    assert events(ana.workspace) == []
    assert ana.deck()[0]["id"] == 1
    ana.ask("act", **an_act(shown))
    shown = ana.ask("item", item=1)["item"]
    assert "Your rating of answer 1 stays" in ana.ask("better", **written(shown, "Another one."))["notice"]


def test_a_better_answer_is_refused_in_words(ana):
    """An empty one, the same text, one that is there already, and one that was made from a text that is no more."""
    shown, ahead = ana.deck()
    for text in ("", " \n", "answer 0"):
        assert refusal(ana.post("better", written(shown, text))) == (400, "bad_input")
    ana.ask("better", **written(shown))
    assert refusal(ana.post("better", written(shown))) == (409, "conflict")
    looked.edit(ana.workspace, COMMAND_LINE, 1, "prompt 0", "changed", withdraw_ratings=False)
    answered = ana.post("better", written(shown, "Another one."))
    assert refusal(answered) == (409, "text_changed")
    assert answered.json()["item"]["source"] == "changed"
    looked.delete(ana.workspace, COMMAND_LINE, 2)
    assert refusal(ana.post("better", written(ahead))) == (404, "gone")


def test_only_what_is_not_hidden_is_sent_to_be_edited(ana):
    """Revealed first, then edited; an answer that is too long for a field is sent to be read only."""
    number = added(ana.workspace, "Who?", "Call (212) 555-0147.")
    shown = ana.ask("item", item=number)["item"]
    assert shown["source"] is None
    assert refusal(ana.post("better", written(shown, "Call nobody."))) == (409, "conflict")
    shown = ana.ask("reveal", item=number, showing=shown["showing"])["item"]
    assert shown["source"] == "Call (212) 555-0147."
    assert "Saved as answer" in ana.ask("better", **written(shown, "Call (212) 555-0147 at night."))["notice"]
    long = added(ana.workspace, "long", "x" * (items.MOST_EDITED + 1))
    assert ana.ask("item", item=long)["item"]["source"] is None


def test_order_and_filters_are_chosen_and_kept(ana):
    """The next answers follow at once, nothing of before is kept, and it says why there is nothing."""
    fitting = added(ana.workspace, "long", "one two three", session_label="t")
    ana.deck()
    filters = {"session_label": "t", "source": "", "least_words": 2, "most_words": None, "flagged": False}
    deck = ana.ask("choose", order="random", filters=filters)
    assert [one["id"] for one in deck["items"]] == [fitting]
    assert deck["progress"]["left"] == 1
    kept = filters | {"second": False, "pair": False}
    assert ana.ask("queue") == {"order": "random", "filters": kept}
    deck = ana.ask("act", **an_act(deck["items"][0]))
    assert deck["items"] == []
    assert deck["why_empty"]["kind"] == "filtered"
    assert "You see only the session “t”." in deck["why_empty"]["sentence"]
    deck = ana.ask("choose", order="oldest", filters={})
    assert [one["id"] for one in deck["items"]] == [1, 2]
    assert queue.preference(ana.workspace, ana.user) == (Order.OLDEST, QueueFilters())


def test_the_desk_is_told_nothing_of_what_users_said(ana):
    """An answer that users disliked looks to its rater like any other, served as such or not."""
    first, second = ana.deck()
    went_wrong(ana.workspace, {second["id"]: 3}, abstained=[second["id"]])
    deck = ana.ask("choose", order="users", filters={})
    assert [one["id"] for one in deck["items"]] == [second["id"], first["id"]]
    new = {"request", "showing", "shown"}  # of this showing
    for before, after in ((second, deck["items"][0]), (first, deck["items"][1])):
        assert set(after) == set(before)
        assert {name: after[name] for name in set(after) - new} == {name: before[name] for name in set(before) - new}
    ana.ask("act", **an_act(deck["items"][0]))
    assert [event.chosen for event in events(ana.workspace)] == ["users"]


def test_why_there_is_nothing_to_rate(workspace):
    """There is nothing at all, others have it, or everything is done."""
    ana, ben = browser(workspace, "Ana"), browser(workspace, "Ben")
    assert ana.ask("next", shown=None)["why_empty"]["kind"] == "nothing"
    told = ben.ask("next", shown=None)["why_empty"]  # the way to bring answers in is for leads
    assert (told["kind"], "A lead brings answers in" in told["sentence"]) == ("nothing yet", True)
    number = added(workspace)
    (item,) = ana.deck()
    told = ben.ask("next", shown=None)["why_empty"]
    assert told["kind"] == "others"
    assert "1 without a rating" in told["sentence"]
    told = ana.ask("act", **an_act(item))["why_empty"]
    assert told == {"kind": "done", "sentence": "Every answer has a rating. Thank you.", "second": False}
    looked.discard(workspace, ana.user, number, reason="Test data")
    assert "except 1 that were discarded" in ana.ask("next", shown=None)["why_empty"]["sentence"]


def test_where_everything_is_rated_a_second_opinion_can_be_given(workspace):
    """The empty desk says whether there is something to give one about; choosing that draws it."""
    ana, ben = browser(workspace, "Ana"), browser(workspace, "Ben")
    number = added(workspace)
    looked.rate(workspace, ana.user, number, 4)
    assert [ana.ask("next", shown=None)["why_empty"][name] for name in ("kind", "second")] == ["done", False]
    assert [ben.ask("next", shown=None)["why_empty"][name] for name in ("kind", "second")] == ["done", True]
    deck = ben.ask("choose", order="oldest", filters={"second": True})
    assert [one["id"] for one in deck["items"]] == [number]
    assert (deck["items"][0]["rating"], deck["progress"]["left"]) == (None, 1)
    told = ben.ask("act", **an_act(deck["items"][0]))["why_empty"]
    assert told["sentence"] == "No answer waits for a second opinion of yours."
    assert (told["kind"], told["second"]) == ("filtered", False)


def test_the_desk_says_where_nothing_makes_a_pair(workspace):
    """The unrated answer has no rated one beside it."""
    ana = browser(workspace, "Ana")
    added(workspace)
    told = ana.ask("choose", order="model", filters={"pair": True})["why_empty"]
    assert told["sentence"] == "No answer waits for you whose rating would make a pair with a rated one."


def test_new_guidelines_come_with_the_next_answer(ana):
    """With their number, which the browser keeps for the rating."""
    guidelines.save(ana.workspace, ana.user, "Five is **good**.", read=0)
    told = ana.ask("next", shown=None)["guidelines"]
    assert told["number"] == 1
    assert "<strong>good</strong>" in told["text"]["html"]
    assert told["by"].startswith("Version 1, Ana, ")


def test_what_is_left_is_counted_now_and_then(ana, monkeypatch):
    """What others do shows after a while; what this rater does shows at once."""
    clock = [1000.0]
    monkeypatch.setattr(items.time, "monotonic", lambda: clock[0])
    first, *_ = ana.deck()
    assert ana.ask("renew", items=[])["progress"]["left"] == 5
    ben = browser(ana.workspace, "Ben")
    ben.ask("act", **an_act(ben.deck()[0]))
    told = ana.ask("act", **an_act(first))
    assert (told["progress"]["own"], told["progress"]["by_all"], told["progress"]["left"]) == (1, 1, 4)
    clock[0] += items.RECOUNT_SECONDS + 1
    told = ana.ask("renew", items=[])
    assert (told["progress"]["own"], told["progress"]["by_all"], told["progress"]["left"]) == (1, 2, 3)
    monkeypatch.setattr(items, "MOST_COUNTED", 2)
    assert ana.ask("renew", items=[])["progress"] == {"own": 1, "by_all": 2, "left": 2, "more_left": True}


# --- what does not get through --------------------------------------------------------------------------------------


GOOD = {
    "next": {"shown": None},
    "undo": {"request": f"{'0' * 32}:undo"},
    "back": {"at": 1, "retracing": False},
    "forward": {"at": 1, "retracing": False},
    "draft": {"item": 1, "comment": "x", "flag": False, "reasons": ["wrong"]},
    "renew": {"items": [1]},
    "release": {"items": [2]},
    "compare": {"item": 1},
    "item": {"item": 1},
    "queue": {},
    "choose": {"order": "random", "filters": {}},
    "pairs/next": {"shown": None},
    "pairs/undo": {"request": f"{'0' * 32}:undo"},
    "pairs/renew": {"items": [1]},
    "pairs/release": {"items": [2]},
    "pairs/item": {"item": 1},
    "pairs/reveal": {"item": 1, "showing": "0" * 32},
    "pairs/act": {
        "act": "left",
        "item": 1,
        "request": f"{'1' * 32}:left",
        "showing": "0" * 32,
        "shown_ms": 900,
        "shown": None,
    },
    "leave": {},
}


def good(desk):
    """The body of a request to each route that would succeed."""
    shown = desk.deck()[0]
    seen = {"item": shown["id"], "showing": shown["showing"]}
    return GOOD | {"act": an_act(shown), "reveal": seen, "better": seen | written(shown)}


def test_leaving_forgets_the_name_of_this_browser(ana):
    """And what was rated stays; where people sign in there is no name to forget."""
    ana.ask("act", **an_act(ana.deck()[0]))
    assert ana.ask("leave") == {}
    assert refusal(ana.post("next", GOOD["next"])) == (401, "signed_out")
    assert local_names.names(ana.workspace) == ["Ana"]
    assert len(events(ana.workspace)) == 1


def test_each_route_is_tried_below():
    """A new one is tried too."""
    assert {*GOOD, "act", "reveal", "better"} == {*ROUTES}


FOREIGN = [
    {"origin": None},
    {"origin": "null"},
    {"origin": "http://localhost:8502"},
    {"origin": "http://evil.example"},
    {"origin": "http://localhost:8501.evil.example"},
    {"origin": PLACE, "sec_fetch_site": "cross-site"},
    {"origin": PLACE, "sec_fetch_site": "same-site"},
    {"origin": PLACE, "sec_fetch_site": "none"},
    {"origin": PLACE, "host": "evil.example"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_only_a_page_of_ours_may_ask(ana, headers):
    """Another site, another port, and programs that do not say from where: refused before anything is looked up."""
    bodies = good(ana)
    before = stored(ana.workspace)
    for name, said in bodies.items():
        assert refusal(ana.post(name, said, **headers)) == (403, "not_allowed")
    assert stored(ana.workspace) == before


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
def test_only_json_is_read(ana, kind):
    """What a form or a simple request of another site can send is refused, whatever stands in it."""
    bodies = good(ana)
    before = stored(ana.workspace)
    headers = {"origin": PLACE} | ({"content-type": kind} if kind else {})
    for name, said in bodies.items():
        body = json.dumps({"shown_to": ana.shown_to, **said}).encode()
        assert refusal(ana.client.post(f"/desk/{name}", content=body, headers=headers)) == (400, "bad_input")
    assert stored(ana.workspace) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_post_acts(ana, method):
    """Every other method is refused, also with everything that a request needs."""
    for name in ROUTES:
        answered = ana.client.request(method, f"/desk/{name}", headers={"origin": PLACE})
        assert answered.status_code == 405
        assert answered.headers["allow"] == "POST"
        assert "access-control-allow-origin" not in answered.headers
    assert refusal(ana.client.get("/desk/next", headers={"origin": PLACE})) == (405, "bad_input")
    assert refusal(ana.post("nothing")) == (404, "gone")
    assert refusal(ana.post("next/")) == (404, "gone")


def test_nobody_may_ask(ana):
    """Without a cookie, with one that this server never gave, and after the name was given up."""
    bodies = good(ana)
    before = stored(ana.workspace)
    for shown in ({}, {"assay_visitor": "made up"}, {"assay_visitor": "made.up"}, {"_streamlit_user": "x"}):
        ana.client.cookies.clear()
        ana.client.cookies.update(shown)
        for name, said in bodies.items():
            assert refusal(ana.post(name, said)) == (401, "signed_out")
    assert stored(ana.workspace) == before


def test_another_person_by_now_is_refused(ana):
    """The name was changed in another tab, the page belongs to another browser, or says nothing of whom it is for."""
    bodies = good(ana)
    ben = browser(ana.workspace, "Ben")
    token = ana.client.cookies["assay_visitor"]
    before = stored(ana.workspace)
    for mark in (ben.shown_to, "", "x", ana.shown_to[:-1]):
        for name, said in bodies.items():
            assert refusal(ana.post(name, said | {"shown_to": mark})) == (409, "changed_person")
    for mark in (None, 1, [], {}):
        assert refusal(ana.post("act", bodies["act"] | {"shown_to": mark})) == (400, "bad_input")
    assert stored(ana.workspace) == before
    local_names.rate_as(ana.workspace, token, "Ben")
    before = stored(ana.workspace)
    for name, said in bodies.items():
        answered = ana.post(name, said)
        assert refusal(answered) == (409, "changed_person")
        assert answered.json()["error"] == errors.CHANGED
    assert stored(ana.workspace) == before
    local_names.stop_rating(ana.workspace, token)
    assert refusal(ana.post("act", bodies["act"])) == (401, "signed_out")


def test_a_role_that_does_not_rate_and_a_disabled_person_are_refused(ana):
    """From the next request on, whatever the page was shown with."""
    lea = lead(ana.workspace)
    bodies = good(ana)
    accounts.set_role(ana.workspace, lea, ana.user.rater_id, Role.VIEWER)
    before = stored(ana.workspace)
    for name, said in bodies.items():
        refused = (403, "not_allowed") if ROUTES[name].needs else (409, "changed_person")
        assert refusal(ana.post(name, said)) == refused
    assert stored(ana.workspace) == before
    accounts.set_role(ana.workspace, lea, ana.user.rater_id, Role.SME)
    assert refusal(ana.post("act", bodies["act"])) == (409, "changed_person")  # the page was drawn for a lead
    accounts.set_disabled(ana.workspace, lea, ana.user.rater_id, True)
    before = stored(ana.workspace)
    for name, said in bodies.items():
        answered = ana.post(name, said)
        assert refusal(answered) == (403, "not_allowed")
        assert "switched off" in answered.json()["error"]
    assert stored(ana.workspace) == before


def test_the_leases_of_others_are_out_of_reach(ana):
    """Naming them renews nothing, gives nothing back, and rates nothing that was not shown."""
    shown, ahead = ana.deck()
    ben = browser(ana.workspace, "Ben")
    theirs = [shown["id"], ahead["id"]]
    with ana.workspace.store.write() as session:
        session.execute(update(Lease).values(expires_at=now() + timedelta(minutes=1)))
    before = stored(ana.workspace)
    assert ben.ask("renew", items=theirs)["lost"] == theirs
    assert ben.ask("release", items=theirs) == {}
    assert refusal(ben.post("act", an_act(shown))) == (409, "text_changed")  # the showing is Ana's
    assert refusal(ben.post("reveal", {"item": shown["id"], "showing": shown["showing"]})) == (409, "text_changed")
    assert ben.ask("undo", request=f"{uuid4()}:undo")["item"] is None
    assert stored(ana.workspace) == before
    assert ana.deck() == [shown, ahead]


def test_a_request_of_another_person_tells_nothing(ana):
    """Under its name nothing is stored for somebody else."""
    shown, _ = ana.deck()
    ana.ask("act", **an_act(shown))
    ben = browser(ana.workspace, "Ben")
    mine = ben.ask("item", item=shown["id"])["item"]
    answered = ben.post("act", an_act(mine) | {"request": f"{shown['request']}:4"})
    assert refusal(answered) == (409, "conflict")
    assert [event.rater_id for event in events(ana.workspace)] == [ana.user.rater_id]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"\xff\xfe",
        b'{"shown_to": NaN}',
        b"[" * 5000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
    ids=repr,
)
def test_what_is_no_object_of_json_is_refused(ana, body):
    """Nothing, half of it, another value, another encoding, and what is nested without end."""
    headers = {"origin": PLACE, "content-type": "application/json"}
    for name in ROUTES:
        assert refusal(ana.client.post(f"/desk/{name}", content=body, headers=headers)) == (400, "bad_input")


STRANGE = [None, True, -1, 2**31, 1.5, "1", "x" * 200, [], [1, "2"], {}, {"a": 1}, "\x00"]


def test_a_field_of_another_kind_is_refused_in_words(ana):
    """Each field of each request with each other kind of value: a sentence, and never an error of ours."""
    ana = browser(ana.workspace, pace=Rate(1_000_000, 1_000_000))
    bodies = good(ana)
    for name, said in bodies.items():
        for field in said:
            for value in STRANGE:
                answered = ana.post(name, said | {field: value})
                assert answered.status_code in (200, 400, 404, 409), (name, field, value, answered.text)
                if answered.status_code != 200:
                    refusal(answered)
    for field, value in (
        ("session_label", 1),
        ("source", []),
        ("least_words", "x"),
        ("flagged", 1),
        ("most_words", -1),
    ):
        assert refusal(ana.post("choose", {"order": "oldest", "filters": {field: value}})) == (400, "bad_input")
    for field in bodies["act"]:
        left_out = {name: value for name, value in bodies["act"].items() if name not in (field, "shown")}
        assert field == "shown" or refusal(ana.post("act", left_out)) == (400, "bad_input")


def test_an_answer_that_is_gone_is_said_to_be(ana):
    """There is nothing to retry."""
    shown, _ = ana.deck()
    looked.delete(ana.workspace, COMMAND_LINE, shown["id"])
    assert refusal(ana.post("act", an_act(shown))) == (404, "gone")
    for name in ("item", "compare"):
        assert refusal(ana.post(name, {"item": shown["id"]})) == (404, "gone")


def test_a_body_that_is_too_large_is_refused_and_the_longest_comment_is_not(ana):
    """Also where every character of it takes two escapes."""
    shown, _ = ana.deck()
    assert refusal(ana.post("draft", {"item": 1, "comment": "x" * 200_000, "flag": False})) == (413, "too_large")
    assert refusal(ana.post("act", an_act(shown, comment="x" * (MAX_COMMENT + 1)))) == (400, "bad_input")
    body = json.dumps({"shown_to": ana.shown_to, **an_act(shown, comment="💚" * MAX_COMMENT)}).encode()
    assert len(body) > 12 * MAX_COMMENT
    answered = ana.client.post("/desk/act", content=body, headers={"origin": PLACE, "content-type": "application/json"})
    assert answered.status_code == 200
    body = json.dumps({"shown_to": ana.shown_to, **written(shown, "💚" * items.MOST_EDITED)}).encode()
    answered = ana.client.post(
        "/desk/better", content=body, headers={"origin": PLACE, "content-type": "application/json"}
    )
    assert answered.status_code in (200, 404)
    assert refusal(ana.post("better", written(shown, "x" * 3_000_000))) == (413, "too_large")


def test_one_person_cannot_ask_without_end(ana):
    """They are told when to come back; somebody else is not held up."""
    times = [0.0]
    desk = browser(ana.workspace, "Cleo", pace=Rate(60, 3, clock=lambda: times[0]))
    assert [desk.post("queue").status_code for _ in range(4)] == [200, 200, 200, 429]
    answered = desk.post("queue")
    assert refusal(answered) == (429, "too_many")
    assert answered.headers["retry-after"] == "1"
    times[0] = 1.1
    assert desk.post("queue").status_code == 200


@pytest.mark.parametrize(
    "error, expected",
    [
        (Unavailable("The database does not answer."), (503, "unavailable")),
        (Collision("Two wrote at once."), (503, "unavailable")),
        (ValueError("a text of somebody"), (500, "failed")),
        (RecursionError(), (500, "failed")),
    ],
    ids=repr,
)
def test_whatever_fails_is_a_sentence(ana, monkeypatch, error, expected):
    """Without a trace and without what somebody wrote; the desk sends it again."""

    def fails(*args, **kwargs):
        raise error

    for service in ("rate", "next_items", "undo_last", "renew", "keep_draft", "item"):
        monkeypatch.setattr(rating, service, fails)
    for name in ("act", "next", "undo", "renew", "draft", "item"):
        answered = ana.post(name, good_without_asking(name))
        assert refusal(answered) == expected
        assert "somebody" not in answered.text.replace("somebody else", "")


def good_without_asking(name):
    item = {"id": 1, "showing": "x", "request": "0" * 32}
    return GOOD.get(name) or an_act(item)


def test_a_database_that_hangs_holds_no_thread_of_the_pages(ana, monkeypatch):
    """As many requests wait as there are threads for them; others of the server have theirs."""
    hanging, go_on = threading.Semaphore(0), threading.Event()

    def hangs(*args, **kwargs):
        hanging.release()
        go_on.wait(PATIENCE)
        return []

    monkeypatch.setattr(rating, "renew", hangs)
    with ana.client as client:
        threads = [threading.Thread(target=ana.post, args=("renew", {"items": []})) for _ in range(routes.THREADS)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert hanging.acquire(timeout=PATIENCE)
        free = client.portal.call(lambda: anyio.to_thread.current_default_thread_limiter().borrowed_tokens)
        go_on.set()
        for thread in threads:
            thread.join()
    assert free == 0


# --- where people sign in -------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(workspace, monkeypatch):
    """Makes the browser of a person who signed in with the provider."""
    monkeypatch.setattr(identity, "get_cookie_secret", lambda: SECRET)
    with_sign_in(workspace)
    five(workspace)
    accounts.invite(workspace, COMMAND_LINE, "lea@example.org", Role.LEAD)

    def of(name, role=Role.SME, **more):
        if role is not None:
            accounts.invite(workspace, COMMAND_LINE, f"{name}@example.org", role)
        said = claims(name, f"{name}@example.org", **more)
        return Browser(workspace, sign_in.enter(workspace, said), cookies(said)), said

    return of


def test_a_signed_in_person_rates_by_streamlits_own_cookie(signed_in):
    """In as many pieces as it takes, with the mark that their page has."""
    desk, said = signed_in("ana", groups=[uuid4().hex for _ in range(200)])
    assert len(desk.client.cookies) > 1
    shown, _ = desk.deck()
    assert desk.ask("act", **an_act(shown))["receipt"]["number"]
    assert desk.shown_to == identity.shown_to(sign_in.enter(desk.workspace, said))


def test_a_copied_cookie_is_worth_nothing_after_signing_out(signed_in):
    """Nothing of before can be sent again, and another sign-in of the same person is another page."""
    desk, said = signed_in("ana")
    bodies = good(desk)
    sign_in.sign_out(desk.workspace, said)
    before = stored(desk.workspace)
    for name, body in bodies.items():
        assert refusal(desk.post(name, body)) == (401, "signed_out")
    assert stored(desk.workspace) == before
    again, _ = signed_in("ana", role=None, nonce="another")
    assert again.user == desk.user
    assert again.shown_to != desk.shown_to
    assert refusal(again.post("act", bodies["act"] | {"shown_to": desk.shown_to})) == (409, "changed_person")
    assert again.ask("act", **bodies["act"])["receipt"]["number"]  # what waited is sent with the new mark


def test_a_cookie_that_was_not_signed_here_is_nobodys(signed_in):
    """Forged, cut, of another name, and the cookie of local mode."""
    desk, said = signed_in("ana")
    bodies, good_cookies = good(desk), dict(desk.client.cookies)
    forged = [
        cookies(said, "t" * 48),
        {"_streamlit_user": json.dumps(said)},
        {name: value[:-1] for name, value in good_cookies.items()},
        {"assay_visitor": local_names_token(desk.workspace)},
    ]
    before = stored(desk.workspace)
    for shown in forged:
        desk.client.cookies.clear()
        desk.client.cookies.update(shown)
        for name, body in bodies.items():
            assert refusal(desk.post(name, body)) == (401, "signed_out")
    assert stored(desk.workspace) == before


def local_names_token(workspace):
    """A browser that had a name before people signed in here."""
    from core.store.people import raters

    with workspace.store.write() as session:
        raters.remember_visitor(session, "token of before", raters.person(session, "Old Ana").rater_id)
    return "token of before"


@pytest.mark.parametrize("why", ["expired", "waiting", "unverified", "disabled"])
def test_whoever_is_not_let_in_cannot_ask(signed_in, why):
    """With the sentence of the closed door; whose sign-in ended signs in again, the others are refused."""
    if why == "expired":
        desk, _ = signed_in("ana")
        with desk.workspace.store.write() as session:
            session.execute(update(StoredSignIn).values(seen_at=now() - timedelta(days=1)))
    elif why == "disabled":
        desk, _ = signed_in("ana")
        accounts.set_disabled(desk.workspace, COMMAND_LINE, desk.user.rater_id, True)
    else:
        desk, _ = signed_in("zoe", role=None, **({"email_verified": False} if why == "unverified" else {}))
    before = stored(desk.workspace)
    for name in ROUTES:
        answered = desk.post(name, GOOD.get(name))
        assert refusal(answered) == ((401, "signed_out") if why == "expired" else (403, "not_allowed"))
    assert stored(desk.workspace) == before


def test_what_a_timer_sends_is_no_sign_of_life(signed_in):
    """Drafts, renewals and looks leave the idle limit as it is; what a person does counts."""
    desk, _ = signed_in("ana")
    bodies = good(desk)
    for name, route in ROUTES.items():
        earlier = now() - timedelta(minutes=10)
        with desk.workspace.store.write() as session:
            session.execute(update(StoredSignIn).values(seen_at=earlier))
        desk.post(name, bodies[name])
        with desk.workspace.store.read() as session:
            seen = session.query(StoredSignIn).join(Identity).filter(Identity.subject == "ana").one().seen_at
        assert (seen > earlier) is route.acting, name
    timed = {"next", "draft", "renew", "release", "item"}
    timed |= {f"pairs/{name}" for name in ("next", "renew", "release", "item")}
    assert {name for name, route in ROUTES.items() if not route.acting} == timed
