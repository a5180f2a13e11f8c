"""A home with the sample loaded and trained, made once per worker through the command line's own functions."""

import os
import shutil
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE, User
from core.services.data import importing
from core.services.training import training
from core.services.workspace import open_workspace


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that holds the sample and its champion; nobody may write to it."""
    home = tmp_path_factory.mktemp("trained")
    workspace = open_workspace({**os.environ, "ASSAY_HOME": str(home)})
    importing.load_sample(workspace, COMMAND_LINE)
    list(training.train(workspace, User(0, "test")))
    workspace.store.engine.dispose()
    return home


@pytest.fixture
def trained_home(trained_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as ASSAY_HOME of this test."""
    home = tmp_path / "home"
    shutil.copytree(trained_once, home)
    monkeypatch.setenv("ASSAY_HOME", str(home))
    return home
