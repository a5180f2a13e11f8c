"""One real dashboard for the tests of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.serving import Dashboard, serve

expect.set_options(
    timeout=60_000
)  # as long as the machine takes: the first page of a fresh server can need ten seconds


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory) -> Iterator[Dashboard]:
    """A dashboard with a home of its own."""
    with serve(tmp_path_factory.mktemp("dashboard")) as served:
        yield served
