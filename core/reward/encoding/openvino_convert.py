"""Building the fast encoder from the reference's weights, and checking that both say the same; needs torch."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.files import file_sha256
from core.reward.encoding import openvino_build
from core.reward.encoding.encoder import SentenceEncoder, load_model, reference_fingerprint
from core.reward.encoding.openvino_encoder import OpenVinoEncoder, import_openvino
from core.reward.encoding.weights import locate
from core.store.scratch import scratch

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class Convertible(NamedTuple):
    """A model that can be built."""

    module: Any
    """torch module: numbers of tokens and their mask, both (texts, tokens), to vectors (texts, dim)."""
    tokenizer: str
    """As tokenizer.json holds it."""
    dim: int
    max_tokens: int
    pad_id: int


def build(emb_model: str, folder: Path, probes: Sequence[str]) -> openvino_build.BuildCheck:
    """Build the encoder that ``emb_model`` names into ``folder``; see ``build_from``.

    Raises:
        Unavailable: the weights are missing or altered.
        OSError: the folder cannot be written.
    """
    sha256 = locate(emb_model).sha256
    if sha256 is None:
        raise ValueError("weights of a hub are not built: their hash is unknown until they are loaded")
    reference = SentenceEncoder(emb_model)
    return build_from(
        lambda: _sentences(emb_model), folder, probes, serves=reference_fingerprint(sha256), reference=reference.encode
    )


def build_from(
    load: Callable[[], Convertible],
    folder: Path,
    probes: Sequence[str],
    *,
    serves: str,
    reference: Callable[[Sequence[str]], NDArray[np.float32]],
    parts: int = 1,
    beside: str | None = None,
) -> openvino_build.BuildCheck:
    """Build what ``load`` gives into ``folder``, whole or not at all, with what was found about it.

    ``reference`` gives the vectors that it must agree with; ``serves``, ``parts`` and ``beside`` as in ``BuildCheck``.
    Whatever goes wrong is written there too: the reference serves then, and ``doctor`` tells the reason.

    Raises:
        OSError: the folder cannot be written.
    """
    began = time.perf_counter()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent) as temporary:
        try:
            unchecked = replace(_convert(load(), temporary, serves), parts=parts, beside=beside)
            check = _checked(unchecked, temporary, reference, probes, began)
        except Exception as error:  # noqa: BLE001 - any model may be configured, and three libraries take part
            reason = f"It could not be built: {type(error).__name__}: {str(error)[:300]}"
            check = openvino_build.BuildCheck(False, reason, serves, None, 0, 0, 0, 0, time.perf_counter() - began, {})
        if not check.usable:
            for name in (openvino_build.GRAPH_FILE, openvino_build.WEIGHTS_FILE, openvino_build.TOKENIZER_FILE):
                (temporary / name).unlink(missing_ok=True)
        openvino_build.write(temporary, check)
        shutil.rmtree(folder, ignore_errors=True)  # an unreadable one
        temporary.rename(folder)
    return check


def _convert(found: Convertible, folder: Path, serves: str) -> openvino_build.BuildCheck:
    """The whole pipeline, pooling included, as one graph whose weights are int8; its tokenizer beside it."""
    openvino = import_openvino()
    # nncf reports too; this process does nothing else
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    os.environ["NNCF_CI"] = "1"
    import nncf

    graph = openvino.convert_model(found.module, example_input=_example(found))
    graph = nncf.compress_weights(graph, mode=nncf.CompressWeightsMode.INT8_ASYM)
    openvino.save_model(graph, folder / openvino_build.GRAPH_FILE, compress_to_fp16=False)
    (folder / openvino_build.TOKENIZER_FILE).write_text(found.tokenizer, encoding="utf-8")
    names = (openvino_build.GRAPH_FILE, openvino_build.WEIGHTS_FILE, openvino_build.TOKENIZER_FILE)
    return openvino_build.BuildCheck(
        usable=False,
        reason="not checked yet",
        serves=serves,
        min_cosine=None,
        probes=0,
        dim=found.dim,
        max_tokens=found.max_tokens,
        pad_id=found.pad_id,
        seconds=0.0,
        files={name: file_sha256(folder / name) for name in names},
    )


def _sentences(emb_model: str) -> Convertible:
    model = load_model(locate(emb_model)).eval()
    tokenizer: Any = model.tokenizer
    return Convertible(
        _pipeline(model),
        tokenizer.backend_tokenizer.to_str(),
        model.get_embedding_dimension() or 0,
        int(model.max_seq_length or 512),
        int(tokenizer.pad_token_id or 0),
    )


def _pipeline(model: "SentenceTransformer") -> Any:
    import torch

    class Pipeline(torch.nn.Module):  # type: ignore[misc]  # torch is not followed by mypy
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(found["sentence_embedding"], dim=1)

    return Pipeline().eval()


def _example(found: Convertible) -> dict[str, Any]:
    import torch
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(found.tokenizer)
    tokenizer.enable_padding(pad_id=found.pad_id)
    encoded = tokenizer.encode_batch(["a first text that is longer", "a second"])
    return {
        "input_ids": torch.tensor([encoding.ids for encoding in encoded]),
        "attention_mask": torch.tensor([encoding.attention_mask for encoding in encoded]),
    }


def _checked(
    unchecked: openvino_build.BuildCheck,
    folder: Path,
    reference: Callable[[Sequence[str]], NDArray[np.float32]],
    probes: Sequence[str],
    began: float,
) -> openvino_build.BuildCheck:
    """Compare every probe text, in one list and (every fourth) alone, against the reference."""
    fast = OpenVinoEncoder(folder, unchecked)
    wanted, alone = reference(probes), range(0, len(probes), 4)
    found = np.concatenate([fast.encode(probes), *(fast.encode([probes[i]]) for i in alone)])
    both = (np.concatenate([wanted, wanted[alone]]) * found).reshape(len(found), unchecked.parts, -1)
    lowest = float(both.sum(axis=2).min()) if np.isfinite(both).all() else -1.0
    usable = lowest >= openvino_build.MIN_COSINE
    whose = "sentence-transformers" if unchecked.parts == 1 else "the tuned layers"
    told = f"smallest cosine {lowest:.4f} over {len(probes)} texts"
    reason = (
        f"Its vectors agree with {whose}: {told}."
        if usable
        else f"Its vectors differ from {whose}: {told}, where {openvino_build.MIN_COSINE} is needed."
    )
    return replace(
        unchecked,
        usable=usable,
        reason=reason,
        min_cosine=lowest,
        probes=len(probes),
        seconds=time.perf_counter() - began,
    )
