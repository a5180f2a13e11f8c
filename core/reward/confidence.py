"""Confidence in scores: measured by the training, looked up when ranking, where numpy is enough."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import Embedder, View
from core.reward.recipes.pair import pool


@dataclass(frozen=True, slots=True)
class Meaning:
    """Ratings of the answers whose out-of-fold score was like this one."""

    good: int
    n: int

    @property
    def range(self) -> tuple[float, float]:
        """95 % interval of the share of such answers that are good (Wilson)."""
        share, squared = self.good / self.n, 1.96**2 / self.n
        middle = (share + squared / 2) / (1 + squared)
        half = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of scores that begins at ``start``, and what became of the rated answers in it."""

    start: float
    good: int
    n: int


@dataclass(frozen=True)
class KnownPrompts:
    """The prompts a model learned from, or a sample of them: what it may be asked about."""

    groups: tuple[str, ...]
    """Hashes of the normalised prompts."""
    vectors: NDArray[np.float32]
    """Shape (len(groups), dim), each of length 1; stored in half precision."""

    def likeness(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of ``vector`` (dim,) to each prompt, shape (len(groups),)."""
        return np.asarray(self.vectors @ vector)

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[str]:
        """Hashes of the ``count`` prompts most like ``vector`` (dim,), nearest first; none where its length differs."""
        if len(vector) != self.vectors.shape[1]:
            return []
        return [self.groups[place] for place in np.argsort(-self.likeness(vector), kind="stable")[:count]]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Confidence in one ranking; None stands for what was not measured for this version."""

    meanings: tuple[Meaning | None, ...]
    """Of each answer, in the order of the input."""
    too_close: bool | None
    """The two highest scores are nearer than rated answers could be told apart."""
    outside: bool | None
    """The prompt is unlike those that experts rated answers to."""
    likeness: float | None
    """Cosine to the nearest prompt that the model learned from."""

    @property
    def doubt(self) -> str | None:
        """Why the order should not be relied on, in a sentence; None where nothing speaks against it."""
        if self.outside:
            return "This question is unlike those that experts rated answers to."
        if self.too_close:
            return "The two best answers are too close to call."
        return None


@dataclass(frozen=True)
class ScoreConfidence:
    """Confidence in the scores of a version, from its out-of-fold scores (docs/decisions/reranking.md)."""

    levels: tuple[Level, ...] = ()
    """Lowest scores first; empty where too few answers were rated."""
    margin: float | None = None
    """From this difference of scores on, the better of two answers is clearly more often on top than by chance; 1 where
    no difference was enough; None where there are too few pairs."""
    pairs: int = 0
    """Of answers to one prompt that were rated differently: what ``margin`` rests on."""
    familiar: float | None = None
    """95 of 100 training prompts are at least so like their nearest neighbour (cosine)."""
    known: KnownPrompts | None = field(default=None, compare=False)

    def meaning(self, score: float) -> Meaning | None:
        """Ratings of the answers with a score like this; None where too few were rated."""
        if not self.levels:
            return None
        at = int(np.searchsorted([level.start for level in self.levels], score, side="right")) - 1
        return Meaning(self.levels[max(at, 0)].good, self.levels[max(at, 0)].n)

    def likeness(self, prompt: str, embedder: Embedder) -> float | None:
        """Cosine of the prompt to the nearest one that the model learned from; None where these are not known.

        Raises:
            Unavailable: the encoder cannot be loaded.
        """
        if self.known is None or not self.known.groups:
            return None
        vector = prompt_vector(prompt, embedder)
        return float(self.known.likeness(vector).max()) if len(vector) == self.known.vectors.shape[1] else None

    def is_outside(self, likeness: float | None) -> bool | None:
        """Whether a prompt of this ``likeness`` is unlike those that experts rated answers to; None: not known."""
        return None if likeness is None or self.familiar is None else likeness < self.familiar

    def judge(
        self, prompt: str, texts: Sequence[str], scores: Sequence[float], order: Sequence[int], embedder: Embedder
    ) -> Certainty:
        """Confidence in the ``order`` of ``texts`` by ``scores``. Equal texts do not compete with each other.

        Raises:
            Unavailable: the encoder cannot be loaded.
        """
        best = order[0]
        rival = next((place for place in order if texts[place] != texts[best]), None)
        likeness = self.likeness(prompt, embedder)
        known: dict[float, Meaning | None] = {score: self.meaning(score) for score in set(scores)}
        return Certainty(
            meanings=tuple(known[score] for score in scores),
            too_close=False
            if rival is None
            else None
            if self.margin is None
            else scores[best] - scores[rival] < self.margin,
            outside=self.is_outside(likeness),
            likeness=likeness,
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored; the known prompts have a file of their own."""
        return {
            "levels": [asdict(level) for level in self.levels],
            "margin": self.margin,
            "pairs": self.pairs,
            "familiar": self.familiar,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], known: KnownPrompts | None) -> "ScoreConfidence":
        """Read what ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else; a ranking must not meet that later.
        """
        levels = tuple(Level(_number(level["start"]), int(level["good"]), int(level["n"])) for level in data["levels"])
        if any(not 0 <= level.good <= level.n or not level.n for level in levels):
            raise ValueError("a level without answers")
        margin, familiar = (None if data[name] is None else _number(data[name]) for name in ("margin", "familiar"))
        return cls(levels, margin, int(data["pairs"]), familiar, known)


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def prompt_vector(prompt: str, embedder: Embedder) -> NDArray[np.float32]:
    """One vector of length 1 for a prompt, shape (dim,): the mean of its windows.

    Raises:
        Unavailable: the encoder cannot be loaded.
    """
    rows = embedder.vectors([prompt], View.WINDOWS)[prompt]
    return pool(rows, np.ones(len(rows)))
