"""The answers where a judge and experts part most, to read and to have rated once more."""

from collections.abc import Mapping

import streamlit as st

from core.domain.texts import plural
from core.reward.judges.figures import FAR, JudgeFigures, Parted
from core.services.data import interactions, selected
from core.ui.shell import session
from core.ui.shell.conversation import show_conversation
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text

PAGE_SIZE = 5


def show_apart(page: Page, figures: JudgeFigures) -> None:
    """Show them, a few at a time, and offer one more rating of those that are shown."""
    if not figures.apart:
        return
    st.subheader("Where judge and experts part", anchor=False)
    st.caption(
        f"Answers of which the judge's score reads as a rating at least {FAR:g} point from that of experts, the "
        "furthest apart first. Either may be wrong: one more rating tells which."
    )
    pages = -(-len(figures.apart) // PAGE_SIZE)
    key = f"quality.judge_page.{pages}"  # of another judge there may be fewer
    first = int(st.session_state.get(key) or 1) - 1
    seen: dict[int, str] = {}
    for one in figures.apart[first * PAGE_SIZE : (first + 1) * PAGE_SIZE]:
        version = _one(page, one)
        if version:
            seen[one.interaction_id] = version
    st.button(
        f"Ask for one more rating of {'this answer' if len(seen) == 1 else f'these {len(seen)} answers'}",
        key="quality.judge_ask",
        icon=":material/group_add:",
        type="primary",
        disabled=not seen,
        on_click=_ask,
        args=(page, seen),
        help="It comes next for whoever has not rated it yet. Nobody who rates sees what the judge or others said.",
    )
    if pages > 1:
        st.pagination(pages, key=key)


def _one(page: Page, one: Parted) -> str:
    """One answer; the version of its texts as shown, empty where it is gone."""
    found = interactions.load(page.workspace, page.user, one.interaction_id)
    if found is None:
        return ""
    number = one.interaction_id
    with st.container(border=True, gap="small", key=f"quality.judge_answer.{number}"):
        st.markdown(f"**Experts: {one.rating:g}. The judge: {one.score:.6g}, which reads as {one.reads_as:.1f}.**")
        rated_by = f" · rated by {', '.join(found.raters)}" if found.raters else ""
        about = f" · {found.context_id}" if found.context_id else ""
        st.caption(literal(f"Answer {number}{about}{rated_by}"))
        hidden_note(page.workspace, page.user, found, page="quality")
        show_conversation(found.turns, found.prompt, key=f"quality.judge_prompt.{number}")
        with st.expander("The answer"):
            show_text(found.response, key=f"quality.judge_text.{number}", name="answer")
    return found.version


@act
def _ask(page: Page, seen: Mapping[int, str]) -> None:
    user = actor(page)
    if user is None:
        return
    outcome = selected.ask_for_rating(page.workspace, user, seen)
    said = f"{plural(len(outcome.done), 'answer gets', 'answers get')} one more rating."
    if outcome.left:
        why = dict.fromkeys(outcome.left.values())
        said += f" {plural(len(outcome.left), 'stays as it is', 'stay as they are')}: {'; '.join(why)}."
    session.toast(said)
