"""The Rate page: one answer, five keys, and nothing that a fast or heavy hand could spoil (see ``desk``)."""

import time
from dataclasses import replace

import streamlit as st

from core.domain.errors import AssayError, Unavailable
from core.domain.queue import QueueFilters
from core.domain.ratings import MAX_COMMENT, RATING_WORDS
from core.domain.roles import User
from core.services.operations.status import status
from core.services.rating import rating
from core.services.rating.rating import ItemToRate
from core.services.review import guidelines
from core.ui.quality.guidelines import beside
from core.ui.rate import queue_choice
from core.ui.rate import rating_acts as acts
from core.ui.rate.desk import RatingPageState, this_desk
from core.ui.rate.rating_bar import bar
from core.ui.shell import errors
from core.ui.shell.name_prompt import name_line
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, heading, look_again
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text
from core.ui.training.retraining import rating_impact

RENEW_SECONDS = 240


def desk(page: Page, user: User) -> None:
    """The Rate page for somebody who has said who they are."""
    mine = this_desk()
    mine.guidelines = None  # whoever opens the page sees them as they are now
    with st.container(key="rate.desk"):
        _desk(page, user, mine)
    rating_impact(page)
    _keep_open(page, user, mine)


@st.fragment
def _desk(page: Page, user: User, mine: RatingPageState) -> None:
    with errors.shown("rate") as told:
        queue_choice.load(page, user, mine)
        shown = _current(page, user, mine, told=told)
        if shown is None:
            _nothing_left(page, user, mine)
            return
        mine.shown = shown
        _header(page, user, mine, shown)
        _guidelines(page, mine)
        with st.container(key=f"rate.visit.{mine.visit}", gap="medium"):  # keys.js scrolls up when this changes
            if mine.comparing and not mine.away:
                _all_answers(page, user, mine, shown)
            else:
                _texts(page, user, shown)
        _comment(page, user, mine)
        with st.bottom, st.container(key="rate.bar", gap="xsmall"):
            bar(page.workspace, user, mine, shown)
        if not mine.shown_at:
            mine.shown_at = time.monotonic()


@st.fragment(run_every=RENEW_SECONDS)
def _keep_open(page: Page, user: User, mine: RatingPageState) -> None:
    """While the page is open, what is on it stays with its rater."""
    if mine.item is None or time.monotonic() - mine.renewed_at < RENEW_SECONDS / 2:
        return
    try:
        rating.renew(page.workspace, user, [mine.item, *mine.beside])
        mine.renewed_at = time.monotonic()
    except AssayError:
        return  # the next press says so; a quarter of an hour is long enough for the next try


def _current(page: Page, user: User, mine: RatingPageState, *, told: bool) -> ItemToRate | None:
    """The answer this tab is at; the next one when it was deleted meanwhile or none was chosen.

    ``told`` is whether the page says already what went wrong.
    """
    mine.away = False
    if mine.item is not None:
        try:
            shown = rating.item(page.workspace, user, mine.item)
        except Unavailable as error:
            if mine.shown is None or mine.shown.interaction.interaction_id != mine.item:
                raise
            mine.away = True
            away = errors.describe(error)
            kept = "What you typed is still here. Press the key again when the database is back."
            if told:
                st.markdown(kept)
            else:
                errors.show(replace(away, sentence=f"{away.sentence} {kept}"), key="rate")
            look_again()
            return mine.shown
        if shown is not None and mine.shown_at and mine.showing not in (None, shown.showing):
            acts.read_again(page.workspace, user, mine)
            shown = rating.item(page.workspace, user, shown.interaction.interaction_id)
        if shown is not None:
            if not mine.shown_at:
                mine.begun, mine.bias = shown.unsaved
            return shown
        mine.message = "The answer you were at was deleted meanwhile; this is the next one."
    following = rating.next_item(page.workspace, user)
    if following is not None:
        mine.turn_to(following.interaction.interaction_id, following.request_id)
        mine.begun, mine.bias = following.unsaved
        mine.renewed_at = time.monotonic()
    return following


def _header(page: Page, user: User, mine: RatingPageState, shown: ItemToRate) -> None:
    interaction = shown.interaction
    heading(page, "Rate this answer", sample=interaction.source == "sample")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        name_line(page, user)
        about = [f"answer {interaction.interaction_id}"]
        if interaction.session_label:
            about.append(f"session {interaction.session_label}")
        if interaction.context_id:
            about.append(f"context {interaction.context_id}")
        words = interaction.response_words
        about.append("1 word" if words == 1 else f"{words:,} words")
        st.caption(literal(" · ".join(about)), width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rate.ways"):
        queue_choice.choice(page, user, mine)
        with st.container(key="rate.compare", width="content"):
            st.button(
                "One answer at a time" if mine.comparing else "All answers to this prompt",
                key=f"rate.compare.{mine.visit}",
                shortcut=None if mine.asking else "V",
                icon=":material/view_agenda:",
                type="tertiary",
                on_click=acts.compare,
                args=(mine,),
            )
    if shown.rating is not None:
        st.info(
            f"You rated this answer **{shown.rating} ({RATING_WORDS[shown.rating]})**. Another key changes it.",
            icon=":material/edit:",
        )


def _guidelines(page: Page, mine: RatingPageState) -> None:
    """What the ratings mean, as it stood when this answer was shown: that version is kept with the rating."""
    if (not mine.shown_at or mine.guidelines is None) and not mine.away:
        mine.guidelines = guidelines.current(page.workspace, page.user)
    if mine.guidelines is not None:
        beside(mine.guidelines)


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


def _all_answers(page: Page, user: User, mine: RatingPageState, shown: ItemToRate) -> None:
    """Every answer to the prompt; the one that the keys rate is marked, any other can be rated instead."""
    this = shown.interaction.interaction_id
    found = {n: shown if n == this else rating.item(page.workspace, user, n) for n in mine.beside}
    if this not in found or {n: one.showing if one else None for n, one in found.items()} != mine.compared:
        # a prompt that was changed meanwhile would be read under this one's
        found = {one.interaction.interaction_id: one for one in rating.same_prompt(page.workspace, user, this)}
        mine.beside = {n: one.request_id if one else None for n, one in found.items()}
        mine.compared = {n: one.showing if one else None for n, one in found.items()}
        mine.request = mine.beside.get(this) or mine.request
    _prompt(shown)
    if len(mine.beside) == 1:
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
                        key=f"rate.focus.{number}.{mine.visit}",
                        type="tertiary",
                        on_click=acts.focus,
                        args=(page.workspace, user, mine, mine.visit, number),
                    )
            hidden_note(page.workspace, user, one.interaction, page="rate")
            show_text(one.interaction.response, key=f"rate.answer.{number}", name="answer")


def _comment(page: Page, user: User, mine: RatingPageState) -> None:
    """The field for a comment. No fragment of its own: a key pressed while that one runs would be lost."""
    with st.container(key="rate.comment"), st.container(key=f"rate.says.{mine.item}"):  # keys.js reads whose it is
        st.text_area(
            "Comment (optional)",
            mine.begun,
            key=f"rate.comment.{mine.visit}",
            height=80,
            max_chars=MAX_COMMENT,
            placeholder="What is wrong or missing? Tab, then 1 to 5, saves it with the rating.",
            on_change=acts.keep_typed,
            args=(page.workspace, user, mine, mine.visit),
        )


def _nothing_left(page: Page, user: User, mine: RatingPageState) -> None:
    """Nothing to rate: there is nothing at all, nothing that fits the filters, or everything is done."""
    heading(page, "Rate")
    name_line(page, user)
    if not queue_choice.has_data(page):
        st.info("There is nothing to rate yet. Load the sample to try it out, or import your own answers.")
        with st.container(horizontal=True):
            next_step("Load the sample", "home", key="rate.to_home")
            next_step("Import your own", "data", key="rate.to_data", primary=False)
        return
    if mine.message:
        st.caption(mine.message)
    if mine.filters != QueueFilters():
        queue_choice.show_all_again(page, user, mine)
        _undo(page, user, mine)
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
        _undo(page, user, mine)


def _undo(page: Page, user: User, mine: RatingPageState) -> None:
    st.button(
        "Undo",
        key=f"rate.undo.{mine.visit}",
        shortcut="U",
        icon=":material/undo:",
        type="tertiary",
        on_click=acts.undo,
        args=(page.workspace, user, mine, mine.visit),
    )
