"""The Browse tab: find answers, open one, read its history, edit, delete, add."""

import html
from typing import Any

import streamlit as st

from core.domain.records import MAX_SEARCH, Filters, Interaction
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.services.data import interactions
from core.services.workspace import Workspace
from core.ui.data.conversations import look_for_conversations, offer_conversion
from core.ui.data.erasure import erase_answer, erase_deleted_answer, finished_erasure, offer_answer_erasure
from core.ui.shell import errors, session
from core.ui.shell.cells import show_cells
from core.ui.shell.conversation import show_conversation
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text, snippet

PAGE_SIZE = 25
EDITED_CHARACTERS = 200_000
"""A longer text would go to the browser and back with every press of a key."""
SOURCES = {"import": "Imported", "sample": "Sample", "manual": "Added here", "legacy": "Existing application"}
STATES: dict[str, dict[str, Any]] = {
    "All": {},
    "Rated": {"rated": True},
    "Not rated": {"rated": False},
    "Discarded": {"discarded": True},
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


@st.fragment
def browse_tab(page: Page, sources: dict[str, int]) -> None:
    """Show the Browse tab: the list of answers, or the one that was opened."""
    with errors.shown("data.browsing"):
        opened = st.session_state.get(session.OPENED)
        if opened is not None:
            _one(page, opened)
            return
        finished_erasure(page)
        if sources:
            offer_conversion(page)
            _list(page, _filters(sources))
            look_for_conversations(page)
            erase_deleted_answer(page)
        _add(page)


def _filters(sources: dict[str, int]) -> Filters:
    search, state, source = st.columns([3, 2, 2])
    text = search.text_input(
        "Search", key="data.search", max_chars=MAX_SEARCH, placeholder="Words in conversation or answer"
    )
    rated = state.selectbox("Rated", list(STATES), key="data.rated")
    names = {SOURCES.get(name, name): name for name in sources}
    origin = source.selectbox("Source", ["All", *names], key="data.source")
    with st.expander("More filters", icon=":material/tune:"):
        ratings, label, flag = st.columns([3, 2, 2], vertical_alignment="bottom")
        low, high = ratings.select_slider("Consensus from, to", [1, 2, 3, 4, 5], (1, 5), key="data.range")
        session_label = label.text_input("Session", key="data.session")
        flagged = flag.checkbox("Bias flagged", key="data.flagged")
        identified = flag.checkbox(
            "Personal identifiers", key="data.identified", help="Answers that were not looked at yet are listed too."
        )
    return Filters(
        text=(text or "").strip(),
        **STATES[rated],
        lowest=low if low > 1 else None,
        highest=high if high < 5 else None,
        session_label=(session_label or "").strip(),
        source=names.get(origin, ""),
        flagged=flagged,
        identified=identified,
    )


def _list(page: Page, filters: Filters) -> None:
    place = st.container()
    asked = int(st.session_state.get("data.page") or 1)
    found, total = interactions.browse(page.workspace, page.user, filters, page=asked - 1, size=PAGE_SIZE)
    pages = max(1, -(-total // PAGE_SIZE))
    if not found and asked > 1:  # the filter leaves fewer pages than the one we were on
        found, total = interactions.browse(page.workspace, page.user, filters, page=0, size=PAGE_SIZE)
        pages, asked = max(1, -(-total // PAGE_SIZE)), 1
        st.session_state.pop("data.page", None)
    if not found:
        place.info("No answer matches these filters. Take one of them away.", icon=":material/search_off:")
        return
    with place:
        st.caption(f"{plural(total, 'answer')}, newest first.")
        with st.container(key="data.rows", gap=None):
            for interaction in found:
                _row(interaction)
    if pages > 1:
        st.pagination(pages, key="data.page")


def _row(interaction: Interaction) -> None:
    number = interaction.interaction_id
    with st.container(horizontal=True, vertical_alignment="center", key=f"data.row.{number}"):
        prompt, response = (
            html.escape(snippet(interaction.prompt, 110)),
            html.escape(snippet(interaction.response, 150)),
        )
        st.html(
            f'<div class="assay-row"><span class="assay-quiet">{number}</span> <strong>{prompt}</strong>'
            f'<div class="assay-quiet">{response}</div></div>'
        )
        if interaction.source == "sample":
            st.badge("Sample", color="violet")
        if interaction.discarded:
            st.badge("Discarded", color="gray", icon=":material/delete_sweep:")
        elif interaction.consensus is None:
            st.badge("Not rated", color="gray")
        else:
            times = f" · {interaction.n_ratings} ratings" if interaction.n_ratings > 1 else ""
            st.badge(f"{interaction.consensus:g}{times}", color="blue")
        st.button("Open", key=f"data.open.{number}", type="tertiary", on_click=_open, args=(number,))


def _one(page: Page, number: int) -> None:
    st.button("Back to the list", key="data.close", icon=":material/arrow_back:", on_click=_open, args=(None,))
    shown = interactions.load(page.workspace, page.user, number)
    if shown is None:
        st.warning(f"No. {number} is not there any more.", icon=":material/delete:")
        return
    facts = [f"no. {number}", SOURCES.get(shown.source, shown.source), f"{shown.response_words:,} words"]
    facts += [f"session {shown.session_label}"] if shown.session_label else []
    facts += [f"context {shown.context_id}"] if shown.context_id else []
    facts.append(f"consensus {shown.consensus:g}" if shown.consensus is not None else "not rated")
    facts.append(f"added {shown.created_at.astimezone():%d %b %Y}")
    st.caption(literal(" · ".join(facts)))
    user = page.current_user()
    hidden_note(page.workspace, user, shown, page="data")
    with st.container(key="data.one", gap="small"):
        st.subheader("Conversation" if shown.turns else "Prompt", anchor=False)
        show_conversation(shown.turns, shown.prompt, key=f"data.prompt.{number}", name=f"prompt_{number}")
        with st.container(border=True):
            st.subheader("Answer", anchor=False)
            show_text(shown.response, key=f"data.answer.{number}", name=f"answer_{number}")
    _history(page, number)
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


def _edit(workspace: Workspace, user: User, shown: Interaction) -> None:
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
    begun: Interaction = st.session_state.setdefault(session.EDITING, shown)
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
        label = "Last question" if shown.turns else "Prompt"
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


def _add(page: Page) -> None:
    with (
        st.expander("Add one answer", icon=":material/add:", key="data.adding"),
        st.form("data.add_form", border=False),
    ):
        st.text_area("Prompt", key="data.add_prompt", height=80)
        st.text_area("Answer", key="data.add_answer", height=160)
        left, right = st.columns(2)
        left.text_input("Context (optional)", key="data.add_context")
        right.text_input("Session (optional)", key="data.add_session")
        st.form_submit_button("Add", key="data.add", type="primary", on_click=_add_it, args=(page,))


@errors.act
def _add_it(page: Page) -> None:
    state = st.session_state
    names = ("data.add_prompt", "data.add_answer", "data.add_context", "data.add_session")
    number = interactions.add(page.workspace, page.user, *(str(state.get(name) or "") for name in names))
    for name in names:
        state[name] = ""
    session.toast(f"Added as no. {number}.")
    _open(number)


@errors.act
def _save(workspace: Workspace, user: User, shown: Interaction) -> None:
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
def _delete(workspace: Workspace, user: User, shown: Interaction) -> None:
    number = shown.interaction_id
    interactions.delete(workspace, user, number, seen=shown.version)
    _open(None)
    session.toast(f"No. {number} is deleted.")


@errors.act
def _put_back(workspace: Workspace, user: User, shown: Interaction) -> None:
    number = shown.interaction_id
    interactions.put_back(workspace, user, number, seen=shown.version)
    session.toast(f"No. {number} waits for ratings again.")


def _open(number: int | None) -> None:
    st.session_state.pop(session.EDITING, None)
    st.session_state[session.OPENED] = number
