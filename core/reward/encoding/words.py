"""What counts as a word, for lengths, windows and overlap: also in scripts that write no spaces."""

import re
from itertools import islice

from core.domain.texts import nfkc

# Han, kana, Thai, Lao, Burmese, Khmer: no spaces between words, and the encoder's tokenizer reads them by character.
_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# A run of up to 30 characters is one word; a longer one (a URL, a table without spaces) counts one per 8 characters.
_WORD = re.compile(rf"[{_SPACELESS}]|[^\s{_SPACELESS}]{{1,30}}(?![^\s{_SPACELESS}])|[^\s{_SPACELESS}]{{1,8}}")
_TERM = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every word of ``text``, in characters."""
    return [match.span() for match in _WORD.finditer(text)]


def count_words(text: str, most: int) -> int:
    """How many words ``text`` has, counted up to ``most``."""
    if text.isascii():  # several times as fast; only what has no spaces needs to be looked at by its characters
        runs = text.split(None, most)[:most]
        if max(map(len, runs), default=0) <= 30:
            return len(runs)
    return sum(1 for _ in islice(_WORD.finditer(text), most))


def terms(text: str) -> frozenset[str]:
    """The distinct words of ``text`` without punctuation, NFKC and casefolded, for comparing two texts."""
    return frozenset(_TERM.findall(nfkc(text).casefold()))
