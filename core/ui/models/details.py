"""One model version: where it comes from, its files, and the archive."""

from collections.abc import Sequence

import streamlit as st

from core.domain.roles import Act
from core.services.models import models
from core.services.models.models import PromotionView, VersionView
from core.services.training import runs
from core.ui.models.versions import STATES
from core.ui.report.format import moment, recipe_name
from core.ui.report.view import show_report
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

NOT_RECORDED = "not recorded (made by an earlier release)"


def version_details(page: Page, versions: Sequence[VersionView], changes: Sequence[PromotionView]) -> None:
    """Choose a version; see what it was made of; download it, or put it away."""
    st.subheader("One version", anchor=False)
    by_name = {version.model_version: version for version in versions}
    with st.container(border=True, key="models.one"):
        name = st.selectbox(
            "Look at",
            list(by_name),
            key="models.look",
            format_func=lambda n: f"{n} · {STATES.get(by_name[n].state, by_name[n].state)}",
        )
        version = by_name[name or versions[0].model_version]
        with st.container(key="models.lineage"):
            rows = [{"": title, " ": literal(value)} for title, value in lineage(version, changes)]
            st.table(rows, border="horizontal", hide_index=True)
        if page.may(Act.MODELS):
            _actions(page, version)
        run = runs.run_view(page.workspace, page.user, version.run_id)
        if run is not None and st.toggle("Show its trust report", key="models.report"):
            show_report(run, key="models")


def lineage(version: VersionView, changes: Sequence[PromotionView]) -> list[tuple[str, str]]:
    """Data, recipe, code, author and fate of a version, in words."""
    known = version.lineage
    kept, orders = int(known.get("held_out") or 0), int(known.get("preferences") or 0)
    data = f"{version.n:,} rated answers to {version.prompts:,} prompts" + (", of the sample" if version.sample else "")
    fate = next((change for change in changes if change.model_version == version.model_version), None)
    return [
        (
            "Learned from",
            data
            + (f", and {orders:,} comparisons that raters made" if orders else "")
            + (f", without the ratings of {version.without_rater}" if version.without_rater else "")
            + (f"; {kept:,} more answers were kept apart" if kept else ""),
        ),
        ("Fingerprint of these ratings", str(known.get("data_fingerprint") or NOT_RECORDED)[:40]),
        ("Good from", f"a rating of {known['positive_threshold']}" if "positive_threshold" in known else NOT_RECORDED),
        ("Recipe", f"{recipe_name(version.recipe)}, seed {known.get('seed', 'not recorded')}"),
        ("Reads", str(known.get("reads") or NOT_RECORDED)),
        ("Language model", str(known.get("encoder") or NOT_RECORDED)[:60]),
        ("Code", str(known.get("code") or NOT_RECORDED)),
        ("Trained", f"{moment(version.created_at)} by {version.trained_by}, training {version.run_id}"),
        ("Came into use", f"{moment(fate.at)}, by {fate.by}: {fate.reason}" if fate else "never"),
    ]


def _actions(page: Page, version: VersionView) -> None:
    name, usable = version.model_version, not version.state.startswith("file")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download",
            lambda: models.as_zip(page.workspace, page.user, name),
            file_name=f"{name}.zip",
            mime="application/zip",
            key="models.download",
            on_click="ignore",
            icon=":material/download:",
            disabled=not usable,
            help="The model's files as a zip file. Treat it as private: it was made from the answers.",
        )
        if version.state == "archived":
            st.button(
                "Take from the archive",
                key="models.unarchive",
                icon=":material/unarchive:",
                on_click=_archive,
                args=(page, name, False),
            )
        elif version.state != "champion":
            st.button(
                "Archive",
                key="models.archive",
                icon=":material/archive:",
                on_click=_archive,
                args=(page, name, True),
                help="Put it away: it can no longer be promoted or rolled back to. It can be taken back at any time.",
            )
        else:
            st.caption("It is in use, so it cannot be archived.", width="content")


@act
def _archive(page: Page, name: str, away: bool) -> None:
    user = actor(page)
    if user is not None:
        models.archive(page.workspace, user, name, away=away)
        session.toast(f"{name} is archived." if away else f"{name} is back among the versions.")
