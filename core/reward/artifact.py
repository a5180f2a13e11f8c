"""A model version on disk: a directory with ``model.joblib``, ``metadata.json``, ``prompts.txt`` and ``prompts.npz``."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.metrics import Metric
from core.domain.texts import VERSION_NAME
from core.reward.honesty import Honesty, KnownPrompts
from core.reward.model import FittedModel
from core.store.scratch import scratch

FORMAT = 2
"""Raise it when a stored model can no longer be read by older code, or an old one by this code."""

MODEL_FILE, METADATA_FILE, PROMPTS_FILE = "model.joblib", "metadata.json", "prompts.txt"
KNOWN_FILE = "prompts.npz"
"""Vectors of the prompts it learned from; earlier releases wrote none. They can leak text, as the answers' own can."""
LIBRARIES = ("numpy", "scikit-learn", "joblib", "torch", "sentence-transformers", "transformers")
_RETRAIN = "Train again, or choose another version."


@dataclass(frozen=True)
class Metadata:
    """What is known about a version without unpickling it."""

    model_version: str
    recipe: str
    encoder: str
    """Fingerprint of the encoder."""
    data_fingerprint: str
    n: int
    prompts: int
    """That it learned from: those of its rated answers, and of answers that raters ordered."""
    seed: int
    positive_threshold: int
    metrics: dict[str, Metric]


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a version lies, and the hash that belongs in the database."""

    path: Path
    sha256: str


def save(
    root: Path, model: FittedModel, metadata: Metadata, *, groups: Collection[str], honesty: Honesty | None = None
) -> Saved:
    """Write a version below ``root``, whole or not at all; ``groups`` are the hashes of the training prompts.

    Raises:
        BadInput: the version's name is no file name.
        Conflict: the version exists already; it is never overwritten.
        Unavailable: the directory cannot be written.
    """
    version = metadata.model_version
    if not VERSION_NAME.fullmatch(version):
        raise BadInput(f"{version!r} is no name for a model version: use letters, digits, dot, dash and underscore.")
    path = root / version
    if path.exists():
        raise Conflict(f"The model version {version} exists already and is never overwritten.")
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
    described = asdict(metadata) | {
        "format": FORMAT,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "libraries": {name: installed_version(name) for name in LIBRARIES},
        "metrics": {name: metric.to_json() for name, metric in metadata.metrics.items()},
        "sha256": sha256,
    }
    known = None if honesty is None or honesty.known is None else _known_bytes(honesty.known)
    if honesty is not None:
        described["honesty"] = honesty.to_json() | {"known_sha256": known and hashlib.sha256(known).hexdigest()}
    try:
        if not root.is_dir():
            root.mkdir(parents=True)
            root.chmod(0o700)
        with scratch(root) as temporary:  # mode 0700: vectors can leak text
            _write(temporary / MODEL_FILE, buffer.getvalue())
            _write(temporary / METADATA_FILE, json.dumps(described, indent=2, allow_nan=False).encode())
            _write(temporary / PROMPTS_FILE, "".join(f"{group}\n" for group in sorted(groups)).encode())
            if known is not None:
                _write(temporary / KNOWN_FILE, known)
            _sync_directory(temporary)
            temporary.rename(path)
            _sync_directory(root)
    except OSError as error:
        raise Unavailable(
            f"The model could not be written to {root}: {error.strerror}. Check space and rights."
        ) from error
    return Saved(path, sha256)


def load(path: Path, *, sha256: str, encoder: str) -> FittedModel:
    """Read the model in the directory ``path``, whose file must hash to ``sha256``, for the encoder in use.

    Raises:
        Unavailable: it is missing, was changed, has an unknown format, or was trained with another encoder.
    """
    # Unpickling runs code: nothing is unpickled that is not, byte for byte, what the training wrote.
    data = verified(path, sha256=sha256)
    try:
        model = joblib.load(io.BytesIO(data))
    except Exception as error:  # whatever other versions of the libraries make of it
        raise Unavailable(
            f"{path / MODEL_FILE} cannot be read with the libraries installed here ({type(error).__name__}). {_RETRAIN}"
        ) from error
    if not isinstance(model, FittedModel):
        raise Unavailable(f"{path / MODEL_FILE} holds no model of Assay. {_RETRAIN}")
    model.check_encoder(encoder)
    return model


def verified(path: Path, *, sha256: str) -> bytes:
    """The bytes of the model file in the directory ``path``, if they are those that the training wrote.

    Raises:
        Unavailable: the version is missing, was changed, or has an unknown format.
    """
    read_metadata(path)
    try:
        data = (path / MODEL_FILE).read_bytes()
    except OSError:
        raise Unavailable(f"{MODEL_FILE} is missing from {path}. {_RETRAIN}") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Unavailable(f"{path / MODEL_FILE} was changed after training and is not loaded. {_RETRAIN}")
    return data


def packed(path: Path) -> bytes:
    """The files of the version in the directory ``path`` as one zip file, inside a folder of its name.

    Raises:
        Unavailable: a file is missing.
    """
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            names = [MODEL_FILE, METADATA_FILE, PROMPTS_FILE]
            for name in [*names, KNOWN_FILE] if (path / KNOWN_FILE).exists() else names:
                archive.writestr(f"{path.name}/{name}", (path / name).read_bytes())
    except OSError:
        raise Unavailable(f"A file is missing from {path}. {_RETRAIN}") from None
    return buffer.getvalue()


def read_metadata(path: Path) -> Mapping[str, Any]:
    """What ``metadata.json`` of the version in the directory ``path`` says; unpickles nothing.

    Raises:
        Unavailable: it is missing, unreadable or of an unknown format.
    """
    try:
        described = json.loads((path / METADATA_FILE).read_bytes())
    except OSError:
        raise Unavailable(f"There is no model version in {path}. {_RETRAIN}") from None
    except ValueError:
        raise Unavailable(f"{path / METADATA_FILE} is damaged. {_RETRAIN}") from None
    found = described.get("format") if isinstance(described, dict) else None
    if found == 1:
        raise Unavailable(
            f"{path} was trained by an earlier release, whose recipe looked at less of each answer. Train again: the "
            "ratings and their embeddings are all there."
        )
    if found != FORMAT:
        raise Unavailable(f"{path} has format {found!r}, and this Assay reads format {FORMAT}. {_RETRAIN}")
    return dict(described)


def trained_groups(path: Path, *, prompts: int) -> frozenset[str]:
    """Hashes of the prompts that the version in the directory ``path`` was trained on.

    Raises:
        Unavailable: the list is missing, or does not hold ``prompts`` prompts: a cut list would let them leak.
    """
    try:
        groups = frozenset((path / PROMPTS_FILE).read_text().split())
    except OSError:
        raise Unavailable(f"{PROMPTS_FILE} is missing from {path}. {_RETRAIN}") from None
    if len(groups) != prompts:
        raise Unavailable(f"{PROMPTS_FILE} in {path} was changed after training. {_RETRAIN}")
    return groups


def load_honesty(path: Path) -> Honesty | None:
    """How far the scores of the version in the directory ``path`` can be trusted; None where that was not measured.

    Of an earlier release, or where the figures or the file of vectors are damaged: the model itself serves all the same.
    """
    try:
        described = read_metadata(path)["honesty"]
        known = None
        if described["known_sha256"] is not None:
            data = (path / KNOWN_FILE).read_bytes()
            if hashlib.sha256(data).hexdigest() != described["known_sha256"]:
                return None
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                known = KnownPrompts(
                    tuple(row.tobytes().hex() for row in arrays["groups"]), arrays["vectors"].astype(np.float32)
                )
        return Honesty.from_json(described, known)
    except (Unavailable, OSError, KeyError, TypeError, ValueError):
        return None


def _known_bytes(known: KnownPrompts) -> bytes:
    buffer = io.BytesIO()
    groups = np.array([list(bytes.fromhex(group)) for group in known.groups], dtype=np.uint8)
    np.savez(buffer, groups=groups, vectors=known.vectors.astype(np.float16))
    return buffer.getvalue()


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
