"""Which pages there are, and that none of them can be reached around its guard."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ui.shell.navigation import PAGES, ROOT, TAB, SettingsTab
from tests.databases import PATIENCE
from tests.ui.reading import said

SCRIPTS = sorted(ROOT.glob("pages/*.py"))


def test_every_script_is_a_page_and_has_its_address():
    """A file without an entry in the navigation would be reachable and unknown, an entry without a file a dead link."""
    assert {path.stem for path in SCRIPTS} == PAGES.keys()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_page_that_is_requested_first_guards_itself(script: Path, monkeypatch):
    """Streamlit runs the script without Home.py then: its first statement still opens settings and database."""
    monkeypatch.setenv("TRAIN_LIMIT", "nonsense")
    app = AppTest.from_file(str(script), default_timeout=PATIENCE).run()
    assert not app.exception
    assert "Assay cannot start" in said(app)
    assert "TRAIN_LIMIT" in said(app)
    assert [button.label for button in app.button] == ["Try again"]


@pytest.mark.parametrize("name", [path.stem for path in SCRIPTS])
def test_every_page_opens_on_an_empty_database(open_page, name):
    """Nothing there is a normal state."""
    app = open_page(name)
    assert not app.error


@pytest.mark.parametrize("tab", list(SettingsTab))
def test_the_address_names_the_tab_of_settings(open_page, tab):
    """So do the addresses of the pages that became tabs."""
    app = open_page()
    app.query_params[TAB] = str(tab)
    app.switch_page(PAGES["settings"].path).run()
    assert app.session_state[TAB] == str(tab)
    assert not app.error


@pytest.mark.parametrize("name", [path.stem for path in SCRIPTS])
def test_every_page_opens_on_the_sample(open_page, sample, ana, name):
    """And so is the sample."""
    app = open_page(name)
    assert not app.error
    assert not app.exception
