"""One real dashboard for the tests of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.serving import Dashboard, serve
from tests.databases import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)  # as long as the machine takes


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """Waits for pages and elements as long as for what is expected of them."""
    new_context, new_page = browser.new_context, browser.new_page

    def patient_context(**options) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    def patient_page(**options) -> Page:
        page = new_page(**options)
        page.set_default_timeout(PATIENCE * 1000)
        return page

    browser.new_context, browser.new_page = patient_context, patient_page  # type: ignore[method-assign]
    return browser


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory) -> Iterator[Dashboard]:
    """A dashboard with a home of its own."""
    with serve(tmp_path_factory.mktemp("dashboard")) as served:
        yield served
