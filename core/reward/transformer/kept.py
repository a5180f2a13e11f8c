"""Folds that a training finished, kept until its model is saved: whoever starts the same again goes on after them."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.transformer.base import Base
from core.store.scratch import PREFIX, scratch

RULE = "1"
"""Change it whenever tuning changes: folds that an earlier release finished are then tuned anew."""
LOG_ODDS = "log_odds"
"""Of the rows of a fold, beside the tensors of its model."""

Tensors = dict[str, NDArray[Any]]


def folds_folder(home: Path) -> Path:
    """Where they lie, and what is only being made."""
    return home / "folds"


def prepare(home: Path, fingerprint: str, base: Base, *, seed: int, folds: int) -> Path:
    """Make the folder of the folds of these ratings, base and seed, and remove what others left there."""
    name = hashlib.sha256(f"{RULE} {fingerprint} {base.sha256} {seed} {folds}".encode()).hexdigest()[:32]
    folder = folds_folder(home) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.parent.chmod(0o700)
    for other in folder.parent.iterdir():
        if other != folder and not other.name.startswith(PREFIX):
            shutil.rmtree(other, ignore_errors=True)
    return folder


def keep(folder: Path, fold: int, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Write a finished fold, whole or not at all."""
    from safetensors.numpy import save

    with scratch(folder.parent) as place:
        part = place / "fold"
        with part.open("wb") as out:
            out.write(save({name: np.ascontiguousarray(value) for name, value in tensors.items()}))
            out.flush()
            os.fsync(out.fileno())
        part.rename(folder / _file(fold))


def kept(folder: Path, fold: int, *, rows: int) -> Tensors | None:
    """A fold of ``rows`` that an earlier process finished; None where there is none that can be read."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found: Tensors = load((folder / _file(fold)).read_bytes())
    except (OSError, SafetensorError):
        return None
    return found if len(found.get(LOG_ODDS, ())) == rows else None


def forget(home: Path) -> None:
    """Remove all of them."""
    shutil.rmtree(folds_folder(home), ignore_errors=True)


def _file(fold: int) -> str:
    return f"{fold}.safetensors"
