"""Browsing in a real browser: sorted by a column's head, opened by a click, selected by keyboard, and found again."""

import os
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.services.workspace import open_workspace
from tests import looked
from tests.browser.serving import Dashboard
from tests.databases import added, rater

pytestmark = pytest.mark.browser

ROW, NUMBER, RATING = 35, 70, 600
"""Pixels: how high a row of the table is, its head included, and where two of its columns are."""


@pytest.fixture(scope="module")
def listed(dashboard) -> Dashboard:
    """A dashboard with 30 answers, of which the oldest has the highest rating."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    numbers = [added(workspace, f"Question {n}", f"Answer {n}") for n in range(30)]
    looked.rate(workspace, rater(workspace, "Ana"), numbers[0], 5)
    workspace.store.engine.dispose()
    return dashboard


def table(page: Page, words: str) -> Locator:
    """The table, once the page says these words and has drawn it."""
    expect(page.get_by_text(words)).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    grid = page.locator(".st-key-data-rows canvas").first
    expect(grid).to_be_visible()
    return grid


def test_a_click_on_a_head_sorts_and_a_click_on_a_number_opens(page: Page, listed) -> None:
    """On the server: the oldest answer comes first. A reload and the way back find what was there."""
    page.set_viewport_size({"width": 1440, "height": 1600})  # the whole table: a place in it is in the window
    page.goto(f"{listed.url}/data?part=Browse+and+edit")
    table(page, "30 answers, newest first.").click(position={"x": RATING, "y": ROW // 2}, force=True)
    expect(page).to_have_url(re.compile("sort=Highest"))
    grid = table(page, "30 answers, highest rating first.")
    grid.click(position={"x": NUMBER, "y": ROW + ROW // 2}, force=True)
    expect(page).to_have_url(re.compile("answer=1$"))
    expect(page.get_by_text("no. 1 · Added here")).to_be_visible()
    page.reload()
    expect(page.get_by_text("no. 1 · Added here")).to_be_visible()
    page.go_back()
    table(page, "30 answers, highest rating first.")
    page.go_back()
    table(page, "30 answers, newest first.")
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(page).to_have_url(re.compile("page=2"))
    page.reload()
    table(page, "30 answers, newest first.")
    expect(page.get_by_role("button", name="Page 2", exact=True)).to_have_attribute("aria-current", "page")


def test_a_shared_address_opens_the_answer_and_says_where_there_is_none(page: Page, listed) -> None:
    """The tab is the right one, without a word about it in the address."""
    page.goto(f"{listed.url}/data?answer=12")
    expect(page.get_by_text("no. 12 · Added here")).to_be_visible()
    page.goto(f"{listed.url}/data?answer=99")
    expect(page.get_by_text("There is no answer no. 99.")).to_be_visible()
    page.locator(".st-key-data-close button").click()
    table(page, "30 answers, newest first.")


def test_all_answers_are_shown_again_and_stay(page: Page, listed) -> None:
    """The widgets in the browser lose their values too, so that the next step does not bring the filter back."""
    page.goto(f"{listed.url}/data?part=Browse+and+edit&rater=Ana")
    table(page, "1 answer, newest first.")
    page.get_by_role("button", name="Show all answers").click()
    table(page, "30 answers, newest first.")
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(page).to_have_url(re.compile("page=2$"))
    table(page, "30 answers, newest first.")


def test_answers_are_selected_and_discarded_by_keyboard(page: Page, listed) -> None:
    """Shift and Space tick a row; who has not said a name is asked for it, and nothing was done yet."""
    page.goto(f"{listed.url}/data?part=Browse+and+edit")
    table(page, "30 answers, newest first.").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.locator(".st-key-data-discard_selected button").press("Enter")
    page.locator(".st-key-data-discard_selected_yes button").press("Enter")
    expect(page.get_by_text("Who are you?")).to_be_visible()
    assert listed.query("SELECT count(*) FROM assay_ratings WHERE status = 'discarded'") == [(0,)]
