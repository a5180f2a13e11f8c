"""The desk in a real browser while the network, the server, the page or the tab goes away: nothing lost or twice."""

import os
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from core.services.workspace import Workspace, open_workspace
from core.store.tables import Draft, Rater, Rating, RatingEvent
from tests.browser.desk import comment, key, number, ready, sit_down
from tests.databases import PATIENCE, added
from tests.proofs.conftest import scaled
from tests.proofs.killing import Server, Servers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

expect.set_options(timeout=PATIENCE * 1000)

AWAY_SECONDS = scaled(3, 60)
ACT = "**/desk/act"


@pytest.fixture(scope="module")
def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Workspace]]:
    """A dashboard with answers enough for all of these tests."""
    environ = {**os.environ, "ASSAY_HOME": str(tmp_path_factory.mktemp("desk"))}
    workspace = open_workspace(environ)
    for n in range(scaled(60, 150)):
        added(workspace, f"question {n}", f"text {n}")
    with servers.serve(environ) as server:
        yield server, workspace
    workspace.store.engine.dispose()


@pytest.fixture
def workspace(running) -> Workspace:
    """Its database."""
    return running[1]


@pytest.fixture
def me(request: pytest.FixtureRequest) -> str:
    """A rater of their own for every test."""
    return request.node.name.removeprefix("test_desk_").replace("[chromium", "").strip("-]")


@pytest.fixture
def page(running, browser: Browser, me: str) -> Iterator[Page]:
    """A browser with the first answer on the screen."""
    context = browser.new_context()
    page = context.new_page()
    sit_down(page, running[0].url, me)
    yield page
    context.close()


def stored(workspace: Workspace, name: str) -> list[tuple[int, int | None, str | None]]:
    """The ratings of this rater as they stand, in the order in which they came; each came about by one event."""
    with workspace.store.read() as session:
        person = session.query(Rater).filter_by(name=name).one().rater_id
        ratings = session.query(Rating).filter_by(rater_id=person).order_by(Rating.rating_id).all()
        assert session.query(RatingEvent).filter_by(rater_id=person).count() == len(ratings)
        return [(one.interaction_id, one.rating, one.comment) for one in ratings]


def wait_for_draft(page: Page, workspace: Workspace, interaction_id: int, text: str) -> None:
    """Until the server knows what was typed."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with workspace.store.read() as session:
            if session.query(Draft).filter_by(interaction_id=interaction_id, comment=text).count():
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"{text!r} never came")


def test_desk_goes_on_without_a_network_as_far_as_answers_are_there(page, workspace, me, proven_once) -> None:
    """Two ratings wait, the desk says so and takes no third; afterwards both are stored once with their comments."""
    first = number(page)
    comment(page).press_sequentially("said 5 times")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.keyboard.press("4")
    expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
    ready(page, after=first)
    second = number(page)
    comment(page).press_sequentially("no, 3 d s u")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(key(page, "waiting")).to_contain_text("2 ratings wait to be sent")
    expect(key(page, "desk")).to_contain_text("The next answer is shown as soon as the server answers")
    until, presses = time.monotonic() + AWAY_SECONDS, 0
    while time.monotonic() < until:
        page.keyboard.press("5")
        presses += 1
        page.wait_for_timeout(400)
    expect(key(page, "waiting")).to_contain_text("2 ratings wait to be sent")
    assert stored(workspace, me) == []
    page.context.set_offline(False)
    expect(key(page, "waiting")).to_be_empty()
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    assert stored(workspace, me) == [(first, 4, "said 5 times"), (second, 2, "no, 3 d s u")]
    ready(page, after=second)
    third = number(page)
    page.keyboard.press("3")
    expect(key(page, "progress")).to_contain_text("3 rated today")
    assert stored(workspace, me)[2:] == [(third, 3, None)]
    proven_once(f"{AWAY_SECONDS} s offline, 2 ratings waited and were stored once, {presses} presses more did nothing")


def test_desk_loses_no_letter_that_is_typed_without_a_network(page, workspace, me, proven_once) -> None:
    """What is typed for the second answer while the first one's rating waits is there, in the field and on the
    server, once the network is; and after a reload.
    """
    first = number(page)
    page.context.set_offline(True)
    page.keyboard.press("4")
    expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
    ready(page, after=first)
    second, typed, until = number(page), "", time.monotonic() + AWAY_SECONDS
    while time.monotonic() < until:
        comment(page).press_sequentially(f"{len(typed)} 1d 2s ", delay=40)
        typed += f"{len(typed)} 1d 2s "
    page.context.set_offline(False)
    expect(key(page, "waiting")).to_be_empty()
    expect(comment(page)).to_have_value(typed)
    assert stored(workspace, me) == [(first, 4, None)]
    wait_for_draft(page, workspace, second, typed)
    page.reload()
    expect(comment(page)).to_have_value(typed)
    ready(page)
    assert number(page) == second
    page.keyboard.press("Tab")  # the comment, which had the keyboard before the reload, has it again
    page.keyboard.press("5")
    expect(key(page, "receipt")).to_contain_text("Saved 5")
    assert stored(workspace, me) == [(first, 4, None), (second, 5, typed.strip())]
    proven_once(f"{AWAY_SECONDS} s offline, {len(typed)} letters, each there afterwards")


def test_desk_sends_again_when_the_server_was_killed(running, page, workspace, me, draw, proven_once) -> None:
    """Killed while a rating is under way and there again on the same port: stored once, with its comment."""
    server, times = running[0], scaled(3, 20)
    expected = []
    for turn in range(times):
        expected.append((number(page), turn % 5 + 1, f"turn {turn}"))
        comment(page).press_sequentially(f"turn {turn}")
        page.keyboard.press("Escape")
        page.keyboard.press(str(turn % 5 + 1))
        page.wait_for_timeout(draw.uniform(0, 40))
        server.kill()
        server.start()
        expect(key(page, "waiting")).to_be_empty()
        expect(key(page, "progress")).to_contain_text(f"{turn + 1} rated today")
        ready(page, after=expected[-1][0])
    assert stored(workspace, me) == expected
    proven_once(f"{times} kills with the page open, each rating there exactly once")


def never_answered(route: Route) -> None:
    """The act reaches the server and is stored; the answer is lost."""
    route.fetch()
    route.abort()


@pytest.mark.parametrize("lost", ["act", "answer"])
def test_desk_sends_after_a_reload_what_was_not_acknowledged(page, workspace, me, lost, proven) -> None:
    """Whether the act or its answer was lost: the loaded page sends it, and it is stored once."""
    page.on("dialog", lambda dialog: dialog.accept())
    first = number(page)
    page.route(ACT, never_answered if lost == "answer" else lambda route: route.abort())
    page.keyboard.press("4")
    expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
    expect(key(page, "receipt")).not_to_contain_text("Saved")
    page.unroute(ACT)
    page.reload()
    expect(key(page, "progress")).to_contain_text("1 rated today")
    expect(key(page, "waiting")).to_be_empty()
    ready(page, after=first)
    assert stored(workspace, me) == [(first, 4, None)]
    proven("one rating waited through a reload and was stored once")


def test_desk_in_two_tabs_of_one_person(page, workspace, me, proven_once) -> None:
    """Both show the same answer; the same key in both is one act, and what either rates is stored once."""
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    first = number(page)
    assert number(other) == first
    for tab in (page, other):
        tab.bring_to_front()
        tab.keyboard.press("4")
        expect(key(tab, "receipt")).to_contain_text("Saved 4")
    assert stored(workspace, me) == [(first, 4, None)]
    for turn in range(6):
        tab = (page, other)[turn % 2]
        tab.bring_to_front()
        tab.reload()
        ready(tab)
        tab.keyboard.press("2")
        expect(key(tab, "progress")).to_contain_text(f"{turn + 2} rated today")
    rated = stored(workspace, me)
    assert len(rated) == len({answer for answer, _, _ in rated}) == 7
    proven_once("two tabs, the same key in both is one rating, seven answers rated by turns, each once")


def test_desk_that_is_closed_after_the_warning_loses_what_waited(page, running, workspace, me, proven_once) -> None:
    """It says how many ratings wait, the browser warns, and whoever closes it all the same loses those and no other."""
    warnings: list[str] = []

    def leave(dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    first = number(page)
    page.keyboard.press("5")
    expect(key(page, "receipt")).to_contain_text("Saved 5")
    ready(page, after=first)
    running[0].kill()
    lost = []
    for waiting in ("1 rating waits", "2 ratings wait"):
        lost.append(number(page))
        page.keyboard.press("3")
        expect(key(page, "waiting")).to_contain_text(f"{waiting} to be sent")
        if len(lost) == 1:
            ready(page, after=lost[0])
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert warnings == ["beforeunload"]
    running[0].start()
    again = page.context.new_page()
    again.goto(f"{running[0].url}/rate")
    expect(key(again, "progress")).to_contain_text("1 rated today")
    ready(again)
    assert number(again) in lost  # it is kept for this rater still
    again.keyboard.press("2")
    expect(key(again, "progress")).to_contain_text("2 rated today")
    assert [rating for _, rating, _ in stored(workspace, me)] == [5, 2]
    assert stored(workspace, me)[1][0] in lost
    proven_once("2 ratings waited, the page said so, the browser warned, these 2 and nothing else were lost")


def test_desk_does_not_warn_when_nothing_waits(page, me) -> None:
    """A tab in which everything is stored closes at once."""
    warnings: list[str] = []

    def note(dialog: Dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    page.on("dialog", note)
    page.keyboard.press("5")
    expect(key(page, "receipt")).to_have_text(re.compile("Saved 5"))
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert warnings == []


def test_desk_sends_nothing_for_somebody_else(page, running, workspace, me, proven_once) -> None:
    """What waits when the name is changed is gone from the tab, and is stored for nobody."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(ACT, lambda route: route.abort())
    page.keyboard.press("4")
    expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
    key(page, "change").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 rating was not sent yet")
    page.get_by_role("button", name="Change without sending").click()
    page.locator(".st-key-rate-name input").wait_for()
    page.unroute(ACT)
    assert page.evaluate("sessionStorage.getItem('assay.desk')") is None
    sit_down(page, running[0].url, f"not {me}")
    expect(key(page, "waiting")).to_be_empty()
    page.keyboard.press("2")
    expect(key(page, "progress")).to_contain_text("1 rated today")
    assert stored(workspace, me) == []
    assert [rating for _, rating, _ in stored(workspace, f"not {me}")] == [2]
    proven_once("one rating waited when the name was changed; it was sent for nobody")
