"""Registration of a trained model: its files, its version in the database, and perhaps a new champion."""

import shutil
import subprocess
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from core.domain.roles import Rule
from core.domain.settings import ROOT
from core.domain.verdicts.judgement import Judgement, Use
from core.reward import artifact
from core.reward.encoding.embedder import Embedder
from core.reward.training.events import Event, Registered, Saved, TrainingResult
from core.services.masking import ClearedText
from core.services.running.carrying import Cancelled
from core.services.training.dataset import TrainingSet
from core.services.training.poor_picks import evidence_of
from core.services.training.promotion import judgement, measure_all, recheck_decision
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import lock_writers
from core.store.interactions import exports, interactions
from core.store.retrying import retried
from core.store.training import runs, versions
from core.store.training.versions import ModelVersion
from core.store.types import now

CANCELLED = "The training was cancelled. Nothing was changed; what was computed is kept."


PROPOSED = ": not promoted, because a training on the schedule only proposes."


def save_and_register(
    workspace: Workspace,
    run_id: int,
    training_set: TrainingSet,
    trained: TrainingResult,
    embedder: Embedder,
    *,
    claim: int,
) -> Generator[Event, None, dict[str, Any]]:
    """Write the model's files and register the version; where that is stopped, no files stay behind.

    ``claim``: of the process that carries the run out; where another one has taken the run, nothing is registered.

    Yields Saved and Registered; returns what ``train --json`` prints.

    Raises:
        Cancelled: somebody asked to stop it, or another process gave the run up.
    """
    settings = workspace.settings
    name = _free_name(settings.model_dir)
    metadata = artifact.Metadata(
        model_version=name,
        recipe=trained.model.recipe,
        encoder=trained.model.encoder,
        data_fingerprint=trained.report.fingerprint,
        n=trained.learned,
        prompts=len(trained.groups),
        seed=trained.report.seed,
        positive_threshold=settings.positive_rating_threshold,
        metrics=trained.evaluation.metrics,
    )
    saved = artifact.save(
        settings.model_dir,
        trained.model,
        metadata,
        groups=trained.groups,
        confidence=trained.confidence,
        fold_models=trained.fold_models,
    )
    try:
        yield Saved(name, saved.hashes[artifact.MODEL_FILE])
        measured = measure_all(workspace, training_set, name, trained, embedder)
        version = _version(run_id, saved.hashes, metadata, training_set, trained)
        version.guarantee = evidence_of(workspace, training_set, trained, embedder) or None
        judged = judgement(workspace, training_set, trained, embedder)
        outcome = _register(workspace, version, training_set, trained, measured, judged, claim)
    except (Cancelled, GeneratorExit, KeyboardInterrupt):
        shutil.rmtree(saved.path, ignore_errors=True)  # no version knows it
        raise
    workspace.grant = versions.write_legacy_rows(workspace.store)
    yield Registered(name, outcome["promoted"], outcome["reason"])
    return outcome


def _version(
    run_id: int,
    hashes: artifact.Hashes,
    metadata: artifact.Metadata,
    training_set: TrainingSet,
    trained: TrainingResult,
) -> ModelVersion:
    evaluation = trained.evaluation
    accuracy, loss = evaluation.metrics["accuracy"].value, evaluation.metrics["log_loss"].value
    return ModelVersion(
        model_version=metadata.model_version,
        run_id=run_id,
        recipe=metadata.recipe,
        sha256=hashes[artifact.MODEL_FILE],
        n=metadata.n,
        prompts=metadata.prompts,
        sample=training_set.sample,
        created_at=now(),
        metrics=evaluation.to_json()["metrics"],
        lineage={
            "code": _code_version(),
            "data_fingerprint": metadata.data_fingerprint,
            "encoder": metadata.encoder,
            "reads": trained.weighting,
            "seed": metadata.seed,
            "held_out": len(training_set.held_out),
            "preferences": trained.comparisons,
            "without_rater": training_set.without_rater,
            "learned_of": training_set.learned_of,
            "positive_threshold": metadata.positive_threshold,
            "files": dict(hashes),
        },
        legacy_row={
            "model_version": metadata.model_version,
            "total_interactions": trained.learned,
            "avg_reward": evaluation.good / evaluation.n,
            "loss_value": loss,
            "accuracy": None if accuracy is None else 100 * accuracy,
        },
    )


@retried
def _register(
    workspace: Workspace,
    version: ModelVersion,
    training_set: TrainingSet,
    trained: TrainingResult,
    measured: dict[str, dict[str, Any]],
    judged: Judgement,
    claim: int,
) -> dict[str, Any]:
    """Register the version and end the run, in one transaction, with the decision as it stands at this moment."""
    run_id, name, evaluation = version.run_id, version.model_version, trained.evaluation
    shown = evaluation.to_json()
    with workspace.store.write() as session:
        if runs.beat(session, run_id, claim):  # cancelled, or another process has the run: the last moment
            raise Cancelled(CANCELLED)
        lock_writers(session)
        champion = versions.champion(session)
        decision = recheck_decision(
            trained.judged.decision,
            training_set,
            sample=interactions.only_sample(session),
            champion=champion.model_version if champion else None,
            ratings=exports.consensus_now(session, training_set.consensus),
        )
        promotes = decision.promoted and runs.may_promote(session, run_id)
        if decision.promoted and not promotes:
            decision = replace(decision, reason=decision.reason.replace(": promoted.", PROPOSED, 1))
        judged = judged.decided(decision.gate, decision.reason)
        version.judgement = judged.to_json()
        held_out = {
            "n": len(training_set.held_out),
            "prompts": len({example.group for example in training_set.held_out}),
        }
        outcome = result(run_id, version.recipe, trained.learned, trained.questions, decision.reason) | {
            "model_version": name,
            "metrics": shown["metrics"],
            "baselines": shown["baselines"],
            "promoted": promotes,
            "name": ClearedText(version.name),
            "verdict": judged.sentence(Use.IN_USE if promotes else Use.NOT_USED),
            "figures": judged.figures.to_json(),
            "adds": None if judged.adds is None else judged.adds.to_json(),
            "held_out": held_out if training_set.held_out else None,
            "preferences": trained.comparisons,
            "without_rater": training_set.without_rater,
            "learned_of": training_set.learned_of,
        }
        versions.add(session, version)
        made = {"run": run_id, "sha256": version.sha256, "n": version.n}
        made |= {"without_rater": training_set.without_rater} if training_set.without_rater else {}
        audit.write(session, Rule.TRAINING, "trained", f"model {name}", new=made)
        versions.measured(session, measured)
        tested = [(r.interaction_id, r.fold, r.score) for r in evaluation.rows if r.fold is not None]
        runs.save_predictions(session, run_id, tested)
        if promotes:
            versions.set_champion(session, name, action="automatic", by=Rule.PROMOTION, reason=decision.reason)
        values = {"result": outcome, "sample": training_set.sample, "model_version": name}
        runs.finish(session, run_id, "finished", decision.reason, claim=claim, **values)
    return outcome


def result(run_id: int, recipe: str, n: int, prompts: int, reason: str) -> dict[str, Any]:
    """The JSON that ``train --json`` prints when no model came of a run: the reason is its verdict."""
    return {
        "run_id": run_id,
        "model_version": None,
        "recipe": recipe,
        "n": n,
        "prompts": prompts,
        "metrics": None,
        "baselines": None,
        "promoted": False,
        "name": None,
        "verdict": reason,
        "figures": None,
        "adds": None,
        "reason": reason,
    }


def _free_name(root: Path) -> str:
    base = f"sbert-logreg-v{datetime.now(UTC):%Y%m%d-%H%M%S}"
    name, number = base, 2
    while (root / name).exists():
        name, number = f"{base}-{number}", number + 1
    return name


@lru_cache(maxsize=1)
def _code_version() -> str:
    """``v0.1.0-12-gcbbd83e`` (``-dirty``: uncommitted changes), ``assay 0.1.0`` without a checkout, or ``unknown``."""
    if (ROOT / ".git").exists():
        try:
            found = subprocess.run(
                ["git", "-C", str(ROOT), "describe", "--tags", "--always", "--dirty"],
                capture_output=True,
                text=True,
                timeout=10,
                check=True,
            )
            return found.stdout.strip()
        except (OSError, subprocess.SubprocessError):  # no git here, or not its repository: the release still says it
            pass
    try:
        return f"assay {installed_version('assay')}"
    except PackageNotFoundError:
        return "unknown"
