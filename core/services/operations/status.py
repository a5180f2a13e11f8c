"""Where we stand: counts, stage and champion."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.plain import AS_IS
from core.domain.ratings import Stage, stage
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.running import workers
from core.services.workspace import Workspace
from core.store.training import statistics, versions


@dataclass(frozen=True, slots=True)
class Champion:
    """The model version in use."""

    model_version: str
    recipe: str
    promoted_at: datetime
    metrics: dict[str, Any]
    sample: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What ``status`` prints and Home shows."""

    database: Annotated[str, AS_IS]
    interactions: int
    rated: int
    unrated: int
    discarded: int
    """Of the unrated, those that raters found unfit to be rated: nobody is asked for them."""
    good: int
    stage: Stage
    next_threshold: int | None
    champion: Champion | None
    sample: bool
    old_model_file: Path | None
    """The single file that the older scripts left at REWARD_MODEL_PATH: never loaded."""
    grant: str | None
    workers: Annotated[tuple[str, ...], AS_IS] = ()
    """The workers that live, in words."""

    @property
    def waiting(self) -> int:
        """How many answers wait for a first rating."""
        return self.unrated - self.discarded

    def to_json(self) -> dict[str, Any]:
        """As ``status --json`` prints it."""
        champion = None
        if self.champion:
            champion = {
                "model_version": self.champion.model_version,
                "recipe": self.champion.recipe,
                "promoted_at": self.champion.promoted_at.isoformat(),
                "metrics": self.champion.metrics,
            }
        return {
            "database": self.database,
            "interactions": self.interactions,
            "rated": self.rated,
            "unrated": self.unrated,
            "good": self.good,
            "stage": str(self.stage),
            "next_threshold": self.next_threshold,
            "champion": champion,
            "sample": self.sample,
            "workers": list(self.workers),
        }


@masks_output()
def status(workspace: Workspace, user: User, *, at_once: bool = False) -> Status:
    """Count, after picking up what the old application wrote."""
    workspace.require(user, Act.LOOK)
    workspace.pick_up(at_once=at_once)
    with workspace.store.read() as session:
        totals = statistics.totals(session, workspace.settings.positive_rating_threshold)
        version = versions.champion(session)
        promoted = next(
            (p.at for p in versions.promotions(session) if version and p.model_version == version.model_version), None
        )
    reached, following = stage(totals.rated, workspace.settings.min_samples_to_train)
    champion = None
    if version is not None:
        champion = Champion(
            version.model_version, version.recipe, promoted or version.created_at, version.metrics, version.sample
        )
    return Status(
        database=workspace.store.label,
        interactions=totals.interactions,
        rated=totals.rated,
        unrated=totals.unrated,
        discarded=totals.discarded,
        good=totals.good,
        stage=reached,
        next_threshold=following,
        champion=champion,
        sample=totals.sample,
        old_model_file=workspace.settings.old_model_file,
        grant=workspace.grant,
        workers=tuple(worker.in_words for worker in workers.listed(workspace, user)),
    )
