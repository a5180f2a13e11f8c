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
from core.reward.recipes.pair import PairRecipe
from core.reward.recipes.registry import recipe_named
from core.reward.transformer.served import DeepPart

BLANK_SCORE = 0.0
"""Of an answer without a text: nobody would rate it good, and no model is asked."""


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
    deep: DeepPart | None = None
    """Tuned layers, of the recipe ``transformer``; a version keeps them in a file of their own."""

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of good for features (n, d) of its recipe, shape (n,)."""
        return self.linear.predict(features)

    def score(self, pairs: Sequence[Pair], embedder: Embedder) -> NDArray[np.float64]:
        """Probability of good for every pair, shape (len(pairs),).

        Raises:
            Unavailable: the encoder is another one than in training, or cannot be loaded.
        """
        return self.predict(self.features(pairs, embedder)) if pairs else np.zeros(0)

    def features(
        self, pairs: Sequence[Pair], embedder: Embedder, of_pair: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Columns of its recipe, shape (len(pairs), d), of which those that the model reads hold their values.

        ``of_pair`` spares computing those of ``pair`` again.

        Raises:
            Unavailable: the encoder is another one than in training, or cannot be loaded.
        """
        self.check_encoder(embedder.fingerprint)
        recipe = recipe_named(self.recipe)
        # first: a fast build of the tuned layers reads what pair needs in the same go
        deep = None if self.deep is None or not pairs else self.deep.log_odds(pairs, embedder).astype(np.float32)
        if of_pair is not None and isinstance(recipe, PairRecipe):
            found = of_pair
        else:
            read = np.flatnonzero(self.linear.weights if self.deep is None else self.linear.weights[:-1])
            columns = int(read[-1]) + 1 if len(read) else 0
            found = feature_matrix(recipe, pairs, embedder, columns)
        return found if deep is None else np.column_stack([found, deep])

    def read_of(self, pairs: Sequence[Pair]) -> list[Read]:
        """Extent to which the answer of each pair is read."""
        recipe = recipe_named(self.recipe)
        return [recipe.read_of(pair) for pair in pairs]

    def unread(self, pairs: Sequence[Pair], embedder: Embedder) -> list[int]:
        """Words that the encoder has yet to read to score each pair; what pairs share counts for the first of them."""
        recipe = recipe_named(self.recipe)
        words = embedder.unread(recipe.texts(pairs), recipe.view)
        if self.deep is not None:  # the tuned layers read them once more
            again = embedder.beside(self.deep.encoder).unread(recipe.texts(pairs), recipe.view)
            words = {text: words.get(text, 0) + again.get(text, 0) for text in words | again}
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
