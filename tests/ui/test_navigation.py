"""Which pages there are, and that none of them can be reached around its guard."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.services.people import local_names
from core.ui.shell.navigation import PAGES, ROOT, TAB, SettingsTab
from tests.databases import PATIENCE
from tests.ui.conftest import TOKEN
from tests.ui.reading import desk_data, press, said

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


@pytest.fixture
def listed(monkeypatch) -> list[str]:
    """The titles of the pages that the navigation listed when a page was last opened."""
    titles: list[str] = []
    navigation = st.navigation

    def noted(sections, **options):
        titles[:] = [page.title for pages in sections.values() for page in pages if page.visibility == "visible"]
        return navigation(sections, **options)

    monkeypatch.setattr(st, "navigation", noted)
    return titles


def test_who_rates_finds_four_pages_and_one_of_them_open(open_page, sample, ana, listed):
    """An SME's browser shows Rate at ``/``; no other page is listed, and every other page keeps its address."""
    local_names.rate_as(sample, TOKEN, "Sam")
    assert desk_data(open_page())["lists_readiness"] is False  # nor does the desk lead there when it is empty
    assert listed == ["Rate", "A or B", "My ratings", "Rerank"]
    assert "Readiness" in said(open_page("readiness"))


def test_a_browser_without_a_name_is_somebodys_who_was_asked_to_rate(open_page, sample, listed):
    """Where there is a lead; before that it is the first lead's, who finds everything."""
    app = open_page()
    assert "Rated" in {metric.label for metric in app.metric}
    assert listed == [info.title for info in PAGES.values()]
    local_names.rate_as(sample, "another browser", "Lea")
    app = open_page()
    assert "Who is rating?" in said(app)
    assert listed == ["Rate", "A or B", "My ratings", "Rerank"]
    app.text_input(key="rate.name").set_value("Sam")
    assert desk_data(press(app, "rate.start"))
    assert listed == ["Rate", "A or B", "My ratings", "Rerank"]


def test_a_lead_finds_every_page(open_page, sample, ana, listed):
    """And Home at ``/``."""
    assert "home.next" in {button.key for button in open_page().button}
    assert listed == [info.title for info in PAGES.values()]
