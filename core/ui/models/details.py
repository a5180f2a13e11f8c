"""The full report of a version: how it was made, its files, and everything that was measured."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import in_bytes
from core.services.models import models
from core.services.models.models import PromotionView, VersionView
from core.services.models.verdicts import VersionVerdict
from core.services.training import runs
from core.ui.models.changes import in_words
from core.ui.models.history import STATES
from core.ui.report.format import moment
from core.ui.report.summary import show_figures, show_roc, show_verdict
from core.ui.report.view import full_report
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

NOT_RECORDED = "not recorded (made by an earlier release)"
CHOSEN, OPENED = "models.look", "models.report"
FILES = {
    "file missing": "missing",
    "file altered": "altered after the training",
    "thinned": "removed by a lead; only its figures are kept",
}


def report_of_a_version(
    page: Page,
    versions: Sequence[VersionView],
    verdicts: Mapping[str, VersionVerdict],
    changes: Sequence[PromotionView],
) -> None:
    """Choose a version; see what it was made of and how it was measured; download it."""
    st.subheader("Full report", anchor=False)
    by_name = {version.model_version: version for version in versions}
    in_use = next((place for place, version in enumerate(versions) if version.state == "champion"), 0)
    with st.container(horizontal=True, vertical_alignment="bottom", key="models.one"):
        name = st.selectbox(
            "Model",
            list(by_name),
            index=in_use,
            key=CHOSEN,
            format_func=lambda n: f"{by_name[n].name} · {STATES[by_name[n].state]}",
        )
        version = by_name[name or versions[in_use].model_version]
        opened = st.toggle("Show the full report", key=OPENED)
    if not opened:
        return
    verdict, run = verdicts[version.model_version], runs.run_view(page.workspace, page.user, version.run_id)
    if version.state != "champion":
        show_verdict(verdict, key="models.looked_at")
        show_figures(verdict, key="models.looked_at")
    made, chart = st.columns([5, 4])
    with made:
        with st.container(key="models.lineage"):
            rows = [{"": title, " ": literal(value)} for title, value in lineage(version, changes)]
            st.table(rows, border="horizontal", hide_index=True)
        if page.may(Act.MODELS):
            _download(page, version)
    if run is not None:
        with chart:
            show_roc(run, verdict, key="models")
        full_report(run, verdict, key="models")


def open_report(model_version: str) -> None:
    """Have Models show the full report of this version; call it before going there."""
    st.session_state.update({CHOSEN: model_version, OPENED: True})


def _download(page: Page, version: VersionView) -> None:
    st.download_button(
        "Download the model",
        lambda: models.as_zip(page.workspace, page.user, version.model_version),
        file_name=f"{version.model_version}.zip",
        mime="application/zip",
        key="models.download",
        on_click="ignore",
        icon=":material/download:",
        disabled=version.state in FILES,
        help="The model's files as a zip file. Treat it as private: it was made from the answers.",
    )


def lineage(version: VersionView, changes: Sequence[PromotionView]) -> list[tuple[str, str]]:
    """Data, code, author and fate of a version, in words; method, seed and versions are a table of its report."""
    known = version.lineage
    kept, orders = int(known.get("held_out") or 0), int(known.get("preferences") or 0)
    data = f"{version.n:,} rated answers to {version.prompts:,} questions" + (
        ", of the sample" if version.sample else ""
    )
    fate = next((change for change in changes if change.model_version == version.model_version), None)
    return [
        (
            "Learned from",
            data
            + (f", and {orders:,} comparisons that raters made" if orders else "")
            + (f", without the ratings of {version.without_rater}" if version.without_rater else "")
            + (f"; {kept:,} more answers were kept apart" if kept else ""),
        ),
        ("Good from", f"a rating of {known['positive_threshold']}" if "positive_threshold" in known else NOT_RECORDED),
        ("Reads", str(known.get("reads") or NOT_RECORDED).replace("prompt", "question")),
        ("Code", str(known.get("code") or NOT_RECORDED)),
        ("Trained", f"{moment(version.created_at)} by {version.trained_by}, training {version.run_id}"),
        ("Came into use", f"{moment(fate.at)}: {in_words(fate)}" if fate else "never"),
        ("Files", f"{version.model_version}, {FILES.get(version.state, 'as trained')}, {in_bytes(version.size)}"),
    ]
