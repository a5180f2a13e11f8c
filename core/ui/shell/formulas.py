r"""Formulas in prompts and answers: LaTeX between ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]`` as MathML.

A library translates; what leaves this module is built anew from a list of harmless elements and attributes. What is not
on the list, what the library does not know, and what would hide a part of the text stays LaTeX.
"""

import re
from html import unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

LONGEST = 1_000
"""Characters of one formula; a longer one stays LaTeX."""
_DEEPEST = 24

# Every pattern stops where the next formula of its kind begins, so a text of unclosed ones is read once.
_PATTERNS = {
    "$$": re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))++)\$\$", re.DOTALL),
    "\\[": re.compile(r"\\\[((?:[^\\]|\\[^\[\]])++)\\\]", re.DOTALL),
    "\\(": re.compile(r"\\\(((?:[^\\]|\\[^()])++)\\\)", re.DOTALL),
    "$": re.compile(r"(?<![0-9A-Za-z])\$(?![\s$])((?:[^$\\]|\\.)++)(?<!\s)\$(?![0-9A-Za-z])", re.DOTALL),
}
_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_MONEY = re.compile(r"\d[^\\^_={}]*\s[^\\^_={}]*")
"""What may stand between two amounts in dollars: "5, or 10" in "$5, or 10$"."""

_REFUSED = re.compile(
    r"(?<!\\)(?:\\\\)*(?:%"  # begins a comment: the rest of the line would not be seen
    r"|\\(?:def|newcommand|newenvironment|DeclareMathOperator|sideset|mathchoice|leftroot|uproot)(?![A-Za-z]))"
)
"""Definitions and sideset can grow without limit when they are expanded; the others leave out what they are given."""
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+\*?)\}")
_SIMILAR = {
    "align": "align*",  # its numbers do not stand in the text
    "aligned": "align*",
    "dcases": "cases",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "equation": None,
    "equation*": None,
}
"""Environments that the library does not know or would number, and those that show the same; none where one formula is
all there is."""

_LEAVES = frozenset({"mi", "mn", "mo", "mtext", "mspace"})
_ELEMENTS = _LEAVES | {
    *("math", "mrow", "mstyle", "menclose", "mfrac", "msqrt", "mroot"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
_WORDS = re.compile(r"[a-z][a-z -]{0,60}")
_LENGTHS = re.compile(r"(?:(?:\d(?:\.\d{0,3})?|0?\.\d{1,3})(?:em|ex|pt|px)?(?: |$)){1,40}|[a-z]+mathspace")
"""Less than ten times a letter, and never negative: nothing moves over what stands beside it."""
_WITH_WORDS = {
    *("accent", "columnalign", "columnlines", "display", "displaystyle", "fence", "form", "largeop", "mathvariant"),
    *("movablelimits", "notation", "rowlines", "separator", "stretchy"),
}
_WITH_LENGTHS = {
    *("columnspacing", "depth", "linethickness", "lspace", "maxsize", "minsize", "rowspacing", "rspace"),
    *("scriptlevel", "width"),
}
_ATTRIBUTES = dict.fromkeys(_WITH_WORDS, _WORDS) | dict.fromkeys(_WITH_LENGTHS, _LENGTHS)
_CHARACTER = re.compile(r"&#x[0-9A-Fa-f]{1,6};")


class _NotShown(Exception):
    """A formula has something that is not on the list."""


def add_formulas(parser: MarkdownIt) -> None:
    """Let the parser find formulas: tokens of type ``formula``, their LaTeX as content, the delimiter as markup."""
    parser.block.ruler.before("fence", "formula", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("escape", "formula", _inline)


def source(latex: str, opener: str) -> str:
    """A formula as it was written."""
    return opener + latex + {"\\[": "\\]", "\\(": "\\)"}.get(opener, opener)


def to_mathml(latex: str, *, display: bool) -> str | None:
    """A formula as a ``math`` element; None where it cannot be shown whole, or not without doubt."""
    if len(latex) > LONGEST or _REFUSED.search(latex) or not _balanced(latex):
        return None
    known = _ENVIRONMENT.sub(_similar, latex.replace("\\not=", "\\neq "))
    try:
        found = Converter(display="block" if display else "inline").convert_to_element(known)
        del found.attrib["xmlns"]
        math = _copy(found, 0)
    except Exception:  # noqa: BLE001  not our code, and LaTeX from outside: whatever it makes of it, the source is shown
        return None
    math.set("dir", "ltr")
    return tostring(math, encoding="unicode")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a formula on lines of its own."""
    lines = [_line(state, start)]
    opener = lines[0][:2]
    closer = _CLOSERS.get(opener)
    if closer is None or state.is_code_block(start):
        return False
    while not lines[-1].endswith(closer) or lines == [closer]:
        following = start + len(lines)
        if following >= end or state.isEmpty(following) or state.sCount[following] < state.blkIndent:
            return False
        lines.append(_line(state, following))
        if lines[-1].startswith(opener) and lines[-1] != closer:
            return False
    found = _PATTERNS[opener].fullmatch("\n".join(lines))
    if not found:
        return False
    if not silent:
        state.line = start + len(lines)
        token = state.push("formula", "math", 0)
        token.block, token.map = True, [start, state.line]
        token.content, token.markup = found[1], opener
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _inline(state: StateInline, silent: bool) -> bool:
    """Find a formula between words."""
    beginning = state.src[state.pos : state.pos + 2]
    opener = beginning if beginning in _PATTERNS else beginning[:1]
    if opener not in _PATTERNS:
        return False
    found = _PATTERNS[opener].match(state.src, state.pos, state.posMax)
    if not found or (opener == "$" and _MONEY.fullmatch(found[1])):
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.markup = found[1], opener
    state.pos = found.end()
    return True


def _similar(found: re.Match[str]) -> str:
    name = _SIMILAR.get(found[2], found[2])
    if name is None:
        return "{" if found[1] == "begin" else "}"
    return rf"\{found[1]}{{{name}}}"


def _balanced(latex: str) -> bool:
    """Whether every brace has its other half, and not too many stand within each other."""
    depth = 0
    for brace in _BRACE.findall(latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if not 0 <= depth <= _DEEPEST:
            return False
    return depth == 0


def _copy(element: Element, depth: int) -> Element:
    """Build anew what is on the list.

    Raises:
        _NotShown: something is not, or is a command that the library does not know.
    """
    moved = element.tag == "mpadded"  # its attributes only move what it contains, also over something else
    tag = "mrow" if moved else element.tag
    attributes = {} if moved else element.attrib
    text = _CHARACTER.sub(lambda found: unescape(found[0]), element.text or "")
    if (
        depth > 2 * _DEEPEST
        or tag not in _ELEMENTS
        or (tag in _LEAVES and len(element))
        or (tag not in _LEAVES and text)
        or (tag in {"mi", "mo"} and (element.text in {"&", "{", "}"} or (len(text) > 1 and text.startswith("\\"))))
        or (tag == "mtext" and "\\" in text)
        or not all(name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value) for name, value in attributes.items())
    ):
        raise _NotShown
    built = Element(tag, attributes)
    built.text = text
    built.extend(_copy(child, depth + 1) for child in element)
    return built
