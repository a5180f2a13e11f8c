"""The limit of one message to the browser, against the largest that our pages send; above it an error is shown."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.services.data import interactions
from core.ui.data.answer import EDITED_CHARACTERS
from core.ui.server.messages import LET_IN
from core.ui.shell.navigation import SettingsTab
from tests.databases import ROOT, added

LIMIT = 1_000_000 * tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["server"]["maxMessageSize"]


def sizes(node: Any) -> Iterator[int]:
    """Bytes of every element of a page: each is a message of its own."""
    for child in getattr(node, "children", {}).values():
        yield from sizes(child)
    if getattr(node, "proto", None) is not None:
        yield node.proto.ByteSize()


def largest(app: AppTest) -> int:
    assert not app.exception
    found = list(sizes(app._tree))
    assert len(found) > 3
    return max(found)


def rejected_rows() -> None:
    from core.ui.data.import_report import _rejected

    _rejected([{"row": number, "reason": "a reason " * 60} for number in range(1_000)], 5_000, key="data.check")
    for _ in range(3):
        import streamlit as st

        st.caption("and more")


def test_a_thousand_rejected_rows_with_long_reasons():
    """As many as are listed, each with a reason far longer than any there is."""
    assert largest(AppTest.from_function(rejected_rows).run()) < LIMIT / 2


@pytest.mark.parametrize("name", ["home", "readiness", "models", "train", "data", "review", "quality"])
def test_pages_with_a_trained_model_and_its_report(open_page, trained, ana, name):
    """Figures and tables of a report have bounded numbers of points and rows, whatever was trained on."""
    assert largest(open_page(name)) < LIMIT / 10


@pytest.mark.parametrize("tab", list(SettingsTab))
def test_the_tabs_of_settings(open_page, trained, ana, tab):
    """The audit log is shown a page at a time."""
    assert largest(open_page("settings", tab=tab)) < LIMIT / 10


def test_an_answer_that_can_just_be_edited(open_page, workspace, ana):
    """Shown, edited and sent back, in letters of three bytes (the most that one of the browser's characters takes)."""
    text = "語" * EDITED_CHARACTERS
    number = added(workspace, text, text)
    app = open_page("data", answer=number)
    assert len(app.text_area) >= 2
    assert EDITED_CHARACTERS * 3 < largest(app) < LIMIT / 2
    assert 2 * len(text.encode()) < LET_IN.size / 2


def test_a_longer_answer_is_shown_and_not_edited(open_page, workspace, ana):
    """With a sentence where the fields would be."""
    number = added(workspace, "prompt", "x" * (EDITED_CHARACTERS + 1))
    assert interactions.load(workspace, ana, number) is not None
    app = open_page("data", answer=number)
    assert any("cannot be edited here" in caption.value for caption in app.caption)
    assert largest(app) < LIMIT / 10
