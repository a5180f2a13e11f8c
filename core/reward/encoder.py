"""Texts to vectors: what the rest of the package needs of an encoder, and the sentence-transformers one."""

import hashlib
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.weights import Weights, locate

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32
_TURN = 4 * _BATCH  # texts encoded before the lock is offered to somebody else: about a second of two cores

# One for the process: the fast tokenizer is not thread-safe, and two encodings at once only fight for the cores.
_encoding = threading.Lock()


class Encoder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def fingerprint(self) -> str:
        """Hash of the weights and the back end: vectors with the same fingerprint can be compared."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), dim), in their order."""


class SentenceEncoder:
    """The sentence-transformers model that ``EMB_MODEL`` names; loaded at the first vector, not before."""

    def __init__(self, emb_model: str) -> None:
        self._emb_model = emb_model
        self._weights: Weights | None = None
        self._model: SentenceTransformer | None = None
        self._hub_sha256: str | None = None

    @property
    def fingerprint(self) -> str:
        """``<sha256 of the weights>:torch``; verifying them takes a moment once, and needs torch only for a hub name.

        Raises:
            Unavailable: the weights are missing, altered or cannot be loaded.
        """
        weights = self._located()
        return f"{weights.sha256 or self._loaded_sha256()}:torch"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), dim), float32, each of length 1; equal texts are computed once.

        Raises:
            Unavailable: the weights are missing, altered or cannot be loaded.
        """
        model = self._loaded()
        # Longest first over the whole list, then in turns: no more padding than in one big call.
        unique = sorted(set(texts), key=lambda text: (-len(text), text))
        chunks = []
        for start in range(0, len(unique), _TURN):
            with _encoding:
                chunks.append(
                    model.encode(
                        unique[start : start + _TURN],
                        batch_size=_BATCH,
                        normalize_embeddings=True,
                        convert_to_numpy=True,
                        show_progress_bar=False,
                    )
                )
        if not chunks:
            return np.zeros((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        vectors = np.concatenate(chunks).astype(np.float32, copy=False)
        place = {text: index for index, text in enumerate(unique)}
        return vectors[[place[text] for text in texts]]

    def _located(self) -> Weights:
        if self._weights is None:
            self._weights = locate(self._emb_model)
        return self._weights

    def _loaded(self) -> "SentenceTransformer":
        weights = self._located()
        with _encoding:
            if self._model is None:
                self._model = _load(weights)
            return self._model

    def _loaded_sha256(self) -> str:
        if self._hub_sha256 is None:
            digest = hashlib.sha256()
            for name, tensor in sorted(self._loaded().state_dict().items()):
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
            self._hub_sha256 = digest.hexdigest()
        return self._hub_sha256


def _load(weights: Weights) -> "SentenceTransformer":
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
        raise Unavailable(f"sentence-transformers is not usable here ({error}). Install requirements.txt.") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise Unavailable(f"The encoder {weights.source} could not be loaded: {str(error)[:200]}") from error
