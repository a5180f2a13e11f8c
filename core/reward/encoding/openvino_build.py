"""Builds of the fast encoder: their folder, the result of their check, and the hashes of their files."""

import hashlib
import json
import platform
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.domain.errors import Unavailable
from core.domain.files import file_sha256

MIN_COSINE = 0.99
"""Every probe text's vector has to agree with the reference's at least so well."""

CHECK_FILE, GRAPH_FILE, WEIGHTS_FILE, TOKENIZER_FILE = "build.json", "model.xml", "model.bin", "tokenizer.json"
_RULE = "1"  # change it whenever building or checking changes: older builds are then made anew


@dataclass(frozen=True, slots=True)
class BuildCheck:
    """Result of building and checking (``build.json``), kept also for a failure, which is not tried again."""

    usable: bool
    reason: str
    """In a sentence: how well it agrees, or why it is not used."""
    serves: str
    """Fingerprint of the encoder it was checked against: models of that encoder may be served by this build."""
    min_cosine: float | None
    """Smallest cosine to the reference's vector over the probe texts; None when nothing could be built."""
    probes: int
    dim: int
    max_tokens: int
    pad_id: int
    seconds: float
    """What building and checking took."""
    files: dict[str, str]
    """Hex sha256 by file name."""
    parts: int = 1
    """Vectors of length 1 that stand side by side for each text: those of several tuned models, read in one go."""
    beside: str | None = None
    """Fingerprint of the encoder whose own vectors are the last part; None where the build gives none of those."""


def installed() -> bool:
    """Whether the package that runs a build is installed; imports nothing."""
    return _openvino() is not None


def folder_for(home: Path, sha256: str) -> Path:
    """Where the build of the weights with this hash lies.

    Its name changes with the library and the processor: both decide the arithmetic, so both need a check of their own.
    """
    about = "|".join((_RULE, _openvino() or "", platform.machine(), _processor()))
    return home / "encoders" / f"{sha256[:16]}-int8-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


def read(folder: Path) -> BuildCheck | None:
    """Read the result of the build in ``folder``; None when there is none, or none that can be read."""
    try:
        return BuildCheck(**json.loads((folder / CHECK_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write(folder: Path, check: BuildCheck) -> None:
    """Write the result into ``folder``; raises OSError."""
    (folder / CHECK_FILE).write_text(json.dumps(asdict(check), indent=2))


def remove(home: Path, sha256: str) -> None:
    """Remove every build of the weights with this hash, as far as their files can be removed."""
    for folder in (home / "encoders").glob(f"{sha256[:16]}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def verify(folder: Path, check: BuildCheck) -> None:
    """Verify that the files of a build are those that were checked.

    Raises:
        Unavailable: one is missing or was changed.
    """
    for name, sha256 in check.files.items():
        try:
            found = file_sha256(folder / name)
        except OSError:
            found = ""
        if found != sha256:
            raise Unavailable(f"{folder / name} is missing or was changed. Remove {folder}, and it is built again.")


def _openvino() -> str | None:
    try:
        return version("openvino")
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return "|".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
