"""Building the fast encoder from the reference's weights, and checking that both say the same; needs torch."""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.files import file_sha256
from core.reward.encoding import openvino_build
from core.reward.encoding.encoder import SentenceEncoder, load_model, reference_fingerprint
from core.reward.encoding.openvino_encoder import OpenVinoEncoder, import_openvino
from core.reward.encoding.weights import locate
from core.store.scratch import scratch

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def build(emb_model: str, folder: Path, probes: Sequence[str]) -> openvino_build.BuildCheck:
    """Build the encoder that ``emb_model`` names into ``folder``, whole or not at all, with what was found about it.

    Whatever goes wrong is written there too: the reference serves then, and ``doctor`` tells the reason.

    Raises:
        Unavailable: the weights are missing or altered.
        OSError: the folder cannot be written.
    """
    began = time.perf_counter()
    sha256 = locate(emb_model).sha256
    if sha256 is None:
        raise ValueError("weights of a hub are not built: their hash is unknown until they are loaded")
    serves = reference_fingerprint(sha256)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent) as temporary:
        try:
            unchecked = _convert(emb_model, temporary, serves)
            check = _checked(unchecked, temporary, emb_model, probes, began)
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


def _convert(emb_model: str, folder: Path, serves: str) -> openvino_build.BuildCheck:
    """The whole pipeline, pooling included, as one graph whose weights are int8; its tokenizer beside it."""
    openvino = import_openvino()
    # nncf reports too; this process does nothing else
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    os.environ["NNCF_CI"] = "1"
    import nncf

    model = load_model(locate(emb_model)).eval()
    graph = openvino.convert_model(_pipeline(model), example_input=_example(model))
    graph = nncf.compress_weights(graph, mode=nncf.CompressWeightsMode.INT8_ASYM)
    openvino.save_model(graph, folder / openvino_build.GRAPH_FILE, compress_to_fp16=False)
    tokenizer: Any = model.tokenizer
    (folder / openvino_build.TOKENIZER_FILE).write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    names = (openvino_build.GRAPH_FILE, openvino_build.WEIGHTS_FILE, openvino_build.TOKENIZER_FILE)
    return openvino_build.BuildCheck(
        usable=False,
        reason="not checked yet",
        serves=serves,
        min_cosine=None,
        probes=0,
        dim=model.get_embedding_dimension() or 0,
        max_tokens=int(model.max_seq_length or 512),
        pad_id=int(tokenizer.pad_token_id or 0),
        seconds=0.0,
        files={name: file_sha256(folder / name) for name in names},
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


def _example(model: "SentenceTransformer") -> dict[str, Any]:
    import torch

    ids: Any = model.tokenizer(["a first text that is longer", "a second"], padding=True)
    return {name: torch.tensor(ids[name]) for name in ("input_ids", "attention_mask")}


def _checked(
    unchecked: openvino_build.BuildCheck, folder: Path, emb_model: str, probes: Sequence[str], began: float
) -> openvino_build.BuildCheck:
    """Compare every probe text, in one list and (every fourth) alone, against the reference."""
    fast = OpenVinoEncoder(folder, unchecked)
    wanted = SentenceEncoder(emb_model).encode(probes)
    cosines = list(np.sum(wanted * fast.encode(probes), axis=1))
    cosines += [float(wanted[i] @ fast.encode([probes[i]])[0]) for i in range(0, len(probes), 4)]
    lowest = float(np.min(cosines)) if np.isfinite(cosines).all() else -1.0
    usable = lowest >= openvino_build.MIN_COSINE
    reason = (
        f"Its vectors agree with sentence-transformers: smallest cosine {lowest:.4f} over {len(probes)} texts."
        if usable
        else f"Its vectors differ from sentence-transformers: smallest cosine {lowest:.4f} over {len(probes)} texts, "
        f"where {openvino_build.MIN_COSINE} is needed."
    )
    return openvino_build.BuildCheck(
        usable,
        reason,
        unchecked.serves,
        lowest,
        len(probes),
        unchecked.dim,
        unchecked.max_tokens,
        unchecked.pad_id,
        time.perf_counter() - began,
        unchecked.files,
    )
