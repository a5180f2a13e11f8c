"""Baselines that a model has to beat: scorers that know almost nothing, measured on the same rows.

All but the order are fitted, and fitted exactly when the model is: out of fold for its evaluation, on all training rows
for the stored model, so that it meets the same opponents on another file. They read columns of the ``pair`` features.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.reward.linear import LinearModel
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores
from core.reward.recipes.pair import layout, rule_columns

BASELINES = ("majority", "length_only", "length_curve", "prompt_only", "cosine", "original_order")

Matrix = NDArray[np.float32]


def columns_of(baseline: str, features: Matrix) -> Matrix:
    """The columns of ``pair`` features (n, d) that a fitted baseline reads: log length, cosine or prompt vector.

    ``length_curve`` reads the square of the log length too, so that it may know a best length.
    """
    columns = features.shape[1]
    if baseline == "prompt_only":
        return features[:, : layout(columns)[0] // 4]
    (column,) = rule_columns("cosine" if baseline == "cosine" else "length_only", columns)
    read = features[:, column : column + 1]
    return np.concatenate([read, read**2], axis=1) if baseline == "length_curve" else read


@dataclass(frozen=True)
class FittedBaselines:
    """The baselines as fitted on some rows."""

    share_good: float
    """Of the training rows: what ``majority`` says about every answer."""
    linear: dict[str, LinearModel]
    """length_only, length_curve, prompt_only and cosine; of a version of an earlier release without length_curve."""

    def score(self, features: Matrix) -> dict[str, Scores]:
        """The fitted baselines on ``pair`` features (n, d)."""
        values = {"majority": np.full(len(features), self.share_good)}
        values |= {name: model.predict(columns_of(name, features)) for name, model in self.linear.items()}
        return {name: Scores(scores, scores >= 0.5) for name, scores in values.items()}


def original_order(rated: Labels) -> Scores:
    """Scores that fall with the position among the answers to the same prompt and context, as they are listed."""
    position = np.zeros(len(rated))
    order = np.argsort(rated.contexts, kind="stable")
    contexts = rated.contexts[order]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(contexts) > 0))) if len(rated) else np.zeros(0, dtype=int)
    position[order] = np.arange(len(rated)) - np.repeat(starts, np.diff(np.append(starts, len(rated))))
    return Scores(-position, None)
