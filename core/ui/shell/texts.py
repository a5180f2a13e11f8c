"""Prompts and answers on the screen: Markdown yes, anything that acts, loads or pretends no.

They come from models and from files, so nothing in them may run, fetch, or look like a part of this application.
They are rendered by our own parser and not by ``st.markdown``, which would also act on ``:red[...]``, ``:smile:``,
``:material/...:``, ``$...$`` and ``mermaid``.
"""

import html
import re
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

SHOWN_CHARACTERS = 12_000
"""A longer text is cut on the screen until the reader asks for the rest."""
PARSED_CHARACTERS = 100_000
"""Beyond this a text is shown without Markdown: parsing it would hold up everybody else."""
MOST_WORK = 60_000
"""Steps of the parser (a rule tried at a place, a piece made) beyond which a text is shown without Markdown, too."""
DEEPEST = 16
"""Quotations and lists within each other; the parser would leave out what is much deeper, so it is shown as it is."""

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


@lru_cache(maxsize=256)
def to_html(text: str) -> str:
    """A prompt or answer as HTML in which nothing but text is left: no tags of its own, no images, no links.

    A link shows its text and its address: it can be copied, and not be hit by accident between two ratings.
    """
    if len(text) <= PARSED_CHARACTERS:
        try:
            return f'<div class="assay-text">{_PARSER.render(text)}</div>'
        except _TooMuch:
            pass
    return f'<div class="assay-text assay-plain">{html.escape(text)}</div>'


def show_text(text: str, *, key: str, name: str = "text") -> None:
    """Show a prompt or answer; what is very long is cut, with a way to see and to download all of it."""
    if len(text) <= SHOWN_CHARACTERS:
        st.html(to_html(text))
        return
    all_of_it = st.session_state.get(f"{key}.all", False)
    st.html(to_html(text if all_of_it else text[:SHOWN_CHARACTERS]))
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


class _TextOnly(RendererHTML):
    """Renders what would load or lead somewhere as text."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env) or "without description"
        return f'<span class="assay-image">[image: {html.escape(alt)}]</span>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<span class="assay-link">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        shown = tokens[idx].meta.get("address")
        return f'</span><span class="assay-address">{f" ({html.escape(shown)})" if shown else ""}</span>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<p class="assay-heading"><strong>'  # a heading of an answer is not a heading of this page

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<pre><code>{html.escape(tokens[idx].content)}</code></pre>\n"


_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_TextOnly)
_PARSER.enable(["table", "strikethrough"])


def _tell_addresses(state: StateCore) -> None:
    """Note at the end of every link the address that is to be shown there, unless its label says it."""
    for block in state.tokens:
        openers: list[Token] = []
        said = ""
        for token in block.children or ():
            if token.type == "text":
                said = token.content
            elif token.type == "link_open":
                openers.append(token)
                said = ""
            elif token.type == "link_close" and openers:
                address = str(openers.pop().attrGet("href") or "")
                if not said.endswith(address):
                    token.meta["address"] = address


class _TooMuch(Exception):
    """A text takes more work than it is worth."""


def _work(env: EnvType, steps: int = 1) -> None:
    env["assay.work"] = env.get("assay.work", 0) + steps
    if env["assay.work"] > MOST_WORK:
        raise _TooMuch


def _count_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Stands before the rules for paragraphs, lists and the like, and finds nothing."""
    if state.level >= DEEPEST:
        raise _TooMuch
    _work(state.env)
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    """Stands before the rules for emphasis, links and the like, and finds nothing."""
    _work(state.env)
    return False


def _count_pieces(state: StateCore) -> None:
    """A table of few characters can have very many cells."""
    _work(state.env, len(state.tokens))


_CHAINS = ["paragraph", "reference", "blockquote", "list", "table"]  # where a rule asks whether another one begins
_PARSER.block.ruler.before("table", "work", _count_block, {"alt": _CHAINS})
_PARSER.inline.ruler.before("text", "work", _count_inline)
_PARSER.core.ruler.after("block", "work", _count_pieces)
_PARSER.core.ruler.push("addresses", _tell_addresses)
