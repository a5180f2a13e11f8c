"""Hashes of files."""

import hashlib
from pathlib import Path


def file_sha256(file: Path) -> str:
    """Hex sha256 of the contents; raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
