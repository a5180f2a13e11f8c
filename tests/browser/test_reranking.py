"""Reranking in a real browser, with nothing but the keyboard."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.ui.rerank_examples import EXAMPLE, EXAMPLE_PROMPT

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def trained(dashboard):
    """The sample and a model that learned from it."""
    for arguments in (["sample", "load"], ["train"]):
        done = subprocess.run(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            env=os.environ | {"ASSAY_HOME": str(dashboard.home)},
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
    return dashboard


def tab_to(page: Page, key: str) -> None:
    """Press Tab until the widget with this key has the focus."""
    inside = "key => !!document.activeElement.closest('.st-key-' + key)"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(inside, key):
            return
    raise AssertionError(f"{key} cannot be reached with Tab")


def test_three_pasted_answers_are_ranked_by_keyboard(page: Page, trained):
    """Prompt, Tab, paste, Tab, Enter: the helpful answer comes first, with its score and where it came from."""
    page.goto(f"{trained.url}/rerank")
    page.locator(".st-key-rerank-prompt textarea").focus()
    page.keyboard.insert_text(EXAMPLE_PROMPT)
    tab_to(page, "rerank-candidates")
    page.keyboard.insert_text("\n---\n".join(EXAMPLE))
    tab_to(page, "rerank-run")
    page.keyboard.press("Enter")
    first = page.locator(".st-key-rerank-place-1")
    expect(first).to_contain_text("Cool the burn", timeout=60_000)
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
