"""The progress of a training: its stage in words, the share that is done, the time left, and its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

import streamlit as st

from core.domain.roles import Act
from core.reward.recipes.registry import TRANSFORMER
from core.services.training import runs
from core.services.training.runs import RunView
from core.ui.shell.page import Page

SHOWN_LINES = 12
AFTER_FOLDS, FOR_THE_REPORT, LAST_STEPS = 1.0, 0.75, 0.1
"""What follows, in times of all folds together: measured on 1,629 answers (17 s of folds, 18 s after them)."""

TESTING = "Testing itself on answers it has not seen"
_FREQUENT = ("embedding", "examined", "tuning")


@dataclass(frozen=True, slots=True)
class StageOfRun:
    """What a run is doing, and about how much of it is done."""

    words: str
    share: float
    seconds_left: float | None = None
    """Until its end, about; None where nothing can be said yet."""


def current_stage(run: RunView) -> StageOfRun:
    """Describe the latest event of a run: words, share done and seconds left."""
    if run.cancel_requested:
        return StageOfRun("Stopping …", _share(run))
    if not run.events:
        return StageOfRun("Starting …" if run.state == "queued" else "Reading answers and ratings …", 0.02)
    event = run.events[-1]
    return StageOfRun(event_in_words(event), _share(run), seconds_left(run.events))


def seconds_left(events: Sequence[dict], now: datetime | None = None) -> float | None:
    """About how long until the end, from the pace so far; while embeddings are computed only they can be foretold."""
    last = events[-1]
    tuning = next((event for event in reversed(events) if event["event"] == "tuning"), None)
    if tuning is not None:  # what comes after the last model takes seconds
        if last["event"] not in ("tuning", "fold_done") or tuning["seconds_left"] is None:
            return None
        return max(tuning["seconds_left"] - ((now or datetime.now(UTC)) - _when(tuning)).total_seconds(), 0.0)
    if last["event"] == "embedding" and last["done"] < last["total"]:
        return None  # said with the embeddings
    begun = {event["event"]: _when(event) for event in reversed(events) if "at" in event}
    folds = [event for event in events if event["event"] == "fold_done" and "at" in event]
    before = [_when(event) for event in events if event["event"] in ("started", "embedding") and "at" in event]
    if not folds or not before:
        return None
    done, start = _place(folds[-1]), max(before)
    each = (_when(folds[-1]) - start).total_seconds() / done
    whole = each * folds[-1].get("repeats", 1) * folds[-1]["folds"]
    match last["event"]:
        case "fold_done":
            left = whole - each * done + AFTER_FOLDS * whole
        case "evaluated":
            left = FOR_THE_REPORT * whole
        case "examined":
            since = begun.get("evaluated", begun["examined"])
            pace = (_when(last) - since).total_seconds() / last["done"]
            left = pace * (last["total"] - last["done"]) + LAST_STEPS * whole
        case "reported" | "judged":
            left = LAST_STEPS * whole
        case _:
            return None
    waited = ((now or datetime.now(UTC)) - _when(last)).total_seconds()
    return max(left - waited, 0.0)


def _place(fold: dict) -> int:
    return (fold.get("repeat", 1) - 1) * fold["folds"] + fold["fold"]


def _when(event: dict) -> datetime:
    return datetime.fromisoformat(event["at"])


def _share(run: RunView) -> float:
    if not run.events:
        return 0.02
    deep = run.recipe == TRANSFORMER.name
    return max(_share_after(event, deep=deep) for event in run.events)


def _share_after(event: dict, *, deep: bool) -> float:
    after = {
        "evaluated": 0.8,
        "reported": 0.94,
        "judged": 0.95,
        "fitted": 0.98,
        "saved": 0.99,
        "registered": 1.0,
        "refused": 1.0,
    }
    match event["event"]:
        case "embedding" if deep:  # the tuning after it takes far longer
            return 0.1
        case "embedding":
            return 0.05 + 0.6 * (event["done"] / event["total"] if event["total"] else 1)
        case "tuning":
            return 0.1 + 0.7 * event["done"] / event["total"]
        case "fold_done" if deep:
            return 0.1 + 0.7 * event["fold"] / event["folds"]
        case "fold_done":
            repeat, repeats = event.get("repeat", 1), event.get("repeats", 1)
            return 0.65 + 0.15 * (repeat - 1 + event["fold"] / event["folds"]) / repeats
        case "examined":
            return 0.8 + 0.14 * event["done"] / event["total"]
        case other:
            return after.get(other, 0.05)


def event_in_words(event: dict) -> str:
    """Say what a run does after this event."""
    match event["event"]:
        case "started":
            return f"Read {event['n']:,} rated answers to {event['prompts']:,} questions. Loading the language model …"
        case "embedding" if event["done"] < event["total"]:
            pace = f" · {event['rows_per_second']:.0f} per second" if event["rows_per_second"] else ""
            left = f" · about {duration(event['seconds_left'])} left" if event["seconds_left"] else ""
            return f"Reading the texts: {event['done']:,} of {event['total']:,}{pace}{left}"
        case "embedding":
            return f"All texts are read. {TESTING} …"
        case "planned":
            return (
                f"Teaching a language model needs about {event['memory'] / 1e9:.1f} GB of memory, and "
                f"{event['disk'] / 1e9:.1f} GB of disk until it ends. Reading the texts once …"
            )
        case "tuning":
            return (
                f"Teaching a language model from the ratings: model {event['fold']} of {event['folds']}, round "
                f"{event['epoch']} of {event['epochs']} · loss {event['loss']:.2f}"
            )
        case "fold_done" if (done := _place(event)) < (tests := event.get("repeats", 1) * event["folds"]):
            return f"{TESTING}: {done} of {tests} tests done …"
        case "fold_done":
            return "All tests are done. Working out how certain the figures are …"
        case "compared" if event["gain"] is None:
            return (
                f"{event['pairs']:,} comparisons of raters do not clearly help: learning from ratings alone. "
                f"{TESTING} …"
            )
        case "compared":
            return (
                f"Learned from {event['pairs']:,} comparisons of raters too. Working out how certain the figures are …"
            )
        case "evaluated":
            return "Finding out what fewer and more ratings would bring …"
        case "examined" if event["done"] < event["total"]:
            return f"Finding out what fewer and more ratings would bring: {event['done']} of {event['total']} …"
        case "examined":
            return "Writing the report …"
        case "reported":
            return "Learning from all ratings …"
        case "fitted":
            return "Comparing with the model in use …"
        case _:
            return "Saving the model …"


def duration(seconds: float) -> str:
    """About how long: 8 s, 3 min, 1 h 20 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def how_far_it_got(page: Page, run: RunView) -> None:
    """Where a training that did not end well had got to, and for leads what its process said last."""
    lines = log_lines(run)
    process = runs.last_words(page.workspace, page.user, run.run_id) if page.may(Act.TRAIN) else ()
    if not lines and not process:
        return
    failed = run.state == "failed"
    with st.expander("How far it got", icon=":material/terminal:", key="train.how_far", expanded=failed):
        if lines:
            st.code("\n".join(lines[-SHOWN_LINES:]), language=None, wrap_lines=True)
        if process:
            st.caption("The last lines of its process, for whoever runs this server:")
            st.code("\n".join(process), language=None, wrap_lines=True)


def log_lines(run: RunView) -> list[str]:
    """A line per event with its time; of many alike in a row only the last."""
    return [
        f"{datetime.fromisoformat(event['at']).astimezone():%H:%M:%S}  {event_in_words(event)}"
        for event, following in zip_longest(run.events, run.events[1:])
        if "at" in event and not (event["event"] in _FREQUENT and following and following["event"] == event["event"])
    ]
