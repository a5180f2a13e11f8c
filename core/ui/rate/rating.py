"""The Rate page: one answer, five keys, and nothing that a fast or heavy hand could spoil (see ``desk``)."""

import time
from dataclasses import replace

import streamlit as st

from core.domain.errors import AssayError, Unavailable
from core.domain.queue import QueueFilters
from core.domain.ratings import MAX_COMMENT, RATING_WORDS
from core.domain.roles import User
from core.domain.texts import plural
from core.services.operations.status import status
from core.services.rating import rating
from core.services.rating.rating import ItemToRate
from core.services.review import guidelines
from core.ui.quality.guidelines import guidelines_beside_answer
from core.ui.rate import queue_choice, rating_acts
from core.ui.rate.desk import RatingPageState, rating_page_state
from core.ui.rate.rating_bar import rating_bar
from core.ui.shell import errors
from core.ui.shell.name_prompt import name_line
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, heading, look_again
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text
from core.ui.training.retraining import rating_impact

RENEW_SECONDS = 240


def rating_page(page: Page, user: User) -> None:
    """Draw the Rate page for a rater whose name is known."""
    page_state = rating_page_state()
    page_state.guidelines = None  # whoever opens the page sees them as they are now
    with st.container(key="rate.desk"):
        _fragment(page, user, page_state)
    rating_impact(page)
    _keep_open(page, user, page_state)


@st.fragment
def _fragment(page: Page, user: User, page_state: RatingPageState) -> None:
    with errors.shown("rate") as told:
        queue_choice.load_choice(page, user, page_state)
        shown = _current(page, user, page_state, told=told)
        if shown is None:
            _nothing_left(page, user, page_state)
            return
        page_state.shown = shown
        _header(page, user, page_state, shown)
        _guidelines(page, page_state)
        with st.container(key=f"rate.visit.{page_state.visit}", gap="medium"):  # keys.js scrolls up when this changes
            if page_state.comparing and not page_state.away:
                _all_answers(page, user, page_state, shown)
            else:
                _texts(page, user, shown)
        _comment(page, user, page_state)
        with st.bottom, st.container(key="rate.bar", gap="xsmall"):
            rating_bar(page.workspace, user, page_state, shown)
        if not page_state.shown_at:
            page_state.shown_at = time.monotonic()


@st.fragment(run_every=RENEW_SECONDS)
def _keep_open(page: Page, user: User, page_state: RatingPageState) -> None:
    """While the page is open, what is on it stays with its rater."""
    if page_state.item is None or time.monotonic() - page_state.renewed_at < RENEW_SECONDS / 2:
        return
    try:
        rating.renew(page.workspace, user, [page_state.item, *page_state.beside])
        page_state.renewed_at = time.monotonic()
    except AssayError:
        return  # the next press says so; a quarter of an hour is long enough for the next try


def _current(page: Page, user: User, page_state: RatingPageState, *, told: bool) -> ItemToRate | None:
    """The answer this tab is at; the next one when it was deleted meanwhile or none was chosen.

    ``told`` is whether the page says already what went wrong.
    """
    page_state.away = False
    if page_state.item is not None:
        try:
            shown = rating.item(page.workspace, user, page_state.item)
        except Unavailable as error:
            if page_state.shown is None or page_state.shown.interaction.interaction_id != page_state.item:
                raise
            page_state.away = True
            away = errors.describe(error)
            kept = "What you typed is still here. Press the key again when the database is back."
            if told:
                st.markdown(kept)
            else:
                errors.show(replace(away, sentence=f"{away.sentence} {kept}"), key="rate")
            look_again()
            return page_state.shown
        if shown is not None and page_state.shown_at and page_state.showing not in (None, shown.showing):
            rating_acts.reload_changed_text(page.workspace, user, page_state)
            shown = rating.item(page.workspace, user, shown.interaction.interaction_id)
        if shown is not None:
            if not page_state.shown_at:
                page_state.begun, page_state.bias = shown.unsaved
            return shown
        page_state.message = "The answer you were at was deleted meanwhile; this is the next one."
    following = next(iter(rating.next_items(page.workspace, user).items), None)
    if following is not None:
        page_state.turn_to(following.interaction.interaction_id, following.request_id)
        page_state.begun, page_state.bias = following.unsaved
        page_state.renewed_at = time.monotonic()
    return following


def _header(page: Page, user: User, page_state: RatingPageState, shown: ItemToRate) -> None:
    interaction = shown.interaction
    heading(page, "Rate this answer", sample=interaction.source == "sample")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        name_line(page, user)
        about = [f"answer {interaction.interaction_id}"]
        if interaction.session_label:
            about.append(f"session {interaction.session_label}")
        if interaction.context_id:
            about.append(f"context {interaction.context_id}")
        about.append(plural(interaction.response_words, "word"))
        st.caption(literal(" · ".join(about)), width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rate.ways"):
        queue_choice.choice_button(page, user, page_state)
        with st.container(key="rate.compare", width="content"):
            st.button(
                "One answer at a time" if page_state.comparing else "All answers to this prompt",
                key=f"rate.compare.{page_state.visit}",
                shortcut=None if page_state.asking else "V",
                icon=":material/view_agenda:",
                type="tertiary",
                on_click=rating_acts.toggle_comparison,
                args=(page_state,),
            )
    if shown.rating is not None:
        st.info(
            f"You rated this answer **{shown.rating} ({RATING_WORDS[shown.rating]})**. Another key changes it.",
            icon=":material/edit:",
        )


def _guidelines(page: Page, page_state: RatingPageState) -> None:
    """What the ratings mean, as it stood when this answer was shown: that version is kept with the rating."""
    if (not page_state.shown_at or page_state.guidelines is None) and not page_state.away:
        page_state.guidelines = guidelines.current(page.workspace, page.user)
    if page_state.guidelines is not None:
        guidelines_beside_answer(page_state.guidelines)


def _texts(page: Page, user: User, shown: ItemToRate) -> None:
    hidden_note(page.workspace, user, shown.interaction, page="rate")
    _prompt(shown)
    with st.container(key="rate.answer", border=True, gap="xsmall"):
        st.subheader("Answer", anchor=False)
        show_text(shown.interaction.response, key=f"rate.answer.{shown.interaction.interaction_id}", name="answer")


def _prompt(shown: ItemToRate) -> None:
    interaction = shown.interaction
    with st.container(key="rate.prompt", gap="xsmall"):
        st.subheader("Prompt", anchor=False)
        show_text(interaction.prompt, key=f"rate.prompt.{interaction.interaction_id}", name="prompt")


def _all_answers(page: Page, user: User, page_state: RatingPageState, shown: ItemToRate) -> None:
    """Every answer to the prompt; the one that the keys rate is marked, any other can be rated instead."""
    this = shown.interaction.interaction_id
    found = {n: shown if n == this else rating.item(page.workspace, user, n) for n in page_state.beside}
    if this not in found or {n: one.showing if one else None for n, one in found.items()} != page_state.compared:
        # a prompt that was changed meanwhile would be read under this one's
        found = {one.interaction.interaction_id: one for one in rating.same_prompt(page.workspace, user, this)}
        page_state.beside = {n: one.request_id if one else None for n, one in found.items()}
        page_state.compared = {n: one.showing if one else None for n, one in found.items()}
        page_state.request = page_state.beside.get(this) or page_state.request
    _prompt(shown)
    if len(page_state.beside) == 1:
        st.caption("There is only one answer to this prompt.")
    for number, one in found.items():
        if one is None:
            continue
        with st.container(key="rate.focused" if number == this else f"rate.beside.{number}", border=True, gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.subheader(f"Answer {number}", anchor=False, width="content")
                if one.rating is not None:
                    st.badge(f"You: {one.rating} · {RATING_WORDS[one.rating]}", color="blue")
                if number == this:
                    st.badge("The keys rate this one", icon=":material/keyboard:", color="green")
                else:
                    st.button(
                        "Rate this one",
                        key=f"rate.focus.{number}.{page_state.visit}",
                        type="tertiary",
                        on_click=rating_acts.focus,
                        args=(page.workspace, user, page_state, page_state.visit, number),
                    )
            hidden_note(page.workspace, user, one.interaction, page="rate")
            show_text(one.interaction.response, key=f"rate.answer.{number}", name="answer")


def _comment(page: Page, user: User, page_state: RatingPageState) -> None:
    """The field for a comment. No fragment of its own: a key pressed while that one runs would be lost."""
    with (
        st.container(key="rate.comment"),
        st.container(key=f"rate.says.{page_state.item}"),
    ):  # keys.js reads whose it is
        st.text_area(
            "Comment (optional)",
            page_state.begun,
            key=f"rate.comment.{page_state.visit}",
            height=80,
            max_chars=MAX_COMMENT,
            placeholder="What is wrong or missing? Tab, then 1 to 5, saves it with the rating.",
            on_change=rating_acts.save_draft,
            args=(page.workspace, user, page_state, page_state.visit),
        )


def _nothing_left(page: Page, user: User, page_state: RatingPageState) -> None:
    """Nothing to rate: there is nothing at all, nothing that fits the filters, or everything is done."""
    heading(page, "Rate")
    name_line(page, user)
    if not queue_choice.has_data(page):
        st.info("There is nothing to rate yet. Load the sample to try it out, or import your own answers.")
        with st.container(horizontal=True):
            next_step("Load the sample", "home", key="rate.to_home")
            next_step("Import your own", "data", key="rate.to_data", primary=False)
        return
    if page_state.message:
        st.caption(page_state.message)
    if page_state.filters != QueueFilters():
        queue_choice.show_all_again(page, user, page_state)
        _undo(page, user, page_state)
        return
    now = status(page.workspace, page.user)
    if now.waiting:
        st.success(
            f"Nothing waits for you now. {now.waiting:,} without a rating are on other raters' screens.",
            icon=":material/groups:",
        )
    elif now.discarded:
        st.success(
            f"Every answer has a rating, except {now.discarded:,} that were discarded. Thank you.",
            icon=":material/task_alt:",
        )
    else:
        st.success("Every answer has a rating. Thank you.", icon=":material/task_alt:")
    st.markdown("Next, see whether the ratings can carry a model.")
    with st.container(horizontal=True):
        next_step("Check readiness", "readiness", key="rate.to_readiness")
        next_step("See my ratings", "review", key="rate.to_review", primary=False)
        _undo(page, user, page_state)


def _undo(page: Page, user: User, page_state: RatingPageState) -> None:
    st.button(
        "Undo",
        key=f"rate.undo.{page_state.visit}",
        shortcut="U",
        icon=":material/undo:",
        type="tertiary",
        on_click=rating_acts.undo,
        args=(page.workspace, user, page_state, page_state.visit),
    )
