"""Answers that raters ordered, as a fit learns from them beside rated ones (docs/decisions/preferences.md)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.records import Preferred
from core.reward.encoding.embedder import Embedder
from core.reward.recipes.base import Pair, Recipe, feature_matrix


@dataclass(frozen=True)
class Comparisons:
    """Pairs of answers of which the first is better, for a logistic regression of their difference.

    Bradley and Terry 1952.
    """

    differences: NDArray[np.float32]
    """Features of the better answer minus those of the worse one, shape (k, d)."""
    groups: NDArray[np.int64]
    """Shape (k,): the number of the prompt as in ``Labels.groups``, -1 where no answer to it was rated."""
    weights: NDArray[np.float64]
    """Shape (k,), at most 1: all pairs on one prompt together weigh no more than ratings of their answers would."""

    @classmethod
    def of(
        cls, preferred: Sequence[Preferred], numbers: Mapping[str, int], recipe: Recipe, embedder: Embedder
    ) -> "Comparisons":
        """The pairs as ``recipe`` sees them; ``numbers`` are those of the prompts that have rated answers.

        Raises:
            Unavailable: a vector has to be computed and the encoder cannot be loaded.
        """
        better = feature_matrix(recipe, [Pair(p.prompt, p.chosen) for p in preferred], embedder)
        worse = feature_matrix(recipe, [Pair(p.prompt, p.rejected) for p in preferred], embedder)
        groups = [p.group for p in preferred]
        pairs = Counter(groups)
        answers = Counter(group for group, _ in {(p.group, text) for p in preferred for text in (p.chosen, p.rejected)})
        return cls(
            better - worse,
            np.array([numbers.get(group, -1) for group in groups], dtype=np.int64),
            np.array([min(1.0, answers[group] / pairs[group]) for group in groups]),
        )

    def without(self, groups: NDArray[np.int64]) -> "Comparisons":
        """Those on other prompts than ``groups``: what may be learned from where these are tested."""
        return self.only(self.elsewhere(groups))

    def elsewhere(self, groups: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of them (k,) are on other prompts than ``groups``."""
        return ~np.isin(self.groups, groups)

    def only(self, kept: NDArray[np.bool_]) -> "Comparisons":
        """Those where ``kept`` (k,) is true."""
        return Comparisons(self.differences[kept], self.groups[kept], self.weights[kept])

    def __len__(self) -> int:
        return len(self.groups)
