"""The form of an answer: what can be seen of it without reading it.

Inside one source of answers this says much (whoever answers in a forum with a question or a thank-you seldom answers),
from one source to the next little: it is read only where it clearly helps on many ratings (docs/decisions/recipe.md).
The lists of words are English; on other languages these columns hardly vary and say nothing.
"""

import math
import re
from collections.abc import Collection

_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_LINKS = ("http://", "https://", "www.")
_ENDS = (". ", "! ", "? ", "\n")

_HEDGES = frozenset(
    [
        "may",
        "might",
        "maybe",
        "perhaps",
        "possibly",
        "probably",
        "could",
        "seem",
        "seems",
        "guess",
        "think",
        "suppose",
        "likely",
        "sometimes",
    ]
)
_REFUSALS = frozenset(["cannot", "can't", "don't", "unable", "unsure", "idea", "unknown"])
_OWN = frozenset(["i", "me", "my", "mine", "i'm", "i've", "i'd", "i'll", "we", "our", "us"])
_READERS = frozenset(["you", "your", "yours", "yourself", "you're", "you'll", "you've"])
_COURTESIES = frozenset(["thanks", "thank", "thx", "please", "sorry", "hi", "hello", "dear", "regards"])

FORM = (
    "list items",
    "words with digits",
    "links",
    "hedges",
    "refusals",
    "echo",
    "question marks",
    "exclamation marks",
    "about the writer",
    "about the reader",
    "courtesies",
    "sentence length",
    "different words",
    "length squared",
)
"""Numbers as log(1 + n), words as their share of all words, the length of sentences as the log of words; the last one
is the square of the scalar "log length"."""


def form(text: str, asked: Collection[str], used: Collection[str], log_length: float) -> tuple[float, ...]:
    """Properties of ``text`` in the order of FORM; ``asked`` and ``used`` are the different words of prompt and text.

    Takes time in proportion to the length.
    """
    lowered = text.lower().replace("’", "'")
    words = _WORD.findall(lowered)
    count = len(words) or 1

    def share(listed: frozenset[str]) -> float:
        return sum(map(listed.__contains__, words)) / count

    return (
        math.log1p(len(_ITEM.findall(text))),
        sum(any(map(str.isdigit, word)) for word in words if not word.isalpha()) / count,
        math.log1p(sum(map(lowered.count, _LINKS))),
        share(_HEDGES),
        share(_REFUSALS),
        len(set(asked) & set(used)) / (len(used) or 1),
        math.log1p(text.count("?")),
        math.log1p(text.count("!")),
        share(_OWN),
        share(_READERS),
        share(_COURTESIES),
        math.log(count / (1 + sum(map(text.count, _ENDS)))),
        len(used) / count,
        log_length**2,
    )
