"""Trainings take most of the time of these tests, and most of them learn from the same answers: each is computed
once.
"""

import fcntl
import hashlib
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.domain.roles import COMMAND_LINE, User
from core.services.workspace import open_workspace


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run of the tests, the same one for all its processes."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def fits_once(shared_folder: Path) -> None:
    """The step that takes most of a training, fitting a classifier, is looked up where its very input was fitted
    before.

    What is around it (folds, figures, decisions) is computed anew each time.
    """
    fitting: Any = sys.modules.get("core.reward.fitting")
    if fitting is None:  # what was collected trains nothing in this process
        return
    fit = fitting._fit
    known: dict[str, Any] = {}

    def remembered(recipe: Any, features: Any, good: Any, groups: Any, seed: int, compared: Any) -> Any:
        weightings = recipe.weightings(features.shape[1])
        rules = (recipe.grid, recipe.balanced, recipe.tunes_threshold, recipe.standardise, list(weightings))
        digest = hashlib.blake2b(f"{rules} {features.shape} {seed}".encode())
        parts = [features, good, groups, *weightings.values(), *recipe.towards(features.shape[1]).values()]
        if compared is not None:
            parts += [compared.differences, compared.groups, compared.weights]
        for part in parts:
            digest.update(np.ascontiguousarray(part))
        key = digest.hexdigest()[:40]
        if key not in known:
            known[key] = _made_once(
                shared_folder / f"{key}.fit", lambda: fit(recipe, features, good, groups, seed, compared)
            )
        return known[key]

    remembered.__wrapped__ = fit  # type: ignore[attr-defined]
    patch = pytest.MonkeyPatch()
    patch.setattr(fitting, "_fit", remembered)


@pytest.fixture
def fits_anew(fits_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test is about the fit itself, or that it can be repeated, nothing is looked up."""
    fitting: Any = sys.modules["core.reward.fitting"]
    monkeypatch.setattr(fitting, "_fit", getattr(fitting._fit, "__wrapped__", fitting._fit))


def _made_once(file: Path, make: Callable[[], Any]) -> Any:
    """What another process wrote there, else what ``make`` returns."""
    if file.exists():
        return pickle.loads(file.read_bytes())
    found = make()
    part = file.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(found))
    part.replace(file)
    return found


@pytest.fixture(scope="session")
def trained_once(shared_folder: Path) -> Path:
    """An ASSAY_HOME with the sample and a champion that learned from it with the real encoder; to be copied, never
    used.
    """
    from core.services.data import importing  # here: scikit-learn takes seconds, and most files train nothing
    from core.services.training import training

    home = shared_folder / "trained"
    with _alone(shared_folder / "trained.lock"):
        if not home.exists():
            part = shared_folder / "trained.part"
            workspace = open_workspace({**os.environ, "ASSAY_HOME": str(part)})
            importing.load_sample(workspace, COMMAND_LINE)
            training.train_to_end(
                workspace, User(0, "Ben"), recipe="pair", seed=0, on_progress=lambda done, total: None
            )
            workspace.store.engine.dispose()
            part.rename(home)
    return home


@pytest.fixture
def trained_home(trained_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as ASSAY_HOME of this test."""
    home = tmp_path / "home"
    shutil.copytree(trained_once, home)
    monkeypatch.setenv("ASSAY_HOME", str(home))
    return home


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """While no other process of this run is in here."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
