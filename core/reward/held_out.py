"""Scores of rows by models that have not seen their prompts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward.comparisons import Comparisons
from core.reward.fitting import fit, fit_baselines
from core.reward.linear import logistic
from core.reward.metrics import Scores
from core.reward.rated import Rated
from core.reward.recipe import Recipe

Matrix = NDArray[np.float32]
Bools = NDArray[np.bool_]


def score_held_out(
    recipe: Recipe, features: Matrix, rated: Rated, held_out: Bools, *, seed: int, compared: Comparisons | None = None
) -> Scores:
    """Fit ``recipe`` on the other rows of ``features`` (n, d) and score those where ``held_out`` (n,) is true.

    Of ``compared`` answers only those to other prompts are learned from.
    """
    seen = ~held_out
    allowed = compared and compared.without(rated.groups[held_out])
    fitted = fit(recipe, features[seen], rated.good[seen], rated.groups[seen], seed=seed, compared=allowed)
    values = fitted.model.predict(features[held_out])
    if not recipe.balanced:
        values = _from_the_same_start(values, rated.good, seen)
    return Scores(values, values >= fitted.threshold)


def score_baselines_held_out(pair_features: Matrix, rated: Rated, held_out: Bools) -> dict[str, Scores]:
    """Fit the baselines on the other rows of ``pair_features`` and score those where ``held_out`` (n,) is true."""
    fitted = fit_baselines(pair_features[~held_out], rated.good[~held_out])
    scores = {
        name: _from_the_same_start(found.values, rated.good, ~held_out)
        for name, found in fitted.score(pair_features[held_out]).items()
    }
    return {name: Scores(values, values >= 0.5) for name, values in scores.items()}


def _from_the_same_start(values: NDArray[np.float64], good: Bools, seen: Bools) -> NDArray[np.float64]:
    """Probabilities as from training rows with the share of good answers that all rows have.

    The share in the other folds falls when this fold has more good answers. Ranked together, rows of different folds
    would come out worse than chance where a model knows little but that share (Forman and Scholz 2010).
    """
    start, everywhere = float(good[seen].mean()), float(good.mean())
    shift = np.log(everywhere / (1 - everywhere)) - np.log(start / (1 - start))
    clipped = np.clip(values, 1e-15, 1 - 1e-15)
    # rounded as in LinearModel.predict: equal rows must stay equal
    return logistic(np.round(np.log(clipped / (1 - clipped)) + shift, 9))


def joined(folds: NDArray[np.int64], parts: Sequence[Scores]) -> Scores:
    """Scores of the folds 0, 1, ... as one, in the order of their rows; ``folds`` (n,) as for the split."""
    rows = np.concatenate([np.flatnonzero(folds == fold) for fold in range(len(parts))])
    order = np.argsort(rows)
    values = np.concatenate([part.values for part in parts])[order]
    called = [part.called_good for part in parts if part.called_good is not None]
    return Scores(values, np.concatenate(called)[order])
