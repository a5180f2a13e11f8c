"""The page Home: where we stand, and the next step as one button."""

import streamlit as st

from core.domain.queue import MOST_COUNTED, Order, QueueFilters
from core.domain.roles import Act, Role
from core.domain.texts import plural
from core.services.data import importing
from core.services.models import models
from core.services.operations.overview import Overview, overview
from core.services.operations.status import Status
from core.services.rating import queue
from core.ui.data.importing import unfinished_import
from core.ui.home.figures import agreement, counts, model_in_use, ratings_of_days
from core.ui.home.step import NextStep, asks_for_ratings, next_step
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import go_to
from core.ui.shell.navigation import next_step as next_step_button
from core.ui.shell.page import Page, heading
from core.ui.shell.popovers import popovers_by_keyboard
from core.ui.shell.texts import literal
from core.ui.training.proposal import proposed
from core.ui.training.readiness import follow
from core.ui.training.retraining import retraining_due


def show(page: Page) -> None:
    """Show where we stand and the next step; on an empty database, the ways to bring answers in."""
    found = overview(page.workspace, page.user)
    now = found.status
    heading(
        page,
        "Assay",
        sample=now.sample,
        lead="Experts rate AI answers from 1 to 5; a small model learns from the ratings and then picks the "
        "better of several answers.",
    )
    if not now.interactions:
        _empty(page)
    else:
        step = next_step(page.user, found)
        _next(page, found, step)
        _disliked(page)
        proposed(page, key="home")
        retraining_due(page)
        model_in_use(found, link=step.remedy.page != "models")
        counts(found)
        agreement(page, found)
        ratings_of_days(found)
        if now.sample and page.may(Act.CHANGE_DATA):
            _sample(page)
            popovers_by_keyboard("home")
    _notes(page, now)
    where = now.database if page.user.role is Role.LEAD else page.workspace.store.name
    st.caption(f"Database: {literal(where)}")


def _empty(page: Page) -> None:
    if not page.may(Act.CHANGE_DATA):
        st.info("There are no answers yet. A lead brings them in; then this page says what comes next.")
        return
    with st.container(border=True, gap="medium"):
        st.subheader("Start here", anchor=False)
        st.markdown(
            "There are no answers yet. Load the sample to try everything in a few minutes: questions about health "
            "and everyday technology, with answers of different quality, most of them rated. "
            "It can be removed again in one step."
        )
        with st.container(horizontal=True):
            st.button(
                "Load the sample",
                key="home.load_sample",
                type="primary",
                icon=":material/science:",
                on_click=_load_sample,
                args=(page,),
            )
            next_step_button("Import your own", "data", key="home.import", icon=":material/upload_file:", primary=False)


def _next(page: Page, found: Overview, step: NextStep) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="home.step"):
        if st.button(step.remedy.label, key="home.next", type="primary", icon=":material/arrow_forward:"):
            follow(page, step.remedy)
        st.markdown(literal(step.why), width="stretch")
    if step.remedy.page != "rate" and asks_for_ratings(page.user, found):
        with st.container(horizontal=True, vertical_alignment="center"):
            next_step_button("Rate answers", "rate", key="home.rate", primary=False)
            waits = plural(found.status.waiting, "answer waits", "answers wait")
            st.markdown(f"{waits} for a rating.", width="content")


def _disliked(page: Page) -> None:
    """Say how many answers that users disliked wait, with the queue set for them on a press."""
    found = queue.disliked(page.workspace, page.user) if page.may(Act.RATE) else 0
    if not found:
        return
    many = f"More than {MOST_COUNTED:,}" if found > MOST_COUNTED else f"{found:,}"
    with st.container(horizontal=True, vertical_alignment="center", key="home.disliked"):
        if st.button("Rate what users disliked", key="home.rate_disliked", icon=":material/thumb_down:"):
            user = actor(page)
            if user is None:
                st.rerun()  # the page asks for the name: a queue is set for a person
            queue.choose(page.workspace, user, Order.USERS, QueueFilters())
            go_to("rate")
        waits = "answer that users disliked waits" if found == 1 else "answers that users disliked wait"
        st.markdown(f"{many} {waits}: rate these first.", width="content")


def _sample(page: Page) -> None:
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(
            "**This is the sample.** It is for trying things out and is never mixed with your own ratings.",
            width="content",
        )
        with st.popover("Remove the sample", icon=":material/delete:", key="home.remove"):
            st.markdown(
                "This deletes the sample's answers, every rating of them, yours included, and the models that "
                "learned from them. Your own data is not touched."
            )
            st.button("Yes, remove it", key="home.remove_sample", type="primary", on_click=_remove_sample, args=(page,))


def _notes(page: Page, now: Status) -> None:
    unfinished_import(page)
    trouble = models.trouble(page.workspace, page.user) if now.champion else None
    if trouble is not None:
        st.error(literal(trouble), icon=":material/broken_image:")
        next_step_button("Look at the models", "models", key="home.models")
    if now.old_model_file is not None and now.champion is None:
        st.warning(
            literal(
                f"{now.old_model_file.name} is a model file of the older scripts. It is never loaded, because nobody "
                "can check what is in it. Train again; the new versions are kept beside it."
            ),
            icon=":material/warning:",
        )
    if now.grant and page.user.role is Role.LEAD:
        st.warning(
            "The database user may not write to the training table of the existing application. Training works; "
            "its row there is missing until the owner of the database runs:",
            icon=":material/warning:",
        )
        st.code(now.grant, language="sql", wrap_lines=True)


@errors.act
def _load_sample(page: Page) -> None:
    loaded = importing.load_sample(page.workspace, page.user)
    session.toast(f"The sample is loaded: {loaded.added} answers, {loaded.ratings} ratings.")


@errors.act
def _remove_sample(page: Page) -> None:
    gone = importing.remove_sample(page.workspace, page.user)
    session.toast(f"The sample is removed ({gone} answers).")
