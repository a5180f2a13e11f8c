"""What a recipe is: how features and classifier are built from prompts, responses and their vectors."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import View

Vectors = Mapping[str, NDArray[np.float32]]


class Pair(NamedTuple):
    """One answer to one prompt."""

    prompt: str
    response: str


class Read(NamedTuple):
    """How much of an answer a recipe reads."""

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
        """How much of the answer is read."""

    def features(self, pairs: Sequence[Pair], vectors: Vectors) -> NDArray[np.float32]:
        """Shape (len(pairs), d)."""

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """What each column is multiplied with before fitting, shape (columns,) each; by what is read so.

        The first is used unless another is clearly better on the training rows: see ``fitting.fit``.
        """

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Names for explaining a score, and their columns."""
