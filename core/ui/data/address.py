"""The address of the Data page: which answer is open, and how the list is narrowed and sorted.

It can be shared, and a reload or the browser's way back comes to what it names. Widgets are not bound to it by
Streamlit itself: that forgets those that are not on the screen, which the list is not while an answer is open.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.ui.shell import session
from core.ui.shell.navigation import PART, DataTab

ANSWER = "answer"
"""The query parameter with the number of the answer that is open."""
PAGE = "page"
"""The query parameter with the page of the list."""
HIGHEST = 2**31 - 1
"""No answer has a higher number: the existing application's column holds none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query parameter can hold for a widget, whose key is its name."""

    beginning: Any
    """The value with which the widget begins, and which the address leaves out."""
    read: Callable[[str], Any]
    """Makes a value of a text, None where it is none that fits."""


def opened() -> str | None:
    """Return what the address names as the answer to show, which need not be a number; None for the list."""
    return st.query_params.get(ANSWER)


def number_in(text: str) -> int | None:
    """Return the number that a part of the address is, from 1; None where it can be none."""
    usable = text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST))
    return int(text) if usable and 0 < int(text) <= HIGHEST else None


def open_answer(number: int | None) -> None:
    """Open this answer, or the list; call it in a callback."""
    st.session_state.pop(session.EDITING, None)
    _put(ANSWER, "" if number is None else str(number))


def open_tab_of_address() -> None:
    """Open the tab Browse where the address names an answer and no tab; before the tabs are drawn."""
    if PART not in st.session_state and PART not in st.query_params and opened() is not None:
        st.session_state[PART] = str(DataTab.BROWSE)


def read_address(parameters: Mapping[str, Parameter]) -> None:
    """Give widgets that are drawn anew the values in the address, by key; before they are drawn.

    A widget that was drawn before keeps its value, unless the address is another one than was written: then the browser
    went back or forth, and every widget gets what the address says.
    """
    here = _named([*parameters, PAGE])
    moved = st.session_state.get(session.LIST_ADDRESS, here) != here
    if moved:
        st.session_state[session.LIST_MOVES] = moves() + 1
    for key, parameter in parameters.items():
        value = parameter.read(here[key]) if key in here else None
        if moved:  # set and not forgotten: the browser would go on with the value that it has
            st.session_state[key] = parameter.beginning if value is None else value
        elif key not in st.session_state and value is not None:
            st.session_state[key] = value


def moves() -> int:
    """Return how often the browser went to another address of the list by itself: widgets begin anew with each."""
    moved: int = st.session_state.get(session.LIST_MOVES, 0)
    return moved


def write_address(parameters: Mapping[str, Parameter]) -> None:
    """Write what the widgets hold into the address, without beginnings; another list is at its first page."""
    held = {key: st.session_state[key] for key in parameters}
    values = {key: "" if value in (parameters[key].beginning, None) else str(value) for key, value in held.items()}
    changed = {key: value for key, value in values.items() if st.query_params.get(key, "") != value}
    if changed:
        _put(PAGE, "")  # before the others: each step is one that the browser can go back to
    for key, value in changed.items():
        _put(key, value)
    st.session_state[session.LIST_ADDRESS] = _named([*values, PAGE])


def page_in_address() -> int:
    """Return which page of the list the address names, from 1."""
    return number_in(st.query_params.get(PAGE, "")) or 1


def write_page(number: int) -> None:
    """Write into the address which page of the list is shown."""
    _put(PAGE, "" if number == 1 else str(number))
    written = {key: value for key, value in st.session_state[session.LIST_ADDRESS].items() if key != PAGE}
    st.session_state[session.LIST_ADDRESS] = written | _named([PAGE])


def _named(keys: Iterable[str]) -> dict[str, str]:
    return {key: st.query_params[key] for key in keys if key in st.query_params}


def _put(key: str, value: str) -> None:
    if st.query_params.get(key, "") == value:
        return
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)
