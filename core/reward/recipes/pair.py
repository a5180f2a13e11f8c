"""The recipe ``pair``: prompt and response embedded apart, and how they relate (docs/decisions/recipe.md)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding import windows
from core.reward.encoding.embedder import View
from core.reward.encoding.windows import terms, word_spans
from core.reward.recipes.base import Pair, Read, Vectors
from core.reward.recipes.form import FORM, form

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
_FORM_WEIGHT = 0.3
"""Of a standardised column of FORM: what holds least from one source of answers to the next."""

FIRST = "prompt and answer"
ALONE = {"similarity alone": "cosine", "length alone": "length_only", "best length alone": "length_curve"}
"""Weightings that are simple rules (``reward.baselines``), each read as the rule reads it."""
_UNHELD = 100.0
"""Factor of a column that the penalty shall not hold back: a length and its square say nearly the same."""
WITH_FORM = "prompt, answer and form"
_FEW, _ENOUGH, _QUESTIONS, _MANY = 200, 100, 10, 500
"""When the other weightings are considered, in ratings (and questions): docs/decisions/recipe.md has the figures."""

_PULL = 1.0
"""Log-odds per deviation of the cosine that the penalty pulls to: what is known before the first rating."""

# Windows are pooled by softmax(FOCUS * cosine to the prompt): a long answer is judged by where it answers. Against the
# plain mean this gained up to 0.005 AUC, and never lost, within MEDIQA and between its two sources.
FOCUS = 10.0

# Each further window weighs so much less in "cosine of the beginning": readers meet the beginning first. With "cosine
# to the whole" (plain mean of the windows) it gained on every split that was tried: docs/decisions/recipe.md.
FADING = 0.6


class PairRecipe:
    """u, v, |u - v|, u * v beside nine scalars and fourteen properties of form; logistic regression, unweighted."""

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

    def features(self, pairs: Sequence[Pair], vectors: Vectors, columns: int | None = None) -> NDArray[np.float32]:
        """Shape (n, 4 * dim + 23), columns u, v, |u - v|, u * v, SCALARS, FORM; ``vectors`` by text as embedded.

        Those of FORM are only computed for who reads them.
        """
        asked = {pair.prompt: vectors[pair.prompt] for pair in pairs}
        prompts = {prompt: (pool(rows, np.ones(len(rows))), terms(prompt)) for prompt, rows in asked.items()}
        dim = next(iter(vectors.values())).shape[1] if vectors else 0
        end = 4 * dim + len(SCALARS)
        result = np.zeros((len(pairs), end + len(FORM)), dtype=np.float32)
        for row, (prompt, response) in zip(result, pairs, strict=True):
            u, prompt_terms = prompts[prompt]
            rows = vectors[response]
            cosines = rows @ u
            v = pool(rows, np.exp(FOCUS * (cosines - cosines.max())))
            row[:dim], row[dim : 2 * dim] = u, v
            np.abs(u - v, out=row[2 * dim : 3 * dim])
            np.multiply(u, v, out=row[3 * dim : 4 * dim])
            used, log_length = terms(response), np.log1p(len(word_spans(response)))
            row[4 * dim : end] = (
                u @ v,
                cosines.max(),
                cosines.mean(),
                cosines.min(),
                log_length,
                np.log(len(rows)),
                len(prompt_terms & used) / len(prompt_terms) if prompt_terms else 0.0,
                u @ pool(rows, np.ones(len(rows))),
                np.average(cosines, weights=FADING ** np.arange(len(rows))),
            )
            if columns is None or columns > end:
                row[end:] = form(response, prompt_terms, used, log_length)
        return result

    def weightings(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """Factors of the standardised columns before fitting, shape (columns,) each.

        Where answers differ by what they are and not by how they fit the prompt (one prompt asked about many stories),
        1,161 columns about the prompt and nine numbers only blur it: then v alone is better. On few ratings a simple
        rule may be (docs/decisions/recipe.md).
        """
        start, formed = layout(columns)
        dim, end = start // 4, start + len(SCALARS)
        both, alone = np.zeros(columns, dtype=np.float32), np.zeros(columns, dtype=np.float32)
        both[:start] = dim**-0.5
        both[start:end] = list(_WEIGHTS.values())
        alone[dim : 2 * dim] = dim**-0.5
        found = {FIRST: both, "answer alone": alone}
        if formed:
            found[WITH_FORM] = both.copy()
            found[WITH_FORM][end : end + len(FORM)] = _FORM_WEIGHT
        for name, rule in ALONE.items():
            if rule == "length_curve" and not formed:
                continue
            read = rule_columns(rule, columns)
            found[name] = np.zeros(columns, dtype=np.float32)
            found[name][read] = 1.0 if len(read) == 1 else _UNHELD
        return found

    def considers(self, weighting: str, ratings: int, prompts: int) -> bool:
        """The rules on few ratings, the form on many, the answer alone where its gain can be told from luck."""
        if weighting in ALONE:
            return ratings < _FEW
        if weighting == WITH_FORM:
            return ratings >= _MANY
        return ratings >= _ENOUGH or prompts >= _QUESTIONS

    def towards(self, columns: int) -> Mapping[str, NDArray[np.float32]]:
        """The answer whose meaning is closer to the question is the better one, until ratings say otherwise."""
        pull = np.zeros(columns, dtype=np.float32)
        pull[rule_columns("cosine", columns)] = _PULL
        return {FIRST: pull, WITH_FORM: pull}

    def parts(self, columns: int) -> Mapping[str, slice]:
        """Names for explaining a score, and their columns."""
        start, formed = layout(columns)
        named = (*SCALARS, *FORM) if formed else SCALARS
        return {"meaning": slice(0, start)} | {name: slice(start + i, start + i + 1) for i, name in enumerate(named)}


def layout(columns: int) -> tuple[int, bool]:
    """Where SCALARS begin in a row of so many ``columns``, and whether FORM stands behind them.

    Models of earlier releases have no FORM. Its fourteen columns are no multiple of four, so their number tells.
    """
    left = columns - len(SCALARS)
    formed = left % 4 >= len(FORM) % 4
    return (left - len(FORM) * formed) // 4 * 4, formed


def rule_columns(rule: str, columns: int) -> list[int]:
    """Which of so many ``columns`` a simple ``rule`` reads: cosine, log length, and for the best length its square.

    Where FORM is not there, nor is the square.
    """
    start, formed = layout(columns)
    if rule == "cosine":
        return [start + SCALARS.index("cosine")]
    length = [start + SCALARS.index("log length")]
    if rule == "length_curve" and formed:
        length.append(start + len(SCALARS) + FORM.index("length squared"))
    return length


def pool(rows: NDArray[np.float32], weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """The weighted sum of window vectors (windows, dim), normalised to length 1."""
    pooled = weights @ rows
    length = float(np.sqrt(pooled @ pooled))
    return np.asarray(pooled / length if length > 0 else pooled, dtype=np.float32)
