"""What every page shows of a model: its verdict, three figures, and one chart."""

import streamlit as st

from core.domain.verdicts.figures import Basis, Figures
from core.domain.verdicts.judgement import Tone
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.format import interval, number, reason
from core.ui.report.plots import Plot, roc_plot
from core.ui.shell.texts import literal

CHART_WIDTH = 440
"""Pixels at most, so that the square does not fill a wide page."""


def show_verdict(verdict: VersionVerdict, *, key: str) -> None:
    """The one sentence about a version, coloured by what it says."""
    shown, icon = {
        Tone.GOOD: (st.success, ":material/verified:"),
        Tone.CAUTION: (st.warning, ":material/balance:"),
        Tone.BAD: (st.error, ":material/front_hand:"),
    }[verdict.tone]
    with st.container(key=f"{key}.verdict"):
        shown(f"**{literal(verdict.name)}.** {literal(verdict.sentence)}", icon=icon)


def show_figures(figures: Figures, *, key: str) -> None:
    """Right order, accuracy and better pick, each with its range, and what they were measured on."""
    shown = (
        ("Right order", figures.right_order),
        ("Accuracy", figures.accuracy),
        ("Better pick", figures.better_pick),
    )
    with st.container(key=f"{key}.figures"):
        for place, (title, metric) in zip(st.columns(3), shown, strict=True):
            known = metric.value is not None
            place.metric(
                title,
                number(metric.value, percent=True) if metric.value is not None else "–",
                delta=interval(metric, percent=True) or None if known else reason(metric),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
        st.caption(measured_on(figures))


def measured_on(figures: Figures) -> str:
    """What the figures were measured on, in a sentence."""
    answers = f"{figures.answers:,} answers to {figures.questions:,} questions"
    if figures.basis is Basis.KEPT_APART:
        return f"Measured on {answers} that were kept apart: no model learns from them."
    return f"Measured on {answers}, each scored by a model that had not seen its question (cross-validated)."


def show_roc(run: RunView, verdict: VersionVerdict | None, *, key: str) -> None:
    """The one chart of a training: its model, the best simple rule, and chance; nothing before it is evaluated."""
    evaluation = run.evaluation
    if evaluation is None:
        return
    plot = roc_plot(evaluation, run.report, None if verdict is None else verdict.figures.rule)
    with st.container(width=CHART_WIDTH, key=f"{key}.roc_{run.run_id}"):
        show_plot(plot, f"{key}.roc.{run.run_id}")


def show_plot(plot: Plot, key: str) -> None:
    """A figure of a report with its caption."""
    st.plotly_chart(plot.figure, key=key, config={"displayModeBar": False}, alt=plot.alt)
    st.caption(plot.caption)
