"""A training's trust report on the page: the verdict and five numbers first, the rest folded."""

import streamlit as st

from core.reward.evaluation.evaluation import Evaluation
from core.reward.training.report import TrustReport
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.format import MEASURES, RANGE, cards, moment, recipe_name
from core.ui.report.html import About, report_html
from core.ui.report.plots import ROC_TITLE, plots_by_table, roc_plot
from core.ui.report.summary import show_plot
from core.ui.report.tables import Table, as_zip, tables
from core.ui.shell.cells import show_cells
from core.ui.shell.texts import literal


def full_report(run: RunView, verdict: VersionVerdict | None, *, key: str) -> None:
    """Everything about a training beyond verdict, figures and chart, folded, and its files; ``key``: the page's name.

    What an earlier release did not measure is left out.
    """
    evaluation, report = run.evaluation, run.report
    if evaluation is None:
        return
    if (run.latest("fitted") or {}).get("weighting") == "answer alone":
        st.caption(
            "On these ratings the question did not help to tell good answers from poor ones, so the model reads the "
            "answer alone. It does not notice when an answer is about something else."
        )
    if report is None:
        st.caption("This training was made by an earlier release, which kept no full report. Train again to get one.")
        return
    found, plots = tables(evaluation, report), plots_by_table(report)
    _downloads(run, evaluation, report, found, key)
    for name, table in found.items():
        with st.expander(table.title):
            if name in plots:
                show_plot(plots[name], f"{key}.{name}.{run.run_id}")
            if name == "thresholds":
                _movable_threshold(report, key)
            elif table.rows:
                show_cells(table.rows)
            st.caption(table.caption)


def show_report(run: RunView, *, key: str) -> None:
    """The report of an ended training, less what an older version did not measure; ``key`` is the page's name."""
    evaluation, report = run.evaluation, run.report
    if evaluation is None:
        return
    cards(evaluation.metrics, *MEASURES)
    times = f", {evaluation.repeats} times" if evaluation.repeats > 1 else ""
    st.caption(
        f"Measured on {evaluation.n:,} rated answers to {evaluation.prompts:,} prompts ({evaluation.good:,} "
        f"good){times}, each scored by a model that had not seen its prompt. {RANGE}"
    )
    if (run.latest("fitted") or {}).get("weighting") == "answer alone":
        st.caption(
            "On these ratings the prompt did not help to tell good answers from poor ones, so the model reads the "
            "answer alone. It does not notice when an answer is about something else."
        )
    if run.orders is not None:
        st.caption(literal(run.orders))
    if report is None:
        st.caption("This training was made before trust reports existed. Train again to get one.")
        _roc(run, evaluation, None, key)
        return
    found, plots = tables(evaluation, report), plots_by_table(report)
    _downloads(run, evaluation, report, found, key)
    _roc(run, evaluation, report, key)
    for name, table in found.items():
        with st.expander(table.title):
            if name in plots:
                show_plot(plots[name], f"{key}.{name}.{run.run_id}")
            if name == "thresholds":
                _movable_threshold(report, key)
            elif table.rows:
                show_cells(table.rows)
            st.caption(table.caption)


def _downloads(run: RunView, evaluation: Evaluation, report: TrustReport, found: dict[str, Table], key: str) -> None:
    about = About(
        f"Training {run.run_id}" + (f" · {run.model_version}" if run.model_version else ""),
        f"{recipe_name(run.recipe)} · started by {run.requested_by} · {moment(run.started_at)}",
        run.message or "",
        run.orders,
    )
    with st.container(horizontal=True):
        st.download_button(
            "Download the report",
            lambda: report_html(about, evaluation, report),
            key=f"{key}.report_file",
            file_name=f"assay-report-{run.run_id}.html",
            mime="text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One file that opens in any browser, also without a network.",
        )
        st.download_button(
            "Download all tables",
            lambda: as_zip(found, report),
            key=f"{key}.report_tables",
            file_name=f"assay-report-{run.run_id}.zip",
            mime="application/zip",
            icon=":material/table:",
            on_click="ignore",
            help="Every table as a csv file, and the numbers of the rows that were used.",
        )


def _roc(run: RunView, evaluation: Evaluation, report: TrustReport | None, key: str) -> None:
    with st.expander(ROC_TITLE, expanded=True):
        show_plot(roc_plot(evaluation, report, "length_only"), f"{key}.roc.{run.run_id}")


def _movable_threshold(report: TrustReport, key: str) -> None:
    """The confusion matrix at a threshold that can be moved."""
    thresholds = [threshold for threshold, _ in report.thresholds]
    chosen = st.select_slider(
        "An answer is called good from a score of",
        thresholds,
        value=0.5,
        key=f"{key}.threshold",
        format_func=lambda value: f"{value:.2f}",
    )
    st.table(confusion(dict(report.thresholds)[chosen]), border="horizontal")


def confusion(counts: dict[str, int]) -> dict[str, dict[str, str]]:
    """The four outcomes as a table."""
    return {
        "Called good": {
            "Rated good": f"{counts['true_good']:,} right",
            "Rated poor": f"{counts['false_good']:,} wrong",
        },
        "Called poor": {
            "Rated good": f"{counts['false_poor']:,} wrong",
            "Rated poor": f"{counts['true_poor']:,} right",
        },
    }
