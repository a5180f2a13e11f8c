"""A pasted text as lines and blocks: what is code, what a list, what belongs to the block before it."""

import re
from dataclasses import dataclass
from functools import cached_property

RULE = re.compile(r"[ \t]*-{3,}[ \t]*")
LIST_ITEM = re.compile(r"[ \t]*(?:[-*+–—][ \t]+|[•‣◦▪●·]|\(?\d{1,4}[.)][ \t]|\(?[A-Za-z]\)[ \t])[ \t]*\S")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]|[ \t]*(?:\*\*|__)[^*_]{1,200}(?:\*\*|__):?[ \t]*")
_INDENTED = re.compile(r"(?: {2,}|\t)\S")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines without a blank one between them, code aside."""

    start: int
    end: int
    """The first line after it."""
    blanks: int
    """How many blank lines stand before it."""
    kind: str
    """``list``, ``heading``, ``inside`` (indented, code, table or quotation: never the begin of an answer), ``prose``.
    """
    leads_on: bool
    """It ends with a colon, or is nothing but a heading: the next block belongs to it."""


class Document:
    """The lines of a text, however they end, and which of them are within a block of code (one that is closed)."""

    def __init__(self, text: str) -> None:
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.code = _code(self.lines)

    def text(self, start: int, end: int) -> str:
        """The lines from ``start`` to before ``end``, stripped."""
        return "\n".join(self.lines[start:end]).strip()

    @cached_property
    def blocks(self) -> list[Block]:
        """Its blocks, in order."""
        found: list[Block] = []
        start, blanks = None, 0
        for at, line in enumerate([*self.lines, ""]):
            if line.strip() or (at < len(self.code) and self.code[at]):
                start = at if start is None else start
                continue
            if start is not None:
                found.append(self._block(start, at, blanks))
                start, blanks = None, 0
            blanks += 1
        return found

    def _block(self, start: int, end: int, blanks: int) -> Block:
        first, last = self.lines[start], self.lines[end - 1].rstrip()
        is_heading = bool(_HEADING.match(first) if first.lstrip().startswith("#") else _HEADING.fullmatch(first))
        if LIST_ITEM.match(first):
            kind = "list"
        elif is_heading:
            kind = "heading"
        elif self.code[start] or _INDENTED.match(first) or first.lstrip().startswith(("|", ">")):
            kind = "inside"
        else:
            kind = "prose"
        leads_on = last.rstrip("*_ ").endswith(":") or (is_heading and end - start == 1)
        return Block(start, end, blanks, kind, leads_on and not self.code[end - 1])


def _code(lines: list[str]) -> list[bool]:
    """Which lines belong to a fenced block of code; one that is never closed is none."""
    code = [False] * len(lines)
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        fence = _FENCE.fullmatch(line)
        if opened is not None:
            code[at] = True
            if fence and not fence[2].strip() and fence[1].startswith(opened[1]):
                opened = None
        elif fence:
            opened, code[at] = (at, fence[1]), True
    if opened is not None:
        code[opened[0] :] = [False] * (len(lines) - opened[0])
    return code
