"""A or B with nothing but the keyboard, in a real browser; what counts is what is in the database file."""

import os

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.domain.roles import COMMAND_LINE
from core.services.comparisons import opening
from core.services.comparisons.opening import PairsToOpen
from core.services.workspace import open_workspace
from tests.browser.desk import DWELL_MS
from tests.databases import added

pytestmark = pytest.mark.browser

SAID = (
    "select s.comparison_id, s.verdict, s.first_left from assay_comparison_servings s join assay_raters r "
    "on r.rater_id = s.rater_id where s.verdict is not null and r.name = '{name}' order by s.answered_at"
)
TOO_SOON = """keys => keys.forEach(key => {
    for (const kind of ["keydown", "keyup"])
        document.body.dispatchEvent(new KeyboardEvent(kind, { key, code: key, bubbles: true, composed: true }));
})"""
"""Presses keys faster than anybody reads."""


@pytest.fixture(scope="module")
def with_pairs(dashboard) -> None:
    """Twelve pairs, for two people each."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    for n in range(12):
        for side in ("first", "second"):
            added(workspace, f"Question {n}?", f"The {side} answer to {n}. " + "It says more. " * 60)
    opening.open_pairs(workspace, COMMAND_LINE, PairsToOpen(12))
    workspace.store.engine.dispose()


def key(page: Page, name: str) -> Locator:
    return page.locator(f'[data-key="compare.{name}"]')


def about(page: Page) -> Locator:
    return key(page, "desk").locator("[data-part=about]")


def sit_down(page: Page, url: str, name: str) -> None:
    """Give a name; the first pair is on the screen long enough."""
    page.goto(f"{url}/compare")
    page.locator(".st-key-rate-name input").press_sequentially(name)
    page.keyboard.press("Enter")
    ready(page)


def ready(page: Page, *, after: str = "") -> str:
    """A pair, another one than ``after``, is on the screen long enough; which."""
    expect(key(page, "desk")).to_have_attribute("data-state", "comparing")
    if after:
        expect(about(page)).not_to_have_text(after)
    page.wait_for_timeout(DWELL_MS)
    return about(page).inner_text()


def press(page: Page, pressed: str) -> str:
    """Press a key once the pair could be read; which pair it was."""
    shown = ready(page)
    page.keyboard.press(pressed)
    expect(about(page)).not_to_have_text(shown)
    return shown


def test_keys_say_which_is_better_and_a_reload_shows_the_same(page: Page, browser: Browser, dashboard, with_pairs):
    """Each key is one act on disk, on the side that was seen; U takes one back; another person at the same moment
    compares the same pairs and each counts for itself.
    """
    other = browser.new_context()
    ben = other.new_page()
    sit_down(page, dashboard.url, "Ana")
    sit_down(ben, dashboard.url, "Ben")
    before = [key(page, side).inner_text() for side in ("left", "right")], about(page).inner_text()
    page.reload()
    ready(page)
    assert ([key(page, side).inner_text() for side in ("left", "right")], about(page).inner_text()) == before
    words = {"ArrowLeft": "A is better", "ArrowRight": "B is better", "0": "equal", "n": "neither"}
    pressed = []
    for one, said in words.items():
        pressed.append((press(page, one), one))
        expect(key(page, "receipt")).to_contain_text(f"Saved “{said}”")
        press(ben, one)
        expect(key(ben, "receipt")).to_contain_text(f"Saved “{said}”")
    stored = dashboard.query(SAID.format(name="Ana"))
    assert [f"pair {number}" for number, _, _ in stored] == [pair for pair, _ in pressed]
    sides = {"first": True, "second": False}
    seen = [sides[verdict] == left if verdict in sides else verdict for _, verdict, left in stored]
    assert seen == [True, False, "equal", "neither"]
    assert len(dashboard.query(SAID.format(name="Ben"))) == 4
    expect(key(page, "progress")).to_have_text("4 compared · 8 left")
    page.keyboard.press("u")
    expect(about(page)).to_have_text(pressed[-1][0])
    expect(key(page, "notice")).to_contain_text("Undone: your “neither”")
    assert len(dashboard.query(SAID.format(name="Ana"))) == 3
    ready(page)
    page.evaluate(TOO_SOON, ["s", "ArrowLeft"])  # nothing is stored for what nobody could read
    expect(key(page, "notice")).to_contain_text("before the answer could be read")
    expect(key(page, "receipt")).to_contain_text("Skipped")
    assert len(dashboard.query(SAID.format(name="Ana"))) == 3
    other.close()


def test_what_is_not_acknowledged_is_kept_and_sent_again(page: Page, dashboard, with_pairs):
    """No server for two keys and a reload: each is stored once, and the page says that they wait."""
    page.on("dialog", lambda dialog: dialog.accept())
    sit_down(page, dashboard.url, "Cyd")
    lost: list[str] = []

    def away(route: Route) -> None:
        lost.append(route.request.url)
        route.abort()

    page.route("**/desk/pairs/act", away)
    press(page, "ArrowLeft")
    press(page, "ArrowRight")  # the pair ahead is there without the server; the one after it is not
    expect(key(page, "waiting")).to_contain_text("wait")
    assert dashboard.query(SAID.format(name="Cyd")) == []
    assert lost
    page.unroute("**/desk/pairs/act")
    page.reload()
    expect(key(page, "receipt")).to_contain_text("Saved")
    expect(key(page, "waiting")).to_have_text("")
    ready(page)
    said = dashboard.query(SAID.format(name="Cyd"))
    assert len(said) == len({number for number, _, _ in said}) == 2


def test_on_a_phone_both_answers_are_seen_first(page: Page, dashboard, with_pairs):
    """B below A and out of view: the key brings it into view, and counts when it is pressed again."""
    page.set_viewport_size({"width": 390, "height": 700})
    sit_down(page, dashboard.url, "Eve")
    shown = about(page).inner_text()
    page.keyboard.press("ArrowLeft")
    expect(key(page, "notice")).to_have_text("B was out of view; here it is. Press the key again.")
    expect(about(page)).to_have_text(shown)
    while about(page).inner_text() == shown:  # a slow machine draws late, and a key too soon counts for nothing
        page.wait_for_timeout(DWELL_MS)
        page.keyboard.press("ArrowLeft")
    expect(key(page, "receipt")).to_contain_text("Saved “A is better”")


def test_nothing_waits(page: Page, dashboard, with_pairs):
    """All pairs are compared or closed: the page says so, and where to go on; a lead is led to opening some."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    opening.close(workspace, COMMAND_LINE)
    workspace.store.engine.dispose()
    page.goto(f"{dashboard.url}/compare")
    page.locator(".st-key-rate-name input").press_sequentially("Dan")
    page.keyboard.press("Enter")
    expect(key(page, "desk")).to_have_attribute("data-state", "empty")
    expect(page.get_by_text("No pair waits for you")).to_be_visible()
    expect(key(page, "to_rate")).to_be_visible()
