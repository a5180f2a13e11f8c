"""Vectors of texts, from a cache where they are known and from the encoder where they are not."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain.texts import text_hash
from core.reward.encoding import windows
from core.reward.encoding.encoder import Encoder

_CHUNK_WINDOWS = 128  # windows per chunk: an interrupted run loses at most a second or two of work
_READ_CHARS = 1_500  # about what the encoder reads of one window; only for the estimate of the time left


class View(StrEnum):
    """A way to turn a text into vectors; the value is the window rule in the cache key."""

    WINDOWS = windows.RULE
    WHOLE = "whole"


class VectorCache(Protocol):
    """Where vectors are kept; rows of one fingerprint belong together."""

    def get(self, fingerprint: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The known ones of ``hashes`` (hex sha256 of texts), each of shape (windows, dim)."""

    def put(self, fingerprint: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        """Keep ``vectors`` (by hex sha256 of the text); keeping the same one twice is no error."""


class MemoryCache:
    """A VectorCache for one process that forgets what was used longest ago; safe to share between threads."""

    def __init__(self, *, max_bytes: int = 64_000_000) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._vectors: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, fingerprint: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The known ones of ``hashes``, each of shape (windows, dim)."""
        found = {}
        with self._lock:
            for key in hashes:
                vectors = self._vectors.get((fingerprint, key))
                if vectors is not None:
                    self._vectors.move_to_end((fingerprint, key))
                    found[key] = vectors
        return found

    def put(self, fingerprint: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        """Keep ``vectors``; the oldest are dropped where they exceed ``max_bytes``."""
        with self._lock:
            for key, rows in vectors.items():
                replaced = self._vectors.pop((fingerprint, key), None)
                self._bytes += rows.nbytes - (0 if replaced is None else replaced.nbytes)
                self._vectors[fingerprint, key] = rows
            while self._bytes > self._max_bytes:
                self._bytes -= self._vectors.popitem(last=False)[1].nbytes


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of embedding."""

    done: int
    """Texts whose vectors are known, those from the cache included."""
    total: int
    """Different texts asked for, counted once per view."""
    rows_per_second: float | None
    """Texts embedded per second in this run; None before the first."""
    seconds_left: float | None
    """Estimated from the amount of text left; None before the first."""


FindBuild = Callable[[str, Path | None], Encoder | None]
"""Gives the fast build of the tuned layers with a sha256, which lie in a file; None where there is none, or not yet."""


class Embedder:
    """Vectors of texts from an encoder and a cache; safe to share between threads when its cache is."""

    def __init__(self, encoder: Encoder, cache: VectorCache, find_build: FindBuild | None = None) -> None:
        """``find_build``: where ``encoder`` is a fast one and tuned layers shall be read as fast."""
        self._encoder = encoder
        self._cache = cache
        self._find_build = find_build

    @property
    def fingerprint(self) -> str:
        """The fingerprint that a model stores and is compared by: of the vectors that these are, or agree with."""
        return self._encoder.reference

    @property
    def computed_by(self) -> str:
        """The fingerprint of the encoder that computes these vectors: weights hash and back end."""
        return self._encoder.fingerprint

    def key(self, view: View) -> str:
        """The fingerprint under which the cache keeps vectors of ``view``: weights hash, back end and window rule."""
        return f"{self.computed_by}:{view.value}"

    def beside(self, encoder: Encoder) -> "Embedder":
        """Another encoder with the same cache, which keeps the vectors of each apart."""
        return Embedder(encoder, self._cache)

    def build_of(self, sha256: str, file: Path | None) -> Encoder | None:
        """The fast build of tuned layers that goes with this encoder (``FindBuild``)."""
        return None if self._find_build is None else self._find_build(sha256, file)

    def learn(self, vectors: Mapping[str, NDArray[np.float32]], view: View) -> None:
        """Take over vectors by text, each of shape (windows, dim), that this encoder would otherwise compute."""
        by_hash = {text_hash(text): rows for text, rows in vectors.items()}
        known = self._cache.get(self.key(view), list(by_hash))
        fresh = {key: rows.copy() for key, rows in by_hash.items() if key not in known}
        if fresh:
            self._cache.put(self.key(view), fresh)

    def in_memory(self) -> "Embedder":
        """The same encoder for texts of which nothing shall be kept."""
        return Embedder(self._encoder, MemoryCache(), self._find_build)

    def vectors(self, texts: Iterable[str], view: View) -> dict[str, NDArray[np.float32]]:
        """Vectors by text, each of shape (windows, dim) with rows of length 1; ``View.WHOLE`` has one row.

        Raises:
            Unavailable: a vector has to be computed and the encoder cannot be loaded.
        """
        by_hash = {text_hash(text): text for text in texts}
        found = self._cache.get(self.key(view), list(by_hash))
        for chunk in _chunks({key: text for key, text in by_hash.items() if key not in found}, view):
            found |= self._embed(chunk, view)
        return {text: found[key] for key, text in by_hash.items()}

    def unread(self, texts: Iterable[str], view: View) -> dict[str, int]:
        """Words that the encoder has yet to read, for each text whose vectors are not in the cache."""
        by_hash = {text_hash(text): text for text in texts}
        known = self._cache.get(self.key(view), list(by_hash))
        most = windows.WINDOW_WORDS * (windows.MAX_WINDOWS if view is View.WINDOWS else 2)  # a whole text: 256 pieces
        return {text: windows.count_words(text, most) for key, text in by_hash.items() if key not in known}

    def missing(self, texts: Iterable[str], view: View) -> list[str]:
        """Those of the texts whose vectors are not in the cache, each once."""
        return list(self._missing({text_hash(text): text for text in texts}, view).values())

    def keep(self, vectors: Mapping[str, NDArray[np.float32]], view: View) -> None:
        """Put vectors into the cache that this encoder made elsewhere; by text, each of shape (windows, dim)."""
        self._cache.put(self.key(view), {text_hash(text): rows for text, rows in vectors.items()})

    def warm(self, texts: Mapping[View, Iterable[str]]) -> Iterator[Progress]:
        """Put the vectors of ``texts`` into the cache chunk by chunk, so that an interrupted run keeps what it did.

        Yields the progress over all views, at the start and after every chunk.

        Raises:
            Unavailable: a vector has to be computed and the encoder cannot be loaded.
        """
        by_hash = {view: {text_hash(text): text for text in wanted} for view, wanted in texts.items()}
        missing = {view: self._missing(wanted, view) for view, wanted in by_hash.items()}
        total = sum(map(len, by_hash.values()))
        known = done = total - sum(map(len, missing.values()))
        yield Progress(done, total, None, 0.0 if done == total else None)
        chunks = [(view, chunk) for view, wanted in missing.items() for chunk in _chunks(wanted, view)]
        work_left, work_done, started = sum(_work(chunk) for _, chunk in chunks), 0, time.perf_counter()
        for view, chunk in chunks:
            self._embed(chunk, view)
            done += len(chunk)
            work_done += _work(chunk)
            work_left -= _work(chunk)
            seconds = max(time.perf_counter() - started, 1e-9)
            yield Progress(done, total, (done - known) / seconds, seconds * work_left / work_done)

    def _missing(self, by_hash: dict[str, str], view: View) -> dict[str, str]:
        key, hashes = self.key(view), list(by_hash)
        missing: dict[str, str] = {}
        for start in range(0, len(hashes), 1_000):  # the vectors themselves are not needed here: hold few at a time
            part = hashes[start : start + 1_000]
            known = self._cache.get(key, part)
            missing |= {text: by_hash[text] for text in part if text not in known}
        return missing

    def _embed(self, chunk: dict[str, tuple[str, ...]], view: View) -> dict[str, NDArray[np.float32]]:
        vectors = self._encoder.encode([part for parts in chunk.values() for part in parts])
        edges = np.cumsum([len(parts) for parts in chunk.values()])[:-1]
        # Copies: a slice would keep the whole chunk alive in a cache that holds only some of them.
        fresh = {key: rows.copy() for key, rows in zip(chunk, np.split(vectors, edges), strict=True)}
        self._cache.put(self.key(view), fresh)
        return fresh


def _chunks(missing: dict[str, str], view: View) -> list[dict[str, tuple[str, ...]]]:
    """Windows of the texts, by hash, in chunks of similar length (longest first): batches hold little padding."""
    cut = {key: windows.split(text).parts if view is View.WINDOWS else (text,) for key, text in missing.items()}
    chunks: list[dict[str, tuple[str, ...]]] = []
    size = _CHUNK_WINDOWS
    for key in sorted(cut, key=lambda key: (-max(map(len, cut[key])), key)):
        if size >= _CHUNK_WINDOWS:
            chunks.append({})
            size = 0
        chunks[-1][key] = cut[key]
        size += len(cut[key])
    return chunks


def _work(chunk: dict[str, tuple[str, ...]]) -> int:
    return sum(min(len(part), _READ_CHARS) + 50 for parts in chunk.values() for part in parts)
