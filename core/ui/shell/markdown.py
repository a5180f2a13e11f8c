"""Markdown to HTML for prompts and answers: tables, code and formulas yes, anything that acts, loads or pretends no.

They come from models and from files, so nothing in them may run, fetch, or look like a part of this application. They
are rendered by our own parser and not by ``st.markdown``, which would also act on ``:red[...]``, ``:smile:``,
``:material/...:`` and ``mermaid``.
"""

import html
import re
import time
import unicodedata
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from core.ui.shell import formulas

MOST_WORK = 25_000
"""Steps of the parser (a rule tried at a place, a piece made) beyond which a text is shown without Markdown."""
MOST_SECONDS = 0.15
"""Time of the processor beyond which a text is shown without Markdown, whatever its steps were."""
DEEPEST = 16
"""Quotations and lists within each other; the parser would leave out what is much deeper, so it is shown as it is."""
_FORMULA_WORK, _CHARACTER_WORK = 10, 3


class TooMuch(Exception):
    """A text takes more work than it is worth."""


def to_html(text: str) -> str:
    """A text as HTML in which nothing but text is left: no tags of its own, no images, no links.

    A link shows its text and its address: it can be copied, and not be hit by accident between two ratings.

    Raises:
        TooMuch: the text takes more steps or time than it is worth, or is nested too deeply.
    """
    return str(_PARSER.render(text, {"assay.deadline": time.thread_time() + MOST_SECONDS}))


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
        return '<p class="assay-heading" dir="auto"><strong>'  # a heading of an answer is not one of this page

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>\n"

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<code dir="ltr">{html.escape(tokens[idx].content)}</code>'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre dir="ltr"><code>{html.escape(tokens[idx].content)}</code></pre>\n'

    fence = code_block  # without its language: nothing is coloured or drawn

    def formula(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        work = _FORMULA_WORK + _CHARACTER_WORK * len(token.content)
        math = None
        if work <= MOST_WORK - env["assay.work"] and time.thread_time() < env["assay.deadline"]:
            env["assay.work"] += work
            math = formulas.to_mathml(token.content, display=token.markup in {"$$", "\\["})
        shown = math or f'<code dir="ltr">{html.escape(formulas.source(token.content, token.markup))}</code>'
        if not token.block:
            return shown
        return f'<div class="assay-formula">{shown}</div>\n' if math else f'<pre dir="ltr">{shown}</pre>\n'


_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_TextOnly)
_PARSER.enable(["table", "strikethrough"])
formulas.add_formulas(_PARSER)


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


_CONTAINERS = {"bullet_list", "ordered_list", "list_item", "blockquote", "table"}
_LETTER = re.compile(r"[^\W\d_]")


def _tell_directions(state: StateCore) -> None:
    """Let each paragraph and cell find its direction; what contains others takes that of its first letter.

    A browser would not find that one: it looks past what has a direction of its own.
    """
    around: list[Token] = []
    for token in state.tokens:
        kind = token.type.rpartition("_")[0]
        if kind in {"paragraph", "th", "td"} and token.nesting == 1:
            token.attrSet("dir", "auto")
        elif kind in _CONTAINERS:
            if token.nesting == 1:
                around.append(token)
            else:
                around.pop()
        elif token.type == "inline" and any(one.attrGet("dir") is None for one in around):
            direction = _direction(token.children or [])
            for one in around:
                if direction and one.attrGet("dir") is None:
                    one.attrSet("dir", direction)


def _direction(pieces: Sequence[Token]) -> str | None:
    for piece in pieces:
        letter = _LETTER.search(piece.content) if piece.type == "text" else None
        if letter:
            return "rtl" if unicodedata.bidirectional(letter[0]) in {"R", "AL"} else "ltr"
    return None


def _work(env: EnvType, steps: int) -> None:
    env["assay.work"] = env.get("assay.work", 0) + steps
    if env["assay.work"] > MOST_WORK or time.thread_time() > env["assay.deadline"]:
        raise TooMuch


def _count_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Stands before the rules for paragraphs, lists and the like, and finds nothing; cells are three pieces each."""
    if state.level >= DEEPEST:
        raise TooMuch
    made = len(state.tokens)
    cells = state.src.count("|", state.bMarks[start], state.eMarks[start])
    _work(state.env, 1 + 3 * cells + max(0, made - state.env.get("assay.made", 0)))
    state.env["assay.made"] = made
    return False


_RUN = re.compile(r"\*+|_+|~+")


def _count_inline(state: StateInline, silent: bool) -> bool:
    """Stands before the rules for emphasis, links and the like, and finds nothing; a run of stars is a piece each."""
    run = _RUN.match(state.src, state.pos)
    _work(state.env, 1 + len(run[0]) if run else 1)
    return False


def _count_pieces(state: StateCore) -> None:
    _work(state.env, len(state.tokens) - state.env.get("assay.made", 0))


_CHAINS = ["paragraph", "reference", "blockquote", "list", "table"]  # where a rule asks whether another one begins
_PARSER.block.ruler.before("table", "work", _count_block, {"alt": _CHAINS})
_PARSER.inline.ruler.before("text", "work", _count_inline)
_PARSER.core.ruler.after("block", "work", _count_pieces)
_PARSER.core.ruler.push("addresses", _tell_addresses)
_PARSER.core.ruler.push("directions", _tell_directions)
