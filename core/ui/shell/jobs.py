"""Work beside the pages while it runs or waits: how far it is, for everybody, and the button that stops it."""

from datetime import UTC, datetime

import streamlit as st

from core.domain.roles import SOMEBODY_HERE
from core.domain.running.work import Work
from core.services.running import jobs
from core.services.running.jobs import JobView
from core.ui.shell.errors import act, shown
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.shell.workers import no_worker

WATCH_SECONDS = 1.0
NOTICE_SECONDS = 5.0
QUIET_SECONDS = 20
"""A process normally says every second that it lives."""
TAKEN_AS = {"export": Work.EXPORT, "embedding": Work.TRAINING, "build": Work.BUILD}


@st.fragment(run_every=WATCH_SECONDS)
def job_card(page: Page, kind: str, job_id: int, title: str, unit: str) -> None:
    """Show how far a job is, drawn again every second; its end draws the whole page once.

    ``title`` says what is being done, ``unit`` what it counts; empty where nothing is counted.
    """
    key = f"{page.info.name}.job.{job_id}"
    with shown(key):
        job = next((one for one in jobs.listed(page.workspace, page.user, [kind]) if one.job_id == job_id), None)
        if job is None or not job.active:
            st.rerun()
        with st.container(border=True, key=key):
            st.markdown(f"**{title}**")
            waits = job.for_worker and not job.host
            st.progress(min(0.99, job.done / job.total) if job.total else 0.0, text=_how_far(job, unit))
            where = f" A worker on {literal(job.host)} does it." if job.for_worker and job.host else ""
            st.caption(
                f"Started by {by_whom(job)} at {job.created_at.astimezone():%H:%M}.{where} You can leave this page or "
                "close the browser: it goes on by itself."
            )
            silent = (datetime.now(UTC) - job.heartbeat_at).total_seconds()
            if waits:
                no_worker(page, TAKEN_AS[kind])
            elif silent > QUIET_SECONDS:
                st.warning(
                    f"No sign of life for {silent:,.0f} seconds. If this goes on, it is marked as ended and can be "
                    "started again.",
                    icon=":material/hourglass_disabled:",
                )
            if job.cancel_requested:
                st.caption("It was asked to stop and ends within seconds.")
            else:
                st.button(
                    "Cancel", key=f"{key}.cancel", icon=":material/stop_circle:", on_click=_stop, args=(page, job_id)
                )


@st.fragment(run_every=NOTICE_SECONDS)
def watch_jobs(page: Page, kind: str, newest: int) -> None:
    """Look every few seconds, while none of this kind runs, whether somebody has started one."""
    with shown(f"{page.info.name}.jobs.{kind}"):
        latest = next(iter(jobs.listed(page.workspace, page.user, [kind])), None)
        if latest is not None and latest.job_id > newest:
            st.rerun()


def close_button(page: Page, job: JobView) -> None:
    """Let a person put the note of a job away, and its file where it has one."""
    st.button(
        "Discard the file" if job.result.get("folder") else "Close this note",
        key=f"{page.info.name}.job_close.{job.job_id}",
        type="tertiary",
        on_click=_put_away,
        args=(page, job.job_id),
    )


def by_whom(job: JobView) -> str:
    """Who started a job."""
    return "somebody at this machine" if job.requested_by == SOMEBODY_HERE.name else literal(job.requested_by)


def _how_far(job: JobView, unit: str) -> str:
    if job.for_worker and not job.host:
        return "Waiting for a worker"
    if not unit:
        return "Takes a minute or two"
    if not job.done:
        return "Starting"
    return f"{job.done:,}{f' of {job.total:,}' if job.total else ''} {unit}"


@act
def _stop(page: Page, job_id: int) -> None:
    user = actor(page)
    if user is not None:
        jobs.cancel(page.workspace, user, job_id)


@act
def _put_away(page: Page, job_id: int) -> None:
    user = actor(page)
    if user is not None:
        jobs.put_away(page.workspace, user, job_id)
