"""Training as a user's act: one at a time, told as rows in the database, in this process or in one of its own."""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.domain.errors import AssayError, BadInput, Unavailable
from core.domain.roles import User
from core.domain.settings import ROOT
from core.reward import artifact
from core.reward.embedder import Embedder
from core.reward.evaluation import Evaluation
from core.reward.events import Embedding, Evaluated, Event, Fitted, Judged, Refused
from core.reward.promotion import Decision
from core.reward.trainer import train as reward_train
from core.services.reranking import encoder
from core.services.watching import log_file, reap
from core.services.workspace import Workspace, this_process
from core.store import counts, exporting, interactions, runs, versions
from core.store.database import alone, private_folder
from core.store.tables import ModelVersion
from core.store.vectors import DatabaseVectors

log = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
PROGRESS_SECONDS = 1.0
"""How often embedding progress is written down."""
CANCELLED = "The training was cancelled. Nothing was changed; computed embeddings are kept."


@dataclass(frozen=True, slots=True)
class Saved:
    """The model's files are on disk."""

    model_version: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"event": "saved", "model_version": self.model_version, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Registered:
    """The version is known to the database, and perhaps champion."""

    model_version: str
    promoted: bool
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "event": "registered",
            "model_version": self.model_version,
            "promoted": self.promoted,
            "reason": self.reason,
        }


class Cancelled(AssayError):
    """Somebody asked the training to stop."""


def train(
    workspace: Workspace, *, recipe: str = "pair", seed: int = 0, by: str, run_id: int | None = None
) -> Generator[Event | Saved | Registered, None, None]:
    """Train in this process; yields the trainer's events, then Saved and Registered.

    Every event is also a row, so that pages in other processes can follow. With ``run_id`` a run that was asked for on
    the Train page is carried out.

    Raises:
        BadInput: the seed or the recipe cannot be used.
        Conflict: a training is running already.
        Cancelled: somebody asked to stop it.
        AssayError: the run is marked as failed with the sentence.
    """
    if not 0 <= seed < 2**32:
        raise BadInput("The seed must be a whole number from 0 to 4,294,967,295.")
    reap(workspace)
    workspace.pick_up(at_once=True)
    with workspace.store.write() as session:
        if run_id is None:
            run = runs.start(session, recipe, seed, by, this_process())
        else:
            run = runs.take(session, run_id, this_process())
        run_id, recipe, seed = run.run_id, run.recipe, run.seed
    with _ends(workspace, run_id), _beating(workspace, run_id) as stop_asked:
        written = 0.0
        for event in _events(workspace, run_id, recipe, seed):
            stop = stop_asked()
            pause = time.monotonic() - written
            if not isinstance(event, Embedding) or pause > PROGRESS_SECONDS or event.done == event.total:
                with workspace.store.write() as session:
                    stop |= runs.add_event(session, run_id, type(event).__name__, event.to_json())
                written = time.monotonic()
            if stop and not isinstance(event, Refused | Saved | Registered):
                raise Cancelled(CANCELLED)
            yield event


def train_to_end(
    workspace: Workspace,
    *,
    recipe: str,
    seed: int,
    by: str,
    run_id: int | None = None,
    on_progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Train and wait; what ``train --json`` prints."""
    if run_id is not None:
        os.nice(5)  # the raters at this machine come first
    for event in train(workspace, recipe=recipe, seed=seed, by=by, run_id=run_id):
        if isinstance(event, Embedding):
            on_progress(event.done, event.total)
    with workspace.store.read() as session:
        latest = runs.listed(session, limit=1)[0] if run_id is None else runs.find(session, run_id)
    assert latest is not None
    assert latest.result is not None
    return latest.result


def start(workspace: Workspace, user: User, *, recipe: str, seed: int = 0) -> int:
    """Start a training in a process of its own, which outlives the page; the number of the run.

    Raises:
        Conflict: a training is running already.
        Unavailable: the process could not be started.
    """
    reap(workspace)
    private_folder(log_file(workspace, 0).parent)
    with workspace.store.write() as session:
        run_id = runs.start(session, recipe, seed, user.name, None).run_id
    try:
        with log_file(workspace, run_id).open("wb") as log:
            process = subprocess.Popen(
                # -P and PYTHONPATH instead of another folder: relative paths in the configuration keep their meaning
                [sys.executable, "-P", "-m", "core", "train", "--run", str(run_id), "--debug"],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C on the dashboard does not end it
            )
    except OSError as error:
        with workspace.store.write() as session:
            runs.finish(session, run_id, "failed", f"The training could not be started: {error.strerror}.")
        raise Unavailable(f"The training could not be started: {error.strerror}. Check disk and rights.") from error
    threading.Thread(target=process.wait, daemon=True).start()  # a child nobody waits for would look alive for ever
    with workspace.store.write() as session:
        runs.started_as(session, run_id, this_process().rpartition(":")[0] + f":{process.pid}")
    return run_id


def cancel(workspace: Workspace, run_id: int) -> None:
    """Ask a training to stop; it does so at its next step, within seconds."""
    with workspace.store.write() as session:
        runs.cancel(session, run_id)


def _events(workspace: Workspace, run_id: int, recipe: str, seed: int) -> Iterator[Event | Saved | Registered]:
    settings = workspace.settings
    with workspace.store.read() as session:
        examples = exporting.examples(session, newest=settings.train_limit)
        sample = counts.totals(session, settings.positive_rating_threshold).sample
        champion = versions.champion(session)
    # a champion that learned from the sample is no rival for a model of real ratings, and the other way round
    rival = champion.recipe if champion is not None and champion.sample == sample else None
    told: dict[type, Any] = {}
    for event in reward_train(
        examples,
        recipe=recipe,
        embedder=Embedder(encoder(settings.emb_model), DatabaseVectors(workspace.store)),
        seed=seed,
        positive_threshold=settings.positive_rating_threshold,
        minimum=settings.min_samples_to_train,
        champion_recipe=rival,
    ):
        told[type(event)] = event
        yield event
        if isinstance(event, Refused):
            with workspace.store.write() as session:
                result = _result(run_id, recipe, len(examples), len({e.group for e in examples}), event.reason)
                runs.finish(session, run_id, "finished", event.reason, result=result, sample=sample)
            return
    judged_against = _Ground(sample, champion.model_version if champion else None)
    yield from _keep(
        workspace, run_id, recipe, seed, judged_against, told[Evaluated].evaluation, told[Judged], told[Fitted]
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a decision was made on; when it changes before the end, the decision no longer holds."""

    sample: bool
    champion: str | None


def _keep(
    workspace: Workspace, run_id: int, recipe: str, seed: int, ground: _Ground,
    evaluation: Evaluation, judged: Judged, fitted: Fitted,
) -> Iterator[Saved | Registered]:  # fmt: skip
    settings = workspace.settings
    name = _free_name(settings.model_dir)
    metadata = artifact.Metadata(
        model_version=name,
        recipe=recipe,
        encoder=fitted.model.encoder,
        data_fingerprint=fitted.data_fingerprint,
        n=evaluation.n,
        prompts=evaluation.prompts,
        seed=seed,
        positive_threshold=settings.positive_rating_threshold,
        metrics=evaluation.metrics,
    )
    saved = artifact.save(settings.model_dir, fitted.model, metadata, groups=fitted.groups)
    try:
        yield Saved(name, saved.sha256)
        decision = _register(workspace, run_id, name, saved.sha256, recipe, ground, evaluation, judged.decision)
    except (Cancelled, GeneratorExit, KeyboardInterrupt):
        shutil.rmtree(saved.path, ignore_errors=True)  # no version knows it
        raise
    workspace.grant = versions.write_legacy_rows(workspace.store)
    yield Registered(name, decision.promoted, decision.reason)


def _register(
    workspace: Workspace, run_id: int, name: str, sha256: str, recipe: str, ground: _Ground,
    evaluation: Evaluation, decision: Decision,
) -> Decision:  # fmt: skip
    """Make the version known and end the run, in one transaction; the decision as it stands at this moment."""
    shown = evaluation.to_json()
    accuracy, loss = evaluation.metrics["accuracy"].value, evaluation.metrics["log_loss"].value
    with workspace.store.write() as session:
        if runs.beat(session, run_id):  # cancelled, or taken for dead by another process: the last moment to stop
            raise Cancelled(CANCELLED)
        alone(session)
        champion = versions.champion(session)
        present = _Ground(interactions.only_sample(session), champion.model_version if champion else None)
        decision = _still(present, ground, decision)
        result = _result(run_id, recipe, evaluation.n, evaluation.prompts, decision.reason) | {
            "model_version": name,
            "metrics": shown["metrics"],
            "baselines": shown["baselines"],
            "promoted": decision.promoted,
        }
        versions.add(
            session,
            ModelVersion(
                model_version=name,
                run_id=run_id,
                recipe=recipe,
                sha256=sha256,
                n=evaluation.n,
                prompts=evaluation.prompts,
                sample=ground.sample,
                metrics=shown["metrics"],
                legacy_row={
                    "model_version": name,
                    "total_interactions": evaluation.n,
                    "avg_reward": evaluation.good / evaluation.n,
                    "loss_value": loss,
                    "accuracy": None if accuracy is None else 100 * accuracy,
                },
            ),
        )
        runs.save_predictions(session, run_id, [(r.interaction_id, r.fold or 0, r.score) for r in evaluation.rows])
        if decision.promoted:
            versions.crown(session, name, action="automatic", by="rule", reason=decision.reason)
        values = {"result": result, "sample": ground.sample, "model_version": name}
        runs.finish(session, run_id, "finished", decision.reason, **values)
    return decision


def _still(now_there: _Ground, ground: _Ground, decision: Decision) -> Decision:
    """The decision, unless what it was made on changed during the training."""
    if not decision.promoted or now_there == ground:
        return decision
    if now_there.sample != ground.sample:
        return Decision(
            False, "The sample was removed, or own answers arrived, during the training: not promoted. Train again."
        )
    return Decision(
        False,
        "Another model was put in use during the training, and this one was not judged against it: not promoted. "
        "Train again, or promote it on the Models page.",
    )


def _result(run_id: int, recipe: str, n: int, prompts: int, reason: str) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "model_version": None,
        "recipe": recipe,
        "n": n,
        "prompts": prompts,
        "metrics": None,
        "baselines": None,
        "promoted": False,
        "reason": reason,
    }


def _free_name(root: Path) -> str:
    base = f"sbert-logreg-v{datetime.now(UTC):%Y%m%d-%H%M%S}"
    name, number = base, 2
    while (root / name).exists():
        name, number = f"{base}-{number}", number + 1
    return name


@contextmanager
def _ends(workspace: Workspace, run_id: int) -> Iterator[None]:
    """Whatever happens, the run does not stay active."""
    state, sentence = "failed", "The training stopped unexpectedly. Nothing was lost; start it again."
    try:
        yield
        state = "finished"
    except Cancelled as error:
        state, sentence = "cancelled", str(error)
        raise
    except AssayError as error:
        sentence = str(error)
        raise
    except (KeyboardInterrupt, GeneratorExit):
        state, sentence = "cancelled", "The training was stopped. Nothing was changed; computed embeddings are kept."
        raise
    except MemoryError:
        sentence = "The training needed more memory than there is. Set TRAIN_LIMIT to train on fewer ratings."
        raise
    finally:
        if state != "finished":
            with workspace.store.write() as session:
                runs.finish(session, run_id, state, sentence)


@contextmanager
def _beating(workspace: Workspace, run_id: int) -> Iterator[Callable[[], bool]]:
    """Say every few seconds that the run is alive, and learn whether it shall stop."""
    stop, done = threading.Event(), threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            try:
                with workspace.store.write() as session:
                    if runs.beat(session, run_id):
                        stop.set()
            except Exception as error:  # noqa: BLE001  a thread that ends would make a living run look dead
                log.warning("a sign of life could not be written: %s", type(error).__name__)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield stop.is_set
    finally:
        done.set()
        thread.join()
