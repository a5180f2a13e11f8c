"""The full report of a training on the page: what is beyond verdict, figures and chart, folded, and its files."""

import streamlit as st

from core.reward.training.report import TrustReport
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.html import report_html
from core.ui.report.notes import notes
from core.ui.report.plots import plots_by_table
from core.ui.report.summary import show_plot
from core.ui.report.tables import Table, as_zip, outcome, tables
from core.ui.shell.cells import show_cells
from core.ui.shell.texts import literal


def full_report(run: RunView, verdict: VersionVerdict, *, key: str) -> None:
    """Everything about a training beyond verdict, figures and chart, and its files; ``key`` is the page's name.

    What an earlier release did not measure is left out.
    """
    found, report = tables(run, verdict), run.report
    for note in notes(run, verdict):
        st.caption(literal(note))
    _downloads(run, verdict, found, key)
    plots = {} if report is None else plots_by_table(report)
    for name, table in found.items():
        with st.expander(table.title):
            if name in plots:
                show_plot(plots[name], f"{key}.{name}.{run.run_id}")
            if name == "thresholds" and report is not None:
                _movable_threshold(report, f"{key}.threshold.{run.run_id}")
            if name == "decision":  # sentences are read, not scrolled
                st.table([{k: literal(v) for k, v in row.items()} for row in table.rows], border="horizontal")
            elif table.rows:
                show_cells(table.rows, height="auto" if name == "thresholds" else "content")
            st.caption(literal(table.caption))


def _downloads(run: RunView, verdict: VersionVerdict, found: dict[str, Table], key: str) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Download the report",
            lambda: report_html(run, verdict),
            key=f"{key}.report_file",
            file_name=f"assay-report-{run.run_id}.html",
            mime="text/html",
            icon=":material/description:",
            on_click="ignore",
            help="Verdict, figures, chart and this report in one file that opens in any browser, also without a "
            "network.",
        )
        st.download_button(
            "Download all tables",
            lambda: as_zip(found, [] if run.report is None else run.report.row_ids),
            key=f"{key}.report_tables",
            file_name=f"assay-report-{run.run_id}.zip",
            mime="application/zip",
            icon=":material/table:",
            on_click="ignore",
            help="Every table as a csv file, and the numbers of the rows that were used.",
        )


def _movable_threshold(report: TrustReport, key: str) -> None:
    chosen = st.select_slider(
        "An answer is called good from a score of",
        [threshold for threshold, _ in report.thresholds],
        value=0.5,
        key=key,
        format_func=lambda value: f"{value:.2f}",
    )
    st.markdown(outcome(chosen, dict(report.thresholds)[chosen]))
