"""The package as another application installs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_installed_package_brings_everything_it_needs(tmp_path: Path) -> None:
    """Installed away from this checkout, `core` creates its tables, loads its sample and answers without a model."""
    source, target = tmp_path / "source", tmp_path / "site"  # a copy: building leaves files beside the sources
    shutil.copytree(ROOT / "core", source / "core", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(source)],
        check=True,
        capture_output=True,
        text=True,
    )
    environ = os.environ | {"PYTHONPATH": str(target), "ASSAY_HOME": str(tmp_path / "home")}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout.strip().splitlines()[-1]

    assert Path(run("-c", "import core; print(core.__file__)")).is_relative_to(target)
    assert all(json.loads(run("-m", "core", "init", "--json"))["tables"].values())
    assert json.loads(run("-m", "core", "sample", "load", "--json"))["added"] == 204
    assert run("-c", "import core; print(core.rerank_candidates('a', ['b', 'c']))").count("'_score': None") == 2
