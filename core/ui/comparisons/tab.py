"""A or B on Quality: opening pairs, how far they are, and how far people agree about them."""

import streamlit as st

from core.domain.comparisons.picks import FROM_A_LEAD, MOST_OPENED
from core.domain.queue import MOST_RATERS
from core.domain.texts import plural
from core.services.comparisons import agreement, opening
from core.services.comparisons.agreement import PairAgreement
from core.services.comparisons.opening import PairsToOpen, Waiting
from core.ui.quality.tables import table_with_csv
from core.ui.report.format import RANGE, cell, ratio
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

ALL_SESSIONS = "All sessions"
FEW = 20
"""Pairs that the form offers to begin with."""


def comparisons_tab(page: Page) -> None:
    """Let a lead open pairs and close them, and show how far they are and how far people agree."""
    found = opening.standing(page.workspace, page.user)
    st.markdown(
        "People are shown two answers to one question, each on a side that is drawn, and say which is better, that "
        "both are equal, or that neither is good. Questions are drawn among those that have two different answers."
    )
    with st.form("quality.pairs_form"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("Pairs", 1, MOST_OPENED, FEW, key="quality.pairs_limit", width=160)
            st.number_input("People who compare each", 1, MOST_RATERS, 2, key="quality.pairs_raters", width=220)
            st.selectbox("From", [ALL_SESSIONS, *found.sessions], key="quality.pairs_session", width=240)
        st.form_submit_button("Open pairs", key="quality.pairs_open", type="primary", on_click=_open, args=(page,))
    if not found.waiting:
        st.info(
            "No pair was opened yet. Once some are, everybody who rates finds them under A or B.",
            icon=":material/compare:",
        )
        return
    table_with_csv([_row(one) for one in found.waiting], key="quality.pairs_opened", file="a-or-b.csv")
    with st.container(horizontal=True):
        if any(one.open for one in found.waiting):
            next_step("Compare now", "compare", key="quality.pairs_compare", primary=False)
        if any(one.open and one.served_for == FROM_A_LEAD for one in found.waiting):
            st.button(
                "Close what waits",
                key="quality.pairs_close",
                icon=":material/close:",
                help="Nobody gets these pairs any more. What was said stays.",
                on_click=_close,
                args=(page,),
            )
    _agreement(agreement.measure(page.workspace, page.user))


def _row(one: Waiting) -> dict[str, str]:
    return {
        "Served for": one.served_for,
        "Pairs": f"{one.pairs:,}",
        "Done": f"{one.done:,}",
        "Comparisons": f"{one.answers:,}",
        "State": "open" if one.open else "done" if one.done == one.pairs else "closed",
    }


def _agreement(found: PairAgreement) -> None:
    st.subheader("Agreement", anchor=False)
    if found.equal.value is None or found.chance is None:
        st.markdown(literal(f"Not known yet: {found.equal.reason}. Open pairs for two people or more."))
        return
    with st.container(horizontal=True, key="quality.pairs_agreement"):
        st.metric("Two people say the same", ratio(found.equal.value), border=True)
        st.metric("By chance", ratio(found.chance), border=True)
        st.metric("Pairs that two compared", f"{found.pairs:,}", border=True)
    few = "" if found.equal.low is not None else " So few pairs have no range; let more of them be compared twice."
    st.markdown(f"Two people say the same of one pair in {cell(found.equal, percent=True)} of all cases.{few}")
    st.caption(
        "By chance: what people would reach who press each key as often as these did, whatever they see. Somebody who "
        f"cannot tell picks either side as often. {RANGE}"
    )


@act
def _open(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    label = str(st.session_state["quality.pairs_session"])
    wanted = PairsToOpen(
        int(st.session_state["quality.pairs_limit"]),
        int(st.session_state["quality.pairs_raters"]),
        session="" if label == ALL_SESSIONS else label,
    )
    opened = opening.open_pairs(page.workspace, user, wanted)
    if not opened:
        session.toast("No pair was opened: no question has two different answers that were not opened before.")
    elif opened < wanted.limit:
        session.toast(f"Opened {plural(opened, 'pair')}; no more fit.")
    else:
        session.toast(f"Opened {plural(opened, 'pair')}.")


@act
def _close(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    closed = opening.close(page.workspace, user)
    session.toast(f"Closed {plural(closed, 'pair')}. What was said stays.")
