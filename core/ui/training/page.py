"""Starting a training, and watching one while it runs; what it showed is in ``result``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.domain.metrics import Metric
from core.domain.roles import Act
from core.domain.running.work import Work
from core.reward.recipes.registry import PAIR, RECIPES
from core.services.training import runs, training
from core.services.training.readiness import Readiness
from core.services.training.readiness_checks import CheckResult
from core.services.training.runs import RunView
from core.ui.data.importing import unfinished_import
from core.ui.report import plots
from core.ui.report.format import MEASURES, cell, recipe_name
from core.ui.shell.errors import act, shown
from core.ui.shell.name_prompt import actor, waits_for_name
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.popovers import popovers_by_keyboard
from core.ui.shell.texts import literal
from core.ui.shell.workers import no_worker
from core.ui.training.ahead import ahead_card
from core.ui.training.progress import current_stage, duration, log_lines
from core.ui.training.proposal import proposed
from core.ui.training.result import show_result
from core.ui.training.schedule import schedule_card

WATCH_SECONDS = 1.0
NOTICE_SECONDS = 5.0
QUIET_SECONDS = 20
"""A run normally says it is alive every three seconds."""
SHOWN_TESTS = 5
PER_TEST = ("accuracy", "pairwise_accuracy", "roc_auc")
METHOD, SEED, WITHOUT = "train.method", "train.seed", "train.without"
LARGEST_SEED = 2**32 - 1


def reward_model_tab(page: Page, ready: Readiness) -> None:
    """What runs; else what can be started, the schedule, and what came of the trainings before."""
    st.markdown(
        "A training learns from your ratings and puts the new model in use if it is better. It runs beside the "
        "dashboard; raters can go on."
    )
    running = runs.active_run(page.workspace, page.user)
    if running is not None:
        running_card(page, running.run_id)
        popovers_by_keyboard("train")
        return
    unfinished_import(page)
    proposed(page, key="train")
    start_card(page, ready)
    schedule_card(page)
    ahead_card(page)
    ended = [run for run in runs.history(page.workspace, page.user) if not run.active]
    watch_for_start(page, ended[0].run_id if ended else None)
    if ended:
        show_result(page, ended, ready)


def start_card(page: Page, ready: Readiness) -> None:
    """Start; where that is not possible yet, why and what to do."""
    blockers = [check for check in ready.checks if check.result is CheckResult.BLOCKER]
    with st.container(border=True, key="train.card", gap="small"):
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
                if ready.facts.unrated:
                    next_step("Rate answers", "rate", key="train.rate")
                elif page.may(Act.CHANGE_DATA):
                    next_step("Import more answers", "data", key="train.import")
                next_step("Check readiness", "readiness", key="train.readiness", primary=False)
            else:
                st.markdown(_about(ready), width="content")
        if not blockers:
            _advanced(ready)


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
        with st.container(border=True, key="train.live", gap="small"):
            _header(run)
            stage = current_stage(run)
            left = f" About {duration(stage.seconds_left)} left in all." if stage.seconds_left is not None else ""
            st.progress(stage.share, text=stage.words + left)
            _quiet(page, run)
            _cancel(page, run)
            _details(run)


def _about(ready: Readiness) -> str:
    facts = ready.facts
    return f"{facts.rated:,} rated answers to {facts.shape.prompts:,} questions; {facts.good:,} of them good."


def _advanced(ready: Readiness) -> None:
    """Method, seed and a rater to leave out; they stay as chosen while this page asks for a name."""
    changed = _changed()
    with st.expander(f"Advanced: {changed}" if changed else "Advanced", icon=":material/tune:", key="train.advanced"):
        method, seed, without = st.columns(3)
        method.selectbox(
            "Method",
            list(RECIPES),
            format_func=recipe_name,
            key=METHOD,
            help="Pair looks at the question, the answer and how they fit together. Deep, slower teaches a language "
            "model from your ratings too and puts what it thinks beside that: it needs 300 rated answers to 60 "
            "questions, about 20 minutes and 2 GB of memory for 2,000 of them, and comes into use only if it clearly "
            "adds something on the questions kept apart. Concat reads both as one text: simpler, and there to compare "
            "with.",
            persist_state="page",
        )
        seed.number_input(
            "Seed",
            min_value=0,
            max_value=LARGEST_SEED,
            step=1,
            key=SEED,
            help="The same ratings and the same seed give the same model. Another seed divides the questions "
            "differently when the model is tested: figures that change much with it are uncertain.",
            persist_state="page",
        )
        raters = sorted(ready.facts.by_rater)
        without.selectbox(
            "Leave a rater out",
            raters,
            index=None,
            placeholder="Nobody is left out",
            key=WITHOUT,
            disabled=len(raters) < 2,
            help="Learns nothing from the ratings of this person: to see what a model owes to them.",
            persist_state="page",
        )


def _chosen() -> dict[str, Any]:
    """What is chosen under Advanced, as arguments of ``training.start``."""
    arguments = {"recipe": METHOD, "seed": SEED, "without_rater": WITHOUT}
    return {name: st.session_state[key] for name, key in arguments.items() if st.session_state.get(key) is not None}


def _changed() -> str:
    """What of it is not as usual, in words, since it may be folded."""
    chosen = _chosen()
    changed = []
    if chosen.get("recipe", PAIR.name) != PAIR.name:
        changed.append(f"method {recipe_name(chosen['recipe'])}")
    if chosen.get("seed"):
        changed.append(f"seed {chosen['seed']}")
    if "without_rater" in chosen:
        changed.append(f"without {literal(str(chosen['without_rater']))}")
    return ", ".join(changed)


def _header(run: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        waits = run.for_worker and run.state == "queued"
        is_doing = "waits for a worker" if waits else "is running"
        st.subheader(f"Training {run.run_id} {is_doing}", anchor=False, width="content")
        if run.sample:
            sample_badge()
    ago = duration((datetime.now(UTC) - run.started_at).total_seconds())
    where = f" A worker on {run.host} carries it out." if run.for_worker and run.host else ""
    st.caption(
        literal(f"Started by {run.requested_by} at {run.started_at.astimezone():%H:%M}, {ago} ago.{where}")
        + " You can leave this page or close the browser: the training goes on by itself."
    )
    if run.for_worker and run.message:  # it was begun before
        st.info(literal(run.message), icon=":material/replay:")


def _quiet(page: Page, run: RunView) -> None:
    if run.for_worker and run.state == "queued":
        no_worker(page, Work.TRAINING)
        return
    silent = (datetime.now(UTC) - run.heartbeat_at).total_seconds()
    if silent > QUIET_SECONDS:
        st.warning(
            f"No sign of life for {duration(silent)}. If this goes on for a minute, the training is marked as failed "
            "and can be started again.",
            icon=":material/hourglass_disabled:",
        )


def _details(run: RunView) -> None:
    """For who wants to know more than how long it takes: method, figures of each test, and the log."""
    with st.expander("Details", icon=":material/terminal:", key="train.details"):
        st.caption(f"Method {recipe_name(run.recipe)}, seed {run.seed}.")
        if run.folds:
            _tests(run.folds)
        lines = log_lines(run)
        if lines:
            st.code("\n".join(reversed(lines)), language=None, wrap_lines=True)


def _tests(folds: Sequence[dict]) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.table([*map(_row, folds[-SHOWN_TESTS:])], border="horizontal", hide_index=True)
        st.caption(
            "The questions are divided into parts. Each test is about one part, with a model that learned from the "
            "others. Single tests are small and vary; the result joins all of them."
        )
    with right:
        st.plotly_chart(
            plots.roc({"This model": folds[-1]["roc"]}, height=300),
            key="train.live.roc",
            config={"displayModeBar": False},
            alt="ROC curve of the tests that are done, beside the chance line.",
        )


def _row(fold: dict) -> dict[str, str]:
    metrics = {name: Metric.from_json(value) for name, value in fold["metrics"].items()}
    division = f" (division {fold['repeat']})" if fold.get("repeats", 1) > 1 else ""
    return {"Test": f"{fold['fold']}{division}"} | {
        MEASURES[name].title: cell(metrics.get(name), percent=MEASURES[name].percent) for name in PER_TEST
    }


def _cancel(page: Page, run: RunView) -> None:
    if run.cancel_requested:
        st.caption("It was asked to stop and ends within seconds.")
        return
    with st.popover("Cancel training", icon=":material/stop_circle:", key="train.cancel"):
        st.markdown("Stop this training? The model in use stays as it is, and no rating is lost.")
        st.button("Yes, cancel it", key="train.cancel_yes", type="primary", on_click=_stop, args=(page, run.run_id))


@act
def _start(page: Page) -> None:
    user = actor(page)
    if user is not None:
        training.start(page.workspace, user, **_chosen())


@act
def _stop(page: Page, run_id: int) -> None:
    user = actor(page)
    if user is not None:
        training.cancel(page.workspace, user, run_id)
