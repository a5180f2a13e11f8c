"""Best of n: what experts think of the answer that a scorer would have picked among those to one prompt.

This is what reranking is for, in the experts' own unit: points on the scale of 1 to 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.reward.metrics.labels import Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """The places where there is something to choose: prompts (with their context) with at least two rated answers."""

    rows: NDArray[np.int64]
    """Their rows, those of one choice beside each other, in the order of the list within it."""
    starts: NDArray[np.int64]
    """Where each choice begins in ``rows``."""
    groups: NDArray[np.int64]
    """The prompt of each choice."""
    prompts: int

    @classmethod
    def of(cls, rated: Labels) -> "Choices":
        """All choices among ``rated`` answers."""
        order = np.argsort(rated.contexts, kind="stable")
        sizes = np.bincount(rated.contexts) if len(rated) else np.zeros(0, dtype=np.int64)
        rows = order[sizes[rated.contexts[order]] > 1]
        contexts = rated.contexts[rows]
        starts = np.flatnonzero(np.concatenate(([True], np.diff(contexts) > 0))) if len(rows) else rows
        return cls(rows, starts, rated.groups[rows[starts]], rated.prompts)

    @property
    def per_prompt(self) -> Floats:
        """Number of choices that each prompt offers, shape (prompts,)."""
        return np.bincount(self.groups, minlength=self.prompts).astype(np.float64)

    def picked(self, ratings: Floats, values: Floats) -> Floats:
        """Ratings (n,) of the answers with the highest ``values`` (n,), summed per prompt, shape (prompts,).

        Among equal values one is drawn at random: their mean counts, so that a constant scorer equals chance.
        """
        if not len(self.starts):
            return np.zeros(self.prompts)
        ordered = values[self.rows]
        sizes = np.diff(np.append(self.starts, len(self.rows)))
        top = ordered == np.repeat(np.maximum.reduceat(ordered, self.starts), sizes)
        means = np.add.reduceat(ratings[self.rows] * top, self.starts) / np.add.reduceat(top.astype(float), self.starts)
        return np.bincount(self.groups, weights=means, minlength=self.prompts).astype(np.float64)
