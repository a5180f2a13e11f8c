"""What pages say while the model in use is still the one that learned from the sample."""

import streamlit as st

from core.domain.texts import plural
from core.services.models import models
from core.services.models.models import SampleInUse
from core.ui.shell.navigation import PAGES, next_step
from core.ui.shell.page import Page


def sample_in_use(page: Page, *, key: str) -> bool:
    """Say that the model in use learned from the sample although there is own data, and offer what to do about it.

    Whether there was something to say.
    """
    found = models.sample_in_use(page.workspace, page.user)
    if found is None:
        return False
    st.warning(
        "**The model in use learned from the sample, not from your ratings.** It shows how Assay works; do not judge "
        f"your own answers with it. {what_is_missing(found)}",
        icon=":material/science:",
    )
    if found.is_enough and not found.has_own_model and PAGES["train"].listed_for(page.user):
        with st.container(horizontal=True):
            next_step(train_on_own(found), "train", key=key)
    return True


def train_on_own(found: SampleInUse) -> str:
    """The words of the step that ends it."""
    return f"Train on your {plural(found.ratings, 'rating')}"


def what_is_missing(found: SampleInUse) -> str:
    """What a model of their own needs."""
    if found.has_own_model:
        return (
            "A model of your own was trained, but is not in use; Models says how it did, and a lead can put it in use."
        )
    if found.is_enough:
        return "There are enough ratings to train a model of your own."
    return f"A model of your own needs {found.needed:,} rated answers; there are {found.rated:,}."
