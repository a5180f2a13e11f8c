"""Hidden states below the tuned layers, computed once per text and mapped from disk: memory does not grow with them."""

import ctypes
import mmap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding import windows
from core.reward.transformer.base import Layers

TEXTS_AT_ONCE = 16
BYTES_PER_NUMBER = 2
TOKENS_PER_WORD = 1.5
"""About, markers included; only for saying beforehand how much room is needed."""


class HiddenStates:
    """The states of many texts in one file; written by ``fill``, then only read."""

    def __init__(self, file: Path, layers: Layers) -> None:
        """``file`` lies in a private folder: hidden states say nearly as much as the texts."""
        self._file = file
        self._layers = layers
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._mapped: NDArray[np.float16] | None = None

    def fill(self, texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Compute the states of ``texts``, each different one once; yields how many texts are done, and which
        were the last.

        Raises:
            OSError: the file cannot be written.
        """
        # texts of similar length together: little padding
        ordered = sorted(dict.fromkeys(texts), key=lambda text: (-len(text), text))
        place = 0
        with self._file.open("wb") as out:
            for start in range(0, len(ordered), TEXTS_AT_ONCE):
                part = ordered[start : start + TEXTS_AT_ONCE]
                parts = [windows.split(text).parts for text in part]
                tokens = self._layers.tokens([piece for pieces in parts for piece in pieces])
                states = iter(self._layers.hidden(tokens))
                for text, pieces in zip(part, parts, strict=True):
                    spans = []
                    for _ in pieces:
                        rows = next(states)
                        out.write(rows.tobytes())
                        spans.append((place, place + len(rows)))
                        place += len(rows)
                    self._spans[text] = spans
                yield start + len(part), part
        self._mapped = np.memmap(self._file, dtype=np.float16, mode="r", shape=(place, self._layers.dim))

    def windows(self, text: str) -> list[NDArray[np.float16]]:
        """The states of each window of ``text``, each of shape (tokens, dim); views of the file."""
        assert self._mapped is not None
        return [self._mapped[start:end] for start, end in self._spans[text]]

    def let_go(self) -> None:
        """Give memory back to the system: what was read of the file, which is read again where it is needed."""
        mapped: Any = None if self._mapped is None else self._mapped.base
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)
        with suppress(OSError, AttributeError):  # of glibc: steps of many sizes leave it with much that is free
            ctypes.CDLL(None).malloc_trim(0)

    def tokens(self, text: str) -> int:
        """Number of tokens in all windows of ``text``."""
        return sum(end - start for start, end in self._spans[text])


def expected_bytes(texts: Sequence[str], dim: int) -> int:
    """About how large the file of ``texts`` becomes, before anything is computed."""
    most = windows.WINDOW_WORDS * windows.MAX_WINDOWS
    words = sum(windows.count_words(text, most) for text in dict.fromkeys(texts))
    return int(words * TOKENS_PER_WORD * dim * BYTES_PER_NUMBER)
