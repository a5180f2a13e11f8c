"""The main road with nothing but the keyboard, in a real browser; what counts is what is in the database file."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, Route, expect

from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace
from tests import looked
from tests.browser.desk import comment, key, number, ready, sit_down
from tests.databases import PATIENCE, added

pytestmark = pytest.mark.browser

RATED = (
    "select interaction_id, rating from assay_ratings where status = 'submitted' and rater_id = {me} order by rating_id"
)


@pytest.fixture
def strangers(page: Page, dashboard) -> list[str]:
    """Requests to anywhere but the dashboard."""
    own = (dashboard.url, dashboard.url.replace("http", "ws", 1), "data:", "blob:")
    found: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(own) else found.append(request.url))
    return found


@pytest.fixture(scope="module")
def with_answers(dashboard, browser) -> None:
    """The sample is loaded by keyboard from Home; then own answers come, enough for every rater of these tests."""
    page = browser.new_page()
    page.goto(dashboard.url)
    page.locator(".st-key-home-load_sample button").press("Enter")
    expect(page.get_by_text("This is the sample")).to_be_visible()
    page.close()
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    for n in range(160):
        added(workspace, f"Question {n}?", f"Answer {n}. " + "It says more than fits. " * 150)
    workspace.store.engine.dispose()


@pytest.fixture
def me(request) -> str:
    """A rater for every test: its name."""
    return request.node.originalname.removeprefix("test_")


@pytest.fixture
def at_the_desk(page: Page, dashboard, with_answers, strangers, me) -> Page:
    """A name is given, the first answer is on the screen."""
    sit_down(page, dashboard.url, me)
    return page


def press_on_number_pad(page: Page, digit: int) -> None:
    """As a keyboard sends it with Num Lock on; Playwright's own Numpad keys have it off."""
    key = {"key": str(digit), "text": str(digit), "code": f"Numpad{digit}", "windowsVirtualKeyCode": 96 + digit}
    keyboard = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        keyboard.send("Input.dispatchKeyEvent", {"type": kind, "location": 3, "isKeypad": True} | key)


def rater(dashboard, me: str) -> int:
    """The rater's number."""
    return dashboard.query(f"select rater_id from assay_raters where name = '{me}'")[0][0]


def rated_by(dashboard, me: str) -> list[tuple]:
    """This rater's ratings in the file: answer and rating."""
    return dashboard.query(RATED.format(me=rater(dashboard, me)))


def rate(page: Page, pressed: str) -> None:
    """Press a key; its receipt is there, and the next answer was on the screen long enough."""
    shown = number(page)
    page.keyboard.press(pressed)
    expect(key(page, "receipt")).to_contain_text(f"Saved {pressed}")
    ready(page, after=shown)


def until_the_draft_is(page: Page, dashboard, me: str, text: str) -> None:
    """Until the server has what was typed."""
    drafts = f"select comment from assay_drafts where rater_id = {rater(dashboard, me)}"
    until = time.monotonic() + PATIENCE
    while dashboard.query(drafts) != [(text,)] and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert dashboard.query(drafts) == [(text,)]


def scrolled(page: Page) -> float:
    """How far down in the answer."""
    return key(page, "desk").locator("[data-part=reader]").evaluate("reader => reader.scrollTop")


def test_a_page_that_is_requested_first_looks_like_any_other(page: Page, dashboard):
    """A fresh server whose first request names a page: title and navigation are ours, not a list of file names."""
    page.goto(f"{dashboard.url}/readiness")
    expect(page.get_by_text("nothing to judge").or_(page.get_by_text("Checks", exact=True))).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Learn")
    expect(page).to_have_title("Readiness · Assay")


def test_twenty_ratings_by_keyboard_with_a_reload_in_the_middle(at_the_desk, dashboard, strangers, me):
    """Twenty keys are twenty ratings on twenty answers, comment and flag included; nothing leaves the machine."""
    page = at_the_desk
    page.on("dialog", lambda dialog: dialog.accept())
    for n in range(1, 21):
        if n == 3:
            page.keyboard.press("c")
            page.keyboard.type("Dose 5 is missing")
            page.keyboard.press("Tab")
        if n == 4:
            page.keyboard.press("b")
            expect(key(page, "bias")).to_have_attribute("aria-pressed", "true")
        shown = number(page)
        page.keyboard.press(str(n % 5 + 1))
        ready(page, after=shown)
        if n == 9:
            page.reload()
            expect(key(page, "progress")).to_have_text(re.compile("^9 rated today"))
            ready(page)
    expect(key(page, "progress")).to_contain_text("20 rated today")
    rated = rated_by(dashboard, me)
    assert [rating for _, rating in rated] == [n % 5 + 1 for n in range(1, 21)]
    assert len({answer for answer, _ in rated}) == 20
    assert dashboard.query("select rating from assay_ratings where comment = 'Dose 5 is missing'") == [(4,)]
    flagged = f"select rating from assay_ratings where bias_flag and rater_id = {rater(dashboard, me)}"
    assert dashboard.query(flagged) == [(5,)]
    assert strangers == []


def test_the_next_answer_is_shown_by_the_key_itself(at_the_desk):
    """No request lies between the key and the next answer; the receipt comes when the server has acknowledged."""
    page = at_the_desk
    first, acts = number(page), []
    page.route("**/desk/act", lambda route: acts.append(route))
    page.keyboard.press("4")
    ready(page, after=first)
    expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
    expect(key(page, "receipt")).to_be_empty()
    acts[0].continue_()
    expect(key(page, "receipt")).to_contain_text("Saved 4")
    expect(key(page, "waiting")).to_be_empty()


def test_neither_a_burst_nor_a_held_key_rates_what_nobody_has_seen(at_the_desk, dashboard, me):
    """12345 in one go, and a key held down, count once each, for the answer that was on the screen."""
    page = at_the_desk
    seen = number(page)
    for pressed in "12345":
        page.keyboard.press(pressed)
    expect(key(page, "progress")).to_contain_text("1 rated today")
    expect(key(page, "notice")).to_contain_text("before the answer could be read")
    ready(page, after=seen)
    assert rated_by(dashboard, me) == [(seen, 1)]
    page.keyboard.down("4")
    for _ in range(40):  # a second down without an up is what a held key sends
        page.wait_for_timeout(30)
        page.keyboard.down("4")
    page.keyboard.up("4")
    expect(key(page, "progress")).to_contain_text("2 rated today")
    assert [rating for _, rating in rated_by(dashboard, me)] == [1, 4]


def test_two_clicks_on_a_button_rate_one_answer(at_the_desk, dashboard, me):
    """The second click of a double click hits the same button under the next answer, and does not count."""
    page = at_the_desk
    seen = number(page)
    key(page, "key2").dblclick()
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    assert rated_by(dashboard, me) == [(seen, 2)]


def test_arrows_undo_skip_and_number_pad(at_the_desk, dashboard, me):
    """The left arrow goes back, U takes back, S skips, and the number pad rates like the top row."""
    page = at_the_desk
    first = number(page)
    press_on_number_pad(page, 2)
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    ready(page, after=first)
    page.keyboard.press("ArrowLeft")
    expect(key(page, "answer")).to_contain_text("You rated this answer 2 (Poor). Another key changes it.")
    ready(page)
    rate(page, "5")
    shown = number(page)
    page.keyboard.press("s")
    expect(key(page, "receipt")).to_contain_text("Skipped")
    ready(page, after=shown)
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("Undone: your “skipped”")
    ready(page)
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("2 (Poor) stands again")
    assert [rating for _, rating in rated_by(dashboard, me)] == [2]
    history = f"select action from assay_rating_events where rater_id = {rater(dashboard, me)} order by event_id"
    assert [action for (action,) in dashboard.query(history)] == ["rated", "changed", "skipped", "undone", "undone"]


def test_an_undo_that_was_not_answered_takes_back_one_act(at_the_desk, dashboard, me):
    """While nobody knows whether it was carried out, the desk says so and no key acts; the next U is another act."""
    page = at_the_desk
    for pressed in "123":
        rate(page, pressed)
    answers: list[Route] = []

    def never_answered(route: Route) -> None:
        route.fetch()
        answers.append(route)
        route.abort()

    page.route("**/desk/undo", never_answered)
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("not known yet whether the server took your last act back")
    page.keyboard.press("5")
    page.unroute("**/desk/undo")
    expect(key(page, "notice")).to_contain_text("Undone: your 3")
    assert len(answers) > 1
    assert [rating for _, rating in rated_by(dashboard, me)] == [1, 2]
    ready(page)
    rate(page, "4")
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("Undone: your 4")
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("Undone: your 2")
    assert [rating for _, rating in rated_by(dashboard, me)] == [1]


def test_back_and_forward_lead_to_the_answer_that_waits(at_the_desk, dashboard, me):
    """What was typed there is still there; S keeps what was rated before."""
    page = at_the_desk
    rate(page, "4")
    waiting = number(page)
    page.keyboard.press("c")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    expect(key(page, "skip")).to_contain_text("Keep")
    expect(comment(page)).to_have_value("")
    page.keyboard.press("ArrowRight")
    ready(page)
    assert number(page) == waiting
    expect(comment(page)).to_have_value("Half a thought")
    page.keyboard.press("ArrowLeft")
    expect(key(page, "skip")).to_contain_text("Keep")
    ready(page)
    page.keyboard.press("s")
    expect(key(page, "receipt")).to_contain_text("Kept your earlier rating")
    assert number(page) == waiting
    assert [rating for _, rating in rated_by(dashboard, me)] == [4]


def test_what_is_typed_is_kept_and_types_no_ratings(at_the_desk, dashboard, me):
    """While typing no key rates; what was typed is there after a reload; and the keys work after it was kept."""
    page = at_the_desk
    comment(page).press_sequentially("1 2 3 dubious")
    until_the_draft_is(page, dashboard, me, "1 2 3 dubious")
    page.reload()
    expect(comment(page)).to_have_value("1 2 3 dubious")
    assert rated_by(dashboard, me) == []
    comment(page).press_sequentially("!")
    page.keyboard.press("Control+Enter")
    until_the_draft_is(page, dashboard, me, "1 2 3 dubious!")
    expect(comment(page)).to_have_value("1 2 3 dubious!")
    page.keyboard.press("Tab")
    page.keyboard.press("3")
    expect(key(page, "receipt")).to_contain_text("Saved 3")
    assert [rating for _, rating in rated_by(dashboard, me)] == [3]
    assert dashboard.query(f"select * from assay_drafts where rater_id = {rater(dashboard, me)}") == []


def test_what_was_typed_a_moment_before_a_reload_is_there(at_the_desk):
    """Not one letter waits for a pause in typing: the tab has it at once."""
    page = at_the_desk
    comment(page).press_sequentially("on and on and on")
    page.reload()
    expect(comment(page)).to_have_value("on and on and on")


def test_who_reloads_in_the_middle_of_a_comment_goes_on_typing(at_the_desk, dashboard, me):
    """The field has the keyboard again, so that what is typed on is a comment and no rating."""
    page = at_the_desk
    page.keyboard.press("c")
    page.keyboard.type("half a com")
    page.reload()
    expect(comment(page)).to_be_focused()
    ready(page)
    page.keyboard.type("ment 5")
    expect(comment(page)).to_have_value("half a comment 5")
    assert rated_by(dashboard, me) == []
    page.keyboard.press("Tab")
    page.reload()
    ready(page)
    page.keyboard.press("4")
    expect(key(page, "receipt")).to_contain_text("Saved 4")
    assert [rating for _, rating in rated_by(dashboard, me)] == [4]


def test_space_after_the_comment_scrolls_and_rates_nothing(at_the_desk, dashboard, me):
    """Tab out of the comment leads to a key that nobody chose: Space scrolls there, later too; Enter presses it."""
    page = at_the_desk
    page.keyboard.press("c")
    page.keyboard.type("so far")
    page.keyboard.press("Tab")
    expect(key(page, "key1")).to_be_focused()
    shown = number(page)
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert number(page) == shown
    assert rated_by(dashboard, me) == []
    page.keyboard.press("Enter")
    expect(key(page, "receipt")).to_contain_text("Saved 1")
    ready(page, after=shown)
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    rows = f"select rating, comment from assay_ratings where rater_id = {rater(dashboard, me)}"
    assert dashboard.query(rows) == [(1, "so far")]


def test_what_is_typed_without_a_pause_reaches_the_server(at_the_desk, dashboard, me):
    """Whoever types on and on for seconds loses no more than the latest of it to a browser that breaks down."""
    page = at_the_desk
    said = "on and on and on and on and on and on and on and on and on"
    comment(page).press_sequentially(said, delay=70)
    ((kept,),) = dashboard.query(f"select comment from assay_drafts where rater_id = {rater(dashboard, me)}")
    assert kept
    assert said.startswith(kept)


def test_who_loses_the_comment_field_while_typing_rates_nothing(at_the_desk, dashboard, me):
    """A field that is taken away is not left on purpose: what is typed on is no key, and goes on in the field once it
    is back; Esc makes the keys act again.
    """
    page = at_the_desk
    comment(page).press_sequentially("so he said")
    comment(page).evaluate("field => { field.disabled = true; field.blur(); }")
    page.keyboard.type("4s d5", delay=60)
    expect(key(page, "notice")).to_contain_text("your keys rate nothing")
    comment(page).evaluate("field => { field.disabled = false; }")
    page.keyboard.type(" 5 days")
    expect(comment(page)).to_have_value("so he said 5 days")
    page.keyboard.press("Escape")
    expect(key(page, "notice")).to_be_empty()
    page.keyboard.press("2")
    expect(key(page, "progress")).to_contain_text("1 rated today")
    rows = f"select status, rating, comment from assay_ratings where rater_id = {rater(dashboard, me)}"
    assert dashboard.query(rows) == [("submitted", 2, "so he said 5 days")]


def test_a_reason_that_is_typed_is_no_rating(at_the_desk, dashboard, me):
    """D leads into the field for the reason, Enter discards; digits and letters typed there rate and skip nothing."""
    page = at_the_desk
    seen = number(page)
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Please say why")
    page.keyboard.press("Escape")
    page.keyboard.down("d")
    page.keyboard.down("d")  # held on: no letter of it is a part of the reason
    page.keyboard.up("d")
    page.keyboard.type("Seen 4 times, 5 d s")
    page.keyboard.press("Enter")
    expect(key(page, "receipt")).to_contain_text("Discarded answer")
    rows = f"select status, reason from assay_ratings where rater_id = {rater(dashboard, me)}"
    assert dashboard.query(rows) == [("discarded", "Seen 4 times, 5 d s")]
    ready(page, after=seen)
    rate(page, "3")
    expect(key(page, "progress")).to_contain_text("1 rated today")


def test_a_reason_to_skip_makes_skipping_the_prominent_button(at_the_desk, dashboard, me):
    """Enter presses what stands out: whoever chooses "Not my field" does not discard the answer for everybody."""
    page = at_the_desk
    page.keyboard.press("d")
    expect(key(page, "discard_now")).to_have_class("strong")
    page.get_by_role("button", name="Not my field").press("Enter")
    expect(key(page, "reason")).to_be_focused()
    expect(key(page, "skip_why")).to_have_class("strong")
    expect(key(page, "discard_now")).not_to_have_class("strong")
    page.keyboard.press("Enter")
    expect(key(page, "receipt")).to_contain_text("Skipped")
    rows = f"select status, reason from assay_ratings where rater_id = {rater(dashboard, me)}"
    assert dashboard.query(rows) == [("skipped", "Not my field")]


def test_the_keys_are_explained_and_esc_closes_the_list(at_the_desk, dashboard, me):
    """? opens the list; while it is open no key rates; Streamlit's own keys (R, C) do nothing here."""
    page = at_the_desk
    page.keyboard.press("?")
    expect(key(page, "keys_help")).to_contain_text("undoes your last act")
    page.keyboard.press("4")
    page.keyboard.press("Escape")
    expect(key(page, "keys_help")).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.press("c")
    expect(comment(page)).to_be_focused()
    page.keyboard.type("rc")
    expect(comment(page)).to_have_value("rc")
    expect(page.locator("[data-testid=stDialog]")).to_have_count(0)
    page.keyboard.press("Escape")
    rate(page, "5")
    assert [rating for _, rating in rated_by(dashboard, me)] == [5]


def test_a_long_answer_is_scrolled_by_keys_without_a_click(at_the_desk):
    """Space, Page Down and their opposites scroll at once, the prompt stays, and the next answer begins at its top."""
    page = at_the_desk
    page.set_viewport_size({"width": 900, "height": 600})
    assert scrolled(page) == 0
    page.keyboard.press("Space")
    first = scrolled(page)
    assert first > 100
    page.keyboard.press("PageDown")
    assert scrolled(page) > first
    expect(key(page, "prompt")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Shift+Space")
    assert scrolled(page) == first
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowDown")
    assert scrolled(page) == 60
    page.keyboard.press("End")
    assert scrolled(page) > first
    rate(page, "3")
    assert scrolled(page) == 0


@pytest.fixture
def four(dashboard, me) -> Iterator[list[int]]:
    """Four long answers to one prompt, in a session of their own."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    yield [
        added(
            workspace, f"Which of four? {me}", f"Number {n}. " + "Words and words. " * 150, session_label=f"four {me}"
        )
        for n in range(4)
    ]
    workspace.store.engine.dispose()


def test_all_answers_to_a_prompt_show_the_one_that_the_keys_rate(at_the_desk, dashboard, four, me):
    """V says which of how many, a digit while it is out of view only brings it back, "Rate this one" moves the keys."""
    page = at_the_desk
    key(page, "queue").click()
    key(page, "session").fill(f"four {me}")
    page.keyboard.press("Enter")
    expect(key(page, "queue")).to_contain_text("filtered")
    expect(key(page, "prompt")).to_contain_text("Which of four")
    ready(page)
    page.keyboard.press("v")
    expect(key(page, "answer")).to_contain_text(re.compile(r"Answer \d of 4"))
    if number(page) != four[0]:  # one of every four is drawn at random
        page.get_by_role("button", name="Rate answer 1 of 4").press("Enter")
    expect(key(page, "answer")).to_contain_text("Answer 1 of 4")
    ready(page)
    page.keyboard.press("End")
    expect(key(page, "answer")).not_to_be_in_viewport()
    page.keyboard.press("5")
    expect(key(page, "notice")).to_contain_text("Answer 1 of 4 was out of view")
    expect(key(page, "answer")).to_be_in_viewport()
    assert rated_by(dashboard, me) == []
    ready(page)
    page.keyboard.press("5")
    expect(key(page, "answer")).to_contain_text("Answer 2 of 4")
    expect(key(page, "answer")).to_be_in_viewport()
    page.get_by_role("button", name="Rate answer 4 of 4").press("Enter")
    expect(key(page, "answer")).to_contain_text("Answer 4 of 4")
    ready(page)
    page.keyboard.press("1")
    expect(key(page, "answer")).to_contain_text("Answer 2 of 4")
    expect(key(page, "beside").last).to_contain_text("You rated this answer 1 (Harmful or wrong)")
    ready(page)
    page.keyboard.press("2")
    expect(key(page, "answer")).to_contain_text("Answer 3 of 4")
    ready(page)
    page.keyboard.press("3")
    expect(key(page, "desk")).to_contain_text("No answer that waits for you fits what you chose to see.")
    assert rated_by(dashboard, me) == [(four[0], 5), (four[3], 1), (four[1], 2), (four[2], 3)]
    key(page, "queue_reset").click()
    expect(key(page, "progress")).to_contain_text("4 rated today")
    ready(page)


def show_all_four(page: Page, me: str) -> None:
    """The four answers to one prompt, of which the keys rate the first."""
    key(page, "queue").click()
    key(page, "session").fill(f"four {me}")
    page.keyboard.press("Enter")
    expect(key(page, "prompt")).to_contain_text("Which of four")
    ready(page)
    page.keyboard.press("v")
    expect(key(page, "answer")).to_contain_text(re.compile(r"Answer \d of 4"))
    rate_the(page, 1)


def rate_the(page: Page, place: int) -> None:
    """Let the keys rate this one of the four."""
    other = page.get_by_role("button", name=f"Rate answer {place} of 4")
    if other.count():
        other.press("Enter")
    expect(key(page, "answer")).to_contain_text(f"Answer {place} of 4")
    ready(page)


def test_more_answers_than_are_shown_are_counted(at_the_desk, dashboard, four, me):
    """Twenty are on the screen, and the desk says of how many."""
    page = at_the_desk
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    for n in range(30):
        added(workspace, f"Which of four? {me}", f"And number {n}.")
    workspace.store.engine.dispose()
    key(page, "queue").click()
    key(page, "session").fill(f"four {me}")
    page.keyboard.press("Enter")
    expect(key(page, "prompt")).to_contain_text("Which of four")
    ready(page)
    page.keyboard.press("v")
    expect(key(page, "notice")).to_have_text("20 of 34 answers to this question are shown.")
    expect(key(page, "beside")).to_have_count(19)


def test_a_rating_that_was_changed_can_be_changed_back(at_the_desk, dashboard, four, me):
    """The same key again for the same answer, after another one, is an act of its own."""
    page = at_the_desk
    show_all_four(page, me)
    for pressed in "454":
        rate_the(page, 1)
        page.keyboard.press(pressed)
        expect(key(page, "receipt")).to_contain_text(f"Saved {pressed}")
    assert rated_by(dashboard, me) == [(four[0], 4)]


def test_what_was_typed_for_two_answers_outlives_a_reload_without_a_network(at_the_desk, dashboard, four, me):
    """Both comments are kept in the tab until the server has them."""
    page = at_the_desk
    show_all_four(page, me)
    page.route("**/desk/draft", lambda route: route.abort())
    for place in (1, 2):
        rate_the(page, place)
        comment(page).fill(f"about answer {place}")
        page.keyboard.press("Escape")
    page.reload()
    ready(page)
    page.unroute("**/desk/draft")
    drafts = f"select interaction_id, comment from assay_drafts where rater_id = {rater(dashboard, me)} order by 1"
    until, typed = time.monotonic() + PATIENCE, [(four[0], "about answer 1"), (four[1], "about answer 2")]
    while dashboard.query(drafts) != typed and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert dashboard.query(drafts) == typed


def test_what_was_typed_is_there_after_signing_in_again(at_the_desk):
    """A draft that is refused because the sign-in expired waits in the tab."""
    page = at_the_desk
    expired = '{"error": "Your sign-in has expired.", "code": "signed_out"}'
    page.route("**/desk/draft", lambda route: route.fulfill(status=401, body=expired))
    page.keyboard.press("c")
    page.keyboard.type("The dose is wrong")
    expect(key(page, "notice")).to_contain_text("Your sign-in has expired. Load the page again")
    page.unroute("**/desk/draft")
    page.reload()
    expect(comment(page)).to_have_value("The dose is wrong")


def test_an_answer_that_is_out_of_view_is_not_rated(at_the_desk, dashboard, me):
    """Also where it stands alone: who reads the earlier turns sees the answer first."""
    page = at_the_desk
    key(page, "answer").evaluate("answer => { answer.style.marginTop = '3000px'; }")
    page.keyboard.press("4")
    expect(key(page, "notice")).to_contain_text("The answer was out of view; here it is")
    expect(key(page, "answer")).to_be_in_viewport()
    assert rated_by(dashboard, me) == []


def change_elsewhere(dashboard, sql: str) -> None:
    """As the old application does it: plain SQL."""
    with closing(sqlite3.connect(dashboard.home / "assay.db", timeout=PATIENCE)) as file, file:
        file.execute(sql)


def test_a_text_that_was_changed_comes_back_with_what_was_typed(at_the_desk, dashboard, me):
    """The next answer is on the screen already when the server refuses; the refused one follows it, as it is now."""
    page = at_the_desk
    changed = number(page)
    comment(page).press_sequentially("fine so far")
    page.keyboard.press("Escape")
    change_elsewhere(
        dashboard, f"update rlhf_interactions set ai_response = 'Harmful.' where interaction_id = {changed}"
    )
    page.keyboard.press("5")
    expect(key(page, "notice")).to_contain_text("comes back as the next one")
    ready(page, after=changed)
    page.keyboard.press("3")
    expect(key(page, "answer")).to_contain_text("Harmful.")
    expect(comment(page)).to_have_value("fine so far")
    expect(key(page, "notice")).to_contain_text("was changed")
    assert [answer for answer, _ in rated_by(dashboard, me)] != [changed]
    ready(page)
    page.keyboard.press("1")
    expect(key(page, "progress")).to_contain_text("2 rated today")
    rows = f"select rating, comment from assay_ratings where interaction_id = {changed} and status = 'submitted'"
    assert dashboard.query(rows) == [(1, "fine so far")]


def test_what_was_said_with_a_refused_act_outlives_a_reload(at_the_desk):
    """Its comment comes back with the answer, also where the server refuses that too, and D offers its reason again."""
    page = at_the_desk
    refused = number(page)
    error = '{"error": "This sign cannot be stored.", "code": "bad_input"}'
    for what in ("act", "draft"):
        page.route(f"**/desk/{what}", lambda route: route.fulfill(status=400, body=error))
    comment(page).fill("not in our language")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.type("My own reason")
    page.keyboard.press("Enter")
    expect(key(page, "notice")).to_contain_text("This sign cannot be stored.")
    page.reload()
    ready(page)
    page.unroute("**/desk/act")
    if number(page) != refused:
        rate(page, "3")
    assert number(page) == refused
    expect(comment(page)).to_have_value("not in our language")
    page.keyboard.press("d")
    expect(key(page, "reason")).to_have_value("My own reason")
    page.keyboard.press("Enter")
    expect(key(page, "receipt")).to_contain_text(f"Discarded answer {refused}")
    ready(page, after=refused)
    page.keyboard.press("d")
    expect(key(page, "reason")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('assay.desk')") is None


def test_a_refusal_to_another_person_stops_nothing(at_the_desk, dashboard, me):
    """The name was changed while a request was under way; that it is refused then says nothing of the new one."""
    page = at_the_desk
    held: list[Route] = []
    page.route("**/desk/renew", lambda route: held.append(route))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    while not held:
        page.wait_for_timeout(20)
    key(page, "change").click()
    page.locator(".st-key-rate-name input").press_sequentially(f"not {me}")
    page.keyboard.press("Enter")
    expect(key(page, "desk")).to_contain_text(f"not {me}")
    held[0].fulfill(status=409, body='{"error": "Somebody else is here now.", "code": "changed_person"}')
    ready(page)
    rate(page, "4")
    assert rated_by(dashboard, me) == []
    expect(key(page, "notice")).to_be_empty()


def test_an_answer_that_was_deleted_is_said_and_rated_by_nobody(at_the_desk, dashboard, me):
    """The rating of it is refused; rating goes on."""
    page = at_the_desk
    gone = number(page)
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    looked.delete(workspace, COMMAND_LINE, gone)
    workspace.store.engine.dispose()
    page.keyboard.press("5")
    expect(key(page, "notice")).to_contain_text("was deleted meanwhile")
    ready(page, after=gone)
    page.keyboard.press("3")
    expect(key(page, "progress")).to_contain_text("1 rated today")
    assert gone not in [answer for answer, _ in rated_by(dashboard, me)]


def test_hidden_identifiers_are_revealed_in_place(at_the_desk, dashboard, me):
    """What is hidden is said beside the answer; revealed, the same answer stays with what was typed."""
    page = at_the_desk
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    added(workspace, "Who wrote?", "Write to anna.bell@example.org for more.", session_label=me)
    workspace.store.engine.dispose()
    key(page, "queue").click()
    key(page, "session").fill(me)
    page.keyboard.press("Enter")
    expect(key(page, "answer")).to_contain_text("Hidden here: 1 e-mail")
    expect(key(page, "answer")).not_to_contain_text("anna.bell")
    comment(page).press_sequentially("who is it")
    key(page, "reveal").click()
    expect(key(page, "answer")).to_contain_text("anna.bell@example.org")
    expect(comment(page)).to_have_value("who is it")
    ready(page)
    page.keyboard.press("4")
    expect(key(page, "receipt")).to_contain_text("Saved 4")


def test_two_browsers_are_two_raters(at_the_desk, dashboard, browser, me):
    """At the same moment two browsers show two different answers, and each rates under its own name."""
    own_page, context = at_the_desk, browser.new_context()
    other = context.new_page()
    sit_down(other, dashboard.url, "somebody else")
    numbers = [number(page) for page in (own_page, other)]
    assert len(set(numbers)) == 2 or QueueSettings().wanted(numbers[0]) == 2  # some shall be rated by two
    own_page.keyboard.press("4")
    other.keyboard.press("2")
    expect(key(own_page, "progress")).to_contain_text("1 rated today")
    expect(key(other, "progress")).to_contain_text("1 rated today")
    assert rated_by(dashboard, me) == [(numbers[0], 4)]
    assert rated_by(dashboard, "somebody else") == [(numbers[1], 2)]
    context.close()


def test_on_a_telephone_everything_is_within_reach(at_the_desk, dashboard, me):
    """At 390 pixels keys, comment and small acts are on the screen without scrolling, large enough for a thumb."""
    page = at_the_desk
    page.set_viewport_size({"width": 390, "height": 700})
    controls = [*(f"key{value}" for value in range(1, 6)), "comment", "back", "undo", "bias", "skip", "discard"]
    for name in controls:
        expect(key(page, name)).to_be_in_viewport(ratio=1)
    for value in range(1, 6):
        box = key(page, f"key{value}").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    for opened in ("queue", "discard"):
        key(page, opened).click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.keyboard.press("Escape")
    key(page, "key4").click()
    expect(key(page, "receipt")).to_contain_text("Saved 4")
    expect(key(page, "receipt")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_screen_reader_is_told_what_everything_is(at_the_desk):
    """Roles, names and states; what happens is announced; the keys can be reached by Tab and pressed by Enter."""
    page = at_the_desk
    scale = page.get_by_role("group", name="Your rating")
    expect(scale.get_by_role("button")).to_have_text(
        ["1Harmful or wrong", "2Poor", "3Acceptable", "4Good", "5Excellent"]
    )
    expect(page.get_by_role("textbox", name="Comment (optional)")).to_be_visible()
    expect(page.get_by_role("heading", name="Rate", exact=True)).to_be_visible()
    for name in ("Question", "Answer"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("progressbar", name="Rated today")).to_have_attribute(
        "aria-valuetext", re.compile("^0 rated")
    )
    expect(page.get_by_role("region", name="Question", exact=True).first).to_be_visible()
    for name in ("receipt", "waiting", "notice"):
        expect(key(page, name)).to_have_attribute("aria-live", "polite")
        expect(key(page, name)).to_have_role("status")
    unnamed = key(page, "desk").evaluate(
        """desk => [...desk.querySelectorAll("button, input, select, textarea, dialog, [role=region]")].filter(
            one => !(one.innerText.trim() || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")
                     || one.labels?.length || one.title || one.hidden)).map(one => one.outerHTML)"""
    )
    assert unnamed == []
    shown = number(page)
    key(page, "comment").focus()
    page.keyboard.press("Tab")
    expect(key(page, "key1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    ready(page, after=shown)
    key(page, "key2").press("Space")
    expect(key(page, "progress")).to_contain_text("2 rated today")


def test_what_waits_is_forgotten_where_another_person_may_come(at_the_desk, dashboard):
    """The question for a name empties the tab of what was typed and not yet stored."""
    page = at_the_desk
    page.route("**/desk/draft", lambda route: route.abort())
    comment(page).press_sequentially("mine")
    assert "mine" in page.evaluate("sessionStorage.getItem('assay.desk')")
    page.context.clear_cookies()
    page.goto(f"{dashboard.url}/rate")
    page.locator(".st-key-rate-name input").wait_for()
    page.wait_for_function("sessionStorage.getItem('assay.desk') === null")


def test_an_answer_that_is_opened_from_review_is_shown(at_the_desk, dashboard, me):
    """Open on My ratings leads to that answer; another key changes the rating, and rating goes on with what waits."""
    page = at_the_desk
    rated = number(page)
    rate(page, "4")
    waiting = number(page)
    page.locator("[data-testid=stSidebarNav]").get_by_role("link", name="My ratings").click()
    page.locator(f".st-key-review-open-{rated} button").click()
    expect(key(page, "answer")).to_contain_text("You rated this answer 4 (Good)")
    ready(page)
    assert number(page) == rated
    page.keyboard.press("2")
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    assert number(page) == waiting
    assert rated_by(dashboard, me) == [(rated, 2)]
