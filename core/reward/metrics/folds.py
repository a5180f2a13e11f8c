"""Splitting rated answers without ever splitting a prompt."""

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def grouped_folds(good: Bools, groups: Ints, *, folds: int, seed: int) -> Ints | None:
    """The fold of every row, shape (n,), from 0; shuffled, the share of good answers about equal in each.

    There are fewer folds than asked for where fewer prompts hold good (or poor) answers. None when no split leaves both
    classes in the training rows of every fold.
    """
    possible = min(folds, len(np.unique(groups[good])), len(np.unique(groups[~good])))
    if possible < 2:
        return None
    result = np.empty(len(good), dtype=np.int64)
    splitter = StratifiedGroupKFold(n_splits=possible, shuffle=True, random_state=seed)
    for fold, (_, test) in enumerate(splitter.split(np.zeros((len(good), 1)), good, groups)):
        result[test] = fold
    if any(len(np.unique(good[result != fold])) < 2 for fold in range(possible)):
        return None
    return result
