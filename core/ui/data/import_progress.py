"""A check or an import that runs beside the dashboard: how far it is, for everybody, and how it ended."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.domain.roles import SOMEBODY_HERE
from core.domain.running.work import Work
from core.services.data import uploads
from core.services.data.importing import ImportRecord
from core.services.data.uploads import UploadView
from core.ui.data.import_report import show_result
from core.ui.shell.errors import act, shown
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.shell.workers import no_worker

WATCH_SECONDS = 0.5
NOTICE_SECONDS = 5.0
QUIET_SECONDS = 20
"""A process normally says it is alive every few seconds."""


@st.fragment(run_every=WATCH_SECONDS)
def running_card(page: Page, upload_id: int) -> None:
    """Show how far a check or an import is, drawn again twice a second; its end draws the whole page once."""
    with shown(f"data.upload_live.{upload_id}"):
        view = next((view for view in uploads.listed(page.workspace, page.user) if view.upload_id == upload_id), None)
        if view is None or not view.active:
            st.rerun()
        with st.container(border=True, key=f"data.upload_live.{upload_id}"):
            checking = view.state == "checking"
            doing = "is being checked" if checking else "is being imported"
            st.markdown(f"**{literal(view.file_name)}** {doing}")
            share = min(0.99, view.rows_done / view.rows_total) if view.rows_total else 0.0
            of = f" of {view.rows_total:,}" if view.rows_total else ""
            waits = view.for_worker and not view.host
            begins = "Waiting for a worker" if waits else "Starting"
            st.progress(share, text=f"{view.rows_done:,}{of} rows" if view.rows_done else begins)
            st.caption(
                f"Started by {by_whom(view)}. You can leave this page or close the browser: it goes on by itself. "
                + ("Nothing is stored before you say so." if checking else "Raters can go on; what is in stays.")
            )
            if waits:
                no_worker(page, Work.IMPORT)
            else:
                _quiet(view)
            _cancel(page, view)


@st.fragment(run_every=NOTICE_SECONDS)
def watch_for_others(page: Page, seen: Sequence[tuple[int, str]]) -> None:
    """Look every few seconds whether somebody else started or ended a check or an import."""
    with shown("data.upload_notice"):
        if states(uploads.listed(page.workspace, page.user)) != tuple(seen):
            st.rerun()


def states(views: Sequence[UploadView]) -> tuple[tuple[int, str], ...]:
    """What the page shows of files that somebody is bringing in."""
    return tuple((view.upload_id, view.state) for view in views)


def by_whom(view: UploadView) -> str:
    """Who chose a file."""
    return "somebody at this machine" if view.requested_by == SOMEBODY_HERE.name else literal(view.requested_by)


def stopped_card(page: Page, view: UploadView, record: ImportRecord | None) -> None:
    """Show a check or an import that ended early: why, what is kept, and how it goes on."""
    with st.container(border=True, key=f"data.upload_stopped.{view.upload_id}"):
        stored = record.rows_done if record is not None else 0
        st.markdown(
            f":material/hourglass_bottom: **{literal(view.file_name)} is imported only in part:** {stored:,} rows."
            if stored
            else f":material/hourglass_bottom: **{literal(view.file_name)} is not imported.** Nothing of it is stored."
        )
        if view.message:
            st.markdown(literal(view.message))
        st.caption("Going on brings in the rest; what is in is not imported twice. A discarded file is deleted here.")
        with st.container(horizontal=True):
            st.button(
                "Go on",
                key=f"data.upload_resume.{view.upload_id}",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_resume,
                args=(page, view.upload_id),
            )
            drop_button(page, view)


def finished_note(page: Page, view: UploadView, record: ImportRecord) -> None:
    """Show what an import came to, until somebody puts the note away."""
    show_result(record)
    with st.container(horizontal=True):
        if record.added > record.ratings:
            next_step("Rate answers", "rate", key="data.to_rate", primary=False)
        next_step("Check readiness", "readiness", key="data.to_readiness", primary=False)
        _close_button(page, view)


def gone_note(page: Page, view: UploadView) -> None:
    """Show that the copy of a file is not here any more, until somebody puts the note away."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"data.upload_gone.{view.upload_id}"):
        why = view.message or "Its copy is not here any more. Choose the file again."
        st.warning(f"{literal(view.file_name)}: {literal(why)}", icon=":material/hourglass_bottom:")
        _close_button(page, view)


def _close_button(page: Page, view: UploadView) -> None:
    st.button(
        "Close this note",
        key=f"data.upload_close.{view.upload_id}",
        type="tertiary",
        on_click=_drop,
        args=(page, view.upload_id),
    )


def drop_button(page: Page, view: UploadView) -> None:
    """Let a person take a file off the page; what was imported of it stays."""
    st.button(
        "Discard the file",
        key=f"data.upload_drop.{view.upload_id}",
        icon=":material/delete:",
        on_click=_drop,
        args=(page, view.upload_id),
    )


def _quiet(view: UploadView) -> None:
    silent = (datetime.now(UTC) - view.heartbeat_at).total_seconds()
    if silent > QUIET_SECONDS:
        st.warning(
            f"No sign of life for {silent:,.0f} seconds. If this goes on for a minute, it is marked as stopped and "
            "can go on from where it is.",
            icon=":material/hourglass_disabled:",
        )


def _cancel(page: Page, view: UploadView) -> None:
    if view.cancel_requested:
        st.caption("It was asked to stop and ends within seconds.")
        return
    st.button(
        "Cancel",
        key=f"data.upload_cancel.{view.upload_id}",
        icon=":material/stop_circle:",
        on_click=_stop,
        args=(page, view.upload_id),
    )


@act
def _stop(page: Page, upload_id: int) -> None:
    uploads.cancel(page.workspace, page.user, upload_id)


@act
def _resume(page: Page, upload_id: int) -> None:
    uploads.resume(page.workspace, page.user, upload_id)


@act
def _drop(page: Page, upload_id: int) -> None:
    uploads.drop(page.workspace, page.user, upload_id)
