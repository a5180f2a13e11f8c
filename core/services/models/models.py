"""Model versions: list, promote, roll back, and measure on another file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.metrics import Metric
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.reward import artifact
from core.services.masking import masks_output
from core.services.reranking import reranking
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions import legacy
from core.store.people import raters
from core.store.retrying import retried
from core.store.training import statistics, versions
from core.store.training.versions import ModelVersion


@dataclass(frozen=True, slots=True)
class HeldOutResult:
    """What a version came to on held-out prompts that it was not trained on."""

    n: int
    prompts: int
    prompts_seen: int
    """Held-out prompts that it was trained on before they were set apart: left out."""
    metrics: dict[str, Metric]
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """A model version as pages and the command line list it."""

    model_version: str
    name: Annotated[str, AS_IS]
    """Such as ``Model 3, 28 Nov``."""
    recipe: str
    n: int
    prompts: int
    created_at: datetime
    metrics: dict[str, Metric]
    state: str
    """``champion``, ``available``, ``archived``, ``thinned``, ``file missing`` or ``file altered``."""
    sample: bool
    held_out: HeldOutResult | None
    lineage: dict[str, Any]
    """Data fingerprint, encoder, code version, seed, answers kept apart; empty for versions of earlier releases."""
    trained_by: Name
    run_id: int
    size: int
    """Bytes of its files."""
    without_rater: Annotated[str | None, AS_IS] = None
    """Whose ratings it did not learn from."""

    def to_json(self) -> dict[str, Any]:
        """As ``models --json`` lists it."""
        return {
            "model_version": self.model_version,
            "name": self.name,
            "recipe": self.recipe,
            "n": self.n,
            "created_at": self.created_at.isoformat(),
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "state": self.state,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True)
class SampleInUse:
    """The model in use learned from the sample, and there is own data: what of it a model could learn from."""

    ratings: int
    rated: int
    """Answers with a consensus."""
    needed: int
    """Rated answers that a training needs."""
    has_own_model: bool
    """A model learned from own data, and is not in use."""

    @property
    def is_enough(self) -> bool:
        """Whether a model of its own can be trained."""
        return self.rated >= self.needed


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
    by: Name
    model_version: str | None
    previous: str | None
    reason: str
    name: Annotated[str | None, AS_IS] = None
    """Of the version that came into use; its technical name where the version is gone."""
    previous_name: Annotated[str | None, AS_IS] = None


@masks_output()
def listed(workspace: Workspace, user: User) -> list[VersionView]:
    """All versions, newest first."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        by, names = versions.trained_by(session), raters.names(session)
        return [_view(workspace, version, by.get(version.run_id, ""), names) for version in versions.listed(session)]


@masks_output(as_is="names of ours: Model 3, 28 Nov")
def names(workspace: Workspace, user: User) -> dict[str, str]:
    """What people call each version, by its technical name."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return _names(session)


@masks_output()
def old_trainings(workspace: Workspace, user: User) -> list[OldTraining]:
    """What the old application trained, oldest first."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return [
            OldTraining(row.model_version or "unnamed", row.created_dt, row.accuracy, row.total_interactions)
            for row in legacy.old_trainings(session)
        ]


@masks_output()
def promotions(workspace: Workspace, user: User) -> list[PromotionView]:
    """Every change of the champion, newest first."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        names = _names(session)
        return [
            PromotionView(
                p.at,
                p.action,
                p.by,
                p.model_version,
                p.previous,
                p.reason,
                names.get(p.model_version or "", p.model_version),
                names.get(p.previous or "", p.previous),
            )
            for p in versions.promotions(session)
        ]


@masks_output()
@retried
def promote(
    workspace: Workspace, user: User, model_version: str, *, reason: str, instead_of: str | None = None
) -> None:
    """Make a version the champion by a person's decision, which needs a reason in words.

    ``instead_of`` is the champion that the person saw ("" = none): a change that somebody else made meanwhile stands.

    Raises:
        NotAllowed: the person may not change models.
        BadInput: no reason was given.
        NotFound: there is no such version.
        Conflict: it is the champion already, another one became champion meanwhile, or its files cannot be used.
    """
    workspace.require(user, Act.MODELS)
    reason = storable(reason.strip(), "The reason")
    if not reason:
        raise BadInput("Say in a few words why this version shall be used: the reason is kept. Nothing was changed.")
    with workspace.store.write() as session:
        versions.lock_champion(session, instead_of)
        version = versions.find(session, model_version)
        if version.champion:
            raise Conflict(f"{version.short_name} is in use already. Nothing was changed.")
        _need_more_than_figures(version)
        if version.archived_at is not None:
            raise Conflict(f"{version.short_name} is archived. Take it from the archive first; nothing was changed.")
        _need_files(workspace, version)
        versions.set_champion(session, model_version, action="promote", by=user, reason=reason)


@masks_output()
@retried
def rollback(workspace: Workspace, user: User, *, instead_of: str | None = None) -> str:
    """Go back to the version that was champion before; its name. ``instead_of`` as in ``promote``.

    Raises:
        NotAllowed: the person may not change models.
        Conflict: there was none, its files cannot be used, or another one became champion meanwhile.
    """
    workspace.require(user, Act.MODELS)
    with workspace.store.write() as session:
        versions.lock_champion(session, instead_of)
        previous = next(iter(versions.before_champion(session)), None)
        if previous is None:
            raise Conflict("There is no earlier model in use to go back to. Nothing was changed.")
        _need_more_than_figures(previous)
        _need_files(workspace, previous)
        versions.set_champion(session, previous.model_version, action="rollback", by=user, reason="Rolled back.")
        return previous.model_version


@masks_output()
def before_champion(workspace: Workspace, user: User) -> str | None:
    """The version that ``rollback`` goes back to."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return next((version.model_version for version in versions.before_champion(session)), None)


@masks_output()
@retried
def archive(workspace: Workspace, user: User, model_version: str, *, away: bool = True) -> None:
    """Put a version away, or take it back (``away`` false). An archived one can neither be promoted nor stand in.

    Raises:
        NotAllowed: the person may not change models.
        NotFound: there is no such version.
        Conflict: it is the champion.
    """
    workspace.require(user, Act.MODELS)
    with workspace.store.write() as session:
        versions.lock_champion(session, None)
        version = versions.find(session, model_version)
        if version.champion:
            raise Conflict(f"{version.short_name} is in use and cannot be archived. Put another version in use first.")
        if (version.archived_at is not None) != away:
            versions.archive(session, version, by=user, away=away)


@masks_output(as_is="the files of a model as they are: weights, hashes and figures, for leads")
@retried
def as_zip(workspace: Workspace, user: User, model_version: str) -> bytes:
    """The files of a version as one zip file, after their hash was checked; there is no way to bring one in.

    Raises:
        NotAllowed: the person may not change models; vectors can leak text.
        NotFound: there is no such version.
        Unavailable: its files are missing or were altered.
    """
    workspace.require(user, Act.MODELS)
    with workspace.store.write() as session:
        version = versions.find(session, model_version)
        if version.thinned_at is not None:
            raise Unavailable(f"Of {version.short_name} only the figures were kept: there is no file to download.")
        packed = artifact.packed(version_path(workspace, model_version), hashes=version.hashes)
        audit.write(session, user, "downloaded", f"model {model_version}")
    return packed


@masks_output(as_is="figures")
def sample_in_use(workspace: Workspace, user: User) -> SampleInUse | None:
    """Whether the model in use learned from the sample although there is own data; None where it did not."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        champion = versions.champion(session)
        if champion is None or not champion.sample:
            return None
        totals = statistics.totals(session, workspace.settings.positive_rating_threshold)
        if totals.sample or not totals.interactions:
            return None
        own = any(not version.sample and version.archived_at is None for version in versions.listed(session))
        needed = workspace.settings.min_samples_to_train
        return SampleInUse(statistics.ratings(session), totals.rated, needed, has_own_model=own)


@masks_output()
def trouble(workspace: Workspace, user: User) -> str | None:
    """Why the champion cannot be loaded, what ranks meanwhile and what to do; None when its files are as trained."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        line = versions.champion_and_fallbacks(session)
    damage = [_damage(workspace, version) for version in line]
    if not line or damage[0] is None:
        return None
    good = next((version.short_name for version, found in zip(line, damage, strict=True) if found is None), None)
    meanwhile = f"{good} stands in for it" if good else "Answers keep their original order"
    until = "until its files are restored from a backup or another version is put in use."
    loaded, name = reranking.reranker(workspace).loaded, line[0].short_name
    if loaded is not None and loaded.model_version == line[0].model_version:
        return (
            f"The files of the model in use, {name}, are damaged: {damage[0]} This server loaded it "
            f"before and goes on ranking with its copy. In a server that starts now: {meanwhile} {until}"
        )
    return (
        f"The model in use, {name}, cannot be loaded: {damage[0]} {meanwhile} {until} A server that "
        "had loaded it before goes on with its copy."
    )


def _names(session: Session) -> dict[str, str]:
    return {version.model_version: version.name for version in versions.listed(session)}


def version_path(workspace: Workspace, model_version: str) -> Path:
    """Where the files of a version are."""
    return workspace.settings.model_dir / model_version


def _damage(workspace: Workspace, version: ModelVersion) -> str | None:
    try:
        artifact.verified(version_path(workspace, version.model_version), hashes=version.hashes)
    except Unavailable as error:
        return str(error)
    return None


def _need_files(workspace: Workspace, version: ModelVersion) -> None:
    found = _damage(workspace, version)
    if found is not None:
        raise Conflict(f"{version.short_name} cannot be used, and nothing was changed: {found}")


def _need_more_than_figures(version: ModelVersion) -> None:
    if version.thinned_at is not None:
        raise Conflict(
            f"Of {version.short_name} only the figures were kept: its files were removed, so it cannot be put in use. "
            "Nothing was changed."
        )


def _state(workspace: Workspace, version: ModelVersion) -> str:
    if version.archived_at is not None:
        return "archived"
    if version.thinned_at is not None:
        return "thinned"
    if not (version_path(workspace, version.model_version) / artifact.MODEL_FILE).is_file():
        return "file missing"
    try:
        folder = version_path(workspace, version.model_version)
        artifact.examine(folder, hashes=version.hashes, prompts=version.prompts)
    except Unavailable:
        return "file altered"
    return "available"


def _view(workspace: Workspace, version: ModelVersion, trained_by: str, names: Mapping[int, str]) -> VersionView:
    measured, left_out = version.held_out, (version.lineage or {}).get("without_rater")
    return VersionView(
        model_version=version.model_version,
        name=version.name,
        recipe=version.recipe,
        n=version.n,
        prompts=version.prompts,
        created_at=version.created_at,
        metrics=_metrics(version.metrics),
        state="champion" if version.champion else _state(workspace, version),
        sample=version.sample,
        held_out=None
        if measured is None
        else HeldOutResult(
            measured["n"],
            measured["prompts"],
            measured["prompts_seen"],
            _metrics(measured["metrics"]),
            datetime.fromisoformat(measured["measured_at"]),
        ),
        lineage=version.lineage or {},
        trained_by=trained_by,
        run_id=version.run_id,
        size=artifact.size(version_path(workspace, version.model_version)),
        without_rater=None if left_out is None else names.get(left_out, f"rater {left_out}"),
    )


def _metrics(shown: dict[str, Any]) -> dict[str, Metric]:
    return {name: Metric.from_json(metric) for name, metric in shown.items()}
