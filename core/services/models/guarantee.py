"""Promises about picked answers: what the model in use can promise, and having it measured where it was not."""

from dataclasses import dataclass
from typing import Annotated

from core.domain.errors import Conflict, Unavailable
from core.domain.guarantee.outcome import OF_A_DEEP_PART, OF_THE_SAMPLE
from core.domain.guarantee.promise import PROMISES, Promise
from core.domain.held_out import is_held_out
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.reward import artifact
from core.reward.encoding.embedder import Embedder
from core.reward.guarantee.learn_then_test import Evidence
from core.reward.guarantee.standing import Standing, standing
from core.reward.recipes.registry import TRANSFORMER
from core.services.masking import masks_output
from core.services.models.models import version_path
from core.services.reranking.reranking import reference_embedder, serving_embedder
from core.services.training.poor_picks import count_poor_picks
from core.services.workspace import Workspace
from core.store.interactions import exports
from core.store.retrying import written
from core.store.training import runs, versions

_NO_TRIAL = (
    "No question that is kept apart for this model has two rated answers yet, so there is nothing to measure on. Rate "
    "more answers, at least two to each question, and train again. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class PoorPicks:
    """How often the picks of the model in use are poor, as it ranks on this server now."""

    model_version: str
    name: Annotated[str, AS_IS]
    """Such as ``Model 3, 28 Nov``."""
    sample: bool
    """It learned from the sample: nothing can be promised."""
    deep: bool
    """It has a deep part, for which promises are not measured."""
    evidence: Annotated[Evidence | None, AS_IS]
    """None where it was not measured with the encoder that serves."""

    @property
    def standings(self) -> dict[Promise, Standing]:
        """Whether each promise can be given; empty where nothing was measured."""
        return {} if self.evidence is None else {promise: standing(self.evidence, promise) for promise in PROMISES}


@masks_output()
def poor_picks(workspace: Workspace, user: User) -> PoorPicks | None:
    """What is known of the model in use; None where none is."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        version = versions.champion(session)
        if version is None:
            return None
    try:
        found = (version.guarantee or {}).get(serving_embedder(workspace).computed_by)
    except Unavailable:  # an encoder that cannot be loaded is said where the model is, and measures nothing
        found = None
    evidence = None if found is None else Evidence.from_json(found)
    return PoorPicks(version.model_version, version.name, version.sample, version.recipe == TRANSFORMER.name, evidence)


@masks_output()
def measure(workspace: Workspace, user: User, model_version: str) -> None:
    """Count the poor picks of a version with the encoder that serves now, once and for good.

    Thresholds come from the out-of-fold scores of its training; measuring again with more ratings would be a second
    claim on the same questions, so it is refused.

    Raises:
        NotAllowed: the person may not change models.
        NotFound: there is no such version.
        Conflict: they were counted before, there is nothing to measure on, it learned from the sample,
            or it has a deep part.
        Unavailable: its files are missing or altered, or it was trained with another encoder.
    """
    workspace.require(user, Act.MODELS)
    threshold = workspace.settings.positive_rating_threshold
    embedder = _as_it_serves(workspace)
    with workspace.store.read() as session:
        version = versions.find(session, model_version)
        if version.sample:
            raise Conflict(f"{OF_THE_SAMPLE} Nothing was changed.")
        if version.recipe == TRANSFORMER.name:
            raise Conflict(f"{OF_A_DEEP_PART} Nothing was changed.")
        versions.need_uncounted(version, embedder.computed_by)
        out_of_fold = runs.predictions(session, version.run_id)
        learned = exports.examples(session, held_out=False)
        kept = [example for example in exports.examples(session, held_out=True) if is_held_out(example.group)]
    folder = version_path(workspace, model_version)
    evidence = count_poor_picks(
        artifact.load(folder, hashes=version.hashes, encoder=embedder.fingerprint),
        artifact.load_confidence(folder, hashes=version.hashes),
        artifact.trained_groups(folder, hashes=version.hashes, prompts=version.prompts),
        learned,
        out_of_fold,
        kept,
        embedder,
        positive_threshold=threshold,
    )
    if evidence is None:
        raise Conflict(_NO_TRIAL)
    found = evidence.to_json()
    written(
        workspace.store,
        lambda session: versions.add_evidence(session, model_version, embedder.computed_by, found, by=user),
    )


def _as_it_serves(workspace: Workspace) -> Embedder:
    """Vectors from the encoder that serves now; the reference's are kept, as those of all answers of the data are."""
    serving, reference = serving_embedder(workspace).in_memory(), reference_embedder(workspace)
    return reference if serving.computed_by == reference.computed_by else serving
