"""Scores of all answers by the model in use: by the models of its cross-validation, so that none learned from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.domain.errors import Unavailable
from core.domain.roles import Act, User
from core.reward import artifact
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import TRANSFORMER, recipe_named
from core.services.kept_figures import Kind
from core.services.masking import masks_output
from core.services.reranking.reranking import reference_embedder
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.interactions.interactions import only_sample
from core.store.retrying import written
from core.store.training import versions
from core.store.training.versions import ModelVersion
from core.store.worth import scores

AT_ONCE = 256
"""Answers that are scored between two commits: what is cut off keeps those before."""


@dataclass(frozen=True, slots=True)
class ScoreState:
    """Whether the scores of the model in use can serve."""

    run_id: int = 0
    model_version: str = ""
    """Empty where there is no usable one; ``reason`` says why."""
    waiting: int = 0
    """Answers that it has not scored; while there are any, its scores are not used."""
    reason: str | None = None

    @property
    def used(self) -> bool:
        """Whether every answer has a score."""
        return bool(self.model_version) and not self.waiting


def state(session: Session) -> ScoreState:
    """Whether the scores of the model in use can serve."""
    version = versions.champion(session)
    reason = _unusable(session, version)
    if version is None or reason:
        return ScoreState(reason=reason)
    run_id, name = version.run_id, version.model_version
    return ScoreState(run_id, name, scores.count_unscored(session, run_id, name))


@masks_output()
def score_answers(workspace: Workspace, user: User, *, on_progress: Callable[[int, int], None]) -> int:
    """Score every answer that the model in use has not scored; how many there were.

    ``on_progress`` gets how many are done, and of how many.

    Raises:
        NotAllowed: the role does not include it.
        Unavailable: there is no model whose scores can serve, the encoder cannot be loaded, or another model came into
            use meanwhile; what was scored before is kept.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        version = versions.champion(session)
        reason = _unusable(session, version)
        if version is None or reason:
            raise Unavailable(str(reason))
        name, run_id, recipe = version.model_version, version.run_id, recipe_named(version.recipe)
        path, hashes = workspace.settings.model_dir / name, version.hashes
        total = scores.count_unscored(session, run_id, name)
    if not total:
        return 0
    models = artifact.load_fold_models(path, hashes=hashes)
    embedder = reference_embedder(workspace)
    if artifact.read_metadata(path)["encoder"] != embedder.fingerprint:
        raise Unavailable(
            "The model in use was trained with another encoder than the one EMB_MODEL names now, so its scores would "
            "mean nothing. Set EMB_MODEL back, or train again."
        )
    done = after = 0
    while True:
        with workspace.store.read() as session:
            current = versions.champion(session)
            batch = scores.unscored(session, run_id, name, after=after, limit=AT_ONCE)
        if current is None or current.model_version != name:  # else its scores would take the place of the new one's
            raise Unavailable("Another model came into use while this one scored answers. Have them scored again.")
        if not batch:
            workspace.figures.drop(Kind.WORTH)  # whoever pressed the button sees what came of it
            return done
        matrix = feature_matrix(recipe, [Pair(one.prompt, one.response) for one in batch], embedder)
        found = np.mean([model.predict(matrix) for model in models], axis=0)
        rows = [(one, float(score)) for one, score in zip(batch, found, strict=True)]
        written(workspace.store, partial(scores.save, version=name, rows=rows))
        done, after = done + len(batch), batch[-1].interaction_id
        on_progress(min(done, total), total)


def _unusable(session: Session, version: ModelVersion | None) -> str | None:
    if version is None:
        return "No model is in use, so the figures rest on ratings alone. Train one to need fewer ratings."
    if version.sample and not only_sample(session):
        return "The model in use learned from the sample, so the figures rest on ratings alone. Train one on your own."
    if version.recipe == TRANSFORMER.name:
        return "The model in use has a deep part, whose scores cannot serve here, so the figures rest on ratings alone."
    if artifact.FOLDS_FILE not in version.hashes:
        return "The model in use was trained by an earlier release. Train again to use the model's scores."
    return None
