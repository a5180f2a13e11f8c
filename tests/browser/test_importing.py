"""Importing in a real browser: asked by keyboard, carried out without the browser, told to everybody."""

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Dashboard
from tests.databases import PATIENCE

pytestmark = pytest.mark.browser

ROWS = 5_000
"""So many that the file is checked and imported in a process of its own."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Ratings from 0 to 4 under other column names, with one row that cannot be used."""
    path = tmp_path_factory.mktemp("files") / "ward.csv"
    rows = "".join(f"What helps against complaint {n}?;Answer {n}: rest, and time;{n % 5}\n" for n in range(ROWS))
    path.write_text(f"Question;Reply;Score\n{rows};no question;2\n")
    return path


def field(page: Page):
    return page.locator(".st-key-data-file input[type=file]")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_an_import_ends_without_the_browser_and_is_told_in_another(browser: Browser, dashboard: Dashboard, file):
    """The scale is asked for and chosen by keyboard; nothing is stored by the check; the browser is closed after."""
    watching = browser.new_page()
    watching.goto(f"{dashboard.url}/data")
    expect(field(watching)).to_be_attached()
    narrow = browser.new_page(viewport={"width": 390, "height": 844})
    narrow.goto(f"{dashboard.url}/data")
    field(narrow).set_input_files(file)
    expect(narrow.get_by_text("What do the ratings mean?")).to_be_visible()
    expect(narrow.get_by_text("The ratings in this file go from 0 to 4")).to_be_visible()
    expect(button(narrow, "Check the whole file")).to_be_disabled()
    narrow.get_by_role("radio", name="0 to 4").press("Space")
    expect(button(narrow, "Check the whole file")).to_be_enabled()
    assert _width(narrow) <= 390
    button(narrow, "Check the whole file").press("Enter")
    expect(narrow.get_by_text("5,000 new ratings")).to_be_visible()
    expect(narrow.get_by_text("1 row that cannot be used at all")).to_be_visible()
    assert _width(narrow) <= 390
    assert dashboard.query("select count(*) from assay_items") == [(0,)]
    narrow.reload()
    expect(narrow.get_by_text("5,000 new ratings")).to_be_visible()
    button(narrow, "Import").press("Enter")
    expect(narrow.get_by_text("is being imported").or_(narrow.get_by_text("is imported:"))).to_be_visible()
    narrow.context.close()
    expect(
        watching.get_by_text("ward.csv is imported: 5,000 new answers, 5,000 ratings, 1 row rejected.")
    ).to_be_visible()
    assert dashboard.query("select count(*), min(rating), max(rating) from assay_ratings") == [(ROWS, 1, 5)]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and list(
        (dashboard.home / "uploads").rglob("*.csv")
    ):  # the last that its process does
        watching.wait_for_timeout(50)
    assert list((dashboard.home / "uploads").rglob("*.csv")) == []
    watching.context.close()


def test_a_file_of_another_kind_is_answered_with_a_sentence(page: Page, dashboard: Dashboard, tmp_path):
    """Not only a red mark on it: what can be read is said."""
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7\n\0\0")
    page.goto(f"{dashboard.url}/data")
    field(page).set_input_files(tmp_path / "report.pdf")
    expect(page.get_by_role("alert").filter(has_text="report.pdf")).to_be_visible()
    expect(page.get_by_text("What can be read: Excel (.xlsx), csv").first).to_be_visible()


def _width(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")
