"""The Disagreements tab: what raters say side by side, and a lead's decision."""

import streamlit as st

from core.domain.disagreements import Disagreement, Which
from core.domain.ratings import MAX_COMMENT, RATING_WORDS
from core.domain.texts import plural
from core.services.review import disagreements
from core.ui.shell import session
from core.ui.shell.conversation import show_conversation
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text

PAGE_SIZE = 10
WHICH = {"Open": Which.OPEN, "Decided": Which.DECIDED, "Gaps in the guidelines": Which.MARKED}
NOTHING = {
    Which.OPEN: "No answer waits here: nowhere do two raters differ by 2 or more without a decision.",
    Which.DECIDED: "No lead has decided on an answer yet.",
    Which.MARKED: "No disagreement is marked as a gap in the guidelines.",
}


def disagreements_tab(page: Page) -> None:
    """One page of answers on which raters differ by 2 or more."""
    st.caption(
        "Answers whose ratings differ by 2 or more, widest apart first. Your decision is what counts from then on, "
        "whatever raters say later, until a lead clears it. The raters' own ratings stay as they are."
    )
    chosen = st.selectbox("Show", list(WHICH), key="quality.which", width=260)
    which = WHICH[chosen]
    asked = int(st.session_state.get("quality.disagreements_page") or 1)
    found, total = disagreements.listed(page.workspace, page.user, which, page=asked - 1, size=PAGE_SIZE)
    if not found and asked > 1:  # decisions emptied the page we were on
        asked = 1
        st.session_state.pop("quality.disagreements_page", None)
        found, total = disagreements.listed(page.workspace, page.user, which, page=0, size=PAGE_SIZE)
    if not found:
        st.success(NOTHING[which], icon=":material/task_alt:")
        return
    st.caption(f"{plural(total, 'answer')}.")
    for one in found:
        _one(page, one)
    if total > PAGE_SIZE:
        st.pagination(-(-total // PAGE_SIZE), key="quality.disagreements_page")


def _one(page: Page, one: Disagreement) -> None:
    number = one.interaction.interaction_id
    with st.container(border=True, gap="small", key=f"quality.disagreement.{number}"):
        st.caption(
            literal(f"Answer {number}" + (f" · {one.interaction.context_id}" if one.interaction.context_id else ""))
        )
        hidden_note(page.workspace, page.user, one.interaction, page="quality")
        show_conversation(one.interaction.turns, one.interaction.prompt, key=f"quality.prompt.{number}")
        with st.expander("The answer", expanded=True):
            show_text(one.interaction.response, key=f"quality.answer.{number}", name="answer")
        for column, voice in zip(
            st.columns(max(2, min(4, len(one.voices)))) * len(one.voices), one.voices, strict=False
        ):
            with column:
                st.markdown(f"**{voice.rating} · {RATING_WORDS[voice.rating]}**")
                flag = " · bias flagged" if voice.bias_flag else ""
                st.caption(literal(f"{voice.rater}, {voice.at.astimezone():%d %b %Y}{flag}"))
                st.markdown(literal(voice.comment) if voice.comment else "*no comment*")
        for gap in one.gaps:
            st.caption(literal(f"Gap in the guidelines, {gap.by}: {gap.note}"))
        _decision(page, one)


def _decision(page: Page, one: Disagreement) -> None:
    number = one.interaction.interaction_id
    if one.adjudicated is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(f"Decided: {one.adjudicated} · {RATING_WORDS[one.adjudicated]}", icon=":material/gavel:")
            st.button(
                "Clear the decision",
                key=f"quality.clear.{number}",
                type="tertiary",
                on_click=_decide,
                args=(page, one, None),
                help="The median of the raters counts again",
            )
    else:
        st.caption("Decide which rating counts:")
    with st.container(horizontal=True, gap="xsmall"):
        for value, word in RATING_WORDS.items():
            if value != one.adjudicated:
                st.button(
                    f"{value} {word}",
                    key=f"quality.decide.{number}.{value}",
                    on_click=_decide,
                    args=(page, one, value),
                )
        if not one.gaps:
            with st.popover("A gap in the guidelines", icon=":material/menu_book:", key=f"quality.gap.{number}"):
                st.caption("The answer then waits under “Gaps in the guidelines” until the gap is closed.")
                st.text_area(
                    "What should the guidelines make clear?", key=f"quality.gap_note.{number}", max_chars=MAX_COMMENT
                )
                st.button("Mark it", key=f"quality.gap_save.{number}", type="primary", on_click=_mark, args=(page, one))


@act
def _decide(page: Page, one: Disagreement, value: int | None) -> None:
    user, number = actor(page), one.interaction.interaction_id
    if user is not None:
        disagreements.decide(
            page.workspace, user, number, value, seen=one.interaction.version, expected=one.adjudicated
        )
        done = (
            f"Answer {number} counts as {value} now."
            if value
            else f"The raters' median counts again for answer {number}."
        )
        session.toast(done)


@act
def _mark(page: Page, one: Disagreement) -> None:
    user, number = actor(page), one.interaction.interaction_id
    if user is not None:
        note = str(st.session_state.get(f"quality.gap_note.{number}") or "")
        disagreements.mark_gap(page.workspace, user, number, note, seen=one.interaction.version)
        session.toast("Marked. Whoever edits the guidelines sees it there.")
