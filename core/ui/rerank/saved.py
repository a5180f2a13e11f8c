"""Cases of the Rerank page: kept on demand only, to come back to."""

from collections.abc import Callable

import streamlit as st

from core.services.data import redaction
from core.services.reranking import cases
from core.ui.rerank.result import Ranked
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.redaction import offer_reveal

Fill = Callable[[str, tuple[str, ...]], None]


def saved_cases(page: Page, fill: Fill) -> None:
    """The cases that are there, to be opened or deleted; nothing where there are none."""
    found = {case.case_id: case for case in cases.listed(page.workspace, page.user)}
    if not found:
        return

    def label(number: int) -> str:
        case = found[number]
        whose = "" if case.saved_by == page.user.name else f", by {case.saved_by}"
        return f"{case.name} ({len(case.texts)} answers, {case.saved_at:%d %b %Y}{whose})"

    with st.expander(f"Saved cases ({len(found)})", icon=":material/folder_open:", key="rerank.cases"):
        chosen = st.selectbox("Case", list(found), format_func=label, key="rerank.case")
        case = found[chosen]
        if case.hidden:
            offer_reveal(page.workspace, page.user, redaction.reveal_case, chosen, case.hidden, page="rerank.case")
            st.caption("To open this case, reveal its personal identifiers first.")
        with st.container(horizontal=True):
            st.button(
                "Open",
                key="rerank.case_open",
                icon=":material/folder_open:",
                on_click=fill,
                args=(case.prompt, case.texts),
                disabled=bool(case.hidden),
            )
            with st.popover("Delete", icon=":material/delete:"):
                st.markdown("The case is deleted for good.")
                st.button(
                    "Delete this case",
                    key="rerank.case_delete",
                    icon=":material/delete:",
                    on_click=_delete,
                    args=(page, chosen),
                )


def keep_case(page: Page, ranked: Ranked) -> None:
    """Save what was ranked, under a name."""
    with st.expander("Save as a case", icon=":material/bookmark_add:", key="rerank.keep"):
        st.caption(
            "The question and the answers are then stored under your name, until you or a lead deletes them. "
            "Leads can read them."
        )
        st.text_input(
            "Name of the case",
            key="rerank.case_name",
            max_chars=cases.MAX_NAME,
            placeholder="For example: burns, short",
            persist_state="session",  # whoever has no name yet gives it on another screen
        )
        st.button("Save", key="rerank.case_save", icon=":material/save:", on_click=_save, args=(page, ranked))


@errors.act
def _save(page: Page, ranked: Ranked) -> None:
    user = actor(page)
    if user is not None:
        name = str(st.session_state.get("rerank.case_name") or "")
        cases.save(page.workspace, user, name, ranked.prompt, ranked.texts)
        session.toast(f"Saved: {name}")


@errors.act
def _delete(page: Page, case_id: int) -> None:
    user = actor(page)
    if user is not None:
        cases.delete(page.workspace, user, case_id)
        session.toast("The case was deleted.")
