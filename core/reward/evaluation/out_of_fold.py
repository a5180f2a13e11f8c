"""Scores of rows by models that have not seen their prompts."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.reward.comparisons import Comparisons
from core.reward.fitting import fit, fit_baselines
from core.reward.linear import LinearModel, correct_prior
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores
from core.reward.recipes.base import Recipe

Matrix = NDArray[np.float32]
Bools = NDArray[np.bool_]


def score_held_out(
    recipe: Recipe,
    features: Matrix,
    rated: Labels,
    held_out: Bools,
    *,
    seed: int,
    compared: Comparisons | None = None,
    known: Bools | None = None,
) -> Scores:
    """Fit ``recipe`` on the other rows of ``features`` (n, d) and score those where ``held_out`` (n,) is true.

    Of ``compared`` answers only those to other prompts are learned from, and of the other rows only those ``known``
    (n,).
    """
    return fit_fold(recipe, features, rated, held_out, seed=seed, compared=compared, known=known)[0]


def fit_fold(
    recipe: Recipe,
    features: Matrix,
    rated: Labels,
    held_out: Bools,
    *,
    seed: int,
    compared: Comparisons | None = None,
    known: Bools | None = None,
) -> tuple[Scores, LinearModel]:
    """As ``score_held_out``, and the model that gave the scores, corrected likewise for the share of good ones."""
    seen = ~held_out if known is None else ~held_out & known
    allowed = compared and compared.without(rated.groups[held_out])
    fitted = fit(recipe, features[seen], rated.good[seen], rated.groups[seen], seed=seed, compared=allowed)
    model, values = fitted.model, fitted.model.predict(features[held_out])
    if not recipe.balanced:
        start, everywhere = float(rated.good[seen].mean()), float(rated.good.mean())
        values = correct_prior(values, start, everywhere)
        model = replace(model, bias=model.bias + _log_odds(everywhere) - _log_odds(start))
    return Scores(values, values >= fitted.threshold), model


def score_baselines_held_out(pair_features: Matrix, rated: Labels, held_out: Bools) -> dict[str, Scores]:
    """Fit the baselines on the other rows of ``pair_features`` and score those where ``held_out`` (n,) is true."""
    start, everywhere = float(rated.good[~held_out].mean()), float(rated.good.mean())
    fitted = fit_baselines(pair_features[~held_out], rated.good[~held_out])
    scores = {
        name: correct_prior(found.values, start, everywhere)
        for name, found in fitted.score(pair_features[held_out]).items()
    }
    return {name: Scores(values, values >= 0.5) for name, values in scores.items()}


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def joined(folds: NDArray[np.int64], parts: Sequence[Scores]) -> Scores:
    """Scores of the folds 0, 1, ... as one, in the order of their rows; ``folds`` (n,) as for the split."""
    rows = np.concatenate([np.flatnonzero(folds == fold) for fold in range(len(parts))])
    order = np.argsort(rows)
    values = np.concatenate([part.values for part in parts])[order]
    called = [part.called_good for part in parts if part.called_good is not None]
    return Scores(values, np.concatenate(called)[order])
