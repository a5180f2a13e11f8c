"""What users said of what each model version put first, on the Models page."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.outcomes.results import Apart, By
from core.services.models.models import VersionView
from core.services.outcomes import results
from core.services.outcomes.results import Outcome
from core.ui.outcomes.format import TITLES, feedback_cell, how_to_read, kinds, mark_made, name_of, nothing_yet
from core.ui.shell.page import Page
from core.ui.shell.texts import literal


def feedback_panel(page: Page, versions: Sequence[VersionView]) -> None:
    """Feedback by version, and, asked for, by whether ranking changed the first answer."""
    found = results.measure(page.workspace, page.user, By.VERSION)
    names = {version.model_version: version.name for version in versions}
    with st.expander("What users said", icon=":material/thumbs_up_down:", key="models.feedback"):
        if not found.lines:
            nothing_yet(page, By.VERSION, key="models.feedback_keys")
            return
        mark_made(page)
        st.table([_row(one, kinds(found.lines), names) for one in found.lines], border="horizontal", hide_index=True)
        st.caption(literal(how_to_read(found)))
        if st.toggle("Look at it by whether ranking changed the first answer", key="models.feedback_replaced"):
            _by_first_replaced(page, names)


def _row(outcome: Outcome, shown: list[str], names: Mapping[str, str]) -> dict[str, str]:
    return {"Model": literal(name_of(outcome, By.VERSION, names))} | {
        TITLES[kind]: literal(feedback_cell(outcome, kind)) for kind in shown
    }


def _by_first_replaced(page: Page, names: Mapping[str, str]) -> None:
    found = results.measure(page.workspace, page.user, By.VERSION, Apart.REPLACED)
    st.badge("Different questions, not a test", icon=":material/warning:", color="orange")
    st.markdown(
        "Ranking changes the first answer where it thinks another one better, and not at random. So the two lines of a "
        "version are about different questions, and a difference between them does not say that ranking helped or "
        "harmed."
    )
    if not found.lines:
        st.caption("None of the feedback is about a ranking of several answers by a model.")
        return
    shown = kinds(found.lines)
    st.table(
        [
            {"Model": row.pop("Model"), "Ranking": "Put another first" if one.line.replaced else "Kept the first"} | row
            for one in found.lines
            for row in [_row(one, shown, names)]
        ],
        border="horizontal",
        hide_index=True,
    )
