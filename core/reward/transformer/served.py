"""The tuned part of a model as it is stored and ranks: the mean of the models of all folds."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.encoding.embedder import Embedder, View
from core.reward.encoding.encoder import in_turns
from core.reward.encoding.openvino_encoder import OpenVinoEncoder
from core.reward.recipes.base import Pair
from core.reward.recipes.pair import FOCUS, pool
from core.reward.transformer.base import Base, Layers, load_base
from core.reward.transformer.network import Tuned

FORMAT = "1"
Tensors = Mapping[str, Any]
"""By name; numpy arrays or torch tensors."""


def relations(pairs: Sequence[Pair], vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """[u, v, |u - v|, u * v] of every pair, shape (n, 4 * dim); ``vectors`` (windows, dim) by text.

    Windows are pooled as ``pair`` does: the prompt by the plain mean, the answer by where it is close to the prompt.
    """
    dim = next(iter(vectors.values())).shape[1] if vectors else 0
    found = np.empty((len(pairs), 4 * dim), dtype=np.float32)
    for row, pair in zip(found, pairs, strict=True):
        asked, answer = vectors[pair.prompt], vectors[pair.response]
        u = pool(asked, np.ones(len(asked)))
        cosines = answer @ u
        v = pool(answer, np.exp(FOCUS * (cosines - cosines.max())))
        row[:] = np.concatenate([u, v, np.abs(u - v), u * v])
    return found


@dataclass(frozen=True)
class Head:
    """Log-odds of a relation, in numpy: ranking cached answers needs no torch."""

    center: NDArray[np.float32]
    scale: NDArray[np.float32]
    weight: NDArray[np.float32]
    bias: float

    def log_odds(self, found: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds of good for relations (n, 4 * dim), shape (n,)."""
        scaled = ((found - self.center) * self.scale).astype(np.float64)
        return np.asarray(scaled @ self.weight.astype(np.float64) + self.bias)


class DeepPart:
    """Tuned layers and heads of all folds; read from its file when it is first asked for something."""

    def __init__(self, read: Callable[[], bytes], sha256: str, file: Path | None = None) -> None:
        """``read`` gives the bytes of a safetensors file that ``pack`` made; ``sha256`` is what they must hash to, and
        ``file`` where they lie, if they do.
        """
        self.read = read
        self.sha256 = sha256
        self.file = file
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self.encoder = TunedEncoder(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with its bytes: a process that scores files has no folder of the models."""
        return _carried, (self.read(), self.sha256)

    @classmethod
    def of(cls, data: bytes) -> "DeepPart":
        """One that was just packed."""
        return cls(lambda: data, hashlib.sha256(data).hexdigest())

    def log_odds(self, pairs: Sequence[Pair], embedder: Embedder) -> NDArray[np.float64]:
        """Mean over the folds of the log-odds of good, shape (len(pairs),); vectors come from the cache of ``embedder``
        where it knows them. A fast build that reads its encoder's vectors in the same go leaves them there.

        Raises:
            Unavailable: the file was changed, or the language model under it is another one or cannot be loaded.
        """
        if not pairs:
            return np.zeros(0)
        encoder = embedder.build_of(self.sha256, self.file) or self.encoder
        texts = dict.fromkeys(text for pair in pairs for text in pair)
        vectors = embedder.beside(encoder).vectors(texts, View.WINDOWS)
        heads, dim = self.loaded().heads, self.loaded().dim
        if isinstance(encoder, OpenVinoEncoder) and encoder.beside == embedder.fingerprint:
            embedder.learn({text: rows[:, len(heads) * dim :] for text, rows in vectors.items()}, View.WINDOWS)
        found = [
            head.log_odds(relations(pairs, {text: rows[:, i * dim : (i + 1) * dim] for text, rows in vectors.items()}))
            for i, head in enumerate(heads)
        ]
        # rounded as in LinearModel.predict: equal answers must stay equal
        mean: NDArray[np.float64] = np.mean(np.stack(found), axis=0)
        return np.round(mean, 9)

    def loaded(self) -> "_Loaded":
        """The file, read and verified once.

        Raises:
            Unavailable: it is missing or was changed.
        """
        with self._lock:
            if self._loaded is None:
                data = self.read()
                if hashlib.sha256(data).hexdigest() != self.sha256:
                    raise Unavailable(
                        "The deep part of this model was changed after training and is not loaded. Train again, or "
                        "choose another version."
                    )
                self._loaded = _unpack(data)
            return self._loaded


def _carried(data: bytes, sha256: str) -> DeepPart:
    return DeepPart(lambda: data, sha256)


@dataclass
class _Loaded:
    base: Base
    dim: int
    heads: list[Head]
    tensors: Sequence[Tensors]
    """Of each fold, as ``Tuned.tensors`` gave them."""
    networks: list[Tuned] | None = None


def tuned_fingerprint(sha256: str) -> str:
    """The fingerprint of the vectors that the tuned layers with this hash make."""
    return f"{sha256}:tuned"


class TunedEncoder:
    """The vectors of all folds' layers side by side; an Encoder, so that caches and progress work as for any other."""

    back_end = "tuned layers"

    def __init__(self, part: DeepPart) -> None:
        self._part = part

    @property
    def fingerprint(self) -> str:
        """Of these tuned layers alone."""
        return tuned_fingerprint(self._part.sha256)

    @property
    def reference(self) -> str:
        """Its own fingerprint."""
        return self.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), folds * dim): one of length 1 per fold, side by side.

        Raises:
            Unavailable: as ``DeepPart.log_odds``.
        """
        layers, own = self.networks()
        import torch

        def turn(part: list[str]) -> NDArray[np.float32]:
            states = layers.hidden(layers.tokens(part))
            with torch.inference_mode():
                found = [network.vectors(states).cpu().numpy() for network in own]
            return np.concatenate(found, axis=1).astype(np.float32)

        return in_turns(texts, turn, dim=layers.dim * len(own))

    def networks(self) -> tuple[Layers, list[Tuned]]:
        """The base, and the tuned layers of every fold; loaded once.

        Raises:
            Unavailable: as ``DeepPart.log_odds``.
        """
        loaded = self._part.loaded()
        layers = load_base(loaded.base)
        if loaded.networks is None:
            networks = []
            for tensors in loaded.tensors:
                networks.append(Tuned(layers))
                networks[-1].load(tensors)
            loaded.networks = networks
        return layers, loaded.networks


def pack(folds: Sequence[Tensors], base: Base, dim: int) -> bytes:
    """A safetensors file of all folds' tensors, with the model that they were tuned from."""
    from safetensors.numpy import save

    tensors = {
        f"{number}.{name}": np.ascontiguousarray(value)
        for number, fold in enumerate(folds)
        for name, value in fold.items()
    }
    about = {
        "format": FORMAT,
        "base": base.source,
        "base_sha256": base.sha256,
        "dim": str(dim),
        "folds": str(len(folds)),
    }
    return bytes(save(tensors, metadata=about))


def _unpack(data: bytes) -> _Loaded:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        size = int.from_bytes(data[:8], "little")
        about = json.loads(data[8 : 8 + size])["__metadata__"]
        if about["format"] != FORMAT:
            raise Unavailable("The deep part of this model was written by another release. Train again.")
        tensors = load(data)
        folds = [
            {name.partition(".")[2]: value for name, value in tensors.items() if name.startswith(f"{number}.")}
            for number in range(int(about["folds"]))
        ]
        heads = [Head(fold["center"], fold["scale"], fold["weight"], float(fold["bias"][0])) for fold in folds]
        return _Loaded(Base(about["base"], about["base_sha256"]), int(about["dim"]), heads, folds)
    except (SafetensorError, KeyError, ValueError) as error:
        sentence = "The deep part of this model cannot be read. Train again, or choose another version."
        raise Unavailable(sentence) from error
