"""The recipe ``pair``: prompt and response embedded apart, and how they relate (docs/decisions/recipe.md)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding import windows
from core.reward.encoding.embedder import View
from core.reward.encoding.windows import terms, word_spans
from core.reward.recipes.base import Pair, Read, Vectors

# Each with what its standardised column weighs, where one of a vector weighs 1 / sqrt(dim): nine numbers that say
# much must not drown in 1,536 that say little each. The more a number holds from one source of answers to the next,
# the less it is held back: docs/decisions/recipe.md.
_WEIGHTS = {
    "cosine": 1.5,
    "max window cosine": 1.0,
    "mean window cosine": 1.0,
    "min window cosine": 0.5,
    "log length": 1.0,
    "log number of windows": 0.5,
    "prompt words covered": 0.7,
    "cosine to the whole": 1.5,
    "cosine of the beginning": 1.5,
}
SCALARS = tuple(_WEIGHTS)

# Windows are pooled by softmax(FOCUS * cosine to the prompt): a long answer is judged by where it answers. Against the
# plain mean this gained up to 0.005 AUC, and never lost, within MEDIQA and between its two sources.
FOCUS = 10.0

# Each further window weighs so much less in "cosine of the beginning": readers meet the beginning first. With "cosine
# to the whole" (plain mean of the windows) it gained on every split that was tried: docs/decisions/recipe.md.
FADING = 0.6


class PairRecipe:
    """u, v, |u - v|, u * v beside nine scalars; logistic regression, unweighted."""

    name = "pair"
    view: View = View.WINDOWS
    standardise = True
    grid: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    balanced = False
    tunes_threshold = True

    def texts(self, pairs: Sequence[Pair]) -> list[str]:
        """Prompts and responses, each once."""
        return list(dict.fromkeys(text for pair in pairs for text in pair))

    def read_of(self, pair: Pair) -> Read:
        """The windows of the answer, and whether it is longer than they hold."""
        found = windows.split(pair.response)
        return Read(len(found.parts), found.truncated)

    def features(self, pairs: Sequence[Pair], vectors: Vectors) -> NDArray[np.float32]:
        """Shape (n, 4 * dim + 9), columns u, v, |u - v|, u * v, SCALARS; ``vectors`` by text as embedded."""
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
                u @ pool(rows, np.ones(len(rows))),
                np.average(cosines, weights=FADING ** np.arange(len(rows))),
            )
        return result

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Factors of the standardised columns before fitting, shape (columns,) each.

        Where answers differ by what they are and not by how they fit the prompt (one prompt asked about many stories),
        1,161 columns about the prompt and nine numbers only blur it: then v alone is better (docs/decisions/recipe.md).
        """
        dim = (columns - len(SCALARS)) // 4
        both = np.full(columns, dim**-0.5, dtype=np.float32)
        both[-len(SCALARS) :] = list(_WEIGHTS.values())
        alone = np.zeros(columns, dtype=np.float32)
        alone[dim : 2 * dim] = dim**-0.5
        return {"prompt and answer": both, "answer alone": alone}

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Names for explaining a score, and their columns."""
        start = columns - len(SCALARS)
        return {"meaning": slice(0, start)} | {name: slice(start + i, start + i + 1) for i, name in enumerate(SCALARS)}


def pool(rows: NDArray[np.float32], weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """The weighted sum of window vectors (windows, dim), normalised to length 1."""
    pooled = weights @ rows
    length = float(np.sqrt(pooled @ pooled))
    return np.asarray(pooled / length if length > 0 else pooled, dtype=np.float32)
