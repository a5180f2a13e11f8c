"""Pasted answers: how they are told apart, what else may be meant, and the text that is read so again."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.texts import plural
from core.labeling.pasted.document import RULE, Block, Document
from core.labeling.pasted.marks import Reading, by_bullets, by_labels, by_letters, by_numbers

_LINE_END = re.compile(r"\r\n|\r|\n")
_TEXT_KEYS = ("text", "answer", "response", "ai_response", "completion", "content")

_LIST_KEYS = ("documents", "answers", "responses", "candidates", "completions", "texts")
"""Under these an object holds all answers, as the body of a call to /v1/rerank does."""


class Way(StrEnum):
    """How answers are told apart."""

    JSON_LIST = "JSON list"
    JSON_LINES = "JSON lines"
    LABELS = "labels"
    DASHES = "dashes"
    NUMBERS = "numbers"
    LETTERS = "letters"
    BULLETS = "bullets"
    GAPS = "gaps"
    BLANK_LINES = "blank lines"
    LINES = "lines"
    ONE = "one"


_TOLD_APART = {
    Way.JSON_LIST: "from a JSON list",
    Way.JSON_LINES: "from JSON lines",
    Way.LABELS: "told apart by labels such as “Answer A”",
    Way.DASHES: "told apart by lines of ---",
    Way.NUMBERS: "told apart by their numbers",
    Way.LETTERS: "told apart by their letters",
    Way.BULLETS: "told apart by bullets",
    Way.GAPS: "told apart by two or more blank lines",
    Way.BLANK_LINES: "told apart by blank lines",
    Way.LINES: "one on each line",
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was understood of a pasted text."""

    texts: tuple[str, ...]
    way: Way
    automatic: Way
    """The way in which it is read where nobody says otherwise."""
    others: tuple[tuple[Way, int], ...] = ()
    """In which other ways it can be read, with how many answers each."""
    left_out: str = ""
    """What stands before the first answer and is none."""
    doubt: str | None = None
    """Why what begins like JSON is read as plain text."""

    @property
    def read_as(self) -> str:
        """In words: "3 answers, told apart by blank lines"."""
        count = plural(len(self.texts), "answer")
        return f"{count}, {_TOLD_APART[self.way]}" if len(self.texts) > 1 and self.way in _TOLD_APART else count


def understand(text: str, way: Way | None = None) -> Pasted:
    """The answers of a pasted text, read in this ``way``, or in the one that fits best; docs/decisions/reranking.md.

    Ends are stripped and blank answers dropped. What cannot be read in ``way`` is read as if none were given.
    """
    stripped = text.strip()
    found, doubt = _from_json(stripped)
    if found is not None:
        readings = {found[1]: found[0]}
        automatic = found[1]
    else:
        document = Document(text)
        readings = {way: reading for way, read in READERS.items() if (reading := _read(read, document)) is not None}
        automatic = next((way for way, reading in readings.items() if reading.sure), Way.ONE)
    if stripped:
        readings[Way.ONE] = Reading((stripped,))
    way = way if way in readings else automatic
    if way not in readings:
        return Pasted((), Way.ONE, Way.ONE)
    chosen = readings[way]
    others: dict[tuple[str, ...], Way] = {chosen.texts: way}
    for other, reading in readings.items():
        if other is not Way.LINES or automatic is Way.ONE:
            others.setdefault(reading.texts, other)
    offered = tuple(
        (other, len(texts))
        for texts, other in others.items()
        if other is not way and (len(texts) > 1 or len(chosen.texts) > 1)
    )
    return Pasted(chosen.texts, way, automatic, offered, chosen.left_out, doubt)


def paste(texts: Sequence[str]) -> str:
    """A text of which ``understand`` makes these candidates again."""
    joined = "\n---\n".join(texts)
    whole = tuple(text.strip() for text in texts if text.strip())
    return joined if understand(joined).texts == whole else json.dumps(list(texts), ensure_ascii=False, indent=1)


def _read(read: Callable[[Document], Reading | None], document: Document) -> Reading | None:
    reading = read(document)
    if reading is None:
        return None
    kept = tuple(text for text in reading.texts if text)
    return Reading(kept, reading.left_out, reading.sure) if kept else None


def _by_dashes(document: Document) -> Reading | None:
    starts = [0]
    texts = []
    for at, line in enumerate(document.lines):
        if RULE.fullmatch(line) and not document.code[at]:
            texts.append(document.text(starts[-1], at))
            starts.append(at + 1)
    if not texts:
        return None
    return Reading((*texts, document.text(starts[-1], len(document.lines))))


def _by_gaps(document: Document) -> Reading | None:
    groups = _grouped(document, lambda _, block: block.blanks < 2)
    return Reading(_texts(document, groups)) if len(groups) > 1 else None


def _by_blank_lines(document: Document) -> Reading | None:
    """Read blocks between blank lines; what cannot stand by itself stays with the block before it.

    Not sure where one answer with paragraphs and lists is as likely as several answers.
    """
    groups = _grouped(document, lambda before, block: before.leads_on or block.kind == "inside")
    if len(groups) < 2:
        return None
    alike = {len(group) for group in groups} in ({1}, {2})
    lists = sum(group[0].kind == "list" for group in groups)
    listed = lists in (0, len(groups)) or (groups[0][0].kind == "list" and lists > 1)
    headings = any(block.kind == "heading" for block in document.blocks)
    return Reading(_texts(document, groups), sure=alike and listed and not headings)


def _by_lines(document: Document) -> Reading | None:
    texts = tuple(line.strip() for line in document.lines if line.strip())
    return Reading(texts, sure=False) if len(texts) > 1 and not any(document.code) else None


READERS: dict[Way, Callable[[Document], Reading | None]] = {
    Way.LABELS: by_labels,
    Way.DASHES: _by_dashes,
    Way.NUMBERS: by_numbers,
    Way.LETTERS: by_letters,
    Way.BULLETS: by_bullets,
    Way.GAPS: _by_gaps,
    Way.BLANK_LINES: _by_blank_lines,
    Way.LINES: _by_lines,
}
"""The first that is sure is taken."""


def _grouped(document: Document, belongs: Callable[[Block, Block], bool]) -> list[list[Block]]:
    """The blocks, each together with those after it that belong to the one before them."""
    groups: list[list[Block]] = []
    for block in document.blocks:
        if groups and belongs(groups[-1][-1], block):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _texts(document: Document, groups: list[list[Block]]) -> tuple[str, ...]:
    return tuple(document.text(group[0].start, group[-1].end) for group in groups)


def _from_json(text: str) -> tuple[tuple[Reading, Way] | None, str | None]:
    """Texts and what they came as; or why something that begins like JSON is read as plain text."""
    if not text.startswith(("[", "{")):
        return None, None
    whole = _parsed(text)
    if isinstance(whole, dict):
        whole = next((whole[key] for key in _LIST_KEYS if isinstance(whole.get(key), list)), whole)
    if isinstance(whole, list):
        texts = [_text_of(item) for item in whole]
        if texts and None not in texts:
            return (_json_reading(texts), Way.JSON_LIST), None
        return None, "This is a JSON list, but not of texts or of objects with a text, so it is read as plain text."
    if not text.startswith("{"):
        broken = "This begins like a JSON list, but a quote, comma or bracket is missing, so it is read as plain text."
        return None, broken if text[1:].lstrip().startswith(('"', "{")) else None  # else a text in brackets
    found: list[str | None] = []
    for number, line in enumerate(_LINE_END.split(text), start=1):  # others, such as U+2028, may stand within a text
        if not line.strip():
            continue
        one = _text_of(_parsed(line))
        if one is None:
            if number == 1:
                alone = "This is a JSON object without a text for an answer, so it is read as plain text."
                return None, alone if isinstance(whole, dict) else None
            return None, f"This begins like JSON lines, but line {number} holds no text, so it is read as plain text."
        found.append(one)
    return (_json_reading(found), Way.JSON_LINES), None


def _json_reading(texts: list[str | None]) -> Reading:
    return Reading(tuple(text.strip() for text in texts if text and text.strip()))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text_of(item: Any) -> str | None:
    if isinstance(item, dict):
        item = next((item[key] for key in _TEXT_KEYS if isinstance(item.get(key), str)), None)
    return item if isinstance(item, str) else None
