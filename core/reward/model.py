"""A fitted model: what a version stores and ranking uses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.baselines import FittedBaselines
from core.reward.encoding.embedder import Embedder
from core.reward.linear import LinearModel
from core.reward.recipes.base import Pair, Read, feature_matrix
from core.reward.recipes.registry import recipe_named


@dataclass(frozen=True)
class FittedModel:
    """A recipe with fitted numbers: numpy arrays only, so that no scikit-learn version can spoil a stored one."""

    recipe: str
    encoder: str
    """Fingerprint of the encoder whose vectors it was fitted on."""
    linear: LinearModel
    threshold: float
    """Probability from which an answer is called good."""
    baselines: FittedBaselines

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of good for features (n, d) of its recipe, shape (n,)."""
        return self.linear.predict(features)

    def score(self, pairs: Sequence[Pair], embedder: Embedder) -> NDArray[np.float64]:
        """Probability of good for every pair, shape (len(pairs),).

        Raises:
            Unavailable: the encoder is another one than in training, or cannot be loaded.
        """
        return self.predict(self._features(pairs, embedder)) if pairs else np.zeros(0)

    def read_of(self, pairs: Sequence[Pair]) -> list[Read]:
        """Extent to which the answer of each pair is read."""
        recipe = recipe_named(self.recipe)
        return [recipe.read_of(pair) for pair in pairs]

    def unread(self, pairs: Sequence[Pair], embedder: Embedder) -> list[int]:
        """Words that the encoder has yet to read to score each pair; what pairs share counts for the first of them."""
        recipe = recipe_named(self.recipe)
        words = embedder.unread(recipe.texts(pairs), recipe.view)
        return [sum(words.pop(text, 0) for text in recipe.texts([pair])) for pair in pairs]

    def check_encoder(self, fingerprint: str) -> None:
        """Refuse an encoder that is not the one of the training.

        Raises:
            Unavailable: it is another one; the sentence says what to do.
        """
        if fingerprint != self.encoder:
            raise Unavailable(
                "This model was trained with another encoder than the one EMB_MODEL names now, so its scores would "
                "mean nothing. Set EMB_MODEL back, or train again."
            )

    def _features(self, pairs: Sequence[Pair], embedder: Embedder) -> NDArray[np.float32]:
        self.check_encoder(embedder.fingerprint)
        read = np.flatnonzero(self.linear.weights)
        columns = int(read[-1]) + 1 if len(read) else 0
        return feature_matrix(recipe_named(self.recipe), pairs, embedder, columns)
