"""Second opinions and pairs at the desk, in a real browser: chosen, said in words, and left with one press."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.rating import queue
from core.services.workspace import open_workspace
from tests import looked
from tests.browser.desk import key, number, ready, sit_down
from tests.databases import added, rater

pytestmark = pytest.mark.browser


def choose(page: Page, name: str) -> None:
    """Set one of the check boxes of the queue's dialog, by keyboard."""
    key(page, "queue").press("Enter")
    key(page, name).press("Space")
    page.keyboard.press("Enter")


def test_second_opinions_are_chosen_said_and_left(page: Page, dashboard) -> None:
    """The desk says what it shows while it shows nothing else; one press shows all again."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(overlap=0))
    alone, rated, beside = (added(workspace, prompt, f"Answer to {n}") for n, prompt in enumerate(("a", "b", "b")))
    looked.rate(workspace, rater(workspace, "Ben"), rated, 4)
    workspace.store.engine.dispose()
    sit_down(page, dashboard.url, "Ana")
    assert number(page) == alone
    expect(key(page, "only")).to_be_hidden()
    choose(page, "pair")
    ready(page, after=alone)
    assert number(page) == beside
    expect(key(page, "only")).to_contain_text("unrated answers to questions that have a rated answer")
    key(page, "show_all").click()
    ready(page, after=beside)
    assert number(page) == alone
    expect(key(page, "only")).to_be_hidden()
    for value, answer in (("4", alone), ("2", beside)):
        assert number(page) == answer
        page.keyboard.press(value)
        if answer == alone:
            ready(page, after=alone)
    expect(key(page, "desk")).to_contain_text("Every answer has a rating.")
    key(page, "second_opinions").press("Enter")
    ready(page)
    assert number(page) == rated
    expect(key(page, "only")).to_contain_text("You see only answers that others rated: second opinions.")
    expect(page.get_by_text("You rated this answer")).to_be_hidden()
    expect(key(page, "queue")).to_contain_text("filtered")
    page.keyboard.press("3")
    expect(key(page, "desk")).to_contain_text("No answer waits for a second opinion of yours.")
    expect(key(page, "second_opinions")).to_be_hidden()
    key(page, "queue_reset").click()
    expect(key(page, "desk")).to_contain_text(re.compile("Every answer has a rating"))
    expect(key(page, "only")).to_be_hidden()
