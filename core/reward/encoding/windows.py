"""Cutting a text into windows that the encoder reads whole (it drops everything after 256 word pieces silently)."""

import math
from dataclasses import dataclass
from itertools import pairwise

from core.reward.encoding.words import word_spans

WINDOW_WORDS = 150
MAX_WINDOWS = 8
RULE = f"w{WINDOW_WORDS}x{MAX_WINDOWS}"
"""Names the rule in the cache key of an embedding: change it whenever the windows change."""


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
