"""One answer on the Data page: its texts, its history, editing, deleting and forgetting it."""

import streamlit as st

from core.domain.records import ListedInteraction
from core.domain.roles import Act, User
from core.services.data import interactions
from core.services.workspace import Workspace
from core.ui.data.address import number_in, open_answer
from core.ui.data.erasure import erase_answer, offer_answer_erasure
from core.ui.outcomes.of_answer import show_use
from core.ui.shell import errors, session
from core.ui.shell.cells import show_cells
from core.ui.shell.conversation import show_conversation
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text

EDITED_CHARACTERS = 200_000
"""A longer text would go to the browser and back with every press of a key."""
SOURCES = {
    "import": "Imported",
    "sample": "Sample",
    "manual": "Added here",
    "legacy": "Existing application",
    "sent": "Sent by a program",
}
ACTIONS = {
    "rated": "rated",
    "changed": "changed the rating",
    "skipped": "skipped",
    "discarded": "discarded for everybody",
    "undone": "took back the last act",
    "put back": "a lead put it back",
    "imported": "imported",
    "legacy": "from the existing application",
    "withdrawn": "withdrew",
    "text edited": "withdrawn: text edited",
    "adjudicated": "decided as a lead",
    "cleared": "cleared a lead's decision",
}


def answer_view(page: Page, named: str) -> None:
    """Show the answer that the address names, or say that there is none; and the way back to the list."""
    st.button("Back to the list", key="data.close", icon=":material/arrow_back:", on_click=open_answer, args=(None,))
    number = number_in(named)
    shown = None if number is None else interactions.load(page.workspace, page.user, number)
    if number is None or shown is None:
        st.warning(
            f"There is no answer no. {literal(named[:20])}. It was deleted, or the address is not complete.",
            icon=":material/delete:",
        )
        return
    facts = [f"no. {number}", SOURCES.get(shown.source, shown.source), f"{shown.response_words:,} words"]
    facts += [f"session {shown.session_label}"] if shown.session_label else []
    facts += [f"context {shown.context_id}"] if shown.context_id else []
    facts.append(f"rating {shown.consensus:g}" if shown.consensus is not None else "not rated")
    facts += [f"written by {shown.generator}"] if shown.generator else []
    facts.append(f"added {shown.created_at.astimezone():%d %b %Y}")
    st.caption(literal(" · ".join(facts)))
    user = page.current_user()
    hidden_note(page.workspace, user, shown, page="data")
    with st.container(key="data.one", gap="small"):
        st.subheader("Conversation" if shown.turns else "Question", anchor=False)
        show_conversation(shown.turns, shown.prompt, key=f"data.prompt.{number}", name=f"question_{number}")
        with st.container(border=True):
            st.subheader("Answer", anchor=False)
            show_text(shown.response, key=f"data.answer.{number}", name=f"answer_{number}")
    _history(page, number)
    show_use(page, number)
    if user is None:
        st.info("To edit or delete, say who you are first: the history keeps the name.", icon=":material/person:")
        next_step("Say who you are", "rate", key="data.to_name", primary=False)
        return
    if shown.discarded and page.may(Act.JUDGE):
        st.button(
            "Put it back: it waits for ratings again",
            key="data.put_back",
            icon=":material/undo:",
            on_click=_put_back,
            args=(page.workspace, user, shown),
        )
    _edit(page.workspace, user, shown)
    with st.container(horizontal=True):
        with st.popover("Delete", icon=":material/delete:", key="data.delete"):
            st.markdown(
                "This removes the answer and its ratings from everything that is counted and trained. "
                "Its texts and the history of its ratings are kept apart."
            )
            st.button(
                "Yes, delete it",
                key="data.delete_yes",
                type="primary",
                on_click=_delete,
                args=(page.workspace, user, shown),
            )
        offer_answer_erasure(page, number)
    erase_answer(page, number)


def _history(page: Page, number: int) -> None:
    lines = interactions.history(page.workspace, page.user, number)
    if not lines:
        return
    st.markdown("**Ratings and their history**")
    rows = [
        {
            "When": line.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            "Who": line.rater,
            "What": ACTIONS.get(line.action, line.action),
            "Before": line.old,
            "After": line.new,
        }
        for line in lines
    ]
    show_cells(rows, height="content" if len(rows) < 12 else 400, alt="History of the ratings")


def _edit(workspace: Workspace, user: User, shown: ListedInteraction) -> None:
    number = shown.interaction_id
    if shown.hidden:
        st.session_state.pop(session.EDITING, None)
        st.caption("To edit this answer, reveal its personal identifiers first.")
        return
    if max(len(shown.prompt), len(shown.response)) > EDITED_CHARACTERS:
        st.caption(
            f"Texts of more than {EDITED_CHARACTERS:,} characters cannot be edited here. Delete it and import it anew."
        )
        return
    # the fields begin with the text at which they were opened, or a change by somebody else would take what was typed
    begun: ListedInteraction = st.session_state.setdefault(session.EDITING, shown)
    if begun.version != shown.version:
        st.warning(
            "This answer was changed since you began to edit it. Above is its text as it is now; what you typed is "
            "still below. Saving puts yours in its place.",
            icon=":material/edit_note:",
        )
    with (
        st.expander("Edit", icon=":material/edit:", key=f"data.editing.{number}"),
        st.form(f"data.edit.{number}", border=False),
    ):
        if shown.turns:
            st.caption("The earlier turns stay as they are. To change them, delete the answer and import it anew.")
        label = "Last question" if shown.turns else "Question"
        st.text_area(label, begun.prompt, key=f"data.edit_prompt.{number}", height=100)
        st.text_area("Answer", begun.response, key=f"data.edit_answer.{number}", height=220)
        st.text_input("Context", begun.context_id or "", key=f"data.edit_context.{number}")
        st.checkbox(
            "Withdraw its ratings: they were given to a text that said something else",
            value=True,
            key=f"data.edit_withdraw.{number}",
        )
        st.form_submit_button(
            "Save", key="data.edit_save", type="primary", on_click=_save, args=(workspace, user, shown)
        )


@errors.act
def _save(workspace: Workspace, user: User, shown: ListedInteraction) -> None:
    state, number = st.session_state, shown.interaction_id
    interactions.edit(
        workspace,
        user,
        number,
        str(state.get(f"data.edit_prompt.{number}") or ""),
        str(state.get(f"data.edit_answer.{number}") or ""),
        str(state.get(f"data.edit_context.{number}") or ""),
        seen=shown.version,
        withdraw_ratings=bool(state.get(f"data.edit_withdraw.{number}")),
    )
    state.pop(session.EDITING, None)
    session.toast(f"No. {number} is saved; the text before is kept in the history.")


@errors.act
def _delete(workspace: Workspace, user: User, shown: ListedInteraction) -> None:
    number = shown.interaction_id
    interactions.delete(workspace, user, number, seen=shown.version)
    open_answer(None)
    session.toast(f"No. {number} is deleted.")


@errors.act
def _put_back(workspace: Workspace, user: User, shown: ListedInteraction) -> None:
    number = shown.interaction_id
    interactions.put_back(workspace, user, number, seen=shown.version)
    session.toast(f"No. {number} waits for ratings again.")
