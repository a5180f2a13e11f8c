"""What is stored can say anything and run nothing: scripts in every text that somebody can bring in, on every page."""

import csv
import os

import pytest
from playwright.sync_api import Page, expect

from core.domain.roles import COMMAND_LINE, Role
from core.domain.turns import Speaker, Turn
from core.labeling.how_to_read import HowToRead
from core.services.data import importing, redaction
from core.services.people import accounts, api_keys, local_names
from core.services.reranking import cases, preferences
from core.services.review import guidelines
from core.services.workspace import open_workspace
from core.ui.shell.navigation import HOME, PAGES, SettingsTab
from tests import looked
from tests.browser.desk import key, number, ready, sit_down
from tests.databases import added_after

pytestmark = pytest.mark.browser

EVIL = (
    "<script>alert('ran')</script><img src=x onerror=alert('ran')><svg onload=alert('ran')></svg>"
    "<iframe srcdoc=\"<script>parent.alert('ran')</script>\"></iframe> [link](javascript:alert('ran')) "
    "www.example.org http://example.org/x mailto:a@example.org a@example.org ftp.example.org //example.org "
    "![picture](javascript:alert('ran')) <a href=\"javascript:alert('ran')\">press</a> :material/bomb: "
    "$\\href{javascript:alert('ran')}{x}$ $\\text{<script>alert('ran')</script><img src=x onerror=alert('ran')>}$ $x^2$"
)
RATED = 6
"""Answers that wait for a rating."""
NAME = "<img src=x onerror=alert('ran')> www.example.org http://example.org"
IN_THE_PAGE = """() => {
    const everything = root => [...root.querySelectorAll("*")].flatMap(
        one => one.shadowRoot ? [one, ...everything(one.shadowRoot)] : [one]);
    return everything(document).filter(one =>
        [...one.attributes].some(said => /^on/i.test(said.name) && said.value.includes("ran"))
        || one.matches("iframe[srcdoc], img[src=x], a[href^='javascript:' i], a[href*='example.org' i]")
        || one.tagName.toLowerCase() === "script" && one.textContent.includes("ran')")
    ).map(one => one.outerHTML);
}"""


@pytest.fixture(scope="module")
def poisoned(dashboard):
    """Scripts as prompt, answer, rater, session, context, comment, other column, guideline, note, case, key, person."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    file = dashboard.home / "evil.csv"
    columns = ("user_prompt", "ai_response", "rating", "rater", "session_id", "context_id", "feedback_comment", NAME)
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for rater, rating in ((f"{NAME} 1", 1), (f"{NAME} 2", 5)):
            writer.writerow((EVIL, EVIL, rating, rater, NAME, NAME, EVIL, EVIL))
        for number in range(3):
            writer.writerow((f"{number} {EVIL}", EVIL, "", "", NAME, NAME, "", EVIL))
        writer.writerow((EVIL, EVIL, "no number <script>alert('ran')</script>", "", "", "", "", ""))
    (dashboard.home / f"{NAME.replace('/', '')}.csv").write_bytes(file.read_bytes())
    evil = dashboard.home / f"{NAME.replace('/', '')}.csv"
    list(importing.import_file(workspace, COMMAND_LINE, evil, HowToRead(scale="1-5")))
    added_after(workspace, [Turn(Speaker.USER, EVIL), Turn(Speaker.ASSISTANT, EVIL)], f"Asked {EVIL}", EVIL)
    lead = local_names.rate_as(workspace, "elsewhere", f"{NAME} lead")
    accounts.invite(workspace, lead, f"{NAME} sme", Role.SME)
    accounts.invite(workspace, lead, "Ana", Role.LEAD)  # who sees every page, with all that stands on it
    guidelines.save(workspace, lead, EVIL, read=0)
    redaction.reveal_guidelines(workspace, lead, 1)  # an address in it is hidden else, and cannot be saved over
    guidelines.save(workspace, lead, f"New. {EVIL}", read=1)
    looked.mark_gap(workspace, lead, 1, EVIL)
    cases.save(workspace, lead, NAME, EVIL, [EVIL, f"other {EVIL}"])
    preferences.keep(workspace, lead, EVIL, [EVIL, "other"], [1, 0], model_version=None)
    api_keys.create(workspace, lead, NAME)
    workspace.store.engine.dispose()
    return dashboard


@pytest.fixture
def ran(page: Page) -> list[str]:
    """What ran, or tried to: dialogs, and what the content policy had to stop."""
    found: list[str] = []

    def opened(dialog) -> None:
        found.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", opened)
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    return found


def settled(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(150)


def looked_over(page: Page) -> list[str]:
    """Open what is folded, and return the elements that a stored text became."""
    for folded in page.locator("[data-testid=stExpander] details:not([open]) > summary").all():
        if folded.is_visible():
            folded.click()
    settled(page)
    return page.evaluate(IN_THE_PAGE)


def test_a_stored_script_runs_on_no_page(page: Page, poisoned, ran):
    """Every page with every tab, an answer while it is rated, an opened one, and answers to rank: text stays text."""
    sit_down(page, poisoned.url, "Ana")
    found = []
    for _ in range(RATED):
        found += looked_over(page)
        for part in ("prompt", "answer"):
            expect(key(page, part)).to_contain_text("<script>alert('ran')</script>")
        if key(page, "turns").is_visible():
            expect(key(page, "turns")).to_contain_text("<script>alert('ran')</script>")
            break
        rated = number(page)
        page.keyboard.press("3")
        ready(page, after=rated)
    else:
        raise AssertionError("the conversation was not shown")
    for info in PAGES.values():
        page.goto(f"{poisoned.url}/{'' if info is HOME else info.name}")
        page.locator("h1").first.wait_for()
        settled(page)
        found += looked_over(page)
        for tab in page.get_by_role("tab").all():
            tab.click()
            settled(page)
            if tab.inner_text() == SettingsTab.AUDIT_LOG:
                expect(page.locator(".assay-audit-log")).to_contain_text(NAME)
            found += looked_over(page)
        if info.name == "data":
            page.goto(f"{poisoned.url}/data?answer=1")
            page.get_by_text("Ratings and their history").wait_for()
            found += looked_over(page)
    assert found == []
    assert ran == []


def test_what_would_run_is_found(page: Page, ran):
    """The look-over itself: the same text on a page that shows it as it is."""
    page.set_content(EVIL)
    page.wait_for_timeout(200)
    assert len(page.evaluate(IN_THE_PAGE)) >= 5
    assert "ran" in ran
    page.set_content("<div></div>")
    page.locator("div").evaluate("(one, evil) => { one.attachShadow({mode: 'open'}).innerHTML = evil; }", EVIL)
    assert len(page.evaluate(IN_THE_PAGE)) >= 5
