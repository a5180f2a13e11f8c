"""What is computed ahead of a training: reading all texts once, and the build of the fast encoder."""

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.running import jobs
from core.services.running.jobs import JobView
from core.services.scoring import embedding
from core.ui.shell.errors import act
from core.ui.shell.jobs import by_whom, close_button, job_card, watch_jobs
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

EMBEDDING, BUILD = "embedding", "build"
ALL = "train.ahead_all"


def ahead_card(page: Page) -> None:
    """Show what is being read, or offer to read texts ahead; for who may train."""
    if not page.may(Act.TRAIN):
        return
    found = jobs.listed(page.workspace, page.user, (EMBEDDING, BUILD))
    for job in found:
        if job.active and job.kind == BUILD:
            job_card(page, BUILD, job.job_id, "The fast encoder is being built: new answers are ranked faster then", "")
    reading = next((job for job in found if job.kind == EMBEDDING), None)
    if reading is not None and reading.active:
        which = "all answers" if reading.options.get("all") else "the rated answers"
        job_card(page, EMBEDDING, reading.job_id, f"Reading {which} ahead of a training", "answers")
        return
    with st.expander(
        "Read texts ahead of a large training",
        icon=":material/auto_stories:",
        key="train.ahead",
        expanded=reading is not None,  # how it ended is not to be looked for
    ):
        st.markdown(
            "A training first turns each text into numbers. Where many thousand answers are new, that takes most of "
            "its time. This does it ahead, on all cores; a training then only looks them up. What was read stays when "
            "it is stopped."
        )
        st.toggle("Also answers that nobody has rated yet", key=ALL, persist_state="page")
        st.button("Read now", key="train.ahead_start", icon=":material/play_arrow:", on_click=_start, args=(page,))
        if reading is not None:
            _ended(page, reading)
    watch_jobs(page, EMBEDDING, reading.job_id if reading else 0)


def _ended(page: Page, job: JobView) -> None:
    when = f"{job.heartbeat_at.astimezone():%H:%M}"
    if job.state == "finished":
        number = plural(int(job.result.get("answers", 0)), "answer")
        st.success(f"The texts of {number} are read, as {by_whom(job)} asked; done at {when}.", icon=":material/check:")
    else:
        stopped = job.state == "cancelled"
        told, why = ("stopped", "") if stopped else ("ended early", f"{literal(job.message or '')} ")
        st.warning(
            f"The last reading was {told} at {when}, after {plural(job.done, 'answer')}. "
            f"{why}What was read is kept: start it again, and it goes on.",
            icon=":material/hourglass_bottom:",
        )
    close_button(page, job)


@act
def _start(page: Page) -> None:
    user = actor(page)
    if user is not None:
        embedding.start(page.workspace, user, everything=bool(st.session_state.get(ALL)))
