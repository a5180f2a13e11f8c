"""Texts to vectors: what the rest of the package needs of an encoder, and the reference, sentence-transformers."""

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.encoding.weights import Weights, locate

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
_TURN = 4 * BATCH  # texts encoded before the lock is offered to somebody else: about a second of two cores

# One for the process: the fast tokenizer is not thread-safe, and two encodings at once only fight for the cores.
_encoding = threading.Lock()


class Encoder(Protocol):
    """Turns texts into vectors of length 1."""

    back_end: str
    """What computes the vectors, in words for people."""

    @property
    def fingerprint(self) -> str:
        """Hash of the weights and the back end: only vectors with the same fingerprint are kept together."""

    @property
    def reference(self) -> str:
        """Fingerprint of the encoder whose vectors models are trained on and these were found to agree with."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), dim), in their order; equal texts are computed once."""


def reference_fingerprint(sha256: str) -> str:
    """The fingerprint of sentence-transformers with the weights that hash to ``sha256``."""
    return f"{sha256}:torch"


def in_turns(
    texts: Sequence[str], encode: Callable[[list[str]], NDArray[np.float32]], *, dim: int
) -> NDArray[np.float32]:
    """Encode each different text once, longest first and a turn at a time; shape (len(texts), dim), float32.

    ``encode`` gets at most 128 texts of similar length and is never called by two threads at once. Memory beside the
    result does not grow with the number of texts.
    """
    # Longest first over the whole list, then in turns: no more padding than in one big call.
    unique = sorted(set(texts), key=lambda text: (-len(text), text))
    vectors = np.empty((len(unique), dim), dtype=np.float32)
    for start in range(0, len(unique), _TURN):
        with _encoding:
            vectors[start : start + _TURN] = encode(unique[start : start + _TURN])
    place = {text: index for index, text in enumerate(unique)}
    return vectors[[place[text] for text in texts]] if len(texts) else vectors


class SentenceEncoder:
    """The sentence-transformers model that ``EMB_MODEL`` names; loaded at the first vector, not before."""

    def __init__(self, emb_model: str) -> None:
        self._emb_model = emb_model
        self._weights: Weights | None = None
        self._model: SentenceTransformer | None = None
        self._hub_sha256: str | None = None

    back_end = "sentence-transformers"

    @property
    def fingerprint(self) -> str:
        """``<sha256 of the weights>:torch``; verifying them takes a moment once, and needs torch only for a hub name.

        Raises:
            Unavailable: the weights are missing, altered or cannot be loaded.
        """
        return reference_fingerprint(self._located().sha256 or self._loaded_sha256())

    @property
    def reference(self) -> str:
        """Its own fingerprint: models are trained on its vectors."""
        return self.fingerprint

    @property
    def loaded(self) -> bool:
        """Whether it is in memory, so that a vector costs no waiting."""
        return self._model is not None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), dim), float32, each of length 1; equal texts are computed once.

        Raises:
            Unavailable: the weights are missing, altered or cannot be loaded.
        """
        model = self._loaded()
        return in_turns(
            texts,
            lambda part: np.asarray(
                model.encode(
                    part,
                    batch_size=BATCH,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                ),
                dtype=np.float32,
            ),
            dim=model.get_embedding_dimension() or 0,
        )

    def _located(self) -> Weights:
        if self._weights is None:
            self._weights = locate(self._emb_model)
        return self._weights

    def _loaded(self) -> "SentenceTransformer":
        weights = self._located()
        with _encoding:
            if self._model is None:
                self._model = load_model(weights)
            return self._model

    def _loaded_sha256(self) -> str:
        if self._hub_sha256 is None:
            digest = hashlib.sha256()
            for name, tensor in sorted(self._loaded().state_dict().items()):
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
            self._hub_sha256 = digest.hexdigest()
        return self._hub_sha256


def load_model(weights: Weights) -> "SentenceTransformer":
    """Load the sentence-transformers model; never from a hub when the weights are local.

    Raises:
        Unavailable: a library is missing or the files cannot be loaded.
    """
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # it forks badly and gains nothing on short batches
    local = weights.sha256 is not None
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by huggingface_hub when it is imported
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # loading takes a second, and stderr is for sentences
        return SentenceTransformer(weights.source, local_files_only=local)
    except ImportError as error:
        raise Unavailable(
            "sentence-transformers is not usable here. Install requirements.txt.", detail=f"It said: {error}"
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise Unavailable(
            "The encoder could not be loaded. Ask whoever runs this server; python -m core doctor says more.",
            detail=f"It is {weights.source}: {str(error)[:200]}",
        ) from error
