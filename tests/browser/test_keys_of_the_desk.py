"""Every key of the rating desk and its one act, in a real browser; reasons by key, in the database file."""

import json
import os
import time

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from core.domain.reasons import DEFAULT_REASONS, REASON_KEYS
from core.services.workspace import open_workspace
from tests.browser.desk import comment, key, number, ready, sit_down
from tests.databases import PATIENCE, added

pytestmark = pytest.mark.browser

KEYS = {
    **{str(value): f"act rate {value}" for value in (1, 2, 3, 4, 5)},
    "s": "act skip",
    "u": "undo",
    "ArrowLeft": "back",
    "ArrowRight": "forward",
    "v": "compare",
    "d": "opens why-dialog",
    "e": "opens better-dialog",
    "?": "opens keys-help",
    "c": "begins a comment",
    "b": "chooses bias",
    **{letter: f"chooses {reason}" for letter, reason in zip(REASON_KEYS, DEFAULT_REASONS, strict=True)},
}
"""Key -> what it does, and nothing beside that. A new key belongs here and into the list that ? shows."""
SCROLL = ("Space", "PageDown", "PageUp", "ArrowDown", "ArrowUp", "Home", "End")
OTHERS = [*"abcdefghijklmnopqrstuvwxyz0123456789", *".,;:-+#*/<", "Enter", "Backspace", "Delete", "Insert"]
ASKED_BY_ITSELF = ("next", "draft", "renew", "queue", "item", "release")


@pytest.fixture(scope="module")
def with_answers(dashboard) -> None:
    """More answers than the tests rate."""
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(dashboard.home)})
    for n in range(60):
        added(workspace, f"Question {n}?", f"Answer {n}.")
    workspace.store.engine.dispose()


@pytest.fixture
def page_at_the_desk(page: Page, dashboard, with_answers, request) -> Page:
    """A rater for every test; the first answer is on the screen."""
    sit_down(page, dashboard.url, request.node.originalname.removeprefix("test_"))
    return page


class Watch:
    """What happens at the desk."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked = page, list[str]()
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        _, desk, name = request.url.partition("/desk/")
        if desk and name not in ASKED_BY_ITSELF:
            said = json.loads(request.post_data or "{}")
            parts = (name, said.get("act"), said.get("rating") if said.get("act") == "rate" else None)
            self.asked.append(" ".join(str(part) for part in parts if part is not None))

    def since(self) -> list[str]:
        """Everything that was asked for, opened, begun and chosen."""
        chosen = "[data-key='rate.reason_chip'][aria-pressed=true]"
        script = """(desk, chosen) => [
            ...[...desk.querySelectorAll("dialog[open]")].map(one => `opens ${one.dataset.part ?? "keys-help"}`),
            ...(desk.getRootNode().activeElement?.dataset.key === "rate.comment" ? ["begins a comment"] : []),
            ...[...desk.querySelectorAll(chosen)].map(one => `chooses ${one.value}`),
            ...(desk.querySelector("[data-key='rate.bias'][aria-pressed=true]") ? ["chooses bias"] : []),
        ]"""
        return self.asked + key(self.page, "desk").evaluate(script, chosen)

    def until(self, expected: list[str]) -> list[str]:
        """What happened, as soon as it is what is expected."""
        end = time.monotonic() + PATIENCE
        while (found := self.since()) != expected and time.monotonic() < end:
            self.page.wait_for_timeout(30)
        return found


@pytest.fixture
def watch(page_at_the_desk: Page) -> Watch:
    """From the first answer on."""
    return Watch(page_at_the_desk)


def chip(page: Page, letter: str) -> Locator:
    """The button of a reason."""
    return page.locator(f'[data-key="rate.reason_chip"][aria-keyshortcuts="{letter.upper()}"]')


def test_every_key_has_one_act_and_every_other_key_none(page_at_the_desk, watch):
    """What is listed happens, once, and nothing else; what is not listed does nothing; the list of keys names all."""
    page = page_at_the_desk
    for pressed, act in KEYS.items():
        watch.asked.clear()
        ready(page)
        page.keyboard.press(pressed)
        assert watch.until([act]) == [act], pressed
        if act.startswith("chooses"):
            page.keyboard.press(pressed)
            assert watch.until([]) == [], pressed
        elif act.startswith(("opens", "begins")):
            page.keyboard.press("Escape")
            assert watch.until([]) == [], pressed
        else:
            expect(key(page, "waiting")).to_be_empty()
    watch.asked.clear()
    ready(page)
    seen = number(page)
    for other in (*OTHERS, *SCROLL):
        if other not in KEYS:
            page.keyboard.press(other)
    page.wait_for_timeout(500)
    assert (watch.since(), number(page)) == ([], seen)
    page.keyboard.press("?")
    listed = key(page, "keys_help").locator("kbd").all_inner_texts()
    arrows = {"ArrowLeft": "←", "ArrowRight": "→"}
    digits = {"2", "3", "4"}  # "1 to 5"
    assert {arrows.get(one, one.upper()) for one in KEYS} - digits <= {*listed}


def test_reasons_are_chosen_before_the_rating_and_kept_with_it(page_at_the_desk, dashboard):
    """By key, taken away by the same key, there after a reload, gone with the next answer, back after undo."""
    page = page_at_the_desk
    first = number(page)
    for letter in "qxtt":
        page.keyboard.press(letter)
    expect(chip(page, "q")).to_have_attribute("aria-pressed", "true")
    expect(chip(page, "x")).to_have_attribute("aria-pressed", "true")
    expect(chip(page, "t")).to_have_attribute("aria-pressed", "false")
    page.reload()
    ready(page)
    expect(chip(page, "x")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("2")
    ready(page, after=first)
    expect(chip(page, "q")).to_have_attribute("aria-pressed", "false")
    expect(key(page, "receipt")).to_contain_text("Saved 2")
    kept = f"select reasons from assay_ratings where interaction_id = {first} and rating = 2"
    assert [json.loads(row[0]) for row in dashboard.query(kept)] == [["wrong", "incomplete"]]
    page.keyboard.press("u")
    expect(key(page, "notice")).to_contain_text("Undone: your 2")
    expect(chip(page, "q")).to_have_attribute("aria-pressed", "true")
    assert dashboard.query(kept) == []


def test_a_reason_is_pressed_like_any_button(page_at_the_desk):
    """With Space and by hand; the focus stays, Tab out of the comment still leads to the digits."""
    page = page_at_the_desk
    chip(page, "w").focus()
    page.keyboard.press("Space")
    expect(chip(page, "w")).to_have_attribute("aria-pressed", "true")
    expect(chip(page, "w")).to_be_focused()
    chip(page, "w").click()
    expect(chip(page, "w")).to_have_attribute("aria-pressed", "false")
    comment(page).focus()
    page.keyboard.press("Tab")
    expect(key(page, "key1")).to_be_focused()
