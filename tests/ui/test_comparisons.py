"""A or B: the routes under /desk/pairs, and the tab of Quality with which a lead opens pairs."""

from core.domain.comparisons.picks import Pick
from core.domain.roles import COMMAND_LINE
from core.services.comparisons import blind, comparing, opening
from core.services.comparisons.blind import BlindPair
from core.services.comparisons.opening import PairsToOpen
from core.store.tables import Comparison, ComparisonEvent
from core.ui.shell.navigation import QualityTab
from tests import looked
from tests.databases import added, lead, rater
from tests.ui.reading import desk_data, press, said
from tests.ui.test_desk_routes import browser, refusal


def with_pairs(workspace, number=3):
    for n in range(number):
        for side in "ab":
            added(workspace, f"question **{n}**", f"answer {side}")
    opening.open_pairs(workspace, COMMAND_LINE, PairsToOpen(number))


def an_act(item, act="left", **said):
    request = f"{item['request']}:{act}"
    return {
        "act": act,
        "item": item["id"],
        "showing": item["showing"],
        "request": request,
        "shown_ms": 900,
        "shown": None,
    } | said


def test_a_key_is_stored_and_brings_what_comes_next(workspace):
    """Receipt, the next pair and how far one is; sent again it is the same receipt; undo shows the pair again."""
    with_pairs(workspace)
    ana = browser(workspace)
    told = ana.ask("pairs/next", shown=None)
    first, ahead = told["items"]
    assert told["progress"] == {"compared": 0, "left": 3, "more_left": False}
    assert "<strong>" in first["prompt"]["html"]
    assert sorted(first[side]["html"].strip()[-12:] for side in ("left", "right")) == ["answer a</p>", "answer b</p>"]
    stored = ana.ask("pairs/act", **an_act(first, shown=ahead["id"]))
    assert stored["receipt"]["text"].startswith("Saved “A is better” ")
    assert stored["items"][0]["id"] == ahead["id"]
    assert ana.ask("pairs/act", **an_act(first))["receipt"] == stored["receipt"]
    changed = ana.ask("pairs/act", **an_act(first, "neither"))
    assert "Saved “neither” instead of “A is better”" in changed["receipt"]["text"]
    assert changed["again"]
    undone = ana.ask("pairs/undo", request=f"{'0' * 32}:undo")
    assert undone["notice"] == f"Undone: your “neither” of pair {first['id']}; “A is better” stands again"
    undone = ana.ask("pairs/undo", request=f"{'1' * 32}:undo")
    assert undone["notice"].endswith("it waits for you again")
    assert (undone["item"]["id"], undone["progress"]["compared"]) == (first["id"], 0)
    again = ana.ask("pairs/act", **an_act(undone["item"]))  # the same key once more is another act
    assert again["receipt"]["number"] > stored["receipt"]["number"]
    with workspace.store.read() as session:
        actions = [event.action for event in session.query(ComparisonEvent).order_by(ComparisonEvent.event_id)]
    assert actions == ["compared", "compared", "undone", "undone", "compared"]


def test_what_a_key_must_not_do(workspace):
    """Too soon, of another's showing, of a text that changed, of a deleted answer: refused in words, nothing stored."""
    with_pairs(workspace)
    ana, ben = browser(workspace), browser(workspace, "Ben")
    shown, _ = ana.ask("pairs/next", shown=None)["items"]
    ben.ask("pairs/next", shown=None)
    assert refusal(ana.post("pairs/act", an_act(shown, shown_ms=20))) == (400, "bad_input")
    assert refusal(ana.post("pairs/act", an_act(shown, "better"))) == (400, "bad_input")
    assert refusal(ben.post("pairs/act", an_act(shown))) == (409, "conflict")
    assert ben.ask("pairs/renew", items=[shown["id"], 99])["lost"] == [99]
    with workspace.store.read() as session:
        number = session.get(Comparison, shown["id"]).first_id
    prompt = f"question **{shown['prompt']['html'].split('<strong>')[1][0]}**"
    looked.edit(workspace, lead(workspace), number, prompt, "a new text", withdraw_ratings=False)
    assert refusal(ana.post("pairs/act", an_act(shown))) == (409, "conflict")
    looked.delete(workspace, lead(workspace), number)
    assert refusal(ana.post("pairs/act", an_act(shown))) == (404, "gone")
    assert refusal(ana.post("pairs/item", {"item": shown["id"]})) == (404, "gone")
    with workspace.store.read() as session:
        assert session.query(ComparisonEvent).count() == 0


def test_the_page_asks_for_a_name_first(open_page, workspace):
    """Then it hands its component whom it is shown to."""
    with_pairs(workspace)
    app = open_page("compare")
    assert "Who is rating?" in said(app)
    assert not desk_data(app)


def test_a_lead_opens_and_closes_pairs(open_page, workspace, ana):
    """What was opened, how far it is, agreement once two said the same, and closing what waits."""
    app = open_page("quality", topic=QualityTab.A_OR_B)
    assert "No pair was opened yet" in said(app)
    app = press(app, "quality.pairs_open")
    assert ["no question has two different answers" in toast.value for toast in app.toast] == [True]
    for n in range(2):
        for side in "ab":
            added(workspace, f"question {n}", f"answer {side}")
    app = press(app, "quality.pairs_open")
    assert ["Opened 2 pairs; no more fit" in toast.value for toast in app.toast] == [True]
    assert "Not known yet: no pair was compared by two people" in said(app)
    for name in ("Ben", "Cleo"):
        user = rater(workspace, name)
        (shown, *_) = comparing.next_pairs(workspace, user)
        comparing.compare(
            workspace, user, shown.comparison_id, Pick.EQUAL, showing=shown.showing, request_id=f"{name}:equal"
        )
    blind.serve_blind(workspace, COMMAND_LINE, [BlindPair("question 0", "a", "b")], reason="language model 1")
    app = open_page("quality", topic=QualityTab.A_OR_B)
    assert {metric.label: metric.value for metric in app.metric}["Pairs that two compared"] == "1"
    assert "language model 1" in str(app.table[0].value)
    app = press(app, "quality.pairs_close")
    assert ["Closed 1 pair" in toast.value for toast in app.toast] == [True]
    assert "quality.pairs_close" not in {button.key for button in app.button}
    assert "quality.pairs_compare" in {button.key for button in app.button}  # the language model's waits still
