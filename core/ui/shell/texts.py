"""Texts on the screen: prompts and answers whole, names and other words in labels exactly as they are."""

import html
import re
import sys
import threading
from collections import OrderedDict
from pathlib import Path

import streamlit as st

from core.ui.shell import markdown

SHOWN_CHARACTERS = 30_000
"""A longer text is cut on a page until the reader asks for the rest; about 5,000 words."""
PARSED_CHARACTERS = 100_000
"""Beyond this a text is shown without Markdown: parsing it would hold up everybody else."""
KEPT_BYTES = 16_000_000
"""Memory for texts that were rendered not long ago, with what they became."""

STYLE = Path(__file__).with_suffix(".css").read_text()

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|~$&^=-])")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINER = "\u2060"  # without width: breaks up what Streamlit would read as :material/...:, :smile: or an address
_WWW = re.compile(r"www(?=\.)", re.IGNORECASE)  # made a link even without "http:"; escaping the dot does not help


def literal(text: str) -> str:
    """A text for places where Streamlit reads Markdown (labels, captions, messages), shown exactly as it is."""
    escaped = _SPECIAL.sub(r"\\\1", _WWW.sub(rf"\g<0>{_JOINER}", " ".join(text.split())))
    shown = escaped.replace(":", ":" + _JOINER).replace("@", _JOINER + "@" + _JOINER)
    # isolated, so that a name in Arabic does not turn round the date that stands beside it
    return f"\u2068{shown}\u2069" if _FROM_RIGHT.search(shown) else shown


def snippet(text: str, length: int = 90) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length and len(text) <= length * 4 else line[: length - 1].rstrip() + "…"


class _Rendered:
    """Texts and their HTML (None: shown without Markdown), those asked for last, within ``KEPT_BYTES``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, str | None] = OrderedDict()
        self._bytes = 0

    def html(self, text: str) -> str | None:
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        try:
            made = markdown.to_html(text)
        except markdown.TooMuch:
            made = None
        with self._lock:
            if text not in self._kept:
                self._kept[text] = made
                self._bytes += _size(text, made)
            while self._bytes > KEPT_BYTES:
                self._bytes -= _size(*self._kept.popitem(last=False))
        return made

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def _size(text: str, made: str | None) -> int:
    return sys.getsizeof(text) + sys.getsizeof(made)


_rendered = _Rendered()


def rendered(text: str) -> dict[str, str]:
    """A prompt or answer as {"html": ...} in which nothing acts or loads, or, if it is long or heavy, {"plain": text}.

    Takes up to 0.2 s of the processor: not for the thread of an event loop.
    """
    made = _rendered.html(text) if len(text) <= PARSED_CHARACTERS else None
    return {"plain": text} if made is None else {"html": made}


def forget_rendered() -> None:
    """Drop the texts that are kept rendered, so that none outlives its erasure."""
    _rendered.clear()


def to_html(text: str) -> str:
    """A prompt or answer as one element, for a page."""
    found = rendered(text)
    if "html" in found:
        return f'<div class="assay-text">{found["html"]}</div>'
    return f'<div class="assay-text assay-plain" dir="auto">{html.escape(text)}</div>'


WITH_FORMULAS = "assay_text_with_formulas"
"""A part of a page; ``st.html`` drops the elements of formulas and keeps their letters: x² would be shown as x2."""

_with_formulas = st.components.v2.component(
    WITH_FORMULAS,
    js="export default ({ data, parentElement }) => { parentElement.innerHTML = data }",
    isolate_styles=False,
)


def show_text(text: str, *, key: str, name: str = "text") -> None:
    """Show a prompt or answer; what is very long is cut, with a way to see and to download all of it."""
    if len(text) <= SHOWN_CHARACTERS:
        _show(text, key)
        return
    all_of_it = st.session_state.get(f"{key}.all", False)
    _show(text if all_of_it else text[:SHOWN_CHARACTERS], key)
    with st.container(horizontal=True, vertical_alignment="center"):
        if not all_of_it:
            st.caption(f"These are the first {SHOWN_CHARACTERS:,} of {len(text):,} characters.", width="content")
        st.toggle("Show all", key=f"{key}.all")
        st.download_button(
            "Download",
            text,
            file_name=f"{name}.txt",
            key=f"{key}.download",
            on_click="ignore",
            icon=":material/download:",
        )


def _show(text: str, key: str) -> None:
    made = to_html(text)
    if "<math" in made:
        _with_formulas(data=made, key=f"{key}.formulas")
    else:
        st.html(made)
