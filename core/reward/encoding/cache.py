"""Vectors of texts that were only ranked: kept in memory, bounded, never written anywhere."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


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
