"""What is known of one answer from its use: which programs sent it, and what their users said."""

import streamlit as st

from core.domain.outcomes.of_answer import SaidOfIt
from core.services.outcomes import of_answer
from core.services.outcomes.of_answer import MOST
from core.ui.shell.cells import show_cells
from core.ui.shell.page import Page


def show_use(page: Page, number: int) -> None:
    """Show who sent the answer and what users said of it, where anybody did."""
    found = of_answer.in_use(page.workspace, page.user, number)
    if found.sent:
        st.markdown("**Sent by programs**")
        _table(
            [
                {
                    "When": f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}",
                    "Application": one.application,
                    "Its id": one.caller_id,
                    "Written by": one.generator or "",
                }
                for one in found.sent
            ],
            found.sent_total,
            "Programs that sent this answer, newest first",
        )
    if found.said:
        st.markdown("**What users said of it**")
        st.caption("It is never a rating, and raters do not see it while they rate.")
        _table(
            [
                {
                    "When": f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}",
                    "Application": one.application,
                    "What": _in_words(one),
                    "Comment": one.comment,
                    "Counts": "yes" if one.latest else "no: said something else later",
                }
                for one in found.said
            ],
            found.said_total,
            "What users said of this answer, newest first",
        )


def _table(rows: list[dict[str, str]], total: int, alt: str) -> None:
    show_cells(rows, height="content" if len(rows) < 12 else 400, alt=alt)
    if total > MOST:
        st.caption(f"The newest {MOST} of {total:,}.")


def _in_words(said: SaidOfIt) -> str:
    if said.kind == "thumb":
        return "thumb up" if said.value else "thumb down"
    return f"score {said.value} of 5"
