"""How good an answer was, told from the rater's comment alone: where it disagrees with the rating, one may be a slip."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from core.reward.metrics.folds import Bools, Ints, grouped_folds

FOLDS = 5
READ_CHARACTERS = 400
"""Of each comment: its beginning says how good the answer was, and the time stays bounded."""
MOST_TERMS = 20_000
REGULARISATION = 1.0
"""scikit-learn's C."""


def probabilities_of_good(
    comments: Sequence[str], good: Bools, groups: Ints, *, seed: int = 0
) -> NDArray[np.float64] | None:
    """The probability that each rating is a good one, shape (n,), from its comment alone.

    Out of fold: no model saw a rating of the same prompt. Both verdicts weigh the same, so that the rarer one is not
    suspected for being rare. The words' weights (TF-IDF) know all comments, but no rating.

    Args:
        comments: one text per rating.
        good: whether the rating is at or above the positive threshold, shape (n,).
        groups: the number of the prompt, shape (n,).
        seed: of the folds.

    Returns:
        None where there is too little to learn from: no word, or no two prompts with ratings of each verdict.
    """
    folds = grouped_folds(good, groups, folds=FOLDS, seed=seed)
    if folds is None:
        return None
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, max_features=MOST_TERMS, token_pattern=r"(?u)\b\w+\b"
    )
    try:
        features = words.fit_transform([comment[:READ_CHARACTERS] for comment in comments])
    except ValueError:  # scikit-learn's way to say that no comment holds a word
        return None
    found = np.empty(len(good), dtype=np.float64)
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        model = LogisticRegression(C=REGULARISATION, class_weight="balanced", solver="liblinear")
        model.fit(features[~test], good[~test])
        found[test] = model.predict_proba(features[test])[:, 1]
    return found


def doubts(comments: Sequence[str], good: Bools, groups: Ints, *, seed: int = 0) -> NDArray[np.float64] | None:
    """How far each comment speaks against its rating, shape (n,), 0 to 1: the probability of the other verdict.

    From 0.5 on the comment alone would have had the other verdict expected. None as ``probabilities_of_good``.
    """
    probability = probabilities_of_good(comments, good, groups, seed=seed)
    return None if probability is None else np.where(good, 1 - probability, probability)
