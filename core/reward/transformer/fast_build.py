"""A fast build of tuned layers: all folds, and the vectors of the usual encoder, read in one go; needs torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.encoder import SentenceEncoder
from core.reward.encoding.openvino_build import BuildCheck
from core.reward.encoding.openvino_convert import Convertible, build_from
from core.reward.encoding.weights import PACKAGED_NAMES
from core.reward.transformer.base import Layers
from core.reward.transformer.network import Tuned
from core.reward.transformer.served import DeepPart


def build_tuned(part: DeepPart, emb_model: str, folder: Path, probes: Sequence[str]) -> BuildCheck:
    """Build the tuned layers of ``part`` into ``folder``, checked as the encoder's own build is.

    Where they were tuned from the model that also ``emb_model`` names, both share all layers but the uppermost two: the
    build then gives the encoder's vectors too, for a third of what reading a text twice would take.

    Raises:
        Unavailable: the layers or their base are missing or altered.
        OSError: the folder cannot be written.
    """
    usual = SentenceEncoder(emb_model)
    shared = not part.loaded().base.source and emb_model in PACKAGED_NAMES

    def load() -> Convertible:
        layers, networks = part.encoder.networks()
        uppers = [network.upper for network in networks] + ([layers.upper] if shared else [])
        tokenizer = layers.tokenizer
        return Convertible(
            _pipeline(layers, uppers),
            tokenizer.to_str(),
            layers.dim * len(uppers),
            int(tokenizer.truncation["max_length"]),
            layers.pad_id,
        )

    def reference(texts: Sequence[str]) -> NDArray[np.float32]:
        found = part.encoder.encode(texts)
        return np.concatenate([found, usual.encode(texts)], axis=1) if shared else found

    return build_from(
        load,
        folder,
        probes,
        serves=part.encoder.fingerprint,
        reference=reference,
        parts=len(part.loaded().heads) + shared,
        beside=usual.fingerprint if shared else None,
    )


def _pipeline(layers: Layers, uppers: Sequence[Any]) -> Any:
    import torch

    class Pipeline(torch.nn.Module):  # type: ignore[misc]  # torch is not followed by mypy
        def __init__(self) -> None:
            super().__init__()
            self.lower, self.uppers = layers.lower, torch.nn.ModuleList(uppers)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.lower(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            read = attention_mask.float()
            return torch.cat([Tuned.pooled(upper, hidden, read) for upper in self.uppers], dim=1)

    return Pipeline().eval()
