"""A conversation on a page: what was said before, and the question that the answer answers."""

from collections.abc import Sequence

import streamlit as st

from core.domain.turns import Speaker, Turn
from core.ui.shell.texts import show_text

SPEAKERS = {Speaker.SYSTEM: "Instructions to the assistant", Speaker.USER: "User", Speaker.ASSISTANT: "Assistant"}


def show_conversation(turns: Sequence[Turn], prompt: str, *, key: str, name: str = "question") -> None:
    """Show earlier turns, each with who said it, and the last question marked; without turns the question alone."""
    for number, turn in enumerate(turns, 1):
        with st.container(border=True, gap="xsmall"):
            st.caption(SPEAKERS[turn.role])
            show_text(turn.text, key=f"{key}.turn{number}", name=f"{name}_turn_{number}")
    if turns:
        st.caption("**Last question:** the answer is to this one.")
    show_text(prompt, key=key, name=name)
