"""Starting a training, and watching one while it runs; what it showed is in ``results``."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

import streamlit as st

from core.domain.metrics import Metric
from core.services import preferences, training, watching
from core.services.readiness import Readiness
from core.services.readiness_facts import Verdict
from core.services.watching import RunView
from core.ui import figures
from core.ui.acting import actor, waits_for_name
from core.ui.failures import act, shown
from core.ui.measures import MEASURES, RECIPES, cell, number, recipe_name
from core.ui.navigation import next_step
from core.ui.page import Page, sample_badge
from core.ui.texts import literal

WATCH_SECONDS = 1.0
NOTICE_SECONDS = 5.0
QUIET_SECONDS = 20
"""A run normally says it is alive every three seconds."""
SHOWN_FOLDS = 5
PER_FOLD = ("accuracy", "roc_auc", "pairwise_accuracy")


def start_card(page: Page, ready: Readiness) -> None:
    """Choose a recipe and start; where that is not possible yet, why and what to do."""
    blockers = [check for check in ready.checks if check.verdict is Verdict.BLOCKER]
    warnings = sum(check.verdict is Verdict.WARNING for check in ready.checks)
    with st.container(border=True, key="train.card", gap="medium"):
        st.radio(
            "Recipe", list(RECIPES), key="train.recipe", persist_state="page", format_func=lambda name: RECIPES[name][0],
            captions=[sentence for _, sentence in RECIPES.values()],
            help="How the model reads a prompt and an answer. Unless you want a comparison, keep the recommended one.",
        )  # fmt: skip
        kept = preferences.total(page.workspace, page.user)
        if kept:
            st.checkbox(
                f"Learn from raters' own orders too ({kept:,} {'comparison' if kept == 1 else 'comparisons'})",
                key="train.preferences", persist_state="page",
                help="What raters kept on the Rerank page under “I would order them differently”. The report says what it "
                "changed, measured on prompts that the model has not seen.",
            )  # fmt: skip
        for check in blockers:
            st.warning(literal(check.sentence), icon=":material/block:")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Start training", key="train.start", icon=":material/play_arrow:", disabled=bool(blockers),
                type="secondary" if blockers else "primary", on_click=_start, args=(page,),
            )  # fmt: skip
            if blockers and not ready.facts.rated + ready.facts.unrated:
                next_step("Get answers first", "home", key="train.home")
            elif blockers:
                next_step("Rate answers", "rate", key="train.rate")
                next_step("Check readiness", "readiness", key="train.readiness", primary=False)
            else:
                st.markdown(_about(ready), width="content")
        if warnings and not blockers:
            points = "One point needs" if warnings == 1 else f"{warnings} points need"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{points} attention before the figures can be trusted.", width="content")
                next_step("See readiness", "readiness", key="train.readiness", primary=False)


@st.fragment(run_every=NOTICE_SECONDS)
def notice(page: Page, newest: int | None) -> None:
    """While nothing runs: look now and then whether somebody else has started a training."""
    with shown("train.notice"):
        latest = next(iter(watching.history(page.workspace, page.user)), None)
        if latest is not None and latest.run_id != newest:
            st.rerun()


@st.fragment(run_every=WATCH_SECONDS)
def live(page: Page, run_id: int) -> None:
    """The running training, drawn again every second; its end draws the whole page once."""
    with shown("train.live"):
        run = watching.active_run(page.workspace, page.user)
        if run is None or run.run_id != run_id or waits_for_name(page):
            st.rerun()
        with st.container(border=True, key="train.live", gap="medium"):
            _header(run)
            stage = stage_of(run)
            st.progress(stage.share, text=stage.words)
            _quiet(run)
            _arriving(run)
            _story(run)
            _cancel(page, run)


@dataclass(frozen=True, slots=True)
class StageOfRun:
    """What a run is doing, and about how much of it is done."""

    words: str
    share: float


def stage_of(run: RunView) -> StageOfRun:
    """The latest event, in words."""
    if run.cancel_requested:
        return StageOfRun("Stopping …", _share(run))
    if not run.events:
        return StageOfRun("Starting the training process …" if run.state == "queued" else "Reading the ratings …", 0.02)
    event = run.events[-1]
    return StageOfRun(_words(event), _share(run))


def _share(run: RunView) -> float:
    if not run.events:
        return 0.02
    return max(_share_after(event) for event in run.events)


def _share_after(event: dict) -> float:
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
        case "embedding":
            return 0.05 + 0.6 * (event["done"] / event["total"] if event["total"] else 1)
        case "fold_done":
            repeat, repeats = event.get("repeat", 1), event.get("repeats", 1)
            return 0.65 + 0.15 * (repeat - 1 + event["fold"] / event["folds"]) / repeats
        case "examined":
            return 0.8 + 0.14 * event["done"] / event["total"]
        case other:
            return after.get(other, 0.05)


def _words(event: dict) -> str:
    match event["event"]:
        case "started":
            return f"Read {event['n']:,} rated answers to {event['prompts']:,} prompts. Loading the language model …"
        case "embedding" if event["done"] < event["total"]:
            pace = f" · {event['rows_per_second']:.0f} per second" if event["rows_per_second"] else ""
            left = f" · about {duration(event['seconds_left'])} left" if event["seconds_left"] else ""
            return f"Computing embeddings (texts as numbers): {event['done']:,} of {event['total']:,} texts{pace}{left}"
        case "embedding":
            return "Embeddings are ready. Testing the first part of the prompts …"
        case "fold_done" if event["fold"] < event["folds"]:
            time = f", division {event['repeat']} of {event['repeats']}" if event.get("repeats", 1) > 1 else ""
            return (
                f"Fold {event['fold'] + 1} of {event['folds']}{time}: learning from the others, testing on this one …"
            )
        case "fold_done" if event.get("repeat", 1) < event.get("repeats", 1):
            return f"Dividing the prompts anew, for the {_TIMES[event['repeat']]} time …"
        case "fold_done":
            return "All folds are done. Working out how certain the figures are …"
        case "compared":
            return (
                f"Learned from {event['pairs']:,} comparisons of raters too. Working out how certain the figures are …"
            )
        case "evaluated":
            return "Finding out what fewer and more ratings would bring …"
        case "examined" if event["done"] < event["total"]:
            return f"Measuring how quality grows with ratings: model {event['done'] + 1} of {event['total']} …"
        case "examined":
            return "Writing the report …"
        case "reported":
            return "Comparing with the model in use …"
        case "judged":
            return "Fitting the model on all ratings …"
        case _:
            return "Saving the model …"


_TIMES = {1: "second", 2: "third", 3: "fourth", 4: "fifth"}


def duration(seconds: float) -> str:
    """About how long: 8 s, 3 min, 1 h 20 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _about(ready: Readiness) -> str:
    facts = ready.facts
    return f"{facts.rated:,} rated answers to {facts.shape.prompts:,} prompts; {facts.good:,} of them good."


def _header(run: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"Training {run.run_id} is running", anchor=False, width="content")
        st.badge(recipe_name(run.recipe), color="gray")
        if run.sample:
            sample_badge()
    ago = duration((datetime.now(UTC) - run.started_at).total_seconds())
    st.caption(
        literal(f"Started by {run.requested_by} at {run.started_at.astimezone():%H:%M}, {ago} ago.")
        + " You can leave this page or close the browser: the training goes on by itself."
    )


def _quiet(run: RunView) -> None:
    silent = (datetime.now(UTC) - run.heartbeat_at).total_seconds()
    if silent > QUIET_SECONDS:
        st.warning(
            f"No sign of life for {duration(silent)}. If this goes on for a minute, the training is marked as failed "
            "and can be started again.",
            icon=":material/hourglass_disabled:",
        )


def _arriving(run: RunView) -> None:
    folds = run.folds
    if not folds:
        st.caption(
            "The prompts are divided into five parts (folds). Each part is scored by a model that learned from the other "
            "four, so every figure is about prompts the model has not seen. Then they are divided anew, because one "
            "division may be lucky. Figures appear here fold by fold."
        )
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Fold by fold**")
        st.table([*map(_row, folds[-SHOWN_FOLDS:]), _spread(folds)], border="horizontal", hide_index=True)
        st.caption(
            "Single folds are small and vary: the last row is their mean, give or take the standard deviation. The result "
            "joins all of them."
        )
    with right:
        st.markdown(f"**ROC curve** of {folds[-1]['fold']} of {folds[-1]['folds']} folds")
        st.plotly_chart(
            figures.roc({"This model": folds[-1]["roc"]}, height=300), key="train.live.roc",
            config={"displayModeBar": False}, alt="ROC curve of the folds that are done, beside the chance line.",
        )  # fmt: skip


def _spread(folds: Sequence[dict]) -> dict[str, str]:
    """Mean and standard deviation of the folds so far."""
    shown = {}
    for name in PER_FOLD:
        values = [
            fold["metrics"][name]["value"] for fold in folds if fold["metrics"].get(name, {}).get("value") is not None
        ]
        percent = MEASURES[name].percent
        if not values:
            shown[MEASURES[name].title] = "–"
            continue
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        shown[MEASURES[name].title] = f"{number(statistics.mean(values), percent=percent)} ± " + (
            f"{100 * spread:.0f}" if percent else f"{spread:.2f}"
        )
    return {"Fold": f"All {len(folds)}"} | shown


def _story(run: RunView) -> None:
    """What happened so far, line by line, the latest first."""
    lines = [
        f"{datetime.fromisoformat(event['at']).astimezone():%H:%M:%S}  {_words(event)}"
        for event, following in zip_longest(run.events, run.events[1:])
        if "at" in event and not (event["event"] in _MANY and following and following["event"] == event["event"])
    ]
    if lines:
        with st.expander("Log", icon=":material/terminal:", key="train.log"):
            st.code("\n".join(reversed(lines)), language=None, wrap_lines=True)


_MANY = ("embedding", "examined")


def _row(fold: dict) -> dict[str, str]:
    metrics = {name: Metric.from_json(value) for name, value in fold["metrics"].items()}
    division = f" (division {fold['repeat']})" if fold.get("repeats", 1) > 1 else ""
    return {"Fold": f"{fold['fold']}{division}"} | {
        MEASURES[name].title: cell(metrics.get(name), percent=MEASURES[name].percent) for name in PER_FOLD
    }


def _cancel(page: Page, run: RunView) -> None:
    if run.cancel_requested:
        st.caption("It was asked to stop and ends within seconds.")
        return
    with st.popover("Cancel training", icon=":material/stop_circle:", key="train.cancel"):
        st.markdown("Stop this training? The model in use stays as it is, and computed embeddings are kept.")
        st.button("Yes, cancel it", key="train.cancel_yes", type="primary", on_click=_stop, args=(page, run.run_id))


@act
def _start(page: Page) -> None:
    user = actor(page)
    if user is not None:
        training.start(
            page.workspace, user, recipe=st.session_state.get("train.recipe") or "pair",
            with_preferences=bool(st.session_state.get("train.preferences")),
        )  # fmt: skip


@act
def _stop(page: Page, run_id: int) -> None:
    user = actor(page)
    if user is not None:
        training.cancel(page.workspace, user, run_id)
