"""The tab Language model: start a fine-tuning, watch it, and see what came of it."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.domain.errors import BadInput
from core.domain.running.work import Work
from core.domain.texts import plural
from core.finetuning.export import ENOUGH_PAIRS, FEWEST_PAIRS, FEWEST_QUESTIONS
from core.finetuning.settings import LONGEST, Wanted
from core.services.finetuning import running, runs
from core.services.finetuning.runs import Choices, ExportChoice, FineTuningView, ModelChoice
from core.ui.finetuning.result import show_results
from core.ui.finetuning.words import (
    LEARNS_FROM,
    METHODS,
    export_label,
    log_lines,
    method_in_words,
    model_label,
    name_of,
    stage,
)
from core.ui.shell.errors import act, shown
from core.ui.shell.name_prompt import actor, waits_for_name
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.shell.workers import no_worker
from core.ui.training.progress import duration

WATCH_SECONDS = 1.0
EXPORT, BASE, METHOD, LORA = "train.tune_export", "train.tune_model", "train.tune_method", "train.tune_lora"
EPOCHS, MAX_LENGTH = "train.tune_epochs", "train.tune_length"


def language_model_tab(page: Page) -> None:
    """What runs; else what can be started, and what came of the ones before."""
    st.markdown(
        "Teaches a language model, one that writes answers, what your experts prefer: it learns from pairs of answers "
        "to one question of which they hold one better. Assay itself does not answer questions with it: the result is "
        "a folder for programs that do, such as vLLM or Ollama."
    )
    active = runs.active_run(page.workspace, page.user)
    if active is not None:
        tuning_card(page, active.run_id)
    else:
        _start_card(page, runs.choices(page.workspace, page.user))
    show_results(page, [run for run in runs.history(page.workspace, page.user) if not run.active])


@st.fragment(run_every=WATCH_SECONDS)
def tuning_card(page: Page, run_id: int) -> None:
    """The running one, drawn again every second; its end draws the whole page once."""
    with shown("train.tune_live"):
        run = runs.active_run(page.workspace, page.user)
        if run is None or run.run_id != run_id or waits_for_name(page):
            st.rerun()
        waits = run.for_worker and run.state == "queued"
        with st.container(border=True, key="train.tune_live", gap="small"):
            st.subheader(literal(f"{name_of(run)} {'waits for a worker' if waits else 'is running'}"), anchor=False)
            ago = duration((datetime.now(UTC) - run.started_at).total_seconds())
            where = f" A worker on {run.host} carries it out." if run.for_worker and run.host else ""
            st.caption(
                literal(
                    f"{method_in_words(run.method, lora=run.lora)}. Started by {run.requested_by}, {ago} ago.{where} "
                    "You can leave this page: it goes on by itself."
                )
            )
            if run.message:  # it was begun before
                st.info(literal(run.message), icon=":material/replay:")
            words, share = stage(run)
            st.progress(share, text=literal(words))
            if waits:
                no_worker(page, Work.FINE_TUNING)
            _cancel(page, run)
            lines = log_lines(run)
            if lines:
                with st.expander("Details", icon=":material/terminal:", key="train.tune_details"):
                    st.code("\n".join(reversed(lines)), language=None, wrap_lines=True)


def _start_card(page: Page, found: Choices) -> None:
    exports = [export for export in found.exports if not export.problem]
    models = [model for model in found.models if not model.problem]
    with st.container(border=True, key="train.tune_card", gap="small"):
        if not found.installed or not exports or not models:
            _what_is_missing(found, exports, models)
        else:
            _choose_and_start(page, exports, models)
        problems = [export.problem for export in found.exports] + [model.problem for model in found.models]
        for problem in filter(None, problems):
            st.caption(literal(problem))


def _what_is_missing(found: Choices, exports: list[ExportChoice], models: list[ModelChoice]) -> None:
    st.markdown("**Before a language model can be tuned here**, whoever runs this server does this once:")
    if not found.installed:
        st.markdown("Install what tunes language models:")
        st.code("make finetune", language=None)
    if not exports:
        st.markdown(
            f"Export what your experts prefer: at least {FEWEST_PAIRS} pairs on {FEWEST_QUESTIONS} questions, better "
            f"{ENOUGH_PAIRS} and more. The command says how many there are, and where more come from:"
        )
        st.code(f"python -m core finetune export {found.exports_folder / 'pairs'}", language=None, wrap_lines=True)
    if not models:
        st.markdown(
            "Put language models into this folder, each in a folder of its own with config.json, tokenizer and "
            "safetensors. No model is fetched from the network, and no program code of one is run:"
        )
        st.code(str(found.models_folder), language=None, wrap_lines=True)
        st.caption("`make smollm2` makes a small one to try it with, in the folder build/smollm2: move that one there.")


def _choose_and_start(page: Page, exports: list[ExportChoice], models: list[ModelChoice]) -> None:
    left, right = st.columns(2)
    export = left.selectbox(
        "Learn from this export", exports, format_func=export_label, key=EXPORT, persist_state="page"
    )
    model = right.selectbox(
        "Begin with this language model", models, format_func=model_label, key=BASE, persist_state="page"
    )
    method = left.selectbox(
        "How it learns",
        list(METHODS),
        format_func=METHODS.__getitem__,
        key=METHOD,
        help="Pairs say most: begin with them. Good and poor answers one by one are for where few questions have two "
        "answers. The third one only copies better answers that people wrote. In brackets: what programs call it.",
        persist_state="page",
    )
    right.checkbox(
        "Train an adapter only (LoRA)",
        value=True,
        key=LORA,
        help="A small addition beside the model: it needs far less memory and disk. Without it all weights change.",
        persist_state="page",
    )
    with st.expander("Advanced", icon=":material/tune:", key="train.tune_advanced"):
        first, second = st.columns(2)
        first.number_input("How often each row is read", 1, 100, 3, key=EPOCHS, persist_state="page")
        second.number_input(
            "Longest question with answer, in tokens",
            16,
            1_000_000,
            None,
            placeholder=f"{LONGEST:,}, or as many as the model reads",
            key=MAX_LENGTH,
            help="A token is about three quarters of a word. What is longer is cut off; where the question alone is "
            "longer, the row is left out. Both are counted.",
            persist_state="page",
        )
    counted, unit = LEARNS_FROM[method]
    count = export.counts.get(counted)
    if count == 0:
        st.warning(
            f"This export holds no {unit}, so there is nothing to learn from in this way. Choose another one, or make "
            "a new export once there are some.",
            icon=":material/block:",
        )
        return
    try:
        needed = runs.estimate(page.workspace, page.user, model.path, _wanted())
    except BadInput as error:
        st.warning(literal(str(error)), icon=":material/block:")
        return
    free = "" if needed.free is None else f"; {needed.free / 1e9:,.1f} GB are free here"
    st.markdown(
        literal(
            ("" if count is None else f"{plural(count, unit)} to learn from. ")
            + f"It needs about {needed.memory / 1e9:,.1f} GB of memory{free}. On a machine without a GPU it can take "
            "hours."
        )
    )
    for note in export.notes:
        st.caption(literal(note))
    st.caption(
        "What people said after an export was made is not in it; `python -m core finetune export FOLDER` makes a new "
        "one."
    )
    st.button(
        "Start tuning",
        key="train.tune_start",
        icon=":material/play_arrow:",
        type="primary",
        on_click=_start,
        args=(page, export.path, model.path),
    )


def _wanted() -> Wanted:
    chosen = st.session_state
    length = chosen.get(MAX_LENGTH)
    return Wanted(
        method=chosen[METHOD],
        lora=bool(chosen[LORA]),
        epochs=float(chosen[EPOCHS]),
        max_length=None if length is None else int(length),
    )


def _cancel(page: Page, run: FineTuningView) -> None:
    if run.cancel_requested:
        st.caption("It was asked to stop and ends within seconds.")
        return
    with st.popover("Cancel tuning", icon=":material/stop_circle:", key="train.tune_cancel"):
        st.markdown("Stop it? The language model it began with stays as it is, and it can go on later.")
        st.button(
            "Yes, cancel it", key="train.tune_cancel_yes", type="primary", on_click=_stop, args=(page, run.run_id)
        )


@act
def _start(page: Page, export: Path, model: Path) -> None:
    user = actor(page)
    if user is not None:
        running.start(page.workspace, user, export, model, _wanted())


@act
def _stop(page: Page, run_id: int) -> None:
    user = actor(page)
    if user is not None:
        running.cancel(page.workspace, user, run_id)
