"""A fitted logistic regression as the numbers it consists of: ranking needs numpy, not scikit-learn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class LinearModel:
    """Probability of good = logistic((x - center) @ weights + bias); standardisation is folded into the weights."""

    center: NDArray[np.float32]
    """Shape (d,): the mean of each column over the training rows (zeros where a recipe does not standardise)."""
    weights: NDArray[np.float32]
    """Shape (d,)."""
    bias: float

    def contributions(self, features: Floats) -> Floats:
        """Log-odds that each column adds, shape (n, d), against an average training row."""
        return (features[:, : len(self.weights)] - self.center) * self.weights

    def predict(self, features: Floats) -> NDArray[np.float64]:
        """Probability of good for ``features`` of shape (n, d), or with more columns behind those; shape (n,), within
        [0, 1].

        A later release adds columns at the end, and a stored model does not read them.
        """
        weights = self.weights.astype(np.float64)
        log_odds = features[:, : len(weights)].astype(np.float64) @ weights + (
            self.bias - self.center.astype(np.float64) @ weights
        )
        # A matrix product rounds equal rows differently by their place; without this, ties would be won by chance.
        return logistic(np.round(log_odds, 9))


def correct_prior(values: NDArray[np.float64], start: float, everywhere: float) -> NDArray[np.float64]:
    """Correct ``values`` (n,) for the class prior of the training rows: the share ``start`` of good ones there.

    Returns the probabilities (n,) of the same model with the share ``everywhere``. The share in the other folds falls
    when a fold has more good answers: ranked together, rows of different folds would come out worse than chance where a
    model knows little but that share (Forman and Scholz 2010).
    """
    shift = np.log(everywhere / (1 - everywhere)) - np.log(start / (1 - start))
    clipped = np.clip(values, 1e-15, 1 - 1e-15)
    # rounded as in LinearModel.predict: equal rows must stay equal
    return logistic(np.round(np.log(clipped / (1 - clipped)) + shift, 9))


def logistic(log_odds: Floats) -> NDArray[np.float64]:
    """1 / (1 + exp(-log_odds)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds.astype(np.float64))))
