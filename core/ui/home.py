"""What the page Home shows."""

import streamlit as st

from core.domain.metrics import Metric
from core.domain.queue import MOST_COUNTED, Order, QueueFilters
from core.domain.ratings import Stage
from core.domain.roles import Act, Role
from core.domain.texts import plural
from core.services.data import importing
from core.services.models import models
from core.services.models.models import SampleInUse
from core.services.operations.status import Champion, Status, status
from core.services.rating import queue
from core.ui.data.importing import unfinished_import
from core.ui.models.sample import train_on_own, what_is_missing
from core.ui.report.format import MEASURES, cell, ratio
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import go_to, next_step
from core.ui.shell.page import Page, heading
from core.ui.shell.texts import literal
from core.ui.training.retraining import retraining_due

STAGES = {
    Stage.COLLECTING: "Collecting ratings",
    Stage.MINIMUM: "Enough for a first model",
    Stage.RECOMMENDED: "Recommended amount reached",
    Stage.OPTIMAL: "All thresholds reached",
}
SAMPLE_IN_USE = "The model in use learned from the sample, not from your ratings."


def show(page: Page) -> None:
    """Show where we stand and the next step; on an empty database, the ways to bring answers in."""
    now = status(page.workspace, page.user)
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
        _next(now, models.sample_in_use(page.workspace, page.user))
        _disliked(page)
        retraining_due(page)
        _standing(now)
        if now.sample and page.may(Act.CHANGE_DATA):
            _sample(page)
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
            next_step("Import your own", "data", key="home.import", icon=":material/upload_file:", primary=False)


def _standing(now: Status) -> None:
    with st.container(key="home.counts"):
        rated, unrated, good = st.columns(3, wrap=False)
    rated.metric("Rated", f"{now.rated:,}", border=True)
    unrated.metric("Unrated", f"{now.unrated:,}", border=True)
    good.metric("Good", f"{now.good:,}", border=True)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        st.markdown(f"**{STAGES[now.stage]}**")
        if now.next_threshold:
            st.progress(min(1.0, now.rated / now.next_threshold), text=f"{now.rated:,} of {now.next_threshold:,} rated")
        else:
            st.progress(1.0, text=f"{now.rated:,} rated; more ratings still help")
        if now.rated:
            st.caption(f"{ratio(now.good, now.rated)} of the rated answers are good.")
        if now.discarded:
            st.caption(f"{now.discarded:,} unrated were discarded by raters as unfit; Data, *Browse*, lists them.")
    with right, st.container(border=True, height="stretch"):
        _champion(now.champion)


def _champion(champion: Champion | None) -> None:
    if champion is None:
        st.markdown("**No model yet**")
        st.markdown("Until one is trained, answers keep their original order.")
        return
    st.markdown("**Model in use**" + (" :violet-badge[sample]" if champion.sample else ""))
    measured = {name: Metric.from_json(value) for name, value in champion.metrics.items()}
    for name in ("accuracy", "roc_auc"):
        if name in measured:
            st.markdown(f"{MEASURES[name].title}: {cell(measured[name], percent=MEASURES[name].percent)}")
    st.caption(f"{literal(champion.model_version)} · in use since {champion.promoted_at.astimezone():%d %b %Y}")


def _next(now: Status, sample: SampleInUse | None) -> None:
    enough = now.stage is not Stage.COLLECTING
    if sample is not None and sample.has_own_model:
        label, page, why = "Look at the models", "models", f"{SAMPLE_IN_USE} {what_is_missing(sample)}"
    elif sample is not None and sample.is_enough:
        label, page, why = train_on_own(sample), "train", SAMPLE_IN_USE
    elif sample is not None and now.waiting:
        label, page, why = "Rate answers", "rate", f"{SAMPLE_IN_USE} {what_is_missing(sample)}"
    elif sample is not None:
        label, page, why = "Import more answers", "data", f"{SAMPLE_IN_USE} {what_is_missing(sample)}"
    elif now.champion:
        label, page, why = "Rank answers", "rerank", "A model is in use: paste a prompt and several answers."
    elif enough and not now.champion:
        label, page, why = "Train a model", "train", "There are enough ratings to train a first model."
    elif now.waiting:
        label, page, why = "Rate answers", "rate", _waiting(now.waiting)
    elif enough:
        label, page, why = "Check readiness", "readiness", "Every answer is rated. See what the ratings can carry."
    else:
        label, page, why = "Import more answers", "data", "Every answer is rated, and a model needs more of them."
    with st.container(horizontal=True, vertical_alignment="center", key="home.step"):
        if st.button(label, key="home.next", type="primary", icon=":material/arrow_forward:"):
            go_to(page)
        st.markdown(why, width="stretch" if sample else "content")
    if page != "rate" and now.waiting:
        with st.container(horizontal=True, vertical_alignment="center"):
            next_step("Rate answers", "rate", key="home.rate", primary=False)
            st.markdown(_waiting(now.waiting), width="content")


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
        next_step("Look at the models", "models", key="home.models")
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


def _waiting(number: int) -> str:
    return f"{plural(number, 'answer waits', 'answers wait')} for a rating."
