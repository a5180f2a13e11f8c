"""Marks that begin an answer: labels, numbers, letters and bullets, and which of them may be trusted to."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.labeling.pasted.document import RULE, Document

_WORDS = "answer|response|candidate|option|completion|reply|output|version|variant|draft|model|assistant"
_LABEL = re.compile(
    r"(?P<indent>[ \t]{0,8})(?:\#{1,6}[ \t]{1,4}|>[ \t]?)?(?P<bold>\*\*|__)?"
    rf"(?P<style>{_WORDS})[ \t]{{0,4}}\#?(?P<mark>\d{{1,4}}|[A-Z])?"
    r"(?:[ \t]{0,4}\([^()]{1,60}\))?"
    r"(?P<close>[ \t]{0,4}(?:[:.)]|[-–—](?=[ \t]))(?:\*\*|__)?|(?:\*\*|__):?|(?=[ \t]*$))(?:[ \t]+|$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<indent>[ \t]*)(?:\*\*|__)?(?P<style>\(?)(?P<mark>\d{1,4})(?P<close>[.):])(?:\*\*|__)?(?:[ \t]+|$)"
)
_LETTER = re.compile(
    r"(?P<indent>[ \t]*)(?:\*\*|__)?(?P<style>\(?)(?P<mark>[A-Za-z])(?P<close>[.):])(?:\*\*|__)?(?:[ \t]+|$)"
)
_BULLET = re.compile(r"(?P<indent>[ \t]*)(?:(?P<mark>[-*+–—])[ \t]+|(?P<sign>[•‣◦▪●·])[ \t]*)(?=\S)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read in one way."""

    texts: tuple[str, ...]
    left_out: str = ""
    """What stands before the first mark."""
    sure: bool = True
    """Whether it may be read so without being asked for."""


@dataclass(frozen=True, slots=True)
class _Mark:
    line: int
    end: int
    """Where the text begins in its line."""
    indent: str
    style: str
    number: int
    """What it counts, from 1; 0 for what does not count."""


def by_labels(document: Document) -> Reading | None:
    """Read "Answer A:", "**Response 2**", "### Option 1" and the like, counting from 1 or A; or "Answer:" again and
    again. One line that leads on ("Here are three answers:") may stand before the first.
    """
    marks = []
    for at, match in _matches(document, _LABEL):
        count = _count(match["mark"])
        if match["mark"] is not None or ":" in match["close"]:
            marks.append(_Mark(at, match.end(), match["indent"], match["style"].casefold(), count))
    chosen = _counted(marks, lambda mark: (mark.style,))
    if len(chosen) < 2:
        chosen = [mark for mark in marks if mark.number == 0 and mark.style == marks[0].style]
    if len(chosen) < 2:
        return None
    before = document.text(0, chosen[0].line)
    return Reading(
        tuple(_without_rules(text) for text in _between(document, chosen)),
        before,
        sure=not before or ("\n" not in before and before.endswith(":")),
    )


def by_numbers(document: Document) -> Reading | None:
    """Read a list that counts on from 1 at one indentation: "1.", "2)" or "(3)"."""
    return _by_count(document, _NUMBER)


def by_letters(document: Document) -> Reading | None:
    """Read a list that counts on from A at one indentation: "A)", "B." or "(c)"."""
    return _by_count(document, _LETTER)


def by_bullets(document: Document) -> Reading | None:
    """Read a list with the same bullet at one indentation."""
    marks = [
        _Mark(at, match.end(), match["indent"], match["mark"] or match["sign"], 0)
        for at, match in _matches(document, _BULLET)
    ]
    chosen = [mark for mark in marks if (mark.indent, mark.style) == (marks[0].indent, marks[0].style)]
    if len(chosen) < 2:
        return None
    before = document.text(0, chosen[0].line)
    in_block = _in_each_block(document, chosen)
    lists_apart = len(in_block) > 1 and min(in_block) > 1  # several lists, with a blank line between them
    prose_beside = 0 in in_block and max(in_block) > 1
    return Reading(_between(document, chosen), before, sure=not (before or lists_apart or prose_beside))


def _by_count(document: Document, pattern: re.Pattern[str]) -> Reading | None:
    marks = [
        _Mark(at, match.end(), match["indent"], match["style"] + match["close"], _count(match["mark"]))
        for at, match in _matches(document, pattern)
    ]
    chosen = _counted(marks, lambda mark: (mark.indent, mark.style))
    if len(chosen) < 2:
        chosen = _counted(marks, lambda mark: (mark.indent,))
    if len(chosen) < 2:
        return None
    before = document.text(0, chosen[0].line)
    begun = sum((mark.indent, mark.style, mark.number) == (chosen[0].indent, chosen[0].style, 1) for mark in marks)
    in_block = _in_each_block(document, chosen)
    while in_block and in_block[-1] == 0:
        in_block.pop()
        if in_block and in_block[-1] > 1:  # steps, and a paragraph after them: a list within an answer
            return Reading(_between(document, chosen), before, sure=False)
    return Reading(_between(document, chosen), before, sure=not before and begun == 1)


def _matches(document: Document, pattern: re.Pattern[str]) -> list[tuple[int, re.Match[str]]]:
    return [
        (at, match)
        for at, line in enumerate(document.lines)
        if not document.code[at] and (match := pattern.match(line)) is not None
    ]


def _count(mark: str | None) -> int:
    """What a mark counts, from 1: 3 and C are 3; 0 without one."""
    if mark is None:
        return 0
    return int(mark) if mark.isdecimal() else ord(mark.upper()) - ord("A") + 1


def _counted(marks: list[_Mark], key: Callable[[_Mark], tuple[str, ...]]) -> list[_Mark]:
    """The marks that count on from the first 1, all of one kind."""
    chosen: list[_Mark] = []
    for mark in marks:
        if mark.number == len(chosen) + 1 and (not chosen or key(mark) == key(chosen[0])):
            chosen.append(mark)
    return chosen


def _between(document: Document, marks: list[_Mark]) -> tuple[str, ...]:
    """The text of each mark, up to the next one."""
    ends = [*(mark.line for mark in marks[1:]), len(document.lines)]
    return tuple(
        "\n".join([document.lines[mark.line][mark.end :], *document.lines[mark.line + 1 : end]]).strip()
        for mark, end in zip(marks, ends, strict=True)
    )


def _in_each_block(document: Document, marks: list[_Mark]) -> list[int]:
    """How many of these marks each block holds; blocks that cannot stand by themselves are passed over."""
    lines = {mark.line for mark in marks}
    return [
        sum(line in lines for line in range(block.start, block.end))
        for block in document.blocks
        if block.kind != "inside"
    ]


def _without_rules(text: str) -> str:
    """A text without the line of dashes that set it apart from the next."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or RULE.fullmatch(lines[-1])):
        lines.pop()
    return "\n".join(lines).strip()
