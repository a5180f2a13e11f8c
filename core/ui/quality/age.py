"""How old the figures on a tab are, where they were not measured on the ratings as they are now."""

import streamlit as st

from core.services import figures
from core.services.kept_figures import Kind
from core.ui.report.format import moment
from core.ui.shell.errors import act
from core.ui.shell.page import Page


def age_of(page: Page, kind: Kind) -> None:
    """Say when these figures were measured, with a button that measures anew; nothing where nothing changed since."""
    at = figures.measured_at(page.workspace, page.user, kind)
    if at is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"quality.age.{kind}"):
        st.caption(f"Measured {moment(at)}. Ratings or answers have changed since.", width="content")
        st.button(
            "Measure again",
            key=f"quality.again.{kind}",
            type="tertiary",
            icon=":material/refresh:",
            on_click=_again,
            args=(page, kind),
        )


@act
def _again(page: Page, kind: Kind) -> None:
    figures.measure_again(page.workspace, page.user, kind)
