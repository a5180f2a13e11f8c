"""Promotion of a new model: comparison with the champion itself, and the decision rechecked at the end."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.domain.errors import Unavailable
from core.domain.metrics import Metric
from core.domain.verdicts.gates import Decision, Gate, judge_addition, judge_challenger
from core.domain.verdicts.judgement import Judgement
from core.reward import artifact
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.held_out import difference, measurements
from core.reward.recipes.pair import ALONE
from core.reward.recipes.registry import TRANSFORMER
from core.reward.training.events import Judged, TrainingResult
from core.reward.training.figures import kept_apart_figures
from core.services.training.dataset import TrainingSet
from core.services.workspace import Workspace
from core.store.training import versions

MOVED = 0.05
"""Share of the ratings whose change during a training takes the ground away from its decision."""


def compare_with_champion(
    workspace: Workspace, training_set: TrainingSet, trained: TrainingResult, embedder: Embedder
) -> Judged:
    """Compare the model with the champion itself, on held-out prompts that neither was trained on.

    Where these are few, what the comparison of the refitted recipes came to (``trained.judged``) stands, unless the
    model is clearly worse. A recipe with tuned layers is never refitted: there they decide however few they are, and
    without any the model is not promoted.
    """
    refitted = TRANSFORMER.name not in (trained.model.recipe, training_set.champion_recipe)
    if training_set.rival is None:
        if refitted or training_set.champion_recipe is None:
            return trained.judged
        nothing = Metric(None, reason="not estimable: too few questions that neither was trained on")
        return Judged(_challenger(trained, nothing, 0), nothing, 0)
    versus = difference(
        trained.model,
        training_set.rival,
        training_set.unseen,
        embedder,
        positive_threshold=workspace.settings.positive_rating_threshold,
        seed=0,  # fixed: training again with other seeds shall not be a way to another verdict on the same model
    )
    clearly_worse = versus.high is not None and versus.high < 0
    stops = trained.judged.decision.promoted and clearly_worse
    if refitted and not training_set.rival_decides and not stops:
        return trained.judged
    prompts = training_set.unseen_prompts
    return Judged(_challenger(trained, versus, prompts), versus, prompts)


def _challenger(trained: TrainingResult, versus: Metric, prompts: int) -> Decision:
    evaluation = trained.evaluation
    decision = judge_challenger(
        evaluation.metrics["roc_auc"],
        evaluation.versus_length,
        evaluation.versus_curve,
        versus,
        unseen_questions=prompts,
    )
    return decision if trained.adds is None else judge_addition(decision, trained.adds)


def measure_all(
    workspace: Workspace, training_set: TrainingSet, name: str, trained: TrainingResult, embedder: Embedder
) -> dict[str, dict[str, Any]]:
    """Measure every usable version and the new one (``name``) on the present held-out prompts; JSON by version."""
    if not training_set.held_out:
        return {}
    with workspace.store.read() as session:
        here = (v for v in versions.listed(session) if v.archived_at is None and v.thinned_at is None)
        known = [version for version in here if not version.sample]
    models = {name: (trained.model, trained.groups)}
    for version in known:
        folder = workspace.settings.model_dir / version.model_version
        try:
            model = artifact.load(folder, hashes=version.hashes, encoder=embedder.fingerprint)
            groups = artifact.trained_groups(folder, hashes=version.hashes, prompts=version.prompts)
            models[version.model_version] = model, groups
        except Unavailable:  # what cannot be loaded keeps the measurement that it has
            continue
    return measurements(
        models, training_set.held_out, embedder, positive_threshold=workspace.settings.positive_rating_threshold, seed=0
    )


def judgement(
    workspace: Workspace, training_set: TrainingSet, trained: TrainingResult, embedder: Embedder
) -> Judgement:
    """Figures and decision of a training, fixed for good: on the answers kept apart where these are enough."""
    kept = kept_apart_figures(
        trained.model,
        trained.figures,
        training_set.held_out,
        embedder,
        positive_threshold=workspace.settings.positive_rating_threshold,
        seed=0,
    )
    decision, figures = trained.judged.decision, kept or trained.figures
    return Judgement(
        figures,
        decision.gate,
        decision.reason,
        trained.judged.unseen_prompts,
        trained.one_person,
        adds=trained.adds,
        goes_by=ALONE.get(trained.weighting),
    )


def recheck_decision(
    decision: Decision, training_set: TrainingSet, *, sample: bool, champion: str | None, ratings: Mapping[int, float]
) -> Decision:
    """The decision as it stands at the end of a training, with what is there then.

    ``sample``: whether only the sample is rated; ``champion``: its version; ``ratings``: consensus by interaction.
    """
    learned = training_set.consensus
    moved = sum(ratings.get(number) != rating for number, rating in learned.items())
    told = f" ({moved:,} of the ratings it learned from changed during the training.)" if moved else ""
    if not decision.promoted:
        return replace(decision, reason=decision.reason + told)
    if sample != training_set.sample:
        return Decision(
            Gate.MOVED,
            "The sample was removed, or own answers arrived, during the training: not promoted. Train again.",
        )
    if champion != training_set.champion:
        return Decision(
            Gate.MOVED,
            "Another model was put in use during the training, and this one was not judged against it: not promoted. "
            "Train again, or promote it on the Models page.",
        )
    if moved > MOVED * len(learned):
        return Decision(
            Gate.MOVED,
            f"{moved:,} of the {len(learned):,} ratings it learned from changed or went during the training: "
            "not promoted. Train again.",
        )
    return replace(decision, reason=decision.reason + told)
