"""The To check tab: what wants a second look of this rater, with the reason for each."""

from uuid import uuid4

import streamlit as st

from core.domain.ratings import RATING_WORDS
from core.domain.roles import User
from core.services.review import to_check
from core.services.review.to_check import Entry, Kind
from core.ui.rate.desk import open_item
from core.ui.review.second_looks import show_next_look
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.navigation import go_to, next_step
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text, snippet


def to_check_tab(page: Page, user: User) -> None:
    """Everything that waits, one below the other; or that nothing does, and what will."""
    entries = to_check.listed(page.workspace, user)
    if not entries:
        st.success("Nothing waits to be checked.", icon=":material/task_alt:")
        st.caption(
            "Here come answers of yours after some days, to be rated once more; ratings that your own comment speaks "
            "against; and answers that others rated and that want a second opinion."
        )
        next_step("Rate answers", "rate", key="review.look_rate")
        return
    for entry in entries:
        if entry.kind is Kind.LOOK:
            _heading(entry)
            show_next_look(page, user)
        else:
            _comment(page, user, entry)


def _heading(entry: Entry) -> None:
    st.markdown(f"**{entry.reason}**")
    st.caption(entry.to_do)


def _comment(page: Page, user: User, entry: Entry) -> None:
    shown = entry.interaction
    if shown is None or entry.rating is None:
        return
    number = shown.interaction_id
    with st.container(border=True, gap="xsmall", key=f"review.comment.{number}"):
        _heading(entry)
        said, written = st.columns([1, 2])
        with said:
            st.caption("Your rating")
            st.badge(f"{entry.rating} · {RATING_WORDS[entry.rating]}", color="blue")
        with written:
            st.caption("Your comment")
            st.markdown(literal(entry.comment))
        st.caption(literal(snippet(shown.prompt, 160)))
        with st.expander("The answer"):
            hidden_note(page.workspace, user, shown, page="review")
            show_text(shown.response, key=f"review.comment_answer.{number}", name="answer")
        with st.container(horizontal=True):
            if st.button("Open to change it", key=f"review.comment_open.{number}", icon=":material/open_in_new:"):
                open_item(number)
                go_to("rate")
            st.button(
                "Both are right",
                key=f"review.comment_keep.{number}",
                type="tertiary",
                on_click=_keep,
                args=(page, user, number, shown.version, uuid4().hex),
            )


@act
def _keep(page: Page, user: User, number: int, version: str, request: str) -> None:
    receipt = to_check.keep(page.workspace, user, number, seen=version, request_id=request)
    session.toast(f"Saved, no. {receipt.number}.")
