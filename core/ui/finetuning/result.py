"""What came of a fine-tuning: verdict, figures, how to load it; where it stopped, going on."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.domain.texts import plural
from core.finetuning.settings import Wanted
from core.services.finetuning import running, runs
from core.services.finetuning.runs import FineTuningView
from core.ui.finetuning.words import log_lines, method_in_words, name_of
from core.ui.report.format import moment
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

STATES = {"finished": "finished", "failed": "failed", "cancelled": "cancelled"}


def show_results(page: Page, ended: Sequence[FineTuningView]) -> None:
    """Show the newest one that ended, or the one that was chosen."""
    if not ended:
        return
    st.space("xsmall")
    run = ended[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="train.tune_result"):
        if len(ended) > 1:
            labels = {one.run_id: f"{name_of(one)}, {moment(one.started_at)}, {STATES[one.state]}" for one in ended}
            with st.popover("Earlier tunings", type="tertiary", icon=":material/history:", key="train.tune_earlier"):
                chosen = st.selectbox(
                    "Tuning to look at", list(labels), format_func=labels.__getitem__, key="train.tune_run"
                )
            run = next((one for one in ended if one.run_id == chosen), run)
    seen = runs.run_view(page.workspace, page.user, run.run_id)
    if seen is None:
        return
    st.subheader(literal(name_of(seen)), anchor=False)
    st.caption(
        literal(
            f"{method_in_words(seen.method, lora=seen.lora)}; from the export {seen.export}. Started by "
            f"{seen.requested_by}, {moment(seen.started_at)}."
        )
    )
    if seen.state == "finished":
        _finished(seen)
    else:
        _stopped(page, seen, newest=seen.run_id == ended[0].run_id)
    lines = log_lines(seen)
    if lines:
        with st.expander(
            "Log" if seen.state == "finished" else "How far it got", icon=":material/terminal:", key="train.tune_log"
        ):
            st.code("\n".join(lines), language=None, wrap_lines=True)


def _finished(run: FineTuningView) -> None:
    st.markdown(literal(run.message or ""))
    command = f"python -m core finetune evaluate {run.export} --run {run.run_id}"
    if run.verdict:
        st.info(literal(run.verdict), icon=":material/gavel:")
        table = (run.evaluation or {}).get("table")
        if table:
            names = {"figure": "Figure", "base": "Before", "tuned": "Tuned", "difference": "Difference"}
            st.table([{names[key]: row.get(key, "") for key in names} for row in table], border="horizontal")
        waiting = ((run.evaluation or {}).get("people") or {}).get("waiting", 0)
        if waiting:
            st.markdown(
                f"When this was said, {plural(waiting, 'pair')} of answers, one of each model, waited to be compared "
                "under **A or B**. Once people have compared them, this says what they preferred; nothing is measured "
                "again:"
            )
            st.code(command, language=None, wrap_lines=True)
    else:
        st.info("Whether it is better than before was not measured yet:", icon=":material/help:")
        st.code(command, language=None, wrap_lines=True)
    result = run.result or {}
    with st.expander("Use it", icon=":material/deployed_code:", key="train.tune_use"):
        st.markdown(
            f"{'The adapter' if run.lora else 'The model'} lies in this folder; settings.yaml beside it holds "
            "what TRL's own command needs to do the same again."
        )
        st.code(result.get("model", ""), language=None, wrap_lines=True)
        st.markdown("Served by vLLM, or by Ollama:")
        st.code(f"{result.get('vllm', '')}\n{result.get('ollama', '')}", language=None, wrap_lines=True)


def _stopped(page: Page, run: FineTuningView, *, newest: bool) -> None:
    show = st.error if run.state == "failed" else st.info
    show(literal(run.message or "It did not come to its end."), icon=":material/stop_circle:")
    if newest and runs.active_run(page.workspace, page.user) is None:
        label = f"Go on from step {run.checkpoint:,}" if run.checkpoint else "Start it again"
        st.button(label, key="train.tune_again", icon=":material/replay:", on_click=_again, args=(page, run))
    words = runs.last_words(page.workspace, page.user, run.run_id)
    if words and run.state == "failed":
        with st.expander("The last lines of its process", icon=":material/article:", key="train.tune_words"):
            st.code("\n".join(words), language=None, wrap_lines=True)


@act
def _again(page: Page, run: FineTuningView) -> None:
    user = actor(page)
    if user is not None:
        running.start(page.workspace, user, Path(run.export), Path(run.base), Wanted(**run.settings))
