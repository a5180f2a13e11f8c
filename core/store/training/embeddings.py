"""The embedding cache in the database, keyed by encoder fingerprint and text hash."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from core.store.database import Store
from core.store.tables import Embedding
from core.store.upsert import insert_missing

BATCH = 500


class DatabaseVectors:
    """Vectors of interactions, kept for good; satisfies ``core.reward``'s VectorCache."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, fingerprint: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are there, each (windows, dim)."""
        found: dict[str, NDArray[np.float32]] = {}
        with self._store.read() as session:
            for start in range(0, len(hashes), BATCH):
                query = select(Embedding.text_hash, Embedding.count, Embedding.dim, Embedding.vectors).where(
                    Embedding.fingerprint == fingerprint, Embedding.text_hash.in_(hashes[start : start + BATCH])
                )
                for text_hash, count, dim, data in session.execute(query):
                    found[text_hash] = np.frombuffer(data, dtype="<f4").reshape(count, dim)
        return found

    def put(self, fingerprint: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep these vectors; one that is there already stays."""
        rows = [
            {
                "fingerprint": fingerprint,
                "text_hash": text_hash,
                "count": array.shape[0],
                "dim": array.shape[1],
                "vectors": np.ascontiguousarray(array, dtype="<f4").tobytes(),
            }
            for text_hash, array in vectors.items()
        ]
        for start in range(0, len(rows), BATCH):
            with self._store.write() as session:
                insert_missing(session, Embedding, *rows[start : start + BATCH])
