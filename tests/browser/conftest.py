"""One real dashboard for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.browser.serving import Dashboard, serve


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory) -> Iterator[Dashboard]:
    """A dashboard with a home of its own."""
    with serve(tmp_path_factory.mktemp("dashboard")) as served:
        yield served
