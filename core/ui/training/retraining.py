"""What the work bought, for raters; when a training is due, for leads."""

import streamlit as st

from core.domain.retraining import RetrainSettings
from core.domain.roles import Act
from core.domain.texts import plural
from core.services.training import retraining
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal


def rating_impact(page: Page) -> None:
    """One line: what the latest ratings changed."""
    with st.container(key="rate.bought"):
        st.caption(f":material/insights: {literal(retraining.rating_impact(page.workspace, page.user))}")


def retraining_due(page: Page) -> None:
    """On Home, for who may train: a reminder when enough is new."""
    if not page.may(Act.TRAIN):
        return
    due = retraining.due(page.workspace, page.user)
    if due is None:
        return
    new = plural(due.ratings, "new rating")
    since = "" if due.days == 0 else f", {plural(due.days, 'day')} ago"
    st.info(f"{new} since the latest training{since}: it is time to train again.", icon=":material/update:")
    next_step("Train again", "train", key="home.retrain", primary=False)


def reminder(page: Page) -> None:
    """On Train: after how much Home reminds."""
    now = retraining.get_settings(page.workspace, page.user)
    with st.expander("When to be reminded", icon=":material/notifications:", key="train.reminder"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("New ratings", 1, 1_000_000, now.ratings, key="train.remind_ratings", width=160)
            st.number_input(
                "Or days, with at least one new rating", 1, 3650, now.days, key="train.remind_days", width=280
            )
            st.button("Save", key="train.remind_save", on_click=_save, args=(page,))
        st.caption("Home then tells every lead that a training is due. Nothing is trained by itself.")


@act
def _save(page: Page) -> None:
    user = actor(page)
    if user is not None:
        state = st.session_state
        wanted = RetrainSettings(int(state["train.remind_ratings"]), int(state["train.remind_days"]))
        retraining.change_settings(page.workspace, user, wanted)
        session.toast("Saved.")
