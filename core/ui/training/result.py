"""What a training showed: verdict, three figures, next step, one chart; and the choice of an earlier training."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Tone, Use
from core.services.models.verdicts import VersionVerdict, verdicts
from core.services.training.readiness import Readiness
from core.services.training.runs import RunView, run_view
from core.ui.models.details import open_report
from core.ui.report.format import moment
from core.ui.report.summary import show_figures, show_in_use, show_roc, show_verdict
from core.ui.shell.navigation import PAGES, go_to, next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal
from core.ui.training.progress import how_far_it_got

UNCHANGED = "Ratings and the model in use are as before."
TOO_WEAK = (Gate.NOT_ESTIMABLE, Gate.TOO_FEW_QUESTIONS, Gate.CHANCE, Gate.LENGTH, Gate.FOLLOWS_LENGTH)
"""Gates at which the ratings themselves were not enough, whatever model is in use."""


def show_result(page: Page, runs: Sequence[RunView], ready: Readiness) -> None:
    """Show the newest ended training, or the one that was chosen."""
    st.space("xsmall")
    found = {verdict.run_id: verdict for verdict in verdicts(page.workspace, page.user).values()}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="train.result"):
        st.subheader("Result", anchor=False, width="content")
        about = st.container(width="content")
        run = run_view(page.workspace, page.user, _choose(runs, found))
        if run is None:
            return
        about.caption(literal(f"Training {run.run_id}, started by {run.requested_by}, {moment(run.started_at)}"))
        if run.sample and not ready.sample:  # else the page bears the mark
            sample_badge()
    verdict = found.get(run.run_id)
    if verdict is None:
        _no_model(page, run, ready)
        return
    show_verdict(verdict, key="train")
    if verdict.use is not Use.IN_USE:
        show_in_use(next((other for other in found.values() if other.use is Use.IN_USE), None))
    figures, chart = st.columns(2)
    with figures:
        if run.part is not None:
            st.caption(literal(run.part))
        _what_next(verdict, more_helps=bool(ready.facts.unrated) and not ready.facts.flat)
        show_figures(verdict, key="train")
    with chart:
        show_roc(run, verdict, key="train")


def _choose(runs: Sequence[RunView], found: Mapping[int, VersionVerdict]) -> int:
    newest = runs[0].run_id
    if len(runs) == 1:
        return newest
    labels = {run.run_id: _label(run, found.get(run.run_id)) for run in runs}
    with st.popover("Earlier trainings", type="tertiary", icon=":material/history:", key="train.earlier"):
        chosen = st.selectbox("Training to look at", list(labels), format_func=labels.__getitem__, key="train.run")
    return chosen or newest


def _label(run: RunView, verdict: VersionVerdict | None) -> str:
    if verdict is not None:
        return verdict.name + (", in use" if verdict.use is Use.IN_USE else "")
    ended = "no model" if run.state == "finished" else run.state
    return f"Training {run.run_id}, {run.started_at.astimezone():%d %b}, {ended}"


def _what_next(verdict: VersionVerdict, *, more_helps: bool) -> None:
    """The one next step, and the way to the full report; ``more_helps``: answers wait that would teach something."""
    used, too_weak = verdict.use is Use.IN_USE, verdict.judgement.gate in TOO_WEAK
    with st.container(horizontal=True, vertical_alignment="center", key="train.next"):
        if used and verdict.tone is Tone.GOOD:
            next_step("Rank answers", "rerank", key="train.to_rerank")
        elif too_weak and more_helps:
            next_step("Rate more answers", "rate", key="train.to_rate")
        elif used or too_weak:
            next_step("See what would help", "readiness", key="train.to_readiness")
        _to_models(verdict, primary=not (used or too_weak))


def _to_models(verdict: VersionVerdict, *, primary: bool) -> None:
    icon, button = PAGES["models"].icon, "Full report on Models"
    if st.button(button, key="train.to_models", icon=icon, type="primary" if primary else "secondary"):
        open_report(verdict.model_version)
        go_to("models")


def _no_model(page: Page, run: RunView, ready: Readiness) -> None:
    """What happened, that nothing was lost, and what to do."""
    said = literal(run.message or "")
    if run.state == "cancelled":
        st.info(
            f"The training was cancelled; nothing was lost. {UNCHANGED} Start again whenever you like.",
            icon=":material/cancel:",
        )
    elif run.state == "failed":
        st.error(said or "The training failed.", icon=":material/error:")
        st.markdown(f"{UNCHANGED} Start it again above; if it fails again, show this to whoever runs this server.")
    else:
        st.warning(f"No model was made, and nothing was lost. {said} {UNCHANGED}", icon=":material/warning:")
        with st.container(horizontal=True):
            if ready.facts.unrated:
                next_step("Rate more answers", "rate", key="train.to_rate")
            next_step("See what would help", "readiness", key="train.to_readiness", primary=not ready.facts.unrated)
    if run.state in ("failed", "cancelled"):
        how_far_it_got(page, run)
