"""The words of a text, also in scripts that write no spaces, and the windows of words that the encoder reads whole.

It drops everything after 256 word pieces silently.
"""

import math
import re
from dataclasses import dataclass
from itertools import islice, pairwise

from core.domain.texts import nfkc

WINDOW_WORDS = 150
MAX_WINDOWS = 8
RULE = f"w{WINDOW_WORDS}x{MAX_WINDOWS}"
"""Names the rule in the cache key of an embedding: change it whenever the windows change."""

# Han, kana, Thai, Lao, Burmese, Khmer: no spaces between words, and the encoder's tokenizer reads them by character.
_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# A run of up to 30 characters is one word; a longer one (a URL, a table without spaces) counts one per 8 characters.
_WORD = re.compile(rf"[{_SPACELESS}]|[^\s{_SPACELESS}]{{1,30}}(?![^\s{_SPACELESS}])|[^\s{_SPACELESS}]{{1,8}}")
_TERM = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one text."""

    parts: tuple[str, ...]
    """1 to MAX_WINDOWS slices of the text, in order; a text without words is one empty window."""
    truncated: bool
    """The text is longer than the windows hold; its end was not read."""


def split(text: str) -> Windows:
    """Cut ``text`` into windows of equal size, each of at most 150 words, at most 8.

    A text of 160 words becomes two windows of 80, not 150 and 10: a tiny last window would weigh as much as a full one.
    Of a longer text the first 1,200 words are kept: what a reader sees first, and the same for every longer text.
    """
    spans = word_spans(text)
    if not spans:
        return Windows(("",), truncated=False)
    kept = min(len(spans), WINDOW_WORDS * MAX_WINDOWS)
    count = math.ceil(kept / WINDOW_WORDS)
    edges = [round(kept * index / count) for index in range(count + 1)]
    parts = tuple(text[spans[start][0] : spans[end - 1][1]] for start, end in pairwise(edges))
    return Windows(parts, truncated=kept < len(spans))


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every word of ``text``, in characters."""
    return [match.span() for match in _WORD.finditer(text)]


def count_words(text: str, most: int) -> int:
    """Number of words of ``text``, at most ``most``."""
    if text.isascii():  # several times as fast; only what has no spaces needs to be looked at by its characters
        runs = text.split(None, most)[:most]
        if max(map(len, runs), default=0) <= 30:
            return len(runs)
    return sum(1 for _ in islice(_WORD.finditer(text), most))


def terms(text: str) -> frozenset[str]:
    """The distinct words of ``text`` without punctuation, NFKC and casefolded, for comparing two texts."""
    return frozenset(_TERM.findall(nfkc(text).casefold()))
