"""The fast encoder: a build of the same weights with int8 weights, run by OpenVINO; torch is not imported."""

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.encoding import openvino_build
from core.reward.encoding.encoder import in_turns

_BATCH = 16
_LESS_URGENT = 10
"""Of its threads: who rates or sends something is answered first, although encoding takes every core."""
_STEP = 8  # lengths are rounded up to it: OpenVINO prepares itself for every new shape, so there should be few


class OpenVinoEncoder:
    """A build that was checked against the reference."""

    back_end = "OpenVINO int8"

    def __init__(self, folder: Path, check: openvino_build.BuildCheck, *, threads: int | None = None) -> None:
        """Load the build in ``folder``: well below a second; ``threads`` None takes every core.

        Raises:
            Unavailable: a file is missing, was changed or cannot be loaded here.
        """
        openvino_build.verify(folder, check)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(folder / openvino_build.TOKENIZER_FILE))
            with ThreadPoolExecutor(1, initializer=_become_less_urgent) as thread:
                self._request = thread.submit(_infer_request, folder / openvino_build.GRAPH_FILE, threads).result()
        except (ImportError, RuntimeError, OSError, ValueError) as error:
            raise Unavailable(f"The fast encoder in {folder} cannot be loaded: {str(error)[:200]}") from error
        self._tokenizer.enable_truncation(check.max_tokens)
        self._tokenizer.no_padding()
        self._pad_id, self._dim = check.pad_id, check.dim
        self.fingerprint = f"{check.serves.partition(':')[0]}:{folder.name.partition('-')[2]}"
        self.reference = check.serves
        self.beside = check.beside
        """Fingerprint of the encoder whose own vectors are the last columns; None where none are."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of ``texts``, shape (len(texts), dim), float32, each of length 1; equal texts are computed once."""
        return in_turns(texts, self._turn, dim=self._dim)

    def _turn(self, texts: list[str]) -> NDArray[np.float32]:
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        vectors = np.empty((len(texts), self._dim), dtype=np.float32)
        for part in _batches([len(ids) for ids in encoded]):
            shape = len(part), -(-len(encoded[part[0]]) // _STEP) * _STEP
            ids, mask = np.full(shape, self._pad_id, dtype=np.int64), np.zeros(shape, dtype=np.int64)
            for row, index in enumerate(part):
                ids[row, : len(encoded[index])] = encoded[index]
                mask[row, : len(encoded[index])] = 1
            self._request.start_async([ids, mask])
            self._request.wait()
            vectors[part] = self._request.get_output_tensor(0).data
        return vectors


def _infer_request(graph: Path, threads: int | None) -> Any:
    """What runs the graph. Its threads take over how urgent the thread is that this is called in."""
    options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:  # pinned, the threads of several processes would share the first cores
        options |= {"INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False}
    model = import_openvino().Core().compile_model(graph, "CPU", options)
    return model.create_infer_request()


def _become_less_urgent() -> None:
    if sys.platform == "linux":  # where each thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _LESS_URGENT)


def _batches(lengths: list[int]) -> list[list[int]]:
    """Indices, longest first; a prompt of a few words is not padded to the length of its answers."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if not batches or len(batches[-1]) == _BATCH or 2 * lengths[index] < lengths[batches[-1][0]]:
            batches.append([])
        batches[-1].append(index)
    return batches


def import_openvino() -> ModuleType:
    """OpenVINO without its telemetry, which would report every import to its makers unless one opts out.

    Raises:
        ImportError: it is not installed.
    """
    modules: dict[str, Any] = sys.modules
    if "openvino" not in modules and "openvino_telemetry" not in modules:
        modules["openvino_telemetry"] = None  # importing it now fails, and OpenVINO does without
        try:
            import openvino
        finally:
            del modules["openvino_telemetry"]
    import openvino

    return openvino  # type: ignore[no-any-return,unused-ignore]
