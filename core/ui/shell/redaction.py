"""The note beside an answer with personal identifiers: what is hidden in it, and the button that reveals it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.domain.identifiers.masking import in_words
from core.domain.records import Interaction
from core.domain.roles import Act, User, may
from core.services.data import redaction
from core.services.workspace import Workspace
from core.ui.shell.errors import act

Reveal = Callable[[Workspace, User, int], None]

FOR = f"{redaction.REVEALED_FOR.seconds // 60} minutes"


def hidden_note(workspace: Workspace, user: User | None, interaction: Interaction, *, page: str) -> None:
    """Show what is hidden, or that it is revealed for now; nothing where there is nothing to hide."""
    number = interaction.interaction_id
    if interaction.revealed:
        st.caption(f":material/visibility: Personal identifiers are shown to you for {FOR}; the audit log keeps that.")
        return
    if not interaction.hidden:
        return
    reveal = partial(redaction.reveal, seen=interaction.version)
    offer_reveal(workspace, user, reveal, number, interaction.hidden, page=page)


def offer_reveal(
    workspace: Workspace, user: User | None, reveal: Reveal, number: int, hidden: dict[str, int], *, page: str
) -> None:
    """Show what is hidden and, to a person who may reveal it, the button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{page}.hidden.{number}"):
        st.caption(f":material/visibility_off: Hidden here: {in_words(hidden)}.", width="content")
        if user is not None and may(user, Act.REVEAL):
            st.button(
                "Reveal",
                key=f"{page}.reveal.{number}",
                type="tertiary",
                on_click=_reveal,
                args=(workspace, user, reveal, number),
                help=f"Shows them to you for {FOR}. The audit log keeps that you looked.",
            )


@act
def _reveal(workspace: Workspace, user: User, reveal: Reveal, number: int) -> None:
    reveal(workspace, user, number)
