"""Second opinions: the form with which a lead asks for further ratings of answers that are rated already."""

import streamlit as st

from core.domain.queue import MOST_RATERS
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.services.rating import second_opinions
from core.services.rating.second_opinions import MOST_ASKED, AskFor
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page

ALL_SESSIONS, ALL_RATERS = "All sessions", "All raters"
FEW = 20
"""Answers that the form offers to begin with: enough to see whether raters agree at all."""


def second_opinions_panel(page: Page, user: User) -> None:
    """Say how many rated answers wait for a further rating, and let a lead ask for more."""
    if not page.may(Act.JUDGE):
        return
    found = second_opinions.choices(page.workspace, user)
    st.markdown(
        "Ask for further ratings of answers that are rated already. The answers are drawn at random; raters get them "
        "like any other answer, nobody gets one twice, and nobody sees what others said."
    )
    if not found.raters:
        st.info("Nothing is rated yet, so there is nothing to ask a second opinion about.", icon=":material/inbox:")
        return
    wait = "waits" if found.waiting == 1 else "wait"
    st.caption(f"{plural(found.waiting, 'rated answer')} {wait} for a further rating now.")
    with st.form("quality.second_form"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("Answers", 1, MOST_ASKED, FEW, key="quality.second_answers", width=160)
            st.number_input("Ratings that each shall have", 2, MOST_RATERS, 2, key="quality.second_target", width=240)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox("From", [ALL_SESSIONS, *found.sessions], key="quality.second_session", width=240)
            st.selectbox("Rated by", [ALL_RATERS, *found.raters], key="quality.second_rater", width=240)
        st.checkbox("Only answers whose rating came with data", key="quality.second_imported")
        st.form_submit_button("Ask for them", key="quality.second_ask", type="primary", on_click=_ask, args=(page,))


@act
def _ask(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    label, rater = (str(st.session_state[f"quality.second_{name}"]) for name in ("session", "rater"))
    wanted = AskFor(
        int(st.session_state["quality.second_answers"]),
        int(st.session_state["quality.second_target"]),
        session="" if label == ALL_SESSIONS else label,
        rater="" if rater == ALL_RATERS else rater,
        imported_only=bool(st.session_state["quality.second_imported"]),
    )
    asked = second_opinions.ask(page.workspace, user, wanted)
    if not asked:
        session.toast("No answer fits that: all of them have, or will get, so many ratings.")
    elif asked < wanted.limit:
        session.toast(f"Asked for {plural(asked, 'answer')}; no more fit.")
    else:
        session.toast(f"Asked for {plural(asked, 'answer')}.")
