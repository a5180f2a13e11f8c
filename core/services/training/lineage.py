"""Which code made something: the commit of a checkout, else the installed release."""

import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from core.domain.settings import ROOT


@lru_cache(maxsize=1)
def code_version() -> str:
    """As in ``v0.1.0-12-gcbbd83e`` (``-dirty`` with uncommitted changes), ``assay 0.1.0``, or ``unknown``."""
    if (ROOT / ".git").exists():
        try:
            found = subprocess.run(
                ["git", "-C", str(ROOT), "describe", "--tags", "--always", "--dirty"],
                capture_output=True,
                text=True,
                timeout=10,
                check=True,
            )
            return found.stdout.strip()
        except (OSError, subprocess.SubprocessError):  # no git here, or not its repository: the release still says it
            pass
    try:
        return f"assay {version('assay')}"
    except PackageNotFoundError:
        return "unknown"
