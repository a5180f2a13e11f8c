"""Vectors of texts, made in whichever process does a part of the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.reward.encoding.embedder import View
from core.serving.scoring.scorer import embedder_of


@dataclass(frozen=True)
class TextReader:
    """One encoder, which each process loads once; it can be pickled."""

    emb_model: str
    home: Path
    encoder: str
    """Its fingerprint."""
    view: View

    def read(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors by text, each of shape (windows, dim).

        Raises:
            Unavailable: the encoder cannot be loaded in this process.
        """
        return embedder_of(self.emb_model, self.home, self.encoder).vectors(texts, self.view)
