"""What every page shows of a model: its verdict, three figures, and one chart."""

from dataclasses import dataclass

import streamlit as st

from core.domain.metrics import Metric
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.figures import Basis, Figures
from core.domain.verdicts.judgement import Tone
from core.domain.verdicts.rules import rule_words
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.format import RANGE, interval, number, reason
from core.ui.report.plots import Plot, roc_plot
from core.ui.shell.texts import literal

CHART_WIDTH = 440
"""Pixels at most, so that the square does not fill a wide page."""
RANGES = "Ranges, also those in brackets, show how far chance may have moved a figure."


def show_verdict(verdict: VersionVerdict, *, key: str) -> None:
    """The one sentence about a version, coloured by what it says."""
    shown, icon = {
        Tone.GOOD: (st.success, ":material/verified:"),
        Tone.CAUTION: (st.warning, ":material/balance:"),
        Tone.BAD: (st.error, ":material/front_hand:"),
    }[verdict.tone]
    with st.container(key=f"{key}.verdict"):
        shown(f"**{literal(verdict.name)}.** {literal(verdict.sentence)}", icon=icon)


def show_in_use(verdict: VersionVerdict | None) -> None:
    """Which model is in use, beside what is said of another one."""
    if verdict is None:
        st.markdown("No model is in use: answers keep the order they came in.")
    else:
        st.markdown(f"In use is **{literal(verdict.name)}**.")


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the three figures in the words that people read."""

    title: str
    value: str
    """76 %, or – where it could not be measured."""
    bounds: str
    """68 to 85; empty where there is none."""
    short: str
    """What it counts, in a few words that stand beside it."""
    help: str
    missing: str
    """Why there is no value; empty where there is one."""


def three_figures(figures: Figures, adds: Addition | None) -> list[Shown]:
    """The figures of a model, the same on every page and in the file; a fourth says what tuned layers add."""
    if figures.measure == "pairwise_accuracy":
        order = (
            "Right order",
            "of two answers, the better one scored higher",
            "Of two answers to the same question that experts rated differently: how often the model gives the better "
            "one the higher score. Guessing gives 50 %.",
        )
    else:
        order = (
            "Good above poor",
            "of a good and a poor answer, the good one scored higher",
            "Of a good and a poor answer, each to any question: how often the model gives the good one the higher "
            "score. Guessing gives 50 %.",
        )
    named = (
        (*order, figures.right_order),
        (
            "Accuracy",
            "called good or not good, as the experts did",
            "How often the model says of an answer what the experts say: good, or not good. Where half of the answers "
            "are good, guessing gives 50 %; where nearly all are good, calling every answer good already looks high.",
            figures.accuracy,
        ),
        (
            "Better pick",
            "the answer put first is a good one",
            "Of questions with two or more rated answers: how often the answer that the model puts first is a good "
            "one. Guessing gives the share of good answers to these questions.",
            figures.better_pick,
        ),
    )
    shown = [_shown(title, short, words, metric) for title, short, words, metric in named]
    return shown if adds is None else [*shown, _addition(adds)]


def _addition(adds: Addition) -> Shown:
    title, short = "Deep part adds", "points of 100 that good answers score above poor ones more often"
    words = (
        "How often a good answer scores higher than a poor one, with the deep part minus without it: the fast method "
        f"on the same ratings, both measured on the {adds.questions:,} questions that were kept apart. If the range "
        "holds 0, it may add nothing: then the fast method is the better choice."
    )
    gain = adds.gain
    if gain.value is None:
        return Shown(title, "–", "", short, words, reason(gain))
    bounds = "" if gain.low is None or gain.high is None else f"{100 * gain.low:+.1f} to {100 * gain.high:+.1f}"
    return Shown(title, f"{100 * gain.value:+.1f}", bounds, short, words, "")


def _shown(title: str, short: str, words: str, metric: Metric) -> Shown:
    if metric.value is None:
        return Shown(title, "–", "", short, words, reason(metric))
    return Shown(title, number(metric.value, percent=True), interval(metric, percent=True), short, words, "")


def show_figures(verdict: VersionVerdict, *, key: str) -> None:
    """The figures, each with its range and what it counts, and what they were measured on."""
    figures = verdict.figures
    shown = three_figures(figures, verdict.judgement.adds)
    with st.container(key=f"{key}.figures"):
        with st.grid("auto", min_column_width=150):
            for figure in shown:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    st.metric(
                        figure.title,
                        figure.value,
                        delta="not measured" if figure.missing else figure.bounds or None,
                        delta_color="off",
                        delta_arrow="off",
                        help=figure.help + (f" Not measured: {figure.missing}." if figure.missing else f" {RANGE}"),
                    )
                    st.caption(figure.short)
        why = {figure.missing: figure.title for figure in reversed(shown) if figure.missing}
        missing = "".join(f" {title}: {words}." for words, title in reversed(why.items()))
        ranges = any(figure.bounds for figure in shown)
        st.caption(literal(measured_on(figures) + missing + (f" {RANGES}" if ranges else "")))


def measured_on(figures: Figures) -> str:
    """What the figures were measured on, and which simple rule they are compared with."""
    answers = f"{figures.answers:,} answers to {figures.questions:,} questions"
    if figures.basis is Basis.KEPT_APART:
        measured = f"Measured on {answers} that were kept apart: no model learns from them."
    else:
        measured = f"Measured on {answers}, each scored by a model that had not seen its question (cross-validated)."
    if figures.rule is None or figures.rule_order.value is None:
        return measured
    return f"{measured} The best simple rule goes by {rule_words(figures.rule)}."


def show_roc(run: RunView, verdict: VersionVerdict, *, key: str) -> None:
    """The one chart of a training: its model, the best simple rule, and chance; nothing before it is evaluated."""
    evaluation = run.evaluation
    if evaluation is None:
        return
    plot = roc_plot(evaluation, run.report, verdict.figures.rule)
    with st.container(width=CHART_WIDTH, key=f"{key}.roc_{run.run_id}"):
        show_plot(plot, f"{key}.roc.{run.run_id}")


def show_plot(plot: Plot, key: str) -> None:
    """A figure of a report with its caption."""
    st.plotly_chart(plot.figure, key=key, config={"displayModeBar": False}, alt=plot.alt)
    st.caption(plot.caption)
