"""Which reasons raters gave, on the Models page: by week and by session."""

import streamlit as st

from core.services.review import reasons
from core.services.review.reasons import MOST_SESSIONS, MOST_WEEKS, ReasonCounts
from core.ui.shell.cells import show_cells
from core.ui.shell.page import Page

VIEWS = ("By week", "By session")


def reasons_panel(page: Page) -> None:
    """How many ratings have which reason; nothing where no rating has one."""
    found = reasons.counted(page.workspace, page.user)
    if not found.words:
        return
    with st.expander("Reasons raters gave", icon=":material/label:", key="models.reasons"):
        view = st.segmented_control(
            "Reasons", VIEWS, default=VIEWS[0], key="models.reasons_view", label_visibility="collapsed", required=True
        )
        rows = _by_session(found) if view == VIEWS[1] else _by_week(found)
        show_cells(rows, height="content", alt=f"Reasons raters gave, {str(view or VIEWS[0]).lower()}")
        st.caption(
            "Each number is a count of ratings with that reason; a rating can have several, or none. Ratings count as "
            "they are now, those given here only, in the week of their last change. Shown are the latest "
            f"{MOST_WEEKS} weeks and the {MOST_SESSIONS} sessions with the most reasons."
        )


def _by_week(found: ReasonCounts) -> list[dict[str, object]]:
    return [
        {"Week from": f"{monday:%d %b %Y}", "Ratings": ratings} | dict(zip(found.words, counts, strict=True))
        for monday, ratings, counts in found.by_week
    ]


def _by_session(found: ReasonCounts) -> list[dict[str, object]]:
    return [
        {"Session": label or "No session", "Ratings": ratings} | dict(zip(found.words, counts, strict=True))
        for label, ratings, counts in found.by_session
    ]
