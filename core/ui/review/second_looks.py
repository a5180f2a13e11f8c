"""Second looks: one's own answers again, without the rating that was given."""

import time
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from core.domain.ratings import RATING_WORDS
from core.domain.roles import User
from core.services.review import second_looks
from core.ui.shell import session
from core.ui.shell.conversation import show_conversation
from core.ui.shell.errors import act
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import show_text

DWELL_SECONDS = 0.3


@dataclass
class SecondLookState:
    """What one browser tab shows: the answer, since when, and the two ratings to choose from, if any."""

    item: int | None = None
    version: str = ""
    """Of the text that is on the screen: a second rating counts for that one."""
    request: str = ""
    shown_at: float = 0.0
    before: int | None = None
    again: int | None = None


def show_next_look(page: Page, user: User) -> None:
    """The next answer to rate once more; nothing where none waits (any more)."""
    state: SecondLookState = st.session_state.setdefault(session.SECOND_LOOK, SecondLookState())
    found = second_looks.next_look(page.workspace, user)
    if found is None:
        return
    number = found.interaction.interaction_id
    if (state.item, state.version) != (number, found.interaction.version):
        state = SecondLookState(number, found.interaction.version, uuid4().hex, time.monotonic())
        st.session_state[session.SECOND_LOOK] = state
    hidden_note(page.workspace, user, found.interaction, page="review")
    with st.container(border=True, gap="small", key="review.look"):
        show_conversation(found.interaction.turns, found.interaction.prompt, key=f"review.look_prompt.{number}")
        st.divider()
        show_text(found.interaction.response, key=f"review.look_answer.{number}", name="answer")
    if state.again is not None and state.before is not None:
        _choice(page, user, state, state.again, state.before)
        return
    with st.container(horizontal=True, gap="xsmall", key="review.look_keys"):
        for value, word in RATING_WORDS.items():
            st.button(
                word,
                key=f"review.look{value}.{number}",
                shortcut=str(value),
                width="stretch",
                wrap=True,
                on_click=_look,
                args=(page, user, state, number, value),
            )


def _choice(page: Page, user: User, state: SecondLookState, again: int, before: int) -> None:
    st.info(
        f"You say **{again} ({RATING_WORDS[again]})** now and said **{before} ({RATING_WORDS[before]})** before. "
        "Which one shall count? Both stay in the history.",
        icon=":material/compare_arrows:",
    )
    with st.container(horizontal=True):
        for change, word in ((True, f"Change to {again}"), (False, f"Keep {before}")):
            st.button(
                word,
                key=f"review.look_{'change' if change else 'keep'}.{state.item}",
                type="primary" if change else "secondary",
                on_click=_choose,
                args=(page, user, state, again, change),
            )


@act
def _look(page: Page, user: User, state: SecondLookState, number: int, value: int) -> None:
    elapsed = time.monotonic() - state.shown_at
    if state.item != number or elapsed < DWELL_SECONDS or state is not st.session_state.get(session.SECOND_LOOK):
        return  # a held key, or one that was meant for the answer before
    said = second_looks.look(
        page.workspace,
        user,
        number,
        value,
        seen=state.version,
        request_id=f"{state.request}:{value}",
        shown_ms=int(1000 * elapsed),
    )
    if said.receipt is None:
        state.before, state.again = said.before, value
    else:
        _saved(said.receipt.number)


@act
def _choose(page: Page, user: User, state: SecondLookState, again: int, change: bool) -> None:
    if state.item is None:
        return
    receipt = second_looks.choose(
        page.workspace,
        user,
        state.item,
        again,
        seen=state.version,
        change=change,
        request_id=f"{state.request}:chosen",
    )
    _saved(receipt.number)


def _saved(number: int) -> None:
    st.session_state[session.SECOND_LOOK] = SecondLookState()
    session.toast(f"Saved, no. {number}.")
