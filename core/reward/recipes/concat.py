"""The recipe ``concat``: prompt and response in one text, one vector; the baseline everyone starts with."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import View
from core.reward.encoding.windows import word_spans
from core.reward.recipes.base import Pair, Read, Vectors


class ConcatRecipe:
    """The vector of "prompt </s> response" as it is; logistic regression, C = 100, balanced, threshold 0.5."""

    name = "concat"
    view: View = View.WHOLE
    standardise = False
    grid: tuple[float, ...] = (100.0,)
    balanced = True
    tunes_threshold = False

    def texts(self, pairs: Sequence[Pair]) -> list[str]:
        """One text per pair."""
        return list(dict.fromkeys(_joined(pair) for pair in pairs))

    def read_of(self, pair: Pair) -> Read:
        """One piece; cut where prompt and answer surely hold more than 256 word pieces: a word has at least one."""
        return Read(1, len(word_spans(_joined(pair))) > 256)

    def features(self, pairs: Sequence[Pair], vectors: Vectors, columns: int | None = None) -> NDArray[np.float32]:
        """Shape (n, dim); ``vectors`` by text as embedded."""
        return np.stack([vectors[_joined(pair)][0] for pair in pairs])

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Ones, shape (columns,)."""
        return {"prompt and answer": np.ones(columns, dtype=np.float32)}

    def considers(self, weighting: str, ratings: int, prompts: int) -> bool:
        """There is no other."""
        return False

    def towards(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """None: no column of it is known to say anything."""
        return {}

    def parts(self, columns: int) -> Mapping[str, slice]:
        """One vector cannot be taken apart."""
        return {"meaning": slice(0, columns)}


def _joined(pair: Pair) -> str:
    return f"{pair.prompt} </s> {pair.response}"
