"""When a training is due, for leads."""

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.training import retraining
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page


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
