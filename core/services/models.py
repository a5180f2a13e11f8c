"""Model versions: list, promote, roll back, and measure on another file."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.domain.errors import Conflict
from core.domain.metrics import Metric
from core.services.workspace import Workspace
from core.store import legacy, versions
from core.store.tables import ModelVersion


@dataclass(frozen=True, slots=True)
class VersionView:
    """A model version as pages and the command line list it."""

    model_version: str
    recipe: str
    n: int
    prompts: int
    created_at: datetime
    metrics: dict[str, Metric]
    state: str
    """``champion``, ``available``, or ``file missing``."""
    sample: bool

    def to_json(self) -> dict[str, Any]:
        """As ``models --json`` lists it."""
        return {
            "model_version": self.model_version,
            "recipe": self.recipe,
            "n": self.n,
            "created_at": self.created_at.isoformat(),
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class OldTraining:
    """A training of the old application: its split is unknown, so it is never compared with ours."""

    model_version: str
    trained_at: datetime | None
    accuracy: float | None
    """Percent."""
    total_interactions: int | None


@dataclass(frozen=True, slots=True)
class PromotionView:
    """One change of the champion."""

    at: datetime
    action: str
    by: str
    model_version: str | None
    previous: str | None
    reason: str


def listed(workspace: Workspace) -> list[VersionView]:
    """All versions, newest first."""
    with workspace.store.read() as session:
        return [_view(workspace, version) for version in versions.listed(session)]


def old_trainings(workspace: Workspace) -> list[OldTraining]:
    """What the old application trained, oldest first."""
    with workspace.store.read() as session:
        return [
            OldTraining(row.model_version or "unnamed", row.created_dt, row.accuracy, row.total_interactions)
            for row in legacy.old_trainings(session)
        ]


def promotions(workspace: Workspace) -> list[PromotionView]:
    """Every change of the champion, newest first."""
    with workspace.store.read() as session:
        return [
            PromotionView(p.at, p.action, p.by, p.model_version, p.previous, p.reason)
            for p in versions.promotions(session)
        ]


def promote(workspace: Workspace, model_version: str, *, by: str, reason: str = "") -> None:
    """Make a version the champion by a person's decision.

    Raises:
        NotFound: there is no such version.
        Conflict: it is the champion already, or its files are gone.
    """
    with workspace.store.write() as session:
        version = versions.find(session, model_version)
        if version.champion:
            raise Conflict(f"{model_version} is the champion already.")
        _need_files(workspace, model_version)
        versions.crown(session, model_version, action="promote", by=by, reason=reason or f"Promoted by {by}.")


def rollback(workspace: Workspace, *, by: str) -> str:
    """Go back to the version that was champion before; its name.

    Raises:
        Conflict: there was none, or its files are gone.
    """
    with workspace.store.write() as session:
        previous = versions.before_champion(session)
        if previous is None:
            raise Conflict("There is no earlier champion to go back to. Nothing was changed.")
        _need_files(workspace, previous)
        versions.crown(session, previous, action="rollback", by=by, reason=f"Rolled back by {by}.")
        return previous


def version_path(workspace: Workspace, model_version: str) -> Path:
    """Where the files of a version are."""
    return workspace.settings.model_dir / model_version


def _need_files(workspace: Workspace, model_version: str) -> None:
    if not (version_path(workspace, model_version) / "model.joblib").is_file():
        raise Conflict(f"The files of {model_version} are missing, so it cannot be used. Train again, or restore them.")


def _view(workspace: Workspace, version: ModelVersion) -> VersionView:
    present = (version_path(workspace, version.model_version) / "model.joblib").is_file()
    return VersionView(
        model_version=version.model_version,
        recipe=version.recipe,
        n=version.n,
        prompts=version.prompts,
        created_at=version.created_at,
        metrics={name: Metric.from_json(metric) for name, metric in version.metrics.items()},
        state="champion" if version.champion else "available" if present else "file missing",
        sample=version.sample,
    )
