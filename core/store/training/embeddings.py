"""The embedding cache in the database, keyed by encoder fingerprint and text hash."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select

from core.store.database import Session, Store
from core.store.interactions.interactions import in_scope
from core.store.tables import Embedding, Item, LegacyInteraction
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

    def drop(self, fingerprint: str, hashes: Sequence[str]) -> None:
        """Remove these vectors, where they are there."""
        for start in range(0, len(hashes), BATCH):
            with self._store.write() as session:
                session.execute(
                    delete(Embedding).where(
                        Embedding.fingerprint == fingerprint, Embedding.text_hash.in_(hashes[start : start + BATCH])
                    )
                )


def count_answers(session: Session, *, rated: bool) -> int:
    """How many answers ``answers_after`` goes through in all."""
    query = in_scope(session, select(func.count()).select_from(Item))
    return session.scalar(query.where(Item.consensus.is_not(None)) if rated else query) or 0


def answers_after(session: Session, number: int, *, rated: bool, limit: int) -> list[tuple[int, str, str]]:
    """Number, prompt and answer of the next interactions in scope; with ``rated`` only of those with a consensus."""
    query = (
        select(Item.interaction_id, LegacyInteraction.user_prompt, LegacyInteraction.ai_response)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
        .where(Item.interaction_id > number)
        .order_by(Item.interaction_id)
        .limit(limit)
    )
    query = in_scope(session, query.where(Item.consensus.is_not(None)) if rated else query)
    return [(found, prompt, answer) for found, prompt, answer in session.execute(query)]
