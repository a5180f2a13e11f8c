"""Starting a training, and watching one while it runs; what it showed is in ``result``."""

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.domain.metrics import Metric
from core.domain.texts import plural
from core.services.training import runs, training
from core.services.training.readiness import Readiness
from core.services.training.readiness_checks import CheckResult
from core.services.training.runs import RunView
from core.ui.report import plots
from core.ui.report.format import MEASURES, cell, number, recipe_name
from core.ui.shell.errors import act, shown
from core.ui.shell.name_prompt import actor, waits_for_name
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal
from core.ui.training.progress import current_stage, duration, log_so_far

WATCH_SECONDS = 1.0
NOTICE_SECONDS = 5.0
QUIET_SECONDS = 20
"""A run normally says it is alive every three seconds."""
SHOWN_FOLDS = 5
PER_FOLD = ("accuracy", "roc_auc", "pairwise_accuracy")


def start_card(page: Page, ready: Readiness) -> None:
    """Start; where that is not possible yet, why and what to do."""
    blockers = [check for check in ready.checks if check.result is CheckResult.BLOCKER]
    warnings = sum(check.result is CheckResult.WARNING for check in ready.checks)
    with st.container(border=True, key="train.card", gap="medium"):
        for check in blockers:
            st.warning(literal(check.sentence), icon=":material/block:")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Start training",
                key="train.start",
                icon=":material/play_arrow:",
                disabled=bool(blockers),
                type="secondary" if blockers else "primary",
                on_click=_start,
                args=(page,),
            )
            if blockers and not ready.facts.rated + ready.facts.unrated:
                next_step("Get answers first", "home", key="train.home")
            elif blockers:
                next_step("Rate answers", "rate", key="train.rate")
                next_step("Check readiness", "readiness", key="train.readiness", primary=False)
            else:
                st.markdown(_about(ready), width="content")
        if warnings and not blockers:
            points = plural(warnings, "point needs", "points need")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{points} attention before the figures can be trusted.", width="content")
                next_step("See readiness", "readiness", key="train.readiness", primary=False)


@st.fragment(run_every=NOTICE_SECONDS)
def watch_for_start(page: Page, newest: int | None) -> None:
    """Look every few seconds, while nothing runs, whether somebody else has started a training."""
    with shown("train.notice"):
        latest = next(iter(runs.history(page.workspace, page.user)), None)
        if latest is not None and latest.run_id != newest:
            st.rerun()


@st.fragment(run_every=WATCH_SECONDS)
def running_card(page: Page, run_id: int) -> None:
    """The running training, drawn again every second; its end draws the whole page once."""
    with shown("train.live"):
        run = runs.active_run(page.workspace, page.user)
        if run is None or run.run_id != run_id or waits_for_name(page):
            st.rerun()
        with st.container(border=True, key="train.live", gap="medium"):
            _header(run)
            stage = current_stage(run)
            left = f" About {duration(stage.seconds_left)} left in all." if stage.seconds_left is not None else ""
            st.progress(stage.share, text=stage.words + left)
            _quiet(run)
            _arriving(run)
            log_so_far(run)
            _cancel(page, run)


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
            "The prompts are divided into five parts (folds). Each part is scored by a model that learned from the "
            "other four, so every figure is about prompts the model has not seen. Then they are divided anew, because "
            "one division may be lucky. Figures appear here fold by fold."
        )
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Fold by fold**")
        st.table([*map(_row, folds[-SHOWN_FOLDS:]), _spread(folds)], border="horizontal", hide_index=True)
        st.caption(
            "Single folds are small and vary: the last row is their mean, give or take the standard deviation. The "
            "result joins all of them."
        )
    with right:
        st.markdown(f"**ROC curve** of {folds[-1]['fold']} of {folds[-1]['folds']} folds")
        st.plotly_chart(
            plots.roc({"This model": folds[-1]["roc"]}, height=300),
            key="train.live.roc",
            config={"displayModeBar": False},
            alt="ROC curve of the folds that are done, beside the chance line.",
        )


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
        training.start(page.workspace, user)


@act
def _stop(page: Page, run_id: int) -> None:
    user = actor(page)
    if user is not None:
        training.cancel(page.workspace, user, run_id)
