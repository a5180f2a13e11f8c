"""The Team tab: how many people rate an answer, what comes back for a second look, and when a training is due."""

import streamlit as st

from core.domain.queue import MOST_RATERS, QueueSettings
from core.domain.retraining import RetrainSettings
from core.domain.roles import Act
from core.domain.second_looks import SHARES, RepeatSettings
from core.services.rating import queue
from core.services.review import second_looks
from core.services.training import retraining
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page

TEAM_ACTS = (Act.JUDGE, Act.TRAIN)


def team_tab(page: Page) -> None:
    """Show the rules that hold for everybody, each to people who may change it."""
    st.markdown("What is set here holds for everybody.")
    if page.may(Act.JUDGE):
        _raters_per_answer(page)
        _second_looks(page)
    if page.may(Act.TRAIN):
        _training_reminder(page)


def _raters_per_answer(page: Page) -> None:
    now = queue.get_settings(page.workspace, page.user)
    st.subheader("Rating", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Raters per answer", 1, MOST_RATERS, now.raters, key="team.raters", width=180)
        st.number_input("Answers that get one rater more, in %", 0, 100, now.overlap, key="team.overlap", width=300)
        st.button("Save", key="team.queue_save", on_click=_save_queue, args=(page,))
    st.checkbox(
        "A rating that came with data counts as one of these raters", now.imported_count, key="team.imported_count"
    )
    st.caption(
        "Where it does not count, answers that were rated elsewhere are rated here as well. Without answers that two "
        "people rated, nobody can say how far experts agree."
    )


def _second_looks(page: Page) -> None:
    now = second_looks.get_settings(page.workspace, page.user)
    st.subheader("Second looks", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Percent of a rater's own answers that come back",
            SHARES,
            SHARES.index(now.share),
            key="team.repeat_share",
            width=340,
        )
        st.number_input("After days", 1, 365, now.days, key="team.repeat_days", width=140)
        st.button("Save", key="team.repeat_save", on_click=_save_second_looks, args=(page,))
    st.caption(
        "Answers that the model would have rated otherwise come back after these days too, under My ratings, To check. "
        "What raters say of a repeat changes no rating; Agreement shows how often they say the same again."
    )


def _training_reminder(page: Page) -> None:
    now = retraining.get_settings(page.workspace, page.user)
    st.subheader("Reminder to train again", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("New ratings", 1, 1_000_000, now.ratings, key="team.remind_ratings", width=160)
        st.number_input("Or days, with at least one new rating", 1, 3650, now.days, key="team.remind_days", width=280)
        st.button("Save", key="team.remind_save", on_click=_save_reminder, args=(page,))
    st.caption("Home then tells every lead that a training is due. A training that begins by itself is set on Train.")


@act
def _save_queue(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    wanted = QueueSettings(
        int(st.session_state["team.raters"]),
        int(st.session_state["team.overlap"]),
        imported_count=bool(st.session_state["team.imported_count"]),
    )
    touched = queue.change_settings(page.workspace, user, wanted)
    session.toast(f"Saved; {touched:,} answers want more or fewer ratings now.")


@act
def _save_second_looks(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    wanted = RepeatSettings(int(st.session_state["team.repeat_share"]), int(st.session_state["team.repeat_days"]))
    second_looks.change_settings(page.workspace, user, wanted)
    session.toast("Saved.")


@act
def _save_reminder(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    wanted = RetrainSettings(int(st.session_state["team.remind_ratings"]), int(st.session_state["team.remind_days"]))
    retraining.change_settings(page.workspace, user, wanted)
    session.toast("Saved.")
