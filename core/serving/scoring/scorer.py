"""Scores of answers to any number of questions, from one version that goes along wherever the work is done."""

import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.domain.errors import Unavailable
from core.domain.settings import Settings
from core.reward.confidence import ScoreConfidence
from core.reward.encoding import openvino_build
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.encoding.encoder import Encoder, SentenceEncoder
from core.reward.encoding.openvino_encoder import OpenVinoEncoder
from core.reward.encoding.weights import locate
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair
from core.serving.reranker import beginning, encodable

_AT_ONCE = 1_000

Texts = tuple[object, object]
"""A question and an answer as a table has them: texts, or whatever else stands there."""


class Scored(NamedTuple):
    """What is known of one answer."""

    score: float | None
    """The probability in [0, 1] that experts rate it good; None where there is no text to read."""
    certainty: float | None
    """The share of rated answers with a score like this one that were good; None where that was not measured."""
    reason: str | None
    """Why there is no score; None where there is one."""


@dataclass(frozen=True)
class AnswerScorer:
    """One version with everything that scoring takes but the encoder, which each process loads once.

    It can be pickled (about 100 kB, with tuned layers tens of MB), so that all processes and machines score with the
    same version, whatever is promoted meanwhile, and need neither the database nor the folder of the models.
    """

    model_version: str
    model: FittedModel
    confidence: ScoreConfidence | None
    emb_model: str
    home: Path
    """Below it lies the build of the fast encoder."""
    encoder: str
    """Fingerprint of the encoder that makes all vectors."""
    tuned: str | None = None
    """Fingerprint of the fast build of tuned layers that they are read with; None where there are none, or where they
    are read as they were trained."""

    def score(self, rows: Sequence[Texts]) -> list[Scored]:
        """Score question and answer of each row, in their order.

        The numbers are those of ``rerank_candidates``: to 1e-5 with the reference encoder; with the fast one
        they depend on what is computed beside them (docs/scoring.md). Each different text of ``rows`` is encoded once.

        Raises:
            Unavailable: the encoder cannot be loaded in this process.
        """
        why = [_unusable(question, answer) for question, answer in rows]
        pairs = [
            Pair(encodable(str(question)), beginning(str(answer))) if reason is None else None
            for (question, answer), reason in zip(rows, why, strict=True)
        ]
        distinct = list(dict.fromkeys(pair for pair in pairs if pair is not None))
        found: dict[Pair, float] = {}
        for start in range(0, len(distinct), _AT_ONCE):  # the features of a pair take 6 kB
            some = distinct[start : start + _AT_ONCE]
            found |= zip(some, self.model.score(some, self.embedder()).tolist(), strict=True)
        return [
            Scored(None, None, reason) if pair is None else Scored(found[pair], self._certainty(found[pair]), None)
            for pair, reason in zip(pairs, why, strict=True)
        ]

    def embedder(self) -> Embedder:
        """The vectors of this process: its encoder, and the last 64 MB of what it made.

        Raises:
            Unavailable: the encoder cannot be loaded here.
        """
        key = (self.emb_model, str(self.home), self.encoder, self.tuned)
        with _loading:
            if key not in _embedders:
                deep, tuned = self.model.deep, None
                if self.tuned is not None and deep is not None:
                    tuned = _fast_build(self.home, deep.sha256, self.tuned)
                encoder = load_encoder(self.emb_model, self.home, self.encoder)
                _embedders[key] = Embedder(encoder, MemoryCache(), lambda sha256, file: tuned)
            return _embedders[key]

    def _certainty(self, score: float) -> float | None:
        meaning = None if self.confidence is None else self.confidence.meaning(score)
        return None if meaning is None else meaning.good / meaning.n


def embedder_of(emb_model: str, home: Path, fingerprint: str) -> Embedder:
    """The vectors of this process from that encoder, and the last 64 MB of what it made.

    Raises:
        Unavailable: the encoder cannot be loaded here.
    """
    key = (emb_model, str(home), fingerprint, None)
    with _loading:
        if key not in _embedders:
            _embedders[key] = Embedder(load_encoder(emb_model, home, fingerprint), MemoryCache())
        return _embedders[key]


def load_encoder(emb_model: str, home: Path, fingerprint: str) -> Encoder:
    """The encoder of that fingerprint: the reference, or a build of the fast one below ``home`` or ASSAY_HOME.

    Raises:
        Unavailable: there is none of it here.
    """
    reference = SentenceEncoder(emb_model)
    if reference.fingerprint == fingerprint:
        return reference
    return _fast_build(home, locate(emb_model).sha256 or "", fingerprint)


def _fast_build(home: Path, sha256: str, fingerprint: str) -> OpenVinoEncoder:
    for place in dict.fromkeys((home, Settings.from_env(os.environ).home)):
        folder = openvino_build.folder_for(place, sha256)
        check = openvino_build.read(folder)
        if check is not None and check.usable and openvino_build.installed():
            fast = OpenVinoEncoder(folder, check, threads=_threads())
            if fast.fingerprint == fingerprint:
                return fast
    raise Unavailable(
        "A worker cannot load the encoder that this began with: it has other weights, another processor, or no fast "
        "encoder. Set ASSAY_ENCODER=reference where you start it, and EMB_MODEL on all machines alike."
    )


_embedders: dict[tuple[str, str, str, str | None], Embedder] = {}
_loading = threading.Lock()


def _threads() -> int | None:
    """How many threads one encoding may take, as OMP_NUM_THREADS says; None: as many as there are cores."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() and int(said) > 0 else None


def _unusable(question: object, answer: object) -> str | None:
    """Why a row gets no score; None where both texts can be read."""
    for name, value in (("question", question), ("answer", answer)):
        if _is_missing(value) or (isinstance(value, str) and not value.strip()):
            return f"The {name} is empty."
        if not isinstance(value, str):
            return f"The {name} is not a text."
    return None


def _is_missing(value: object) -> bool:
    """Nothing: None, or what pandas writes for it."""
    nan = isinstance(value, float) and math.isnan(value)
    return value is None or nan or type(value).__name__ in ("NAType", "NaTType")
