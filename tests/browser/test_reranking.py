"""Reranking in a real browser, with nothing but the keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Dashboard, serve
from tests.burns import EXAMPLE, EXAMPLE_PROMPT
from tests.databases import PATIENCE

pytestmark = pytest.mark.browser

MOST = 120_000
"""Milliseconds for one wait, loading the encoder on a busy machine included: these tests wait often, one by one."""


@pytest.fixture(autouse=True)
def bounded(page: Page) -> Iterator[None]:
    """Fail where something never comes, long before the patience of the other files adds up over many waits."""
    page.set_default_timeout(MOST)
    expect.set_options(timeout=MOST)
    yield
    expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def trained(trained_once: Path, tmp_path_factory) -> Iterator[Dashboard]:
    """A dashboard on the sample and a model that learned from it."""
    home = tmp_path_factory.mktemp("trained")
    shutil.copytree(trained_once, home, dirs_exist_ok=True)
    with serve(home) as served:
        yield served


def settle(page: Page) -> None:
    """Wait until the page is drawn; while it is, what moved stands there twice."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def tab_to(page: Page, key: str) -> None:
    """Press Tab until the widget with this key has the focus."""
    inside = "key => !!document.activeElement.closest('.st-key-' + key)"
    for _ in range(12):
        page.keyboard.press("Tab")
        settle(page)  # leaving a field runs the page again; what is drawn anew at that moment is passed over
        if page.evaluate(inside, key):
            return
    raise AssertionError(f"{key} cannot be reached with Tab")


def test_markup_in_an_answer_is_shown_and_never_run(page: Page, trained):
    """Script, image and link stand on the card as text, folded reasons and own order included; the page stays ours."""
    markup = (
        "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\"><a href=javascript:1>go</a>"
    )
    page.goto(f"{trained.url}/rerank")
    page.locator(".st-key-rerank-prompt textarea").fill(f"{EXAMPLE_PROMPT} {markup}")
    page.locator(".st-key-rerank-candidates textarea").fill(f"{markup}\n---\n" + "\n---\n".join(EXAMPLE))
    page.locator(".st-key-rerank-candidates textarea").blur()
    expect(page.get_by_text("Read as 4 answers")).to_be_visible()
    settle(page)
    page.locator(".st-key-rerank-run button").click()
    expect(page.locator(".st-key-rerank-keep")).to_be_visible()
    cards = page.locator("[class*=st-key-rerank-place-]")
    expect(cards.filter(has_text="<script>document.title='run'</script><img src=x")).to_have_count(1)
    page.get_by_text("I would order them differently").click()
    expect(page.get_by_text("Answer 1: <script>document.title='run'</script>")).to_be_visible()
    for made in ("img[src=x]", "a[href^=javascript]", "script:text('run')"):
        expect(page.locator(made)).to_have_count(0)
    expect(page).not_to_have_title("run")


def test_three_pasted_answers_are_ranked_by_keyboard(page: Page, trained):
    """Question, Tab, paste, Tab, Enter: the helpful answer comes first, with its score and where it came from."""
    page.goto(f"{trained.url}/rerank")
    page.locator(".st-key-rerank-prompt textarea").focus()
    page.keyboard.insert_text(EXAMPLE_PROMPT)
    tab_to(page, "rerank-candidates")
    page.keyboard.insert_text("\n---\n".join(EXAMPLE))
    tab_to(page, "rerank-run")
    page.keyboard.press("Enter")
    first = page.locator(".st-key-rerank-place-1")
    expect(first).to_contain_text("Cool the burn")
    expect(first).to_contain_text("up 2")
    expect(first).to_contain_text("entered as number 3")
    expect(first).to_contain_text("Score 0.")
    expect(page.locator(".st-key-rerank-place-3")).to_contain_text("down")
    expect(page.locator(".st-key-rerank-keep")).to_be_visible()  # the last on the page: all is drawn
    with page.expect_download() as download:
        tab_to(page, "rerank-download")
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_text().startswith("place,original_position,score,text")
    page.locator(".st-key-rerank-prompt textarea").focus()
    page.keyboard.type(" And when?")
    page.keyboard.press("Tab")
    expect(page.get_by_text("were changed after ranking")).to_be_visible()


def test_an_own_order_is_made_and_kept_by_keyboard(page: Page, trained):
    """Up places an answer and moves it on with the same key again: the focus stays on its arrow."""
    page.goto(f"{trained.url}/rerank")
    page.locator(".st-key-rerank-prompt textarea").fill("How are these ordered?")
    page.locator(".st-key-rerank-candidates textarea").fill("Answer A: one\nAnswer B: two\nAnswer C: three")
    page.locator(".st-key-rerank-candidates textarea").blur()
    expect(page.get_by_text("Read as 3 answers")).to_be_visible()
    settle(page)
    page.locator(".st-key-rerank-run button").click()
    expect(page.locator(".st-key-rerank-keep")).to_be_visible()
    settle(page)
    page.get_by_text("I would order them differently").click()
    rows = page.locator("[class*=st-key-rerank-my_order-]")
    for number in (0, 1):  # the first answer, then the second above it
        up = page.locator(f".st-key-rerank-up-{number} button:visible").first
        settle(page)
        up.focus()
        page.keyboard.press("Enter")
        expect(rows.nth(number)).to_contain_text(f"{number + 1}. Answer {number + 1}")
    settle(page)
    expect(page.locator(".st-key-rerank-up-1 button:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("1. Answer 2")
    expect(page.get_by_text("Below this line: not placed.")).to_be_visible()
