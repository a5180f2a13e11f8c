"""What users wrote of answers, for leads."""

from collections.abc import Mapping

import streamlit as st

from core.domain.outcomes.results import Comment
from core.domain.texts import plural
from core.services.models import models
from core.services.outcomes import results
from core.services.outcomes.results import MOST_COMMENTS
from core.ui.data.address import ANSWER
from core.ui.report.format import moment
from core.ui.shell.navigation import PAGES
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, show_text

COMMENTS_AT_ONCE = 20


def users_comments(page: Page) -> None:
    """What users wrote, the newest first."""
    asked = int(st.session_state.get("quality.feedback_shown", COMMENTS_AT_ONCE))
    found = results.comments(page.workspace, page.user, asked + 1)
    if not found:
        return
    st.subheader("What users wrote", anchor=False)
    st.caption("Only leads read this. It is not shown to a rater: a rating is what they think themselves.")
    names = models.names(page.workspace, page.user)
    for place, one in enumerate(found[:asked]):
        _comment(one, names, f"quality.feedback_comment.{place}")
    if len(found) > asked:
        st.button("Show more", key="quality.feedback_more", on_click=_show_more, args=(asked,))
    elif asked >= MOST_COMMENTS:
        st.caption(f"These are the newest {plural(MOST_COMMENTS, 'comment')}; the export of feedback has all.")


def _show_more(asked: int) -> None:
    st.session_state["quality.feedback_shown"] = asked + COMMENTS_AT_ONCE


def _comment(one: Comment, names: Mapping[str, str], key: str) -> None:
    with st.container(border=True, gap="xsmall", key=key):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _said(one)
            st.caption(literal(_about(one, names)), width="content")
        show_text(one.comment, key=f"{key}.text", name="comment")
        if one.interaction_id is not None:
            st.page_link(
                PAGES["data"].path,
                label=f"Answer {one.interaction_id}",
                icon=":material/open_in_new:",
                query_params={ANSWER: str(one.interaction_id)},
            )


def _said(one: Comment) -> None:
    match one.kind:
        case "thumb" if one.value:
            st.badge("Thumb up", icon=":material/thumb_up:", color="green")
        case "thumb":
            st.badge("Thumb down", icon=":material/thumb_down:", color="orange")
        case "score":
            st.badge(f"Score {one.value} of 5", icon=":material/star:", color="blue")
        case _:
            chosen = "The first answer" if one.first_chosen else f"Answer {one.value + 1} of those sent"
            st.badge(f"{chosen} was chosen", icon=":material/check:", color="blue")


def _about(one: Comment, names: Mapping[str, str]) -> str:
    parts = [moment(one.at), f"sent by {one.application}"]
    parts += [f"ranked by {names.get(one.model_version, one.model_version)}"] if one.model_version else []
    parts += [f"written by {one.generator}"] if one.generator else []
    return " · ".join(parts)
