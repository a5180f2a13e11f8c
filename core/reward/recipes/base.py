"""The protocol of a recipe, and the feature matrix that it makes of many answers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import Embedder, View

Vectors = Mapping[str, NDArray[np.float32]]
_PART = 1_000  # pairs whose window vectors are in memory at once: about 10 MB


class Pair(NamedTuple):
    """One answer to one prompt."""

    prompt: str
    response: str


class Read(NamedTuple):
    """Extent to which a recipe reads an answer."""

    windows: int
    """In how many pieces."""
    truncated: bool
    """Its end was not read."""


class Recipe(Protocol):
    """One way to build features and a classifier; a definition without state."""

    name: str
    view: View
    """How its texts are embedded."""
    standardise: bool
    """Columns get mean 0 and deviation 1 (over the training rows) before their weights."""
    grid: tuple[float, ...]
    """Values of C that the inner cross-validation chooses from; a single one is taken as it is."""
    balanced: bool
    """Classes weigh the same in the fit (spoils calibration)."""
    tunes_threshold: bool
    """The decision threshold is chosen by the inner cross-validation, else 0.5."""

    def texts(self, pairs: Sequence[Pair]) -> list[str]:
        """The different texts that need vectors."""

    def read_of(self, pair: Pair) -> Read:
        """Extent to which the answer is read."""

    def features(self, pairs: Sequence[Pair], vectors: Vectors, columns: int | None = None) -> NDArray[np.float32]:
        """Shape (len(pairs), d). Those from ``columns`` on may stay 0: whoever asks does not read them."""

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Factors of the columns before fitting, shape (columns,) each; by what is read so.

        The first is used unless another is clearly better on the training rows: see ``fitting.fit``.
        """

    def considers(self, weighting: str, ratings: int, prompts: int) -> bool:
        """Whether so many ``ratings`` of answers to so many ``prompts`` may decide for another ``weighting``."""

    def towards(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Coefficients of the standardised columns, shape (columns,) each, that the penalty pulls to, by weighting.

        Zeros where a weighting is not named.
        """

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Names for explaining a score, and their columns."""


def feature_matrix(
    recipe: Recipe, pairs: Sequence[Pair], embedder: Embedder, columns: int | None = None
) -> NDArray[np.float32]:
    """Features of ``pairs``, shape (len(pairs), d); vectors that no cache knows are computed on the way.

    Those from ``columns`` on may stay 0.

    Raises:
        Unavailable: a vector has to be computed and the encoder cannot be loaded.
    """
    parts = []
    for start in range(0, len(pairs), _PART):
        part = pairs[start : start + _PART]
        parts.append(recipe.features(part, embedder.vectors(recipe.texts(part), recipe.view), columns))
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
