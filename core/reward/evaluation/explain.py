"""Explanations of scores against the other answers: the terms of the regression, grouped for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding import windows
from core.reward.encoding.embedder import Embedder, View
from core.reward.encoding.windows import terms, word_spans
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair
from core.reward.recipes.form import FORM
from core.reward.recipes.registry import recipe_named
from core.reward.recipes.transformer import DEEP


class Kind(StrEnum):
    """Property of an answer that a term of the regression measures."""

    CLOSENESS = "closeness"  # how near its meaning is to the question's
    LENGTH = "length"
    WORDS = "words"  # share of the question's words that it uses
    FORM = "form"  # lists, numbers, links, careful words, questions asked back
    MEANING = "meaning"  # the vectors themselves, which cannot be put in words
    DEEP = "deep"  # what the tuned layers think of it


_KINDS = {
    "log length": Kind.LENGTH,
    "log number of windows": Kind.LENGTH,
    "prompt words covered": Kind.WORDS,
    "meaning": Kind.MEANING,
    DEEP: Kind.DEEP,
} | {name: Kind.LENGTH if name == "length squared" else Kind.FORM for name in FORM}
"""Of the parts that recipes name; every other part is a cosine to the prompt."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Contribution of one property of an answer to its score."""

    kind: Kind
    added: float
    """Log-odds against the mean of the other answers: positive raises the score. Of a single answer: against an average
    training answer."""
    value: float | None
    """Words, share of the question's words, or cosine to the question; None for FORM, MEANING and DEEP."""
    others: float | None
    """The same of the other answers, on average; None where there are none."""


def reasons(model: FittedModel, pairs: Sequence[Pair], embedder: Embedder) -> list[tuple[Reason, ...]]:
    """Explain every pair: contributions to its score against the others, strongest first; their sum is all of it.

    Raises:
        Unavailable: the encoder is another one than in training, or cannot be loaded.
    """
    if not pairs:
        return []
    features = model.features(pairs, embedder)
    parts = recipe_named(model.recipe).parts(features.shape[1])
    added: dict[Kind, NDArray[np.float64]] = {}
    terms_of = model.linear.contributions(features).astype(np.float64)
    read = np.flatnonzero(model.linear.weights)
    used = {name: columns for name, columns in parts.items() if ((columns.start <= read) & (read < columns.stop)).any()}
    for name, columns in used.items():
        kind = _KINDS.get(name, Kind.CLOSENESS)
        added[kind] = added.get(kind, np.zeros(len(pairs))) + terms_of[:, columns].sum(axis=1)
    # of several cosines the one that people would take; a model that is a simple rule reads another one
    shown = next((parts[name] for name in ("cosine to the whole", "cosine") if name in used), None)
    values = {kind: _values(kind, pairs, features, shown) for kind in added}
    compared = {kind: column - _others(column, alone=0.0) for kind, column in added.items()}
    beside = {kind: None if column is None else _others(column, alone=np.nan) for kind, column in values.items()}

    def reason(kind: Kind, row: int) -> Reason:
        value, other = values[kind], beside[kind]
        return Reason(
            kind,
            float(compared[kind][row]),
            None if value is None else float(value[row]),
            None if other is None or np.isnan(other[row]) else float(other[row]),
        )

    found = ([reason(kind, row) for kind in added] for row in range(len(pairs)))
    return [tuple(sorted(row, key=lambda reason: -abs(reason.added))) for row in found]


def windows_read(model: FittedModel, text: str) -> int:
    """Number of windows in which a model reads an answer."""
    return len(windows.split(text).parts) if recipe_named(model.recipe).view is View.WINDOWS else 1


def _values(
    kind: Kind, pairs: Sequence[Pair], features: NDArray[np.float32], cosine: slice | None
) -> NDArray[np.float64] | None:
    if kind is Kind.LENGTH:
        return np.array([len(word_spans(pair.response)) for pair in pairs], dtype=np.float64)
    if kind is Kind.WORDS:
        asked = terms(pairs[0].prompt)
        return np.array([len(asked & terms(pair.response)) / max(1, len(asked)) for pair in pairs])
    if kind is Kind.CLOSENESS and cosine is not None:
        return np.asarray(features[:, cosine].sum(axis=1), dtype=np.float64)
    return None


def _others(column: NDArray[np.float64], *, alone: float) -> NDArray[np.float64]:
    """For every row the mean of all other rows."""
    count = len(column)
    return (column.sum() - column) / (count - 1) if count > 1 else np.full(count, alone)
