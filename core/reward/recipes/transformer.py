"""The recipe ``transformer``: the columns of ``pair``, and one more that says what tuned layers think."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.reward.recipes.pair import FIRST, PairRecipe

DEEP = "deep part"
_WEIGHT = 1.5
"""Of its column: as the strongest scalars of ``pair`` have (docs/decisions/training.md)."""


class TransformerRecipe(PairRecipe):
    """``pair`` with the log-odds of the tuned layers as its last column.

    ``features`` are those of ``pair``; whoever has the tuned layers adds the column (``FittedModel.features``).
    """

    name = "transformer"

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Those of ``pair``, each with the deep part beside it; shape (columns,)."""
        deep = np.array([_WEIGHT], dtype=np.float32)
        return {name: np.concatenate([own, deep]) for name, own in super().weightings(columns - 1).items()}

    def towards(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Those of ``pair``; the penalty pulls the deep part to none, shape (columns,)."""
        return {name: np.append(pull, np.float32(0)) for name, pull in super().towards(columns - 1).items()}

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Those of ``pair``, and the deep part."""
        return dict(super().parts(columns - 1)) | {DEEP: slice(columns - 1, columns)}


class ProbeRecipe(PairRecipe):
    """[u, v, |u - v|, u * v] alone: the logistic regression that tuning starts from."""

    name = "probe"
    tunes_threshold = False

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """All columns alike, shape (columns,)."""
        return {FIRST: np.full(columns, (columns / 4) ** -0.5, dtype=np.float32)}

    def towards(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """The penalty pulls to no column."""
        return {}


PROBE = ProbeRecipe()
