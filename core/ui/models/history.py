"""All versions, a row each, with what a lead can do with it; two ticked ones are compared."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import in_bytes
from core.domain.verdicts.judgement import Tone
from core.services.models.models import OldTraining, VersionView
from core.services.models.verdicts import VersionVerdict
from core.ui.models.promote import UNUSABLE, row_actions
from core.ui.report.format import moment, ratio
from core.ui.shell.page import Page
from core.ui.shell.popovers import popovers_by_keyboard
from core.ui.shell.texts import literal

STATES = {
    "champion": "In use",
    "available": "Not in use",
    "archived": "Archived",
    "thinned": "Only figures kept",
    "file missing": "Files missing",
    "file altered": "Files altered",
}
SHOWN = 10
"""The newest versions are shown; the others when asked for."""
ICONS = {
    Tone.GOOD: ":green[:material/verified:]",
    Tone.CAUTION: ":orange[:material/balance:]",
    Tone.BAD: ":red[:material/front_hand:]",
}


def history(
    page: Page, versions: Sequence[VersionView], verdicts: Mapping[str, VersionVerdict], previous: str | None
) -> None:
    """A row for each version, newest first; archived ones folded away. ``previous``: the one in use before."""
    st.subheader("All models", anchor=False)
    here = [version for version in versions if version.state != "archived"]
    archived = [version for version in versions if version.state == "archived"]
    current = next((version.model_version for version in here if version.state == "champion"), None)
    can_compare = sum(version.state not in UNUSABLE for version in here) > 1
    shown = here
    if len(here) > SHOWN and not st.session_state.get("models.show_all"):
        kept = (current, previous)
        shown = [one for place, one in enumerate(here) if place < SHOWN or one.model_version in kept]
    with st.container(key="models.table", gap=None):
        for version in shown:
            _row(page, version, verdicts[version.model_version], (current, previous), can_compare)
    popovers_by_keyboard("models")
    if len(here) > SHOWN:
        st.toggle(f"Show all {len(here):,}", key="models.show_all")
    if archived:
        with st.expander(f"Archived ({len(archived):,})", icon=":material/archive:", key="models.archived"):
            for version in archived:
                _row(page, version, verdicts[version.model_version], (current, previous), can_compare=False)


def _row(
    page: Page,
    version: VersionView,
    verdict: VersionVerdict,
    chosen: tuple[str | None, str | None],
    can_compare: bool,
) -> None:
    current, previous = chosen
    with st.container(key=f"models.row.{version.run_id}"):
        may_change = page.may(Act.MODELS)
        places = st.columns([2.9, 5, 2.2] if may_change else [2.9, 7.2], vertical_alignment="center", gap="small")
        with places[0]:
            _called(version, can_compare)
        with places[1]:
            st.markdown(f"{ICONS[verdict.tone]} {literal(verdict.sentence)}")
        if may_change and version.state != "champion":
            with places[2]:
                row_actions(page, version, verdict, current=current, previous=previous)


def _called(version: VersionView, can_compare: bool) -> None:
    """Name, state and the technical name of a version; the name is what is ticked."""
    name, damaged = f"**{literal(version.name)}**", version.state in UNUSABLE
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            if can_compare:
                st.checkbox(literal(version.name), key=ticking(version), disabled=damaged, width="content")
            else:
                st.markdown(name, width="content")
            if version.state == "champion":
                st.badge("In use", color="green")
            elif damaged:
                thinned = version.state == "thinned"
                st.badge(STATES[version.state], icon=":material/folder_off:", color="gray" if thinned else "red")
            if version.sample:
                st.badge("Sample", color="violet")
        st.caption(f"{literal(version.model_version)} · {in_bytes(version.size)}")


def ticking(version: VersionView) -> str:
    """Key of the box in the row of a version."""
    return f"models.tick.{version.run_id}"


def legacy_trainings(old: Sequence[OldTraining]) -> None:
    """What the earlier application trained, newest first, with what is not known about it."""
    with st.expander(f"Earlier application ({len(old):,})", icon=":material/history:", key="models.legacy"):
        rows = [
            {
                "Version": literal(row.model_version),
                "State": "legacy, split unknown",
                "Trained": moment(row.trained_at) if row.trained_at else "no date",
                "Interactions": "–" if row.total_interactions is None else f"{row.total_interactions:,}",
                "Accuracy": "not noted" if row.accuracy is None else ratio(row.accuracy, 100),
            }
            for row in reversed(old)
        ]
        st.table(rows, border="horizontal", hide_index=True)
        st.caption(
            "How these divided training from testing is unknown, so their accuracy cannot be compared with the others. "
            "Assay cannot load these models: train again."
        )
