"""Every page as it is drawn says what docs/words.md says: also what is put together from parts, and words of charts."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Dataframe, Node

from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.workspace import Workspace
from core.ui.shell.navigation import KIND, PAGES, PART, TAB, TOPIC, DataTab, QualityTab, SettingsTab, TrainTab
from tests.test_words import FULL_REPORT, misused
from tests.ui.reading import plain

NAMES = {"id", "key", "user_key", "form_id", "url", "icon", "format", "type", "element_format", "page_script_hash"}
"""Fields of an element that nobody reads."""
READ_OF_CHARTS = {"text", "name", "hovertemplate", "ticktext"}
MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)
BEGINNING = 30
"""So many characters of a text of the data tell it from our words."""


def drawn(node: Node) -> Iterator[str]:
    """Every text that people read of an element or a container, but of the Full report and what is under Advanced."""
    if isinstance(node, Block):
        label = getattr(node, "label", "")
        if label not in FULL_REPORT:
            yield str(label)
            for child in node.children.values():
                yield from drawn(child)
    elif isinstance(node, Dataframe):
        yield from map(str, node.value.columns)
        yield from (cell for column in node.value for cell in node.value[column] if isinstance(cell, str))
    elif node.type == "plotly_chart":
        yield from texts_of_chart(json.loads(node.proto.spec))
    elif node.type == "bidi_component":  # the words of the desk itself are read by tests/test_words.py
        data = json.loads(node.proto.json or "{}")
        yield data["impact"] if "shown_to" in data else ""
    else:
        yield from texts(node.proto)


def texts(message: Message) -> Iterator[str]:
    """The texts in an element as it is sent to the browser."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.name in NAMES or field.type not in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_MESSAGE):
            continue
        for one in values:
            yield from [one] if isinstance(one, str) else texts(one) if isinstance(one, Message) else ()


def texts_of_chart(part: Any) -> Iterator[str]:
    """Titles, names and hints anywhere in the specification of a chart."""
    if isinstance(part, list):
        for one in part:
            yield from texts_of_chart(one)
    elif isinstance(part, dict):
        for name, one in part.items():
            values = one if isinstance(one, list) else [one]
            if name in READ_OF_CHARTS:
                yield from (value for value in values if isinstance(value, str))
            yield from texts_of_chart(one)


def beginnings(workspace: Workspace) -> set[str]:
    """How the questions and answers of the data begin: they say what they like."""
    found, _ = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0, size=300)
    return {text[:BEGINNING] for one in found for text in (one.prompt, one.response)}


def wrong(app: Any, data: set[str]) -> list[str]:
    """What the page says in other words than it should."""
    return [
        f"{word}: {text[:120]!r}"
        for text in (MARKUP.sub(" ", plain(text)) for text in drawn(app._tree))
        if not any(beginning in text for beginning in data)
        for word in misused(text)
    ]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("filled", [True, False], ids=["trained", "empty"])
def test_a_page_uses_the_words_of_people(name, filled, request, open_page):
    """Each page and its tabs, with the trained sample and without anything; the audit log shows what was written."""
    workspace = request.getfixturevalue("trained" if filled else "workspace")
    data = beginnings(workspace)
    tabs: dict[str, tuple[str, Iterable[str]]] = {
        "quality": (TOPIC, QualityTab),
        "data": (PART, DataTab),
        "train": (KIND, TrainTab),
        "settings": (TAB, set(SettingsTab) - {SettingsTab.AUDIT_LOG}),
    }
    key, kinds = tabs.get(name, ("", [""]))
    found = [fault for tab in kinds for fault in wrong(open_page(name, **({key: tab} if tab else {})), data)]
    assert not found, "\n".join(found)


def test_what_is_drawn_is_read():
    """Texts, labels, tables and charts are seen, and what is folded under the Full report is not."""

    def page() -> None:
        import plotly.graph_objects as go
        import streamlit as st

        st.caption("The prompt of a caption")
        st.selectbox("A champion to choose", ["of one fold"], help="with a hint about AUC")
        st.metric("Brier", "0.1")
        st.dataframe({"Recipe": ["by consensus"]})
        st.plotly_chart(go.Figure(layout={"title": {"text": "Drawn by seed"}}))
        with st.expander("Full report"):
            st.caption("The embedding of a report")

    found = wrong(AppTest.from_function(page).run(), set())
    words = {fault.partition(" (")[0].strip("'") for fault in found}
    assert words == {"prompt", "champion", "fold", "AUC", "Brier", "recipe", "consensus", "seed"}
