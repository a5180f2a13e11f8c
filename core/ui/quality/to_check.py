"""To check, of all raters: disagreements, gaps in the guidelines, and comments that speak against their ratings."""

import streamlit as st

from core.domain.ratings import RATING_WORDS
from core.domain.texts import plural
from core.services.review import to_check
from core.services.review.to_check import Entry, Kind
from core.ui.shell.navigation import TOPIC, QualityTab
from core.ui.shell.page import Page
from core.ui.shell.redaction import hidden_note
from core.ui.shell.texts import literal, show_text, snippet

HEADINGS = {
    Kind.DISAGREEMENT: "Raters differ",
    Kind.GAP: "The guidelines do not say it",
    Kind.COMMENT: "The comment speaks against the rating",
}
WHERE = {
    Kind.DISAGREEMENT: ("Open Disagreements", QualityTab.DISAGREEMENTS),
    Kind.GAP: ("Open Guidelines", QualityTab.GUIDELINES),
}


def to_check_of_all(page: Page) -> None:
    """Everything that waits for a lead, by its reason; or that nothing does."""
    found = to_check.listed_for_lead(page.workspace, page.user)
    if not found.entries:
        st.success("Nothing waits to be checked.", icon=":material/task_alt:")
    st.caption(
        "A comment is read by a small model that learned from the comments of all raters and saw no rating of the same "
        f"question; the newest {to_check.MOST_COMMENTS:,} are read, from {to_check.FEWEST_COMMENTS} on. It can be "
        "wrong: it says where to look. Answers that come back to a rater without their first rating are not listed "
        "here."
    )
    for kind, heading in HEADINGS.items():
        entries = [entry for entry in found.entries if entry.kind is kind]
        if not entries:
            continue
        total = found.totals[kind]
        st.subheader(heading, anchor=False)
        first = f", the first {len(entries)} of them here" if len(entries) < total else ""
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(
                f"{plural(total, 'answer')}{first}. {entries[0].to_do if kind in WHERE else ''}", width="content"
            )
            if kind in WHERE:
                label, tab = WHERE[kind]
                st.button(
                    label, key=f"quality.check_open.{kind.name}", type="tertiary", on_click=_open_tab, args=(tab,)
                )
        for place, entry in enumerate(entries):
            _entry(page, entry, f"{kind.name}.{place}")


def _open_tab(tab: QualityTab) -> None:
    st.session_state[TOPIC] = str(tab)


def _entry(page: Page, entry: Entry, key: str) -> None:
    shown = entry.interaction
    if shown is None:
        return
    with st.container(border=True, gap="xsmall", key=f"quality.check.{key}"):
        st.markdown(f"**Answer {shown.interaction_id}.** {literal(entry.reason)}")
        st.caption(literal(snippet(shown.prompt, 160)))
        if entry.kind is Kind.GAP:
            st.markdown(literal(f"{entry.comment} ({entry.rater})"))
        if entry.kind is not Kind.COMMENT or entry.rating is None:
            return
        said, written = st.columns([1, 2])
        with said:
            st.caption(literal(entry.rater))
            st.badge(f"{entry.rating} · {RATING_WORDS[entry.rating]}", color="blue")
        with written:
            st.caption("Comment")
            st.markdown(literal(entry.comment))
        with st.expander("The answer"):
            hidden_note(page.workspace, page.user, shown, page=f"quality.check.{key}")
            show_text(shown.response, key=f"quality.check_answer.{key}", name="answer")
        st.caption(entry.to_do)
