"""Labels of a list of answers, as the arrays that metrics need."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.records import Example


@dataclass(frozen=True)
class Labels:
    """Rows in the order of the examples; every array has shape (n,)."""

    good: NDArray[np.bool_]
    """Consensus at or above the positive threshold."""
    ratings: NDArray[np.float64]
    """Consensus, exact."""
    groups: NDArray[np.int64]
    """Number of the normalised prompt, 0 to prompts - 1, in order of first appearance."""
    contexts: NDArray[np.int64]
    """Number of (normalised prompt, context_id, earlier turns): answers with the same one compete with each other."""

    @classmethod
    def of(cls, examples: Sequence[Example], *, positive_threshold: int) -> "Labels":
        """Read the ratings of ``examples``; good = rating >= ``positive_threshold``."""
        hashes = [example.group for example in examples]
        return cls(
            good=np.array([example.rating >= positive_threshold for example in examples], dtype=bool),
            ratings=np.array([example.rating for example in examples], dtype=np.float64),
            groups=_numbered(hashes),
            contexts=_numbered(
                [(key, one.context_id, one.turns_group) for key, one in zip(hashes, examples, strict=True)]
            ),
        )

    def __len__(self) -> int:
        return len(self.good)

    @property
    def prompts(self) -> int:
        """Number of different normalised prompts."""
        return int(self.groups.max()) + 1 if len(self) else 0

    def rows(self, chosen: NDArray[np.bool_]) -> "Labels":
        """The rows where ``chosen`` (n,) is true, groups numbered anew."""
        return Labels(
            self.good[chosen],
            self.ratings[chosen],
            np.unique(self.groups[chosen], return_inverse=True)[1].astype(np.int64),
            np.unique(self.contexts[chosen], return_inverse=True)[1].astype(np.int64),
        )


def _numbered(keys: Sequence[object]) -> NDArray[np.int64]:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
