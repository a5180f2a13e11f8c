"""E in a real browser: the answer is edited, and nothing that was written is lost on the way to the server."""

import os
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from core.services.workspace import open_workspace
from tests.browser.desk import key, number, ready, sit_down
from tests.databases import PATIENCE, added

pytestmark = pytest.mark.browser

BETTER = (
    "select user_prompt, ai_response, original_id from assay_better_answers join rlhf_interactions using "
    "(interaction_id) where original_id = {} order by interaction_id"
)


@pytest.fixture
def original(dashboard, page: Page, request) -> int:
    """The answer on the screen, the only one of its session."""
    me = request.node.originalname.removeprefix("test_")
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    for n in range(3):
        added(workspace, f"Question {n} {me}?", f"Answer {n}.")
    shown = added(
        workspace,
        f"How much? {me}",
        "Take 500 mg.\nAsk anna.bell@example.org." * ("hidden" in me) or "500 mg.",
        session_label=me,
    )
    workspace.store.engine.dispose()
    sit_down(page, dashboard.url, me)
    key(page, "queue").click()
    key(page, "session").fill(me)
    page.keyboard.press("Enter")
    expect(key(page, "prompt")).to_contain_text("How much?")
    ready(page)
    return shown


def text(page: Page) -> Locator:
    """The field in which the better answer is written."""
    return page.get_by_role("textbox", name="The answer as it should be")


def told(page: Page) -> Locator:
    """What the dialog says."""
    return key(page, "desk").locator("[data-part=better-notice]")


def ratings(dashboard, answer: int) -> list[tuple]:
    """The ratings of an answer in the file."""
    return dashboard.query(f"select rating from assay_ratings where interaction_id = {answer}")


def test_what_is_written_outlives_esc_reload_and_an_outage(page: Page, dashboard, original):
    """Its letters rate nothing; once the server has it, the original is still there to be rated."""
    page.keyboard.press("e")
    expect(text(page)).to_be_focused()
    expect(text(page)).to_have_value("500 mg.")
    page.keyboard.press("Control+Enter")
    expect(told(page)).to_contain_text("Change it first")
    page.keyboard.press("Control+End")
    page.keyboard.type(" 5 days, sbduv")
    page.keyboard.press("Escape")
    expect(text(page)).to_be_hidden()
    expect(key(page, "better")).to_contain_text("Go on writing")
    page.keyboard.press("e")
    expect(text(page)).to_have_value("500 mg. 5 days, sbduv")
    page.keyboard.press("Control+End")
    page.keyboard.type(" 1")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]  # the browser cannot say whether the tab is closed, and the text with it
    expect(text(page)).to_be_focused()  # who is interrupted in the middle goes on
    expect(text(page)).to_have_value("500 mg. 5 days, sbduv 1")
    page.set_viewport_size({"width": 390, "height": 700})
    for control in (text(page), key(page, "better_save")):
        expect(control).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.route("**/desk/better", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    expect(told(page)).to_contain_text("waits to be sent")
    expect(text(page)).not_to_be_editable()  # it may be stored already, as it is
    page.reload()
    expect(key(page, "waiting")).to_contain_text("A better answer of yours waits to be sent")
    assert dashboard.query(BETTER.format(original)) == []
    page.unroute("**/desk/better")
    expect(key(page, "notice")).to_contain_text("press 1 to 5")
    ((prompt, answer, _),) = dashboard.query(BETTER.format(original))
    assert (prompt.split()[:2], answer) == (["How", "much?"], "500 mg. 5 days, sbduv 1")
    assert page.evaluate("sessionStorage.getItem('assay.desk')") is None
    assert number(page) == original
    assert ratings(dashboard, original) == []
    page.wait_for_timeout(400)
    page.keyboard.press("2")
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    assert ratings(dashboard, original) == [(2,)]


def test_what_was_written_is_kept_where_the_server_refuses_it(page: Page, dashboard, original):
    """The original was changed meanwhile: its new text is read first, then the better one is saved."""
    page.keyboard.press("e")
    text(page).fill("400 mg.")
    with closing(sqlite3.connect(dashboard.home / "assay.db", timeout=PATIENCE)) as file, file:
        file.execute("update rlhf_interactions set ai_response = '50 g.' where interaction_id = ?", [original])
    key(page, "better_save").click()
    expect(told(page)).to_contain_text("read the new text")
    expect(text(page)).to_have_value("400 mg.")
    page.keyboard.press("Escape")
    expect(key(page, "answer")).to_contain_text("50 g.")
    page.keyboard.press("e")
    expect(text(page)).to_have_value("400 mg.")
    page.keyboard.press("Control+Enter")
    expect(key(page, "notice")).to_contain_text("Saved as answer")
    assert [answer for _, answer, _ in dashboard.query(BETTER.format(original))] == ["400 mg."]
    page.keyboard.press("e")
    expect(text(page)).to_have_value("50 g.")
    text(page).fill("400 mg.")
    page.keyboard.press("Control+Enter")
    expect(told(page)).to_contain_text("What you wrote is kept")
    expect(text(page)).to_have_value("400 mg.")


def test_hidden_identifiers_are_revealed_before_anything_is_written(page: Page, dashboard, original):
    """The dialog says so and offers it; nothing with gaps can be saved."""
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name=f"A better answer than answer {original}")
    expect(dialog).to_contain_text("1 e-mail")
    expect(dialog).to_contain_text("Reveal them first")
    expect(text(page)).to_be_hidden()
    expect(key(page, "better_save")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value("Take 500 mg.\nAsk anna.bell@example.org.")
    text(page).fill("Take 50 mg.\nAsk anna.bell@example.org.")
    key(page, "better_save").click()
    expect(key(page, "notice")).to_contain_text("Saved as answer")
    ((_, answer, _),) = dashboard.query(BETTER.format(original))
    assert answer.startswith("Take 50 mg.")
