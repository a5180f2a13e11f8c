"""Ridge-penalised logistic regression with an offset, by Newton's method: what every fit of a recipe comes down to.

scikit-learn's LogisticRegression takes no offset, which the penalty towards a coefficient other than 0 needs.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.reward.linear import logistic

_TOLERANCE = 1e-5
"""Of the largest entry of the gradient, per row. A tenth of scikit-learn's: the last steps of Newton cost little."""
_MOST_STEPS, _MOST_INNER, _MOST_HALVINGS = 100, 300, 30

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]


def fit_path(
    rows: Matrix,
    good: NDArray[np.bool_],
    grid: tuple[float, ...],
    *,
    offset: Floats,
    weights: Floats,
    intercept: Floats,
) -> Iterator[tuple[Floats, float]]:
    """Coefficients w (m,) and bias b for every C of ``grid``, each started from the one before: neighbours are close.

    They minimise C * sum(weights * log(1 + exp(-y * (rows @ w + b * intercept + offset)))) + |w|^2 / 2, with y = 1
    where ``good`` (n,) and else -1; ``intercept`` (n,) is 0 for rows that the bias has no part in, else 1. Products
    with ``rows`` (n, m) are computed in their precision, everything else in double precision.
    """
    y, labels = np.where(good, 1.0, -1.0), good.astype(np.float64)
    w, b, odds = np.zeros(rows.shape[1]), 0.0, offset.astype(np.float64)
    enough = _TOLERANCE * len(rows)

    def losses(log_odds: Floats) -> float:
        return float(weights @ np.logaddexp(0.0, -y * log_odds))

    for c in grid:
        loss = losses(odds) + w @ w / (2 * c)
        for _ in range(_MOST_STEPS):
            chances = logistic(odds)
            errors = weights * (chances - labels)
            slope, slope_b = _times(rows.T, errors) + w / c, float(intercept @ errors)
            if max(np.abs(slope).max(initial=0.0), abs(slope_b)) <= enough:
                break
            step, step_b = _newton_step(rows, weights * chances * (1 - chances), intercept, slope, slope_b, c)
            change = _times(rows, step) + step_b * intercept
            downhill, length = float(slope @ step + slope_b * step_b), 1.0
            for _ in range(_MOST_HALVINGS):
                tried = w + length * step
                now = losses(odds + length * change) + tried @ tried / (2 * c)
                if now <= loss + 1e-4 * length * downhill:
                    break
                length /= 2
            else:  # what is left is rounding
                break
            w, b, odds, loss = tried, b + length * step_b, odds + length * change, now
        yield w.copy(), b


def _newton_step(
    rows: Matrix, curvature: Floats, intercept: Floats, slope: Floats, slope_b: float, c: float
) -> tuple[Floats, float]:
    """The Newton step by conjugate gradients, as exact as the distance to the minimum deserves."""
    step, step_b = np.zeros_like(slope), 0.0
    left, left_b = -slope, -slope_b
    way, way_b = left.copy(), left_b
    size = float(left @ left + left_b * left_b)
    stop = min(0.25, np.sqrt(size) / len(rows)) ** 2 * size
    for _ in range(_MOST_INNER):
        bent = curvature * (_times(rows, way) + way_b * intercept)
        turned, turned_b = _times(rows.T, bent) + way / c, float(intercept @ bent)
        length = size / float(way @ turned + way_b * turned_b)
        step, step_b = step + length * way, step_b + length * way_b
        left, left_b = left - length * turned, left_b - length * turned_b
        size, before = float(left @ left + left_b * left_b), size
        if size <= stop:
            break
        way, way_b = left + size / before * way, left_b + size / before * way_b
    return step, step_b


def _times(matrix: Matrix, vector: Floats) -> Floats:
    return np.asarray(matrix @ vector.astype(matrix.dtype), dtype=np.float64)
