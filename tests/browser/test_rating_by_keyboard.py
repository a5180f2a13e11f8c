"""The main road with nothing but the keyboard, in a real browser; what counts is what is in the database file."""

import os
import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.services.workspace import open_workspace
from tests.databases import PATIENCE, added

pytestmark = pytest.mark.browser

RATED = (
    "select interaction_id, rating from assay_ratings where status = 'submitted' and rater_id = {me} order by rating_id"
)
DWELL = 0.35  # seconds that an answer must be on the screen before a key counts, and a little


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
    for number in range(80):
        added(workspace, f"Question {number}?", f"Answer {number}. " + "It says more than fits. " * 40)
    workspace.store.engine.dispose()


@pytest.fixture
def me(request) -> str:
    """A rater for every test: its name."""
    return request.node.originalname.removeprefix("test_")


@pytest.fixture
def at_the_desk(page: Page, dashboard, with_answers, strangers, me) -> Page:
    """A name is given, the first answer is on the screen."""
    page.goto(f"{dashboard.url}/rate")
    page.locator(".st-key-rate-name input").press_sequentially(me)
    page.keyboard.press("Enter")
    expect(receipt(page)).to_have_text(re.compile("0 rated today"))
    ready(page)
    return page


def receipt(page: Page):
    return page.locator(".st-key-rate-receipt")


def ready(page: Page) -> None:
    """The browser has drawn what the server sent, and the answer was on the screen long enough."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning] .st-key-rate-key5 button")
    page.wait_for_timeout(DWELL * 1000)


def press_on_number_pad(page: Page, digit: int) -> None:
    """As a keyboard sends it with Num Lock on; Playwright's own Numpad keys have it off."""
    key = {"key": str(digit), "text": str(digit), "code": f"Numpad{digit}", "windowsVirtualKeyCode": 96 + digit}
    keyboard = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        keyboard.send("Input.dispatchKeyEvent", {"type": kind, "location": 3, "isKeypad": True} | key)


def number_of(dashboard, me: str) -> int:
    """The rater's number."""
    return dashboard.query(f"select rater_id from assay_raters where name = '{me}'")[0][0]


def rated_by(dashboard, me: str) -> list[tuple]:
    """This rater's ratings in the file: answer and rating."""
    return dashboard.query(RATED.format(me=number_of(dashboard, me)))


def test_a_page_that_is_requested_first_looks_like_any_other(page: Page, dashboard):
    """A fresh server whose first request names a page: title and navigation are ours, not a list of file names."""
    page.goto(f"{dashboard.url}/readiness")
    expect(page.get_by_text("nothing to judge").or_(page.get_by_text("Checks", exact=True))).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Learn")
    expect(page).to_have_title("Readiness · Assay")


def test_twenty_ratings_by_keyboard_with_a_reload_in_the_middle(at_the_desk, dashboard, strangers, me):
    """Twenty keys are twenty ratings on twenty answers, comment and flag included; nothing leaves the machine."""
    page = at_the_desk
    for number in range(1, 21):
        if number == 3:
            page.locator(".st-key-rate-comment textarea").press_sequentially("Dose 5 is missing")
            page.keyboard.press("Tab")
        if number == 4:
            page.keyboard.press("b")
            expect(page.locator(".st-key-rate-bias")).to_contain_text("Bias flagged")
        page.keyboard.press(str(number % 5 + 1))
        expect(receipt(page)).to_contain_text(f"{number} rated today")
        ready(page)
        if number == 9:
            page.reload()
            expect(receipt(page)).to_have_text(re.compile("^9 rated today"))
            ready(page)
    rated = rated_by(dashboard, me)
    assert [rating for _, rating in rated] == [number % 5 + 1 for number in range(1, 21)]
    assert len({answer for answer, _ in rated}) == 20
    assert dashboard.query("select rating from assay_ratings where comment = 'Dose 5 is missing'") == [(4,)]
    flagged = f"select rating from assay_ratings where bias_flag and rater_id = {number_of(dashboard, me)}"
    assert dashboard.query(flagged) == [(5,)]
    assert strangers == []


def test_neither_a_burst_nor_a_held_key_rates_what_nobody_has_seen(at_the_desk, dashboard, me):
    """12345 in one go, and a key held down, count once each, for the answer that was on the screen."""
    page = at_the_desk
    number = re.search(r"answer (\d+)", page.locator(".stMainBlockContainer").inner_text())
    assert number
    seen = int(number[1])
    for key in "12345":
        page.keyboard.press(key)
    expect(receipt(page)).to_contain_text("1 rated today")
    ready(page)
    assert rated_by(dashboard, me) == [(seen, 1)]
    page.keyboard.down("4")
    for _ in range(40):  # a second down without an up is what a held key sends
        page.wait_for_timeout(30)
        page.keyboard.down("4")
    page.keyboard.up("4")
    expect(receipt(page)).to_contain_text("2 rated today")
    assert [rating for _, rating in rated_by(dashboard, me)] == [1, 4]


def test_arrows_undo_skip_and_number_pad(at_the_desk, dashboard, me):
    """The left arrow goes back, U takes back, S skips, and the number pad rates like the top row."""
    page = at_the_desk
    press_on_number_pad(page, 2)
    expect(receipt(page)).to_contain_text("Saved 2")
    ready(page)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("You rated this answer")).to_be_visible()
    ready(page)
    page.keyboard.press("5")
    expect(receipt(page)).to_contain_text("Saved 5")
    ready(page)
    page.keyboard.press("s")
    expect(receipt(page)).to_contain_text("Skipped")
    ready(page)
    page.keyboard.press("u")
    expect(receipt(page)).to_contain_text("Undone: your “skipped”")
    ready(page)
    page.keyboard.press("u")
    expect(receipt(page)).to_contain_text("2 (Poor) stands again")
    assert [rating for _, rating in rated_by(dashboard, me)] == [2]
    history = f"select action from assay_rating_events where rater_id = {number_of(dashboard, me)} order by event_id"
    assert [action for (action,) in dashboard.query(history)] == ["rated", "changed", "skipped", "undone", "undone"]


def test_what_is_typed_is_kept_and_types_no_ratings(at_the_desk, dashboard, me):
    """While typing no key rates; what was typed is there after a reload; and the keys work after it was kept."""
    page = at_the_desk
    page.locator(".st-key-rate-comment textarea").press_sequentially("1 2 3 dubious")
    drafts = f"select comment from assay_drafts where rater_id = {number_of(dashboard, me)}"
    until = time.monotonic() + PATIENCE
    while dashboard.query(drafts) != [("1 2 3 dubious",)] and time.monotonic() < until:
        page.wait_for_timeout(50)
    page.reload()
    expect(page.locator(".st-key-rate-comment textarea")).to_have_value("1 2 3 dubious")
    assert rated_by(dashboard, me) == []
    page.locator(".st-key-rate-comment textarea").press_sequentially("!")
    while dashboard.query(drafts) == [("1 2 3 dubious",)] and time.monotonic() < until:
        page.wait_for_timeout(50)
    page.keyboard.press("Tab")
    page.keyboard.press("3")
    expect(receipt(page)).to_contain_text("Saved 3")
    assert [rating for _, rating in rated_by(dashboard, me)] == [3]
    assert dashboard.query(drafts) == []


def test_who_loses_the_comment_field_while_typing_rates_nothing(at_the_desk, dashboard, me):
    """A field that is taken away (the connection goes) is not left on purpose: what is typed on is no key, and goes on
    in the field once it is back; Esc makes the keys act again.
    """
    page = at_the_desk
    field = page.locator(".st-key-rate-comment textarea")
    field.press_sequentially("so he said")
    field.evaluate("field => { field.disabled = true; field.blur(); }")
    page.keyboard.type("4s d5", delay=60)
    expect(page.get_by_text("your keys rate nothing")).to_be_visible()
    field.evaluate("field => { field.disabled = false; }")
    page.keyboard.type(" 5 days")
    expect(field).to_have_value("so he said 5 days")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(receipt(page)).to_contain_text("1 rated today")
    rows = f"select status, rating, comment from assay_ratings where rater_id = {number_of(dashboard, me)}"
    assert dashboard.query(rows) == [("submitted", 2, "so he said 5 days")]


def test_a_reason_that_is_typed_is_no_rating(at_the_desk, dashboard, me):
    """D leads into the field for the reason; digits and letters typed there, or too early for it, rate and skip
    nothing.
    """
    page = at_the_desk
    page.keyboard.press("d")
    page.keyboard.press("5")  # before the form is there
    expect(page.locator(".st-key-rate-why input")).to_be_focused()
    page.keyboard.type("Seen 4 times, 5 d s")
    page.keyboard.press("Enter")
    page.locator(".st-key-rate-why").get_by_role("button", name="Discard for everybody").click()
    expect(receipt(page)).to_contain_text("Discarded answer")
    rows = f"select status, reason from assay_ratings where rater_id = {number_of(dashboard, me)}"
    assert dashboard.query(rows) == [("discarded", "Seen 4 times, 5 d s")]
    ready(page)
    page.keyboard.press("3")
    expect(receipt(page)).to_contain_text("1 rated today")


def test_what_is_typed_without_a_pause_is_kept_too(at_the_desk, dashboard, me):
    """Whoever types on and on for seconds loses no more than the latest of it to a reload."""
    page = at_the_desk
    said = "on and on and on and on and on and on and on and on and on"
    page.locator(".st-key-rate-comment textarea").press_sequentially(said, delay=70)
    page.reload()
    field = page.locator(".st-key-rate-comment textarea")
    expect(field).to_have_value(re.compile("^on and on and"))
    assert said.startswith(field.input_value())


def test_two_browsers_are_two_raters(at_the_desk, dashboard, browser, me):
    """At the same moment two browsers show two different answers, and each rates under its own name."""
    mine, context = at_the_desk, browser.new_context()
    other = context.new_page()
    other.goto(f"{dashboard.url}/rate")
    other.locator(".st-key-rate-name input").press_sequentially("somebody else")
    other.keyboard.press("Enter")
    ready(other)
    shown = [re.search(r"answer (\d+)", page.locator(".stMainBlockContainer").inner_text()) for page in (mine, other)]
    numbers = [int(found[1]) for found in shown if found]
    assert len(set(numbers)) == 2
    mine.keyboard.press("4")
    other.keyboard.press("2")
    expect(receipt(mine)).to_contain_text("1 rated today")
    expect(receipt(other)).to_contain_text("1 rated today")
    assert rated_by(dashboard, me) == [(numbers[0], 4)]
    assert rated_by(dashboard, "somebody else") == [(numbers[1], 2)]
    context.close()


def test_the_next_answer_begins_at_its_top(at_the_desk):
    """Whoever has scrolled down in a long answer starts reading the next one at its beginning."""
    page = at_the_desk
    page.set_viewport_size({"width": 700, "height": 380})
    main = page.locator("[data-testid=stMain]")
    main.evaluate("main => main.scrollTo(0, 10000)")
    assert main.evaluate("main => main.scrollTop") > 50
    page.keyboard.press("3")
    expect(receipt(page)).to_contain_text("1 rated today")
    expect(page.get_by_test_id("stMain")).to_have_js_property("scrollTop", 0)


def test_on_a_telephone_the_keys_are_within_reach(at_the_desk):
    """At 390 pixels all five buttons are on the screen without scrolling, and nothing sticks out sideways."""
    page = at_the_desk
    page.set_viewport_size({"width": 390, "height": 700})
    for value in range(1, 6):
        expect(page.locator(f".st-key-rate-key{value} button")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
