"""The feature matrix of many answers, from cached vectors, a part at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import Embedder
from core.reward.recipes.base import Pair, Recipe

_PART = 1_000  # pairs whose window vectors are in memory at once: about 10 MB


def feature_matrix(recipe: Recipe, pairs: Sequence[Pair], embedder: Embedder) -> NDArray[np.float32]:
    """Features of ``pairs``, shape (len(pairs), d); vectors that no cache knows are computed on the way.

    Raises:
        Unavailable: a vector has to be computed and the encoder cannot be loaded.
    """
    parts = []
    for start in range(0, len(pairs), _PART):
        part = pairs[start : start + _PART]
        parts.append(recipe.features(part, embedder.vectors(recipe.texts(part), recipe.view)))
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
