"""Model versions without a training: real files of a model that was fitted on a few invented answers."""

from collections.abc import Sequence
from functools import lru_cache

from core.domain.records import Example
from core.reward import artifact
from core.reward.training.events import TrainingResult
from core.reward.training.trainer import train
from core.services.workspace import Workspace
from core.store.tables import ModelVersion
from core.store.training import runs, versions
from tests.reward.fakes import embedder, rated_answers
from tests.reward.trained import events_and_result


def learned(seed: int = 0, prompts: int = 15) -> TrainingResult:
    """What a training on invented answers came to."""
    return learned_from(rated_answers(prompts, seed=seed))


def learned_from(examples: Sequence[Example], recipe: str = "pair") -> TrainingResult:
    """What a training on these answers came to, with an encoder that only counts words; each is made once."""
    return _learned_from(tuple(examples), recipe)


@lru_cache(maxsize=16)
def _learned_from(examples: tuple[Example, ...], recipe: str) -> TrainingResult:
    steps = train(examples, recipe=recipe, embedder=embedder(), seed=0, positive_threshold=4, minimum=10)
    *_, result = events_and_result(steps)
    assert isinstance(result, TrainingResult)
    return result


def made(
    workspace: Workspace,
    name: str,
    found: TrainingResult | None = None,
    *,
    sample: bool = False,
    champion: bool = False,
    older: bool = False,
) -> ModelVersion:
    """Save and register a version as a finished training does; ``older``: before hashes of all files were stored."""
    trained = found or learned()
    evaluation = trained.evaluation
    metadata = artifact.Metadata(
        model_version=name,
        recipe=trained.model.recipe,
        encoder=trained.model.encoder,
        data_fingerprint=trained.report.fingerprint,
        n=evaluation.n,
        prompts=len(trained.groups),
        seed=0,
        positive_threshold=4,
        metrics=evaluation.metrics,
    )
    saved = artifact.save(
        workspace.settings.model_dir,
        trained.model,
        metadata,
        groups=trained.groups,
        confidence=trained.confidence,
        fold_models=trained.fold_models,
    )
    with workspace.store.write() as session:
        run = runs.start(session, trained.model.recipe, 0, "Ana", "here:1")
        version = ModelVersion(
            model_version=name,
            run_id=run.run_id,
            recipe=trained.model.recipe,
            sha256=saved.hashes[artifact.MODEL_FILE],
            n=evaluation.n,
            prompts=len(trained.groups),
            sample=sample,
            metrics=evaluation.to_json()["metrics"],
            lineage=None if older else {"files": dict(saved.hashes)},
        )
        versions.add(session, version)
        runs.save_predictions(session, run.run_id, [(r.interaction_id, r.fold or 0, r.score) for r in evaluation.rows])
        if champion:
            versions.set_champion(
                session, name, action="automatic", by="rule", reason="It beats answer length: promoted."
            )
        runs.finish(session, run.run_id, "finished", "done", model_version=name)
    return version
