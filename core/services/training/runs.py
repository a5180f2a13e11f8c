"""Watching trainings: every viewer reads the same rows, and a run whose process died is told as failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.metrics import Metric
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.reward.evaluation.evaluation import Evaluation
from core.reward.training import part
from core.reward.training.report import TrustReport
from core.services.masking import masks_output
from core.services.running.carrying import give_up_dead, last_lines
from core.services.workspace import Workspace
from core.store.training import runs
from core.store.training.runs import Run


@dataclass(frozen=True, slots=True)
class RunView:
    """A training as pages show it, live or ended."""

    run_id: int
    state: str
    recipe: str
    seed: int
    requested_by: Name
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    cancel_requested: bool
    message: str | None
    model_version: str | None
    sample: bool
    for_worker: bool
    """A worker takes it, or took it."""
    host: Annotated[str, AS_IS]
    """The machine that carries it out; empty while it waits."""
    scheduled: bool
    part: Annotated[str | None, AS_IS]
    """That it learned from a part of the ratings, in words; None where from all that TRAIN_LIMIT lets it."""
    events: tuple[dict[str, Any], ...]
    """The events' JSON in order, each with the time ``at``; empty in lists of runs."""

    @property
    def active(self) -> bool:
        """Queued or running."""
        return self.state in ("queued", "running")

    def latest(self, event: str) -> dict[str, Any] | None:
        """The last event of that name (``embedding``, ``fold_done``, ...)."""
        return next((e for e in reversed(self.events) if e["event"] == event), None)

    @property
    def folds(self) -> list[dict[str, Any]]:
        """The folds that are done, in order."""
        return [event for event in self.events if event["event"] == "fold_done"]

    @property
    def evaluation(self) -> Evaluation | None:
        """The out-of-fold evaluation, once it is there."""
        found = self.latest("evaluated")
        return None if found is None else Evaluation.from_json(found["evaluation"])

    @property
    def orders(self) -> str | None:
        """Whether raters' own orders were learned from, and what that changed, in words; None where there were none."""
        found = self.latest("compared")
        return None if found is None else _about_orders(found)

    @property
    def report(self) -> TrustReport | None:
        """The trust report, once it is there; a training of an older version has none."""
        found = self.latest("reported")
        return None if found is None else TrustReport.from_json(found["report"])


@masks_output()
def active_run(workspace: Workspace, user: User) -> RunView | None:
    """The training that is queued or running; one whose process died is first marked as failed."""
    workspace.require(user, Act.LOOK)
    reap(workspace)
    with workspace.store.read() as session:
        run = runs.active(session)
    return None if run is None else run_view(workspace, user, run.run_id)


@masks_output()
def run_view(workspace: Workspace, user: User, run_id: int) -> RunView | None:
    """One training with its events."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        run = runs.find(session, run_id)
        return (
            None
            if run is None
            else _view(
                run, tuple(event.payload | {"at": event.at.isoformat()} for event in runs.events(session, run_id))
            )
        )


@masks_output()
def history(workspace: Workspace, user: User) -> list[RunView]:
    """The latest trainings, newest first, without their events."""
    workspace.require(user, Act.LOOK)
    reap(workspace)
    with workspace.store.read() as session:
        return [_view(run, ()) for run in runs.listed(session)]


def _view(run: Run, events: tuple[dict[str, Any], ...]) -> RunView:
    return RunView(
        run_id=run.run_id,
        state=run.state,
        recipe=run.recipe,
        seed=run.seed,
        requested_by=run.requested_by,
        started_at=run.started_at,
        heartbeat_at=run.heartbeat_at,
        finished_at=run.finished_at,
        cancel_requested=run.cancel_requested,
        message=run.message,
        model_version=run.model_version,
        sample=run.sample,
        for_worker=run.for_worker,
        host=(run.process or "").rpartition(":")[0],
        scheduled=run.scheduled,
        part=_about_part(run.result or {}),
        events=events,
    )


def _about_part(result: Mapping[str, Any]) -> str | None:
    return part.sentence(result["n"], result["learned_of"]) if result.get("learned_of") else None


def reap(workspace: Workspace) -> None:
    """Mark a run whose process died as failed, so that the next one can start.

    One that was a worker's waits for the next worker instead, which begins it again; once.
    """
    give_up_dead(workspace, runs.TRAININGS, waits=LOST, failed=lambda run_id: _ended_unexpectedly(workspace, run_id))


def _ended_unexpectedly(workspace: Workspace, run_id: int) -> str:
    words = log_file(workspace, run_id)
    details = f" Its last words are in logs/{words.name}." if words.is_file() else ""
    return (
        "The training process ended unexpectedly (stopped, or out of memory). Nothing was lost; start it again."
        + details
    )


@masks_output()
def last_words(workspace: Workspace, user: User, run_id: int, *, lines: int = 12) -> tuple[str, ...]:
    """The last lines that the process of a training wrote, oldest first; none where it was not started from the page.

    Raises:
        NotAllowed: the person may not train: the lines are about the server.
    """
    workspace.require(user, Act.TRAIN)
    with workspace.store.read() as session:
        run = runs.find(session, run_id)
    if run is not None and run.for_worker and run.process and not log_file(workspace, run_id).is_file():
        host = run.process.rpartition(":")[0]
        return (f"The log is on the machine of the worker, {host}: logs/run-{run_id}.log in its ASSAY_HOME.",)
    return last_lines(log_file(workspace, run_id), lines)


LOST = "The worker that ran it ended unexpectedly. The next worker begins it again; nothing was lost."


def log_file(workspace: Workspace, run_id: int) -> Path:
    """Where a training that was started from the page writes its last words."""
    return workspace.settings.home / "logs" / f"run-{run_id}.log"


def _about_orders(compared: Mapping[str, Any]) -> str:
    pairs, prompts, apart = compared["pairs"], compared["prompts"], compared["apart"]
    comparisons, where = plural(pairs, "comparison"), plural(prompts, "question")
    more = f" ({apart:,} more are on questions kept apart for testing)" if apart else ""
    if compared["gain"] is None:
        return (
            f"The {comparisons} that raters made on {where}{more} did not clearly help to rank answers to questions it "
            "had not seen, so it learned from ratings alone."
        )
    said = f"It also learned from {comparisons} that raters made on {where}{more}."
    gain = Metric.from_json(compared["gain"])
    if gain.value is None or gain.low is None or gain.high is None:
        return f"{said} What that changed is not estimable."
    clear = "a clear gain" if gain.low > 0 else "a clear loss" if gain.high < 0 else "no clear difference"
    return (
        f"{said} On questions it had not seen, how often a good answer scores higher than a poor one changed by "
        f"{100 * gain.value:+.1f} points of 100 [{100 * gain.low:+.1f}, {100 * gain.high:+.1f}]: {clear}."
    )
