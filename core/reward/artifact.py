"""A model version on disk: a directory of the files that are named below."""

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.metrics import Metric
from core.domain.texts import VERSION_NAME
from core.reward.confidence import KnownPrompts, ScoreConfidence
from core.reward.encoding.weights import cached_sha256
from core.reward.linear import LinearModel
from core.reward.model import FittedModel
from core.reward.transformer.served import DeepPart
from core.store.scratch import scratch

FORMAT = 3
"""Raise it when a stored model can no longer be read by older code, or an old one by this code."""
_READABLE = (2, FORMAT)
"""Models of format 2 read fewer columns: those that came with 3 stand behind theirs."""

MODEL_FILE, METADATA_FILE, PROMPTS_FILE = "model.joblib", "metadata.json", "prompts.txt"
KNOWN_FILE = "prompts.npz"
"""Vectors of the prompts it learned from; earlier releases wrote none. They can leak text, as the answers' own can."""
FOLDS_FILE = "folds.npz"
"""The models of its cross-validation, for scores of answers that nobody rated; earlier releases wrote none."""
DEEP_FILE = "deep.safetensors"
"""Tuned layers of the recipe ``transformer``: numbers alone, read when a model is first asked for a score."""
MAX_BYTES = 500_000_000
"""Of one file; tuned layers of a large language model come to a third of it, all else to a thousandth."""
LIBRARIES = ("numpy", "scikit-learn", "joblib", "torch", "sentence-transformers", "transformers")
_GROUP = re.compile("[0-9a-f]{64}")
_RETRAIN = "Train again, or choose another version."

Hashes = Mapping[str, str]
"""sha256 by file, as the database knows them; of a version of an earlier release that of the model file alone."""


@dataclass(frozen=True)
class Metadata:
    """Metadata of a version, readable without unpickling anything."""

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
    """Where a version lies, and the hashes of all its files, which belong in the database."""

    path: Path
    hashes: Hashes


def save(
    root: Path,
    model: FittedModel,
    metadata: Metadata,
    *,
    groups: Collection[str],
    confidence: ScoreConfidence | None = None,
    fold_models: Sequence[LinearModel] = (),
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
    joblib.dump(replace(model, deep=None), buffer)
    known = None if confidence is None or confidence.known is None else _known_bytes(confidence.known)
    described = asdict(metadata) | {
        "format": FORMAT,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "libraries": {name: installed_version(name) for name in LIBRARIES},
        "metrics": {name: metric.to_json() for name, metric in metadata.metrics.items()},
        "sha256": _sha256(buffer.getvalue()),
    }
    if confidence is not None:
        described["honesty"] = confidence.to_json() | {"known_sha256": known and _sha256(known)}
    files = {
        MODEL_FILE: buffer.getvalue(),
        METADATA_FILE: json.dumps(described, indent=2, allow_nan=False).encode(),
        PROMPTS_FILE: "".join(f"{group}\n" for group in sorted(groups)).encode(),
    }
    files |= {} if known is None else {KNOWN_FILE: known}
    files |= {FOLDS_FILE: _folds_bytes(fold_models)} if fold_models else {}
    if model.deep is not None:
        files[DEEP_FILE] = model.deep.read()
    try:
        if not root.is_dir():
            root.mkdir(parents=True)
            root.chmod(0o700)
        with scratch(root) as temporary:  # mode 0700: vectors can leak text
            for name, data in files.items():
                _write(temporary / name, data)
            _sync_directory(temporary)
            temporary.rename(path)
            _sync_directory(root)
    except OSError as error:
        raise Unavailable(
            f"The model could not be written: {error.strerror}. Check space and rights.", detail=f"To {root}."
        ) from error
    return Saved(path, {name: _sha256(data) for name, data in files.items()})


def load(path: Path, *, hashes: Hashes, encoder: str) -> FittedModel:
    """Read the model in the directory ``path`` for the encoder in use, where all its files hash to ``hashes``.

    Raises:
        Unavailable: a file is missing or was changed, it has an unknown format, or was trained with another encoder.
    """
    # Unpickling runs code: nothing is unpickled that is not, byte for byte, what the training wrote.
    data = verified(path, hashes=hashes)[MODEL_FILE]
    try:
        model = joblib.load(io.BytesIO(data))
    except Exception as error:  # whatever other versions of the libraries make of it
        raise _unusable(
            path, MODEL_FILE, f"cannot be read with the libraries installed here ({type(error).__name__})"
        ) from error
    if not isinstance(model, FittedModel):
        raise _unusable(path, MODEL_FILE, "holds no model of Assay")
    model.check_encoder(encoder)
    if DEEP_FILE in hashes:
        model = replace(model, deep=DeepPart(partial(_read, path, DEEP_FILE), hashes[DEEP_FILE], path / DEEP_FILE))
    return model


def verified(path: Path, *, hashes: Hashes) -> dict[str, bytes]:
    """Read the files of the version in the directory ``path``, by name, and verify their hashes.

    Tuned layers are large, and read and verified whenever they are used: they are not among what is returned, and
    hashed here only where their size or time changed since this process did so last.

    Of a version of an earlier release only the model file can be checked; ``examine`` looks at the others too.

    Raises:
        Unavailable: one is missing or was changed, or the version has an unknown format.
    """
    read_metadata(path)  # first: a version of an old format has a sentence of its own
    files = {}
    for name, sha256 in hashes.items():
        if name == DEEP_FILE:
            found = _large_sha256(path, name)
        else:
            files[name] = _read(path, name)
            found = _sha256(files[name])
        if found != sha256:
            raise _unusable(path, name, "was changed after training and is not loaded")
    if METADATA_FILE not in hashes:
        for name in (METADATA_FILE, PROMPTS_FILE, KNOWN_FILE):
            with suppress(Unavailable):  # whoever needs it says that it is missing
                files[name] = _read(path, name)
    return files


def examine(path: Path, *, hashes: Hashes, prompts: int) -> None:
    """Verify every file of the version in the directory ``path``, as far as its hash or contents are known.

    Raises:
        Unavailable: one is missing or was changed; the sentence names it.
    """
    files = verified(path, hashes=hashes)
    _groups(path, files, prompts)
    described = _described(path, files[METADATA_FILE])
    sha256 = (described.get("honesty") or {}).get("known_sha256")
    if sha256 is not None and _sha256(files.get(KNOWN_FILE, b"")) != sha256:
        raise _unusable(path, KNOWN_FILE, "was changed after training" if KNOWN_FILE in files else "is missing")


def packed(path: Path, *, hashes: Hashes) -> bytes:
    """Pack the files of the version in the directory ``path`` as a zip file, inside a folder of its name.

    Raises:
        Unavailable: a file is missing or was changed.
    """
    buffer = io.BytesIO()
    files = verified(path, hashes=hashes)
    if DEEP_FILE in hashes:
        files[DEEP_FILE] = _read(path, DEEP_FILE)
        if _sha256(files[DEEP_FILE]) != hashes[DEEP_FILE]:
            raise _unusable(path, DEEP_FILE, "was changed after training")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{path.name}/{name}", data)
    return buffer.getvalue()


def thin(path: Path) -> None:
    """Remove everything of the version in the directory ``path`` but its metadata and the list of its prompts.

    Raises:
        OSError: a file cannot be removed.
    """
    for file in path.iterdir() if path.is_dir() else ():
        if file.name not in (METADATA_FILE, PROMPTS_FILE):
            file.unlink(missing_ok=True)


def size(path: Path) -> int:
    """Bytes of all files of the version in the directory ``path``; 0 where there is none."""
    try:
        return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    except OSError:
        return 0


def read_metadata(path: Path) -> Mapping[str, Any]:
    """Read ``metadata.json`` of the version in the directory ``path``; unpickles nothing.

    Raises:
        Unavailable: it is missing, unreadable or of an unknown format.
    """
    if not (path / METADATA_FILE).exists():
        raise Unavailable(
            f"The files of {path.name} are not there: there is no {METADATA_FILE}. {_RETRAIN}",
            detail=f"It is {path / METADATA_FILE}.",
        )
    return _described(path, _read(path, METADATA_FILE))


def trained_groups(path: Path, *, hashes: Hashes, prompts: int) -> frozenset[str]:
    """Hashes of the prompts that the version in the directory ``path`` was trained on.

    Raises:
        Unavailable: a file is missing or was changed, or the list does not hold ``prompts`` prompts: a cut list would
            let them leak.
    """
    return _groups(path, verified(path, hashes=hashes), prompts)


def load_confidence(path: Path, *, hashes: Hashes) -> ScoreConfidence | None:
    """Load the score confidence of the version in the directory ``path``; None where it was not measured.

    Of an earlier release, whose figures and vectors can be damaged without the model file: the model itself serves all
    the same.
    """
    try:
        files = verified(path, hashes=hashes)
        described = _described(path, files[METADATA_FILE])["honesty"]
        known = None
        if described["known_sha256"] is not None:
            if _sha256(files[KNOWN_FILE]) != described["known_sha256"]:
                return None
            known = _known(files[KNOWN_FILE])
        return ScoreConfidence.from_json(described, known)
    except Exception:  # noqa: BLE001  whatever a damaged file makes of itself: a broken zip file, a huge array, ...
        return None


def load_fold_models(path: Path, *, hashes: Hashes) -> tuple[LinearModel, ...]:
    """Load the models of the cross-validation of the version in ``path``; empty where an earlier release trained it.

    Raises:
        Unavailable: a file is missing or was changed.
    """
    if FOLDS_FILE not in hashes:
        return ()
    data = verified(path, hashes=hashes)[FOLDS_FILE]
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        rows = zip(arrays["centers"], arrays["weights"], arrays["biases"], strict=True)
        return tuple(LinearModel(center, weights, float(bias)) for center, weights, bias in rows)


def _folds_bytes(models: Sequence[LinearModel]) -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        centers=np.stack([model.center for model in models]),
        weights=np.stack([model.weights for model in models]),
        biases=np.array([model.bias for model in models]),
    )
    return buffer.getvalue()


def _known_bytes(known: KnownPrompts) -> bytes:
    buffer = io.BytesIO()
    groups = np.array([list(bytes.fromhex(group)) for group in known.groups], dtype=np.uint8)
    np.savez(buffer, groups=groups, vectors=known.vectors.astype(np.float16))
    return buffer.getvalue()


def _known(data: bytes) -> KnownPrompts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > len(data):  # we write them uncompressed
            raise ValueError("the arrays would unfold")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        groups, vectors = arrays["groups"], arrays["vectors"].astype(np.float32)
    if vectors.ndim != 2 or len(groups) != len(vectors) or not np.isfinite(vectors).all():
        raise ValueError("these are no vectors of prompts")
    return KnownPrompts(tuple(row.tobytes().hex() for row in groups), vectors)


def _groups(path: Path, files: Mapping[str, bytes], prompts: int) -> frozenset[str]:
    if PROMPTS_FILE not in files:
        raise _unusable(path, PROMPTS_FILE, "is missing")
    groups = frozenset(files[PROMPTS_FILE].decode("utf-8", "replace").split())
    if len(groups) != prompts or not all(_GROUP.fullmatch(group) for group in groups):
        raise _unusable(path, PROMPTS_FILE, "was changed after training")
    return groups


def _described(path: Path, data: bytes) -> dict[str, Any]:
    try:
        described = json.loads(data)
    except (ValueError, RecursionError):
        raise _unusable(path, METADATA_FILE, "is damaged") from None
    found = described.get("format") if isinstance(described, dict) else None
    if found == 1:
        raise Unavailable(
            f"{path.name} was trained by an earlier release, which looked at less of each answer. Train again: "
            "all ratings are there."
        )
    if found not in _READABLE:
        raise Unavailable(f"{path.name} has format {found!r}, and this Assay reads format {FORMAT}. {_RETRAIN}")
    return dict(described)


def _read(path: Path, name: str) -> bytes:
    file = path / name
    try:
        if not file.is_file():  # a pipe would be waited for
            raise _unusable(path, name, "is missing")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(path, name, f"cannot be read ({error.strerror})") from None
    if len(data) > MAX_BYTES:
        raise _unusable(path, name, "was changed after training: it is far too large")
    return data


def _large_sha256(path: Path, name: str) -> str:
    file = path / name
    try:
        if not file.is_file():
            raise _unusable(path, name, "is missing")
        return cached_sha256(file)
    except OSError as error:
        raise _unusable(path, name, f"cannot be read ({error.strerror})") from None


def _unusable(path: Path, name: str, what: str) -> Unavailable:
    return Unavailable(f"{name} of {path.name} {what}. {_RETRAIN}", detail=f"It is {path / name}.")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


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
