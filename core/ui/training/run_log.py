"""The log of a training: what it told, and for one that failed the last words of its process."""

from datetime import datetime
from itertools import zip_longest

import streamlit as st

from core.domain.roles import Act
from core.services.training import runs
from core.services.training.runs import RunView
from core.ui.shell.page import Page
from core.ui.training.progress import words_of

_MANY = ("embedding", "examined")


def story(run: RunView) -> None:
    """What happened so far, line by line, the latest first."""
    lines = lines_of(run)
    if lines:
        with st.expander("Log", icon=":material/terminal:", key="train.log"):
            st.code("\n".join(reversed(lines)), language=None, wrap_lines=True)


def last_lines(page: Page, run: RunView) -> None:
    """Where a training that did not end well had got to, and for leads what its process said last."""
    lines = lines_of(run)
    process = runs.last_words(page.workspace, page.user, run.run_id) if page.may(Act.TRAIN) else ()
    if not lines and not process:
        return
    failed = run.state == "failed"
    with st.expander("How far it got", icon=":material/terminal:", key="train.how_far", expanded=failed):
        if lines:
            st.code("\n".join(lines[-SHOWN_LINES:]), language=None, wrap_lines=True)
        if process:
            st.caption("The last lines of its process, for whoever runs this server:")
            st.code("\n".join(process), language=None, wrap_lines=True)


SHOWN_LINES = 12


def lines_of(run: RunView) -> list[str]:
    """A line per event with its time; of many alike in a row only the last."""
    return [
        f"{datetime.fromisoformat(event['at']).astimezone():%H:%M:%S}  {words_of(event)}"
        for event, following in zip_longest(run.events, run.events[1:])
        if "at" in event and not (event["event"] in _MANY and following and following["event"] == event["event"])
    ]
