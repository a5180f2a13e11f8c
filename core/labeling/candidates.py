"""Candidates for reranking: from a jsonl or txt file, or from a box that people paste into."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.domain.texts import plural
from core.labeling.tables import open_table
from core.labeling.text_files import check_file, find_encoding, open_text

_SEPARATOR = re.compile(r"^[ \t]*---[ \t\r]*$", re.MULTILINE)

_NUMBERED = re.compile(
    r"^([ \t]*)(?:(?:answer|response|candidate|option)[ \t]*)?\(?(\d{1,4})[.):][ \t]+(?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
_LIKE_A_LIST = re.compile(r'\[\s*["{]')
_TEXT_KEYS = ("text", "answer", "response", "ai_response", "completion", "content")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was understood of a pasted text."""

    texts: tuple[str, ...]
    read_as: str
    """In words: "3 answers, from a JSON list"."""
    doubt: str | None = None
    """What may have been meant differently, and how to say so."""


def understand(text: str) -> Pasted:
    """The candidates of a pasted text: a JSON list, JSON lines, texts between lines of ``---``, or a numbered list.

    Ends are stripped and blank ones dropped. Whatever is none of these is one candidate.
    """
    found, doubt = _from_json(text.strip())
    if found is not None:
        return _pasted(found[0], found[1], None)
    if _SEPARATOR.search(text):
        return _pasted(split_candidates(text), "between lines of ---", doubt)
    items = _numbered(text)
    if items:
        steps = "If this is one answer with numbered steps, put a line of --- between the answers instead."
        return _pasted(items, "from a numbered list", doubt or steps)
    return _pasted([text.strip()], "", doubt)


def paste(texts: Sequence[str]) -> str:
    """A text of which ``understand`` makes these candidates again."""
    joined = "\n---\n".join(texts)
    whole = tuple(text.strip() for text in texts if text.strip())
    return joined if understand(joined).texts == whole else json.dumps(list(texts), ensure_ascii=False, indent=1)


def _pasted(texts: Sequence[str], source: str, doubt: str | None) -> Pasted:
    kept = tuple(text.strip() for text in texts if text.strip())
    count = plural(len(kept), "answer")
    return Pasted(kept, f"{count}, {source}" if source and kept else count, doubt if kept else None)


def _from_json(text: str) -> tuple[tuple[list[str], str] | None, str | None]:
    """Texts and what they came as; or why something that begins like JSON is read as plain text."""
    if not text.startswith(("[", "{")):
        return None, None
    whole = _parsed(text)
    if isinstance(whole, list):
        texts = [_text_of(item) for item in whole]
        if texts and None not in texts:
            return ([text for text in texts if text is not None], "from a JSON list"), None
        return None, "This is a JSON list, but not of texts or of objects with a text, so it is read as it stands."
    if not text.startswith("{"):
        broken = "This begins like a JSON list, but a quote, comma or bracket is missing, so it is read as it stands."
        return None, broken if _LIKE_A_LIST.match(text) else None  # else a plain text that begins with a bracket
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        one = _text_of(_parsed(line))
        if one is None:
            if number == 1:
                alone = "This is a JSON object without a text for an answer, so it is read as it stands."
                return None, alone if isinstance(whole, dict) else None
            return None, f"This begins like JSON lines, but line {number} holds no text, so it is read as it stands."
        found.append(one)
    return (found, "from JSON lines"), None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text_of(item: Any) -> str | None:
    if isinstance(item, dict):
        item = next((item[key] for key in _TEXT_KEYS if isinstance(item.get(key), str)), None)
    return item if isinstance(item, str) else None


def _numbered(text: str) -> list[str]:
    """The items of a list that begins with its number 1 and counts on, at one indentation; none of anything else."""
    starts: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(text):
        first = starts[0] if starts else match
        if int(match[2]) == len(starts) + 1 and match[1] == first[1]:
            starts.append(match)
    if len(starts) < 2 or text[: starts[0].start()].strip():
        return []
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return [text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)]


def split_candidates(text: str) -> list[str]:
    """The candidates of a text in which lines of ``---`` separate them; blank ones are dropped, ends are stripped."""
    return [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()]


def read_candidates(path: Path) -> list[dict[str, object]]:
    """The candidates of a ``.jsonl`` file (one object with a string ``text`` each, other keys kept) or a ``.txt`` file.

    Raises:
        BadInput: not readable, none in it, or one without a text; the sentence names its index, counted from 0.
    """
    ending = path.suffix.casefold()
    if ending == ".txt":
        check_file(path)
        with open_text(path, find_encoding(path), newline="") as file:
            candidates: list[dict[str, object]] = [{"text": text} for text in split_candidates(file.read())]
    elif ending in (".jsonl", ".ndjson"):
        candidates = _from_jsonl(path)
    else:
        raise BadInput(f"{path.name} does not end in .jsonl or .txt; save the candidates as one of these.")
    if not candidates:
        raise BadInput(f"{path.name} holds no candidate; put answers in it, separated by lines of ---.")
    return candidates


def _from_jsonl(path: Path) -> list[dict[str, object]]:
    found = []
    for index, row in enumerate(open_table(path).rows()):
        if isinstance(row, Rejected):
            raise BadInput(f"The candidate at index {index} of {path.name} is unusable: {row.reason}.")
        if not isinstance(row.values.get("text"), str):
            raise BadInput(f'The candidate at index {index} of {path.name} has no "text" that is a string; add one.')
        found.append(dict(row.values))
    return found
