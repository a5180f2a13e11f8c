"""The model that a training on the schedule proposes, with the button that puts it in use."""

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.models import models
from core.services.running import schedule
from core.services.running.schedule import Proposal
from core.ui.report.format import moment
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

REASON = "It passed the rule in a training on the schedule, and was proposed."


def met_in_words(met: int) -> str:
    """How many models met the kept-apart questions before, and why that matters."""
    if not met:
        return "No model was measured on the present kept-apart questions before."
    were = plural(met, "model was", "models were")
    return (
        f"{were} measured on the kept-apart questions before: the more meet the same questions, the likelier one of "
        "them passes by luck."
    )


def proposed(page: Page, *, key: str) -> None:
    """Show it to who may decide, until it is in use, or overtaken; ``key`` begins the keys of the page."""
    if not page.may(Act.MODELS):
        return
    found = schedule.proposal(page.workspace, page.user)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}.proposal"):
        st.info(
            literal(
                f"{found.name}, from the training on the schedule ({moment(found.made_at)}), passed the rule and is "
                f"proposed. {met_in_words(found.met)}"
            ),
            icon=":material/upgrade:",
        )
        with st.popover("Put it in use", key=f"{key}.propose"):
            st.markdown(f"Put **{literal(found.name)}** in use? Rankings follow it within seconds.")
            st.button(
                "Yes, put it in use", key=f"{key}.propose_yes", type="primary", on_click=_accept, args=(page, found)
            )


@act
def _accept(page: Page, found: Proposal) -> None:
    user = actor(page)
    if user is not None:
        models.promote(page.workspace, user, found.model_version, reason=REASON, instead_of=found.instead_of)
        session.toast(f"{found.name} is in use now.")
