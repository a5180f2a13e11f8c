"""Changing the model in use, in the row of a version: put it in use, go back to it, archive it."""

import streamlit as st

from core.domain.texts import in_bytes
from core.domain.verdicts.judgement import why_not
from core.services.models import models, thinning
from core.services.models.models import VersionView
from core.services.models.verdicts import VersionVerdict
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

UNUSABLE = {
    "file missing": "Its files are missing. Restore them from a backup.",
    "file altered": "Its files were altered after its training. Restore them from a backup.",
    "thinned": "Its files were removed, and only its figures are kept.",
}


def row_actions(
    page: Page, version: VersionView, verdict: VersionVerdict, *, current: str | None, previous: str | None
) -> None:
    """What a lead can do with a version that is not in use.

    ``current`` is the technical name of the one in use, ``previous`` of the one that was before it.
    """
    key = f"models.{version.run_id}"
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if version.state == "archived":
            st.button(
                "Take from the archive",
                key=f"models.unarchive.{version.run_id}",
                icon=":material/unarchive:",
                on_click=_archive,
                args=(page, version, False),
            )
            return
        if version.model_version == previous:
            roll_back(page, version, verdict, current=current or "", key=key)
        else:
            _put_in_use(page, version, verdict, current=current or "")
        st.button(
            "Archive",
            key=f"models.archive.{version.run_id}",
            type="tertiary",
            on_click=_archive,
            args=(page, version, True),
            help="Put it away: it can no longer be put in use. It can be taken back at any time.",
        )
        if version.model_version != previous and version.state != "thinned":
            _keep_figures(page, version)


def _put_in_use(page: Page, version: VersionView, verdict: VersionVerdict, *, current: str) -> None:
    with st.popover(
        "Put in use",
        icon=":material/upgrade:",
        key=f"models.promote.{version.run_id}",
        disabled=version.state in UNUSABLE,
    ):
        st.markdown(f"Put **{literal(version.name)}** in use? Rankings follow it within seconds.")
        _warn(version, verdict)
        reason = f"models.reason.{version.run_id}"
        st.text_input(
            "Why? (kept in the audit log)",
            key=reason,
            max_chars=500,
            placeholder="For example: better on cardiology questions",
        )
        st.button(
            "Yes, put it in use",
            key=f"models.promote_yes.{version.run_id}",
            type="primary",
            on_click=_promote,
            args=(page, version, reason, current),
        )


def _keep_figures(page: Page, version: VersionView) -> None:
    with st.popover("Keep only figures", key=f"models.thin.{version.run_id}", type="tertiary"):
        st.markdown(
            f"Remove the files of **{literal(version.name)}** ({in_bytes(version.size)})? Its figures and its report "
            "stay. It can never rank again or be compared anew, and the files cannot be brought back."
        )
        st.button(
            "Yes, remove its files",
            key=f"models.thin_yes.{version.run_id}",
            type="primary",
            on_click=_thin,
            args=(page, version),
        )


def roll_back(page: Page, version: VersionView, verdict: VersionVerdict, *, current: str, key: str) -> None:
    """The way back to the version that was in use before."""
    with st.popover(
        "Put back" if key != "models" else f"Go back to {literal(version.name)}",
        icon=":material/undo:",
        key=f"{key}.rollback",
        disabled=version.state in UNUSABLE,
        help=UNUSABLE.get(version.state),
    ):
        st.markdown(f"Go back to **{literal(version.name)}**, the model that was in use before?")
        _warn(version, verdict)
        st.button(
            "Yes, go back",
            key=f"{key}.rollback_yes",
            type="primary",
            on_click=_roll_back,
            args=(page, version, current),
        )


def _warn(version: VersionView, verdict: VersionVerdict) -> None:
    """Say first what speaks against it."""
    judgement = verdict.judgement
    if not judgement.promoted:
        why = why_not(judgement.gate, judgement.unseen_questions)
        st.warning(
            "**This goes against the rule** by which models come into use. At its training it was kept out: "
            f"{literal(why)}.",
            icon=":material/front_hand:",
        )
    if version.sample:
        st.warning("It learned from the sample, not from your ratings.", icon=":material/science:")


@act
def _promote(page: Page, version: VersionView, reason: str, instead_of: str) -> None:
    user = actor(page)
    if user is None:
        return
    why = str(st.session_state.get(reason) or "").strip()
    models.promote(page.workspace, user, version.model_version, reason=why, instead_of=instead_of)
    st.session_state.pop(reason, None)
    session.toast(f"{version.name} is in use now.")


@act
def _roll_back(page: Page, version: VersionView, instead_of: str) -> None:
    user = actor(page)
    if user is not None:
        models.rollback(page.workspace, user, instead_of=instead_of)
        session.toast(f"{version.name} is in use again.")


@act
def _thin(page: Page, version: VersionView) -> None:
    user = actor(page)
    if user is not None:
        thinning.thin(page.workspace, user, version.model_version)
        session.toast(f"Of {version.name} only the figures are kept.")


@act
def _archive(page: Page, version: VersionView, away: bool) -> None:
    user = actor(page)
    if user is not None:
        models.archive(page.workspace, user, version.model_version, away=away)
        session.toast(f"{version.name} is archived." if away else f"{version.name} is back in the list.")
