"""Conversations that were stored as one text: offered for conversion on the Data page."""

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.data import conversations
from core.services.data.conversations import Converted, Offer
from core.ui.shell import session
from core.ui.shell.conversation import show_conversation
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal


def offer_conversion(page: Page) -> None:
    """Say that there are such prompts, or show what they would become, to whoever may change data."""
    if not page.may(Act.CHANGE_DATA):
        return
    found: Offer | None = st.session_state.get(session.CONVERSATIONS)
    if found is not None:
        _panel(page, found)
    elif conversations.likely(page.workspace, page.user):
        st.info(
            "Some questions hold a whole conversation as one text. They can be shown as conversations, with the last "
            "question marked. Nothing changes until you say so.",
            icon=":material/forum:",
        )
        st.button("Look at them", key="data.conversations", on_click=_look, args=(page,))


def look_for_conversations(page: Page) -> None:
    """Button that looks through all prompts."""
    if page.may(Act.CHANGE_DATA) and session.CONVERSATIONS not in st.session_state:
        st.button(
            "Look for conversations that are stored as one text",
            key="data.conversations_look",
            type="tertiary",
            icon=":material/forum:",
            on_click=_look,
            args=(page,),
        )


def _panel(page: Page, found: Offer) -> None:
    with st.container(border=True, key="data.conversations_panel"):
        if not found.prompts:
            st.markdown("No question holds a whole conversation as one text.")
            st.button("Close this note", key="data.conversations_close", on_click=_close)
            return
        prompts = plural(found.prompts, "question holds", "questions hold")
        st.markdown(
            f"**{prompts} a whole conversation as one text.** The last question becomes the question, and what was "
            "said before is kept as earlier turns. Ratings stay: their raters read the same text. The history keeps "
            "the texts as they were."
        )
        for one in found.examples:
            with st.expander(literal(f"Answer {one.interaction_id} would become")):
                show_conversation(one.turns, one.prompt, key=f"data.conversation.{one.interaction_id}")
        with st.container(horizontal=True):
            convert = st.button(f"Convert {plural(found.prompts, 'question')}", key="data.convert", type="primary")
            st.button("Leave them as they are", key="data.conversations_close", on_click=_close)
        if convert:
            _convert(page, found)


def _convert(page: Page, found: Offer) -> None:
    user = actor(page)
    if user is None:
        return
    bar, done = st.progress(0.0, text="Converting"), Converted()
    for done in conversations.convert(page.workspace, user):
        bar.progress(min(0.99, (done.prompts + done.left) / found.prompts), text=f"{done.prompts:,} converted")
    left = f" {done.left:,} stay as they are: the same answer is there already." if done.left else ""
    session.toast(f"{plural(done.prompts, 'question is', 'questions are')} converted.{left}")
    _close()
    st.rerun()


@act
def _look(page: Page) -> None:
    st.session_state[session.CONVERSATIONS] = conversations.offer(page.workspace, page.user)


def _close() -> None:
    st.session_state.pop(session.CONVERSATIONS, None)
