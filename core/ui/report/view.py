"""A training's trust report on the page: the verdict and five numbers first, the rest folded."""

import streamlit as st

from core.reward.evaluation.evaluation import Evaluation
from core.reward.training.report import TrustReport
from core.services.training.runs import RunView
from core.ui.report import report_figures
from core.ui.report.format import BASELINES, MEASURES, RANGE, cards, cell, moment, recipe_name
from core.ui.report.html import About, report_html
from core.ui.report.tables import Table, as_zip, tables
from core.ui.shell.cells import show_cells
from core.ui.shell.texts import literal


def show_report(run: RunView, *, key: str) -> None:
    """The report of an ended training; what an older version did not measure is not shown. ``key`` is the page's name."""
    evaluation, report = run.evaluation, run.report
    if evaluation is None:
        return
    if report is not None:
        _verdict(report)
    cards(evaluation.metrics, *MEASURES)
    times = f", {evaluation.repeats} times" if evaluation.repeats > 1 else ""
    st.caption(
        f"Measured on {evaluation.n:,} rated answers to {evaluation.prompts:,} prompts ({evaluation.good:,} good){times}, "
        f"each scored by a model that had not seen its prompt. {RANGE}"
    )
    if (run.latest("fitted") or {}).get("weighting") == "answer alone":
        st.caption(
            "On these ratings the prompt did not help to tell good answers from poor ones, so the model reads the answer "
            "alone. It does not notice when an answer is about something else."
        )
    if run.orders is not None:
        st.caption(literal(run.orders))
    if report is None:
        st.caption("This training was made before trust reports existed. Train again to get one.")
        _roc(run, evaluation, None, key)
        return
    found = tables(evaluation, report)
    _downloads(run, evaluation, report, found, key)
    _roc(run, evaluation, report, key)
    _threshold(report, found["thresholds"], key)
    for name in ("figures", "differences", "best_of_n"):
        _folded(found[name])
    with st.expander(found["calibration"].title):
        st.plotly_chart(
            report_figures.calibration(report),
            key=f"{key}.calibration.{run.run_id}",
            config={"displayModeBar": False},
            alt="Share of good answers by mean score, with ranges, beside the diagonal.",
        )
        _table(found["calibration"])
    _folded(found["length"])
    with st.expander(found["learning_curve"].title):
        st.plotly_chart(
            report_figures.learning_curve(report),
            key=f"{key}.curve.{run.run_id}",
            config={"displayModeBar": False},
            alt="ROC AUC by number of ratings: measured, and forecast to twice as many with its range.",
        )
        _table(found["learning_curve"])
    for name in ("sources", "raters", "data"):
        _folded(found[name])


def _verdict(report: TrustReport) -> None:
    sentence = f"**{literal(report.verdict.sentence)}**"
    if report.verdict.usable:
        st.success(sentence, icon=":material/verified:")
    else:
        st.warning(sentence, icon=":material/balance:")


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
    with st.expander("Good answers found against poor ones let through (ROC curve)", expanded=True):
        curves = {"This model": evaluation.roc["model"]}
        curves |= {title: evaluation.roc.get(name, []) for name, (title, _) in BASELINES.items()}
        area = cell(evaluation.metrics["roc_auc"], percent=False)
        st.plotly_chart(
            report_figures.roc(curves, report),
            key=f"{key}.roc.{run.run_id}",
            config={"displayModeBar": False},
            alt=f"ROC curve of the model, area {area}, beside the baselines and the chance line.",
        )
        band = " The shaded range shows how certain the curve is." if report is not None and report.roc_band else ""
        st.caption(f"The further a curve bends to the upper left, the better. The dotted diagonal is guessing.{band}")


def _threshold(report: TrustReport, table: Table, key: str) -> None:
    """The confusion matrix at a threshold that can be moved."""
    with st.expander(table.title):
        thresholds = [threshold for threshold, _ in report.thresholds]
        chosen = st.select_slider(
            "An answer is called good from a score of",
            thresholds,
            value=0.5,
            key=f"{key}.threshold",
            format_func=lambda value: f"{value:.2f}",
        )
        st.table(confusion(dict(report.thresholds)[chosen]), border="horizontal")
        st.caption(table.caption)


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


def _folded(table: Table) -> None:
    with st.expander(table.title):
        _table(table)


def _table(table: Table) -> None:
    if table.rows:
        show_cells(table.rows)
    st.caption(table.caption)
