"""Changing the model in use: promote a version with a reason, or go back to the one before."""

from collections.abc import Sequence
from itertools import chain

import streamlit as st

from core.domain.errors import BadInput
from core.domain.roles import Act
from core.services.models import models
from core.services.models.models import VersionView
from core.ui.report.format import cell, recipe_name
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal


def change_model_in_use(page: Page, versions: Sequence[VersionView]) -> None:
    """Promote a version, or go back to the one before; nothing for those who may not."""
    if not page.may(Act.MODELS):
        return
    st.subheader("Change the model in use", anchor=False)
    others = [version for version in versions if version.state not in ("champion", "archived")]
    current = next((version.model_version for version in versions if version.state == "champion"), None)
    with st.container(border=True, key="models.change"):
        if not others:
            st.markdown("There is no other version to change to. Every finished training adds one.")
            return
        by_name = {version.model_version: version for version in others}
        name = st.selectbox("Version", list(by_name), key="models.version", format_func=lambda n: _label(by_name[n]))
        chosen = by_name[name]
        missing = chosen.state in ("file missing", "file altered")
        if missing:
            what = "are missing" if chosen.state == "file missing" else "were altered after its training"
            st.warning(
                f"The files of this version {what}, so it cannot be used. Restore them from a backup, or train again.",
                icon=":material/folder_off:",
            )
        previous = models.before_champion(page.workspace, page.user)
        back = by_name.get(previous or "")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Promote", icon=":material/upgrade:", key="models.promote", disabled=missing):
                st.markdown(f"Put **{literal(name)}** in use? Rankings follow it within seconds.")
                if chosen.sample:
                    st.markdown("It learned from the sample, not from your ratings.")
                st.text_input(
                    "Why? (kept in the audit log)",
                    key="models.reason",
                    max_chars=500,
                    placeholder="For example: better on cardiology questions",
                )
                st.button(
                    "Yes, put it in use",
                    key="models.promote_yes",
                    type="primary",
                    on_click=_promote,
                    args=(page, current or ""),
                )
            with st.popover(
                "Roll back",
                icon=":material/undo:",
                key="models.rollback",
                disabled=back is None or back.state != "available",
            ):
                st.markdown(f"Go back to **{literal(previous or '')}**, the model that was in use before?")
                st.button(
                    "Yes, go back",
                    key="models.rollback_yes",
                    type="primary",
                    on_click=_roll_back,
                    args=(page, current or ""),
                )
            if back is None:
                st.caption("There is no earlier model in use to go back to.", width="content")
            elif back.state != "available":
                st.caption("The files of the model that was in use before are missing or altered.", width="content")


def _label(version: VersionView) -> str:
    parts = [
        version.model_version,
        recipe_name(version.recipe),
        f"AUC {cell(version.metrics.get('roc_auc'), percent=False)}",
    ]
    return " · ".join(chain(parts, [version.state] if version.state.startswith("file") else []))


@act
def _promote(page: Page, instead_of: str) -> None:
    user = actor(page)
    name = st.session_state.get("models.version")
    if user is None:
        return
    if not name:
        raise BadInput("Choose a version first.")
    reason = str(st.session_state.get("models.reason") or "").strip()
    models.promote(page.workspace, user, name, reason=reason, instead_of=instead_of)
    st.session_state.pop("models.reason", None)
    session.toast(f"{name} is in use now.")


@act
def _roll_back(page: Page, instead_of: str) -> None:
    user = actor(page)
    if user is not None:
        session.toast(f"{models.rollback(page.workspace, user, instead_of=instead_of)} is in use again.")
