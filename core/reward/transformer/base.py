"""The language model whose top layers are tuned: found, verified, loaded and cut in two.

Weights are read from safetensors files alone, so that nothing in a directory is ever run, and nothing is fetched.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.domain.settings import DEFAULT_EMB_MODEL
from core.reward.encoding.weights import cached_sha256, locate

TUNED_LAYERS = 2
"""Layers that are tuned, from the top; what is below stays as it is, and is computed once per text."""
MOST_TOKENS = 256
"""Of one window; as the encoder of ``pair`` reads."""
SHAPES = ("bert", "mpnet")
"""Kinds of model (``model_type`` of config.json) that can be cut in two."""
CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"


@dataclass(frozen=True, slots=True)
class Base:
    """A language model on disk."""

    source: str
    """Its directory; empty for the packaged one, whose directory depends on where Python is installed."""
    sha256: str
    """Over configuration, tokenizer and weights: all that decides what a text becomes."""


def keep_memory_low() -> None:
    """Bound what oneDNN keeps of matrix products of each size; to be called before the first is computed.

    Tuning meets thousands of sizes, and of each it would keep some 100 kB: 500 MB after a few minutes.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")


def locate_base(configured: str) -> Base:
    """Find and hash the model that ``TRANSFORMER_BASE`` names ("": the packaged one); imports nothing heavy.

    Raises:
        Unavailable: a file is missing, or the model is of a kind that cannot be cut in two.
    """
    folder = _folder(configured)
    for name in (CONFIG, TOKENIZER, WEIGHTS):
        if not (folder / name).is_file():
            raise Unavailable(
                f"TRANSFORMER_BASE names a directory without {name}. Nothing was changed; name a directory with "
                f"{CONFIG}, {TOKENIZER} and {WEIGHTS}, or leave it unset.",
                detail=f"It is {folder}.",
            )
    kind = _config(folder).get("model_type")
    if kind not in SHAPES:
        raise Unavailable(
            f"TRANSFORMER_BASE names a model of the kind {kind!r}, and only {' and '.join(SHAPES)} can be tuned. "
            "Nothing was changed; name another directory, or leave it unset.",
            detail=f"It is {folder}.",
        )
    digest = hashlib.sha256()
    for name in (CONFIG, TOKENIZER, WEIGHTS):
        digest.update(cached_sha256(folder / name).encode())
    return Base(str(folder) if configured else "", digest.hexdigest())


def _folder(configured: str) -> Path:
    if not configured:
        return Path(locate(DEFAULT_EMB_MODEL).source)
    folder = Path(configured).expanduser()
    if not folder.is_dir():
        raise Unavailable(
            "TRANSFORMER_BASE names a directory that does not exist. Nothing was changed; correct it, or leave it out.",
            detail=f"It is {configured!r}.",
        )
    return folder.resolve()


def _config(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{CONFIG} of TRANSFORMER_BASE cannot be read. Nothing was changed; correct it or leave it unset.",
            detail=f"{folder / CONFIG}: {error}",
        ) from error


@dataclass(frozen=True)
class Layers:
    """A loaded model, cut in two."""

    tokenizer: Any
    lower: Any
    """torch module: token numbers and mask to the hidden states below the tuned layers."""
    upper: Any
    """torch module with the layers above, as they are in the base; whoever tunes them copies it."""
    dim: int
    pad_id: int
    mixed: bool = False
    """Products are computed in bfloat16: the processor is good at it, and the results were found to agree."""

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text, at most MOST_TOKENS."""
        return [encoding.ids for encoding in self.tokenizer.encode_batch_fast(list(texts))]

    def hidden(self, tokens: Sequence[Sequence[int]]) -> list[NDArray[np.float16]]:
        """Hidden states below the tuned layers, per text of shape (tokens, dim); in half precision, as they are kept.

        They are rounded wherever they are computed, so that a text has the same states in training and in use.
        """
        import torch

        found: list[NDArray[np.float16]] = [np.zeros((0, self.dim), dtype=np.float16)] * len(tokens)
        for part in batches([len(ids) for ids in tokens]):
            longest = max(len(tokens[index]) for index in part)
            ids = torch.full((len(part), longest), self.pad_id)
            mask = torch.zeros((len(part), longest), dtype=torch.long)
            for row, index in enumerate(part):
                ids[row, : len(tokens[index])] = torch.tensor(tokens[index])
                mask[row, : len(tokens[index])] = 1
            with torch.inference_mode(), self.arithmetic():
                on = self.device
                states = self.lower(input_ids=ids.to(on), attention_mask=mask.to(on)).last_hidden_state
            for row, index in zip(states.to(torch.float16).cpu().numpy(), part, strict=True):
                found[index] = row[: len(tokens[index])].copy()
        return found

    def arithmetic(self) -> Any:
        """The context in which layers compute: single precision, or where that is found to agree mixed precision."""
        import torch

        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.mixed)

    @property
    def device(self) -> Any:
        """Where it computes."""
        return next(self.upper.parameters()).device


BATCH_TOKENS = 4_096
"""In one pass, padding included: about 100 MB of memory without gradients."""


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of texts of similar length, longest first, at most ``BATCH_TOKENS`` tokens with their padding."""
    found: list[list[int]] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if not found or (len(found[-1]) + 1) * longest > BATCH_TOKENS or 4 * lengths[index] < 3 * longest:
            found.append([])
            longest = lengths[index]
        found[-1].append(index)
    return found


@lru_cache(maxsize=2)
def load_base(base: Base) -> Layers:
    """Load the model; on the GPU where there is one.

    Raises:
        Unavailable: it is not the model that was hashed, or its files cannot be loaded.
    """
    if (found := locate_base(base.source)) != base:
        raise Unavailable(
            "The language model under this one is not the one that it was tuned from. Put its directory back as it "
            "was, or train again.",
            detail=f"{base.source or 'the packaged one'}: {found.sha256} instead of {base.sha256}",
        )
    folder = _folder(base.source)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from tokenizers import Tokenizer
        from transformers import BertModel, MPNetModel
        from transformers.utils import logging

        logging.disable_progress_bar()
        level = logging.get_verbosity()
        logging.set_verbosity_error()  # it reports that the pooler is left out
        try:
            kinds: dict[str, Any] = {"bert": BertModel, "mpnet": MPNetModel}
            model = kinds[_config(folder)["model_type"]].from_pretrained(
                folder, local_files_only=True, use_safetensors=True, add_pooling_layer=False, dtype=torch.float32
            )
        finally:
            logging.set_verbosity(level)
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except ImportError as error:
        raise Unavailable(
            "torch and transformers are not usable here. Install requirements.txt.", detail=f"It said: {error}"
        ) from error
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise Unavailable(
            "The language model to tune could not be loaded. Nothing was changed; ask whoever runs this server.",
            detail=f"It is {folder}: {str(error)[:200]}",
        ) from error
    config = model.config
    # mpnet numbers its positions from the padding token on
    room = config.max_position_embeddings - (config.pad_token_id + 1 if config.model_type == "mpnet" else 0)
    tokenizer.enable_truncation(min(MOST_TOKENS, room))
    tokenizer.no_padding()
    if config.num_hidden_layers < TUNED_LAYERS:
        raise Unavailable(f"The language model to tune has fewer than {TUNED_LAYERS} layers. Name another one.")
    model = model.eval().requires_grad_(False).to("cuda" if torch.cuda.is_available() else "cpu")
    upper = _upper(model)
    layers = Layers(tokenizer, model, upper, int(config.hidden_size), int(config.pad_token_id or 0))
    mixed = replace(layers, mixed=True)
    return mixed if _good_at_mixed(layers.device) and _agreement(layers, mixed) >= AGREES else layers


AGREES = 0.999
"""Smallest cosine between vectors in single and in mixed precision from which the latter is used."""
_PROBES = (
    "Which of the two answers is the better one?",
    "No.",
    "A longer text: it has numbers (3.5 mg, twice a day), a list, one or two odd words, and it goes on for a while.",
)


def _good_at_mixed(device: Any) -> bool:
    """Whether products in bfloat16 are about twice as fast there; elsewhere they are slower."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _agreement(one: Layers, other: Layers) -> float:
    """The smallest cosine between the vectors that both give some texts."""
    import torch

    cosines = []
    for text in _PROBES:
        vectors = []
        for layers in (one, other):
            (states,) = layers.hidden(layers.tokens([text]))
            with torch.inference_mode(), layers.arithmetic():
                out = layers.upper(torch.from_numpy(states)[None].to(layers.device).float())
            vectors.append((out[0] if isinstance(out, tuple) else out.last_hidden_state)[0].float().mean(0))
        cosines.append(float(torch.nn.functional.cosine_similarity(*vectors, dim=0)))
    return min(cosines)


def _upper(model: Any) -> Any:
    """Take the tuned layers off the model; with them whatever its encoder computes beside the layers."""
    import copy

    layers = model.encoder.layer
    model.encoder.layer = layers[: len(layers) - TUNED_LAYERS]
    kept, model.encoder.layer = model.encoder.layer, layers[len(layers) - TUNED_LAYERS :]
    upper = copy.deepcopy(model.encoder)
    model.encoder.layer = kept
    return upper
