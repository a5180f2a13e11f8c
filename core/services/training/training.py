"""Training: one at a time, its events stored as rows, in this process or in one of its own."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import Any

from core.domain.errors import BadInput, BadSetting, Unavailable
from core.domain.roles import Act, User
from core.reward.recipes.registry import PAIR, TRANSFORMER, recipe_named
from core.reward.training import trainer
from core.reward.training.deep import train_deep
from core.reward.training.events import (
    STORED_NAMES,
    Embedding,
    Event,
    Examined,
    FoldDone,
    Refused,
    Registered,
    Saved,
    TrainingResult,
    Tuning,
)
from core.reward.transformer.kept import forget
from core.services.masking import masks_output
from core.services.rating.active_learning import suggest_or_say
from core.services.reranking.reranking import reference_embedder
from core.services.running.carrying import Cancelled, GivenBack, Sentences, end_recorded, heartbeat
from core.services.running.logs import process_log
from core.services.running.workers import a_gpu_trains, somebody_trains
from core.services.training.dataset import load_training_set
from core.services.training.memory import check_memory
from core.services.training.promotion import compare_with_champion
from core.services.training.registry import CANCELLED, result, save_and_register
from core.services.training.runs import log_file, reap
from core.services.workspace import Workspace, this_process
from core.serving.processes import start_detached
from core.store.database import Session, private_folder
from core.store.people import raters
from core.store.retrying import retried, written
from core.store.training import runs
from core.store.training.runs import Run

GIVEN_BACK = "The worker that ran it was stopped. The next worker begins it again; nothing was lost."
PROGRESS_SECONDS = 1.0
"""How often embedding progress is written down."""
SENTENCES = Sentences(
    failed="The training stopped unexpectedly. Nothing was lost; start it again.",
    stopped="The training was stopped. Nothing was changed; what was computed is kept.",
    memory="The training needed more memory than there is. Set TRAIN_LIMIT to train on fewer ratings.",
)


@masks_output(as_is="events for the process that trains, not for a reader")
def train(
    workspace: Workspace,
    user: User,
    *,
    recipe: str = PAIR.name,
    seed: int = 0,
    without_rater: str | None = None,
    run_id: int | None = None,
) -> Generator[Event, None, dict[str, Any]]:
    """Train in this process; yields the events of the training, and returns what ``train --json`` prints.

    Every event is also a row, so that pages in other processes can follow. ``without_rater``: nothing is learned from
    this rater's ratings and orders. With ``run_id`` a run that was asked for on the Train page is carried out.

    Raises:
        NotAllowed: the person may not train.
        BadInput: the seed, the recipe or the rater cannot be used.
        Conflict: a training is running already.
        Cancelled: somebody asked to stop it.
        AssayError: the run is marked as failed with the sentence.
    """
    workspace.require(user, Act.TRAIN)
    _check_seed(seed)
    reap(workspace)
    return (yield from _carry_out(workspace, _begin(workspace, user, recipe, seed, run_id), without_rater))


@masks_output(as_is="the number of a training")
def carry_out_next(workspace: Workspace, user: User, *, gpu: bool, stopping: Callable[[], bool]) -> int | None:
    """Carry out the training that waits for a worker, to its end, in this process; its number, None where none waits.

    How it ended, and why, stands in the run. Where ``stopping`` says so, it is given back at its next step, and the
    next worker begins it again. A worker without ``gpu`` leaves trainings to one that has it.

    Raises:
        NotAllowed: the person may not train.
        AssayError: it could not be carried out, or was given back.
    """
    workspace.require(user, Act.TRAIN)
    reap(workspace)
    run = written(workspace.store, lambda session: _take_next(session, gpu=gpu))
    if run is None:
        return None
    with process_log(log_file(workspace, run.run_id), f"taken by {this_process()}, for the {run.claim}. time"):
        for _ in _carry_out(workspace, run, None, stopping):
            pass
    return run.run_id


def _take_next(session: Session, *, gpu: bool) -> Run | None:
    return None if not gpu and a_gpu_trains(session) else runs.take_next(session, this_process())


def _carry_out(
    workspace: Workspace, run: Run, without_rater: str | None, stopping: Callable[[], bool] = lambda: False
) -> Generator[Event, None, dict[str, Any]]:
    """Carry out a run that this process has; yields its events, each of which is stored."""
    steps = _steps(workspace, run, without_rater)
    with (
        end_recorded(workspace, runs.TRAININGS, run, SENTENCES),
        heartbeat(workspace, runs.TRAININGS, run) as stop_asked,
        closing(steps),
    ):
        workspace.pick_up(at_once=True)
        stored_at = 0.0
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                outcome: dict[str, Any] = end.value
                break
            stop = stop_asked()
            pause = time.monotonic() - stored_at
            frequent = isinstance(event, Embedding | Tuning) and event.done < event.total
            if not frequent or pause > PROGRESS_SECONDS:
                stop |= _store_event(workspace, run, event)
                stored_at = time.monotonic()
            if stopping() and not isinstance(event, Refused | Saved | Registered):
                raise GivenBack(GIVEN_BACK)
            if stop and not isinstance(event, Refused | Saved | Registered):
                raise Cancelled(CANCELLED)
            yield event
    suggest_or_say(workspace)
    return outcome


@masks_output()
def train_to_end(
    workspace: Workspace,
    user: User,
    *,
    recipe: str,
    seed: int,
    without_rater: str | None = None,
    run_id: int | None = None,
    on_progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Train and wait; returns what ``train --json`` prints.

    ``on_progress`` gets how many steps of the present stage are done, and how many there are.

    Raises:
        As ``train``.
    """
    workspace.require(user, Act.TRAIN)
    if run_id is not None:
        os.nice(5)  # the raters at this machine come first
    steps = train(
        workspace,
        user,
        recipe=recipe,
        seed=seed,
        without_rater=without_rater,
        run_id=run_id,
    )
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            outcome: dict[str, Any] = end.value
            return outcome
        if isinstance(event, Embedding | Examined | Tuning):
            on_progress(event.done, event.total)
        elif isinstance(event, FoldDone):
            on_progress((event.repeat - 1) * event.folds + event.fold, event.repeats * event.folds)


@masks_output()
def start(
    workspace: Workspace, user: User, *, recipe: str = PAIR.name, seed: int = 0, without_rater: str | None = None
) -> int:
    """Start a training that outlives the page; returns its number.

    A worker takes it. Where none lives that takes trainings, it begins in a process of its own on this machine.

    Raises:
        NotAllowed: the person may not train.
        BadInput: the seed or the recipe cannot be used.
        Conflict: a training is running already.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.TRAIN)
    _check_seed(seed)
    recipe = recipe_named(recipe).name
    reap(workspace)
    run = written(workspace.store, lambda session: _ask_for(session, user, recipe, seed, without_rater))
    begin_where_no_worker(workspace, run, without_rater)
    return run.run_id


def _ask_for(session: Session, user: User, recipe: str, seed: int, without_rater: str | None) -> Run:
    for_worker = somebody_trains(session)
    left_out = raters.find(session, without_rater) if for_worker and without_rater is not None else None
    if for_worker and without_rater is not None and left_out is None:
        raise BadInput("That rater is not known here, so there is nothing to leave out. Nothing was started.")
    number = left_out.rater_id if left_out else None
    return runs.start(session, recipe, seed, user, None, for_worker=for_worker, without_rater=number)


def begin_where_no_worker(workspace: Workspace, run: Run, without_rater: str | None = None) -> None:
    """Begin a run that waits for no worker in a process of its own.

    Raises:
        Unavailable: the process could not be started; the run is told as failed.
    """
    if run.for_worker:
        return
    run_id = run.run_id
    try:
        private_folder(log_file(workspace, 0).parent)
        with log_file(workspace, run_id).open("wb") as log:
            pid = start_detached(
                "core",
                "train",
                "--run",
                str(run_id),
                "--debug",
                *(() if without_rater is None else (f"--without-rater={without_rater}",)),
                output=log,
            )
    except OSError as error:
        why = f"The training could not be started: {error.strerror}."
        written(workspace.store, lambda session: runs.finish(session, run_id, "failed", why))
        raise Unavailable(f"The training could not be started: {error.strerror}. Check disk and rights.") from error
    name = this_process().rpartition(":")[0] + f":{pid}"
    written(workspace.store, lambda session: runs.note_process(session, run_id, name))


@masks_output()
@retried
def cancel(workspace: Workspace, user: User, run_id: int) -> None:
    """Ask a training to stop; it does so at its next step, within seconds.

    Raises:
        NotAllowed: the person may not train.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.write() as session:
        runs.cancel(session, run_id, by=user)


def _check_seed(seed: int) -> None:
    if not 0 <= seed < 2**32:
        raise BadInput("The seed must be a whole number from 0 to 4,294,967,295.")


@retried
def _begin(workspace: Workspace, user: User, recipe: str, seed: int, run_id: int | None) -> Run:
    with workspace.store.write() as session:
        if run_id is None:
            return runs.start(session, recipe, seed, user, this_process())
        return runs.take(session, run_id, this_process())


def _store_event(workspace: Workspace, run: Run, event: Event) -> bool:
    """Store one event; True when the run shall stop."""
    number, claim, kind = run.run_id, run.claim, STORED_NAMES[type(event)]
    return written(workspace.store, lambda session: runs.add_event(session, number, kind, event.to_json(), claim))


def _name_of(workspace: Workspace, rater_id: int) -> str:
    with workspace.store.read() as session:
        rater = raters.load(session, rater_id)
    if rater is None:
        raise BadInput("The rater who was to be left out is not here any more. Nothing was trained; start it again.")
    return rater.name


def _steps(workspace: Workspace, run: Run, without_rater: str | None) -> Generator[Event, None, dict[str, Any]]:
    run_id, recipe, seed, settings = run.run_id, run.recipe, run.seed, workspace.settings
    if run.without_rater is not None:
        without_rater = _name_of(workspace, run.without_rater)
    embedder = reference_embedder(workspace)
    training_set = load_training_set(workspace, embedder, without_rater=without_rater)
    apart, minimum = len(training_set.held_out), settings.min_samples_to_train
    enough = training_set.rated >= minimum
    # what is needed is counted in rated answers, those that are kept apart among them
    needed = max(1, minimum - apart) if enough else minimum
    if enough and 0 < settings.train_limit < needed:  # more ratings would not help
        raise BadSetting(
            f"TRAIN_LIMIT is {settings.train_limit:,}: a training needs {needed:,} rated answers beside those that are "
            "kept apart. Set it higher, or leave it out."
        )
    check_memory(recipe, len(training_set.examples), len(training_set.preferred))
    steps: Generator[Event, None, TrainingResult | Refused]
    if recipe == TRANSFORMER.name:
        steps = train_deep(
            training_set.examples,
            training_set.held_out,
            base=settings.transformer_base,
            home=settings.home,
            embedder=embedder,
            seed=seed,
            positive_threshold=settings.positive_rating_threshold,
        )
    else:
        steps = trainer.train(
            training_set.examples,
            recipe=recipe,
            embedder=embedder,
            seed=seed,
            positive_threshold=settings.positive_rating_threshold,
            minimum=needed,
            champion_recipe=training_set.recipe_to_refit,
            champion_groups=training_set.champion_groups,
            preferred=training_set.preferred,
            preferred_apart=training_set.preferred_apart,
        )
    trained = yield from steps
    if isinstance(trained, Refused):
        prompts = len({example.group for example in training_set.examples})
        outcome = result(run_id, recipe, len(training_set.examples), prompts, trained.reason)
        _finish_refused(workspace, run, outcome, sample=training_set.sample)
        return outcome
    trained = replace(trained, judged=compare_with_champion(workspace, training_set, trained, embedder))
    yield trained.judged
    outcome = yield from save_and_register(workspace, run_id, training_set, trained, embedder, claim=run.claim)
    if recipe == TRANSFORMER.name:  # those of a stopped one are of use until it has ended
        forget(settings.home)
    return outcome


@retried
def _finish_refused(workspace: Workspace, run: Run, outcome: dict[str, Any], *, sample: bool) -> None:
    values = {"result": outcome, "sample": sample}
    with workspace.store.write() as session:
        runs.finish(session, run.run_id, "finished", outcome["reason"], claim=run.claim, **values)
