"""A whole training with its report on 20,000 rated answers whose vectors are known: time and memory.

The vectors are drawn at random around one direction per prompt, so that there is something to learn; no encoder is
loaded.
"""

import resource
import time
from collections.abc import Sequence

import numpy as np

from bench.table import Line
from core.domain.records import Example
from core.domain.texts import text_hash
from core.reward.encoding.embedder import Embedder
from core.reward.training.events import FoldDone
from core.reward.training.trainer import train

ROWS, PER_PROMPT, DIM = 20_000, 8, 384


class KnownVectors:
    """A cache that holds a vector for every text, computed from its hash when it is asked for."""

    def get(self, fingerprint: str, hashes: Sequence[str]) -> dict[str, np.ndarray]:
        """Shape (1, DIM) each, of length 1."""
        return {key: _unit(self.drawn(key)) for key in hashes}

    def put(self, fingerprint: str, vectors: dict[str, np.ndarray]) -> None:
        """Nothing is ever new."""

    def __init__(self) -> None:
        self.near: dict[str, tuple[str, float]] = {}

    def drawn(self, key: str) -> np.ndarray:
        """Noise, and as much of the prompt's own direction as the rating says."""
        noise = np.random.default_rng(int(key[:8], 16)).normal(size=(1, DIM)).astype(np.float32)
        if key not in self.near:
            return noise
        prompt, share = self.near[key]
        return noise + share * self.drawn(prompt)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class NoEncoder:
    """Fails when something has to be embedded."""

    fingerprint = reference = back_end = "bench:known"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Never."""
        raise AssertionError(f"{len(texts)} texts have no vector")


def measure() -> list[Line]:
    """One training, all of its events taken."""
    rng = np.random.default_rng(0)
    cache, examples = KnownVectors(), []
    for number in range(ROWS):
        prompt, rating = f"question {number // PER_PROMPT}", float(rng.integers(1, 6))
        response = f"answer {number} " + "word " * int(rng.integers(5, 60))
        cache.near[text_hash(response)] = (text_hash(prompt), 0.05 * rating + 0.1 * float(rng.normal()))
        session = f"clinic:{number % 300}"
        rater = ("Ana", "Ben", "Cleo")[number % 3]
        examples.append(Example(number + 1, prompt, response, None, rating, session, ((rater, int(rating)),)))
    began = time.perf_counter()
    for event in train(
        examples, recipe="pair", embedder=Embedder(NoEncoder(), cache), seed=0, positive_threshold=4, minimum=50
    ):
        if not isinstance(event, FoldDone):
            name = type(event).__name__
            if name not in ("Embedding", "Examined"):
                print(f"  {time.perf_counter() - began:6.1f} s  {name}", flush=True)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return [
        Line(f"training and report on {ROWS:,} rows with known vectors", took, "s", 600),
        Line("peak memory of that", peak, "MB", 2000),
    ]
