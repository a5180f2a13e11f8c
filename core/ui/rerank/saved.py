"""What is kept of the Rerank page, on demand only: cases to come back to, and raters' own orders of answers."""

from collections.abc import Callable

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.data import redaction
from core.services.reranking import cases, preferences
from core.ui.rerank.result import SHOWN, Ranked
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.redaction import offer_reveal
from core.ui.shell.texts import snippet

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
            "The prompt and the answers are then stored under your name, until you or a lead deletes them. "
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


def own_order(page: Page, ranked: Ranked, number: int) -> None:
    """How this person would have ordered the answers; ``number`` tells one ranking from the next."""
    if not page.may(Act.RATE) or len(set(ranked.texts)) < 2:
        return
    shown = list(ranked.order[:SHOWN])
    key = f"rerank.my_order.{number}"
    with st.expander("I would order them differently", icon=":material/swap_vert:", key="rerank.own_order"):
        st.caption(
            "Pick the answers in your order, the best first. Those that you leave out count as less good than all that "
            "you picked, and are not compared with each other. What you keep here is stored with the texts and your "
            "name, and leads can export it, or let the next training learn from it."
        )
        st.multiselect(
            "Best first",
            shown,
            key=key,
            placeholder="Pick the best answer",
            persist_state="session",
            format_func=lambda index: f"Answer {index + 1}: {snippet(ranked.texts[index], 60)}",
        )
        st.button(
            "Keep my order",
            key="rerank.keep_order",
            icon=":material/check:",
            on_click=_keep_order,
            args=(page, ranked, shown, key),
        )
        kept = preferences.count_own(page.workspace, page.user, ranked.prompt)
        if kept:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{plural(kept, 'comparison')} of yours on this question are kept.", width="content")
                st.button(
                    "Take them back",
                    key="rerank.withdraw_order",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=_withdraw,
                    args=(page, ranked.prompt),
                )


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


@errors.act
def _keep_order(page: Page, ranked: Ranked, shown: list[int], key: str) -> None:
    user = actor(page)
    if user is not None:
        picked = [shown.index(int(index)) for index in st.session_state.get(key) or [] if index in shown]
        texts = [ranked.texts[index] for index in shown]
        kept = preferences.keep(page.workspace, user, ranked.prompt, texts, picked, model_version=ranked.model_version)
        session.toast(f"Your order is kept: {plural(kept, 'comparison')}.")


@errors.act
def _withdraw(page: Page, prompt: str) -> None:
    user = actor(page)
    if user is not None:
        preferences.withdraw(page.workspace, user, prompt)
        session.toast("Your order was taken back.")
