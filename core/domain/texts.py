"""How texts are compared (normalised prompts for grouping, exact hashes for identity), and counts in words."""

import hashlib
import re
import sys
import unicodedata
from functools import lru_cache

from core.domain.errors import BadInput

VERSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a model version can be called: it is the name of a folder too."""


_LONG_RUN = 30
"""Marks on one letter beyond which their order is made first: Python's own way of ordering them is quadratic."""


@lru_cache(maxsize=1)
def _runs_of_marks() -> re.Pattern[str]:
    marks = [code for code in range(0x300, sys.maxunicode + 1) if _is_mark(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in ranges)}]{{{_LONG_RUN},}}")


def _is_mark(character: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0


def _in_order(run: re.Match[str]) -> str:
    """The marks of a run in their canonical order, which means the same."""
    marks = "".join(unicodedata.normalize("NFKD", mark) for mark in run[0])
    return "".join(sorted(marks, key=unicodedata.combining))


def nfkc(text: str) -> str:
    """The text in Unicode's form NFKC, in time linear in its length whatever it holds."""
    ordered = text if text.isascii() else _runs_of_marks().sub(_in_order, text)
    return unicodedata.normalize("NFKC", ordered)


def normalise_prompt(prompt: str) -> str:
    """NFKC, casefolded, whitespace collapsed and stripped: the form in which prompts are grouped."""
    return " ".join(nfkc(prompt).casefold().split())


def text_hash(text: str) -> str:
    """Hex sha256 of the UTF-8 text: the cache key of its embedding."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def prompt_group(prompt: str) -> str:
    """Hex sha256 of the normalised prompt: the unit that evaluation never splits."""
    return text_hash(normalise_prompt(prompt))


def interaction_identity(prompt: str, response: str, context_id: str | None, turns_group: str = "") -> str:
    """Hex sha256 over the exact (user_prompt, ai_response, context_id) and the hash of earlier turns, where there are
    any; lengths keep the parts apart.
    """
    digest = hashlib.sha256()
    for part in (prompt, response, context_id or "", *([turns_group] if turns_group else ())):
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def storable(text: str, name: str) -> str:
    """Return ``text`` if both databases can hold it.

    Raises:
        BadInput: the text holds a NUL character or half of a surrogate pair (a damaged file).
    """
    if "\x00" in text:
        raise BadInput(f"{name} contains a NUL character, which a database cannot store")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput(f"{name} contains a damaged character (half of a surrogate pair)") from None
    return text


def with_marks(text: str) -> str:
    """The text with a mark for each character that ``storable`` refuses: for names and what is shown of a file."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


def in_bytes(size: int) -> str:
    """A size for people: "1.2 MB", "45 KB"."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3)):,} KB"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A count with its words: "1 answer", "2,000 answers"; ``many`` where it is not ``one`` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
