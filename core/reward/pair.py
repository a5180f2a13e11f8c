"""The recipe ``pair``: prompt and response embedded apart, and how they relate (DESIGN.md section 5)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward import windows
from core.reward.embedder import View
from core.reward.recipe import Pair, Vectors
from core.reward.words import terms, word_spans

SCALARS = (
    "cosine",
    "max window cosine",
    "mean window cosine",
    "min window cosine",
    "log length",
    "log number of windows",
    "prompt words covered",
)

# Of a standardised scalar, where a standardised column of a vector weighs 1 / sqrt(dim): seven numbers that say much
# must not drown in 1,536 that say little each. Chosen once, on MEDIQA (0.25 and 0.5 were worse, 2 about equal).
SCALAR_WEIGHT = 1.0

# Windows are pooled by softmax(FOCUS * cosine to the prompt): a long answer is judged by where it answers. Against the
# plain mean this gained up to 0.005 AUC, and never lost, within MEDIQA and between its two sources.
FOCUS = 10.0


class PairRecipe:
    """u, v, |u - v|, u * v beside seven scalars; logistic regression, unweighted."""

    name = "pair"
    view: View = View.WINDOWS
    standardise = True
    grid: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0)
    balanced = False
    tunes_threshold = True

    def texts(self, pairs: Sequence[Pair]) -> list[str]:
        """Prompts and responses, each once."""
        return list(dict.fromkeys(text for pair in pairs for text in pair))

    def cuts(self, pair: Pair) -> bool:
        """Whether the answer is longer than its windows hold."""
        return windows.split(pair.response).truncated

    def features(self, pairs: Sequence[Pair], vectors: Vectors) -> NDArray[np.float32]:
        """Shape (n, 4 * dim + 7), columns u, v, |u - v|, u * v, SCALARS; ``vectors`` by text as embedded."""
        asked = {pair.prompt: vectors[pair.prompt] for pair in pairs}
        prompts = {prompt: (pool(rows, np.ones(len(rows))), terms(prompt)) for prompt, rows in asked.items()}
        dim = next(iter(vectors.values())).shape[1] if vectors else 0
        result = np.empty((len(pairs), 4 * dim + len(SCALARS)), dtype=np.float32)
        for row, (prompt, response) in zip(result, pairs, strict=True):
            u, prompt_terms = prompts[prompt]
            rows = vectors[response]
            cosines = rows @ u
            v = pool(rows, np.exp(FOCUS * (cosines - cosines.max())))
            row[:dim], row[dim : 2 * dim] = u, v
            np.abs(u - v, out=row[2 * dim : 3 * dim])
            np.multiply(u, v, out=row[3 * dim : 4 * dim])
            row[4 * dim :] = (
                u @ v,
                cosines.max(),
                cosines.mean(),
                cosines.min(),
                np.log1p(len(word_spans(response))),
                np.log(len(rows)),
                len(prompt_terms & terms(response)) / len(prompt_terms) if prompt_terms else 0.0,
            )
        return result

    def column_weights(self, columns: int) -> NDArray[np.float32]:
        """What each standardised column is multiplied with before fitting, shape (columns,)."""
        weights = np.full(columns, ((columns - len(SCALARS)) / 4) ** -0.5, dtype=np.float32)
        weights[-len(SCALARS) :] = SCALAR_WEIGHT
        return weights

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Names for explaining a score, and their columns."""
        start = columns - len(SCALARS)
        return {"meaning": slice(0, start)} | {name: slice(start + i, start + i + 1) for i, name in enumerate(SCALARS)}


def pool(rows: NDArray[np.float32], weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """The weighted sum of window vectors (windows, dim), normalised to length 1."""
    pooled = weights @ rows
    length = float(np.sqrt(pooled @ pooled))
    return np.asarray(pooled / length if length > 0 else pooled, dtype=np.float32)
