"""The Rate page in a browser: its controls by the names they bear, and when an answer can be rated."""

import re

from playwright.sync_api import Locator, Page, expect

DWELL_MS = 350
"""So long an answer must be on the screen before a key counts, and a little."""


def key(page: Page, name: str) -> Locator:
    """A control or a part of the desk."""
    return page.locator(f'[data-key="rate.{name}"]')


def comment(page: Page) -> Locator:
    """The field for a comment."""
    return key(page, "comment")


def about(page: Page) -> Locator:
    """The line about the answer on the screen: its number, session, context and length."""
    return key(page, "desk").locator("[data-part=about]")


def number(page: Page) -> int:
    """The answer on the screen."""
    return int(re.findall(r"answer (\d+)", about(page).inner_text())[0])


def ready(page: Page, *, after: int | None = None) -> None:
    """An answer, another one than ``after``, is on the screen long enough to be rated."""
    expect(about(page)).to_contain_text(re.compile(r"answer \d+"))
    if after is not None:
        expect(about(page)).not_to_contain_text(re.compile(rf"answer {after}\b"))
    page.wait_for_timeout(DWELL_MS)


def sit_down(page: Page, url: str, name: str) -> None:
    """Give a name on the Rate page; the first answer is on the screen afterwards."""
    page.goto(f"{url}/rate")
    page.locator(".st-key-rate-name input").press_sequentially(name)
    page.keyboard.press("Enter")
    expect(key(page, "progress")).to_contain_text("0 rated today")
    ready(page)
