"""A home with the sample loaded and a model trained on it."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def trained_home(trained_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as ASSAY_HOME of this test."""
    home = tmp_path / "home"
    shutil.copytree(trained_once, home)
    monkeypatch.setenv("ASSAY_HOME", str(home))
    return home
