"""An encoder without weights and answers whose quality it can see: fast, deterministic, no download."""

import random
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.records import Example
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.services.workspace import Workspace
from core.store.training.embeddings import DatabaseVectors

DIM = 48


class FakeEncoder:
    """Bags of hashed words, normalised; counts what it is asked."""

    fingerprint = reference = "fake:words"
    back_end = "fake"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        vectors = np.zeros((len(texts), DIM), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.casefold().split():
                row[zlib.crc32(word.encode()) % DIM] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, 1)


def embedder() -> Embedder:
    return Embedder(FakeEncoder(), MemoryCache())


def reference_embedder(workspace: Workspace) -> Embedder:
    """In the place of the services' own."""
    return Embedder(FakeEncoder(), DatabaseVectors(workspace.store))


def rated_answers(prompts: int, per_prompt: int = 4, *, seed: int = 0) -> list[Example]:
    """Answers of random length; the higher rated ones take up more words of their prompt."""
    rng = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(400)]
    examples: list[Example] = []
    for number in range(prompts):
        asked = rng.sample(vocabulary, 8)
        for _ in range(per_prompt):
            rating = rng.randint(1, 5)
            answer = rng.sample(asked, rating + 1) + rng.sample(vocabulary, rng.randint(10, 60))
            rng.shuffle(answer)
            examples.append(
                Example(len(examples) + 1, f"{number} " + " ".join(asked), " ".join(answer), None, float(rating))
            )
    return examples
