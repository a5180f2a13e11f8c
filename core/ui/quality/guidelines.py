"""The guidelines: what 1 to 5 mean, for a lead to write and for everybody who rates to read."""

import streamlit as st

from core.domain.disagreements import Gap
from core.domain.reasons import MAX_REASON_LENGTH, MOST_REASONS, REASON_KEYS
from core.domain.roles import Act
from core.services.data import redaction
from core.services.review import disagreements, guidelines
from core.services.review.guidelines import MAX_LENGTH, Version
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import QualityTab, next_step
from core.ui.shell.page import Page
from core.ui.shell.redaction import offer_reveal
from core.ui.shell.texts import literal, show_text


def guidelines_tab(page: Page) -> None:
    """The version in force, what is still missing in it, the form for a new one, and older ones."""
    current = guidelines.current(page.workspace, page.user)
    _text(current, "quality.guidelines_text")
    _gaps(page)
    _form(page, current)
    _older(page, current)


def guidelines_to_read(page: Page) -> None:
    """The version in force and older ones; for a lead also the way to where a new one is written."""
    current = guidelines.current(page.workspace, page.user)
    _text(current, "review.guidelines_text")
    if page.may(Act.JUDGE):
        next_step(
            "Write a new version",
            "quality",
            key="review.guidelines_edit",
            icon=":material/edit:",
            primary=False,
            tab=QualityTab.GUIDELINES,
        )
    _older(page, current)


def _older(page: Page, current: Version) -> None:
    older = [one for one in guidelines.versions(page.workspace, page.user) if one.number != current.number]
    if older:
        with st.expander(f"Earlier versions ({len(older)})", icon=":material/history:"):
            for one in older:
                _text(one, f"quality.guidelines_old.{one.number}")
                st.divider()


def _text(version: Version, key: str) -> None:
    show_text(version.markdown, key=key, name="text")
    if version.reasons:
        st.caption(literal(f"Reasons that go with a rating: {', '.join(version.reasons)}."))
    if version.at is None:
        st.caption("The text that Assay brings along; leads can write a better one: Quality, Guidelines.")
    else:
        st.caption(literal(f"Version {version.number}, {version.by}, {version.at.astimezone():%d %b %Y, %H:%M}"))


def _gaps(page: Page) -> None:
    gaps = disagreements.open_gaps(page.workspace, page.user)
    if not gaps:
        return
    st.subheader("What raters read differently", anchor=False)
    st.caption("Marked on the Disagreements tab. Close a gap once the text says it.")
    for gap in gaps:
        with st.container(horizontal=True, vertical_alignment="center", key=f"quality.open_gap.{gap.gap_id}"):
            st.markdown(literal(f"{gap.note} (answer {gap.interaction_id}, {gap.by})"))
            st.button(
                "Close", key=f"quality.gap_close.{gap.gap_id}", type="tertiary", on_click=_close, args=(page, gap)
            )


def _form(page: Page, current: Version) -> None:
    if current.hidden:
        offer_reveal(
            page.workspace,
            page.user,
            redaction.reveal_guidelines,
            current.number,
            current.hidden,
            page="quality.guidelines",
        )
        st.caption("To write a new version, reveal its personal identifiers first.")
        return
    form = st.expander("Write a new version", icon=":material/edit:", key="quality.guidelines_edit")
    with form.form("quality.guidelines_form"):
        st.text_area(
            "Text (Markdown; no pictures, links or HTML)",
            current.markdown,
            key=f"quality.guidelines.{current.number}",
            height=320,
            max_chars=MAX_LENGTH,
        )
        st.markdown("**Reasons that go with a rating**")
        st.caption(
            "Raters choose them with one key, before they rate. At most five; an empty field has no key. Ratings keep "
            "the words with which they were given, so another word counts as another reason."
        )
        with st.container(horizontal=True):
            for place, key in enumerate(REASON_KEYS):
                worded = current.reasons[place] if place < len(current.reasons) else ""
                st.text_input(
                    f"Key {key.upper()}",
                    worded,
                    key=_reason_field(current.number, place),
                    max_chars=MAX_REASON_LENGTH,
                    width=160,
                )
        st.form_submit_button(
            "Save as a new version",
            key="quality.guidelines_save",
            type="primary",
            on_click=_save,
            args=(page, current.number),
        )


def _reason_field(version: int, place: int) -> str:
    return f"quality.guidelines_reason.{version}.{place}"


@act
def _save(page: Page, read: int) -> None:
    user = actor(page)
    if user is not None:
        text = str(st.session_state.get(f"quality.guidelines.{read}") or "")
        reasons = [str(st.session_state.get(_reason_field(read, place)) or "") for place in range(MOST_REASONS)]
        saved = guidelines.save(page.workspace, user, text, read=read, reasons=reasons)
        session.toast(f"Version {saved.number} is in force. Raters see it with their next answer.")


@act
def _close(page: Page, gap: Gap) -> None:
    user = actor(page)
    if user is not None:
        disagreements.close_gap(page.workspace, user, gap.gap_id, seen=gap.version)
        session.toast("Closed.")
