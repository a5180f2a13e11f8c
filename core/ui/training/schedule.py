"""The schedule on Train: when trainings begin by themselves, and what came of the last one."""

from datetime import UTC, datetime

import streamlit as st

from core.domain.retraining import Schedule
from core.domain.texts import plural
from core.services.running import schedule, workers
from core.services.running.schedule import ScheduleView
from core.ui.report.format import moment
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.training.proposal import met_in_words

DAYS, RATINGS, PROMOTES = "train.schedule_days", "train.schedule_ratings", "train.schedule_promotes"


def schedule_card(page: Page) -> None:
    """What is set, in a sentence; unfolded, what can be set."""
    now = schedule.get_schedule(page.workspace, page.user)
    title = f"On a schedule: {_when(now.schedule)}" if now.schedule.is_on else "On a schedule: off"
    with st.expander(title, icon=":material/event_repeat:", key="train.schedule"):
        _about(page, now)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("Every so many days (0: never)", 0, 3650, now.schedule.days, key=DAYS, width=240)
            st.number_input(
                "After so many new ratings (0: never)", 0, 1_000_000, now.schedule.ratings, key=RATINGS, width=280
            )
            st.button("Save", key="train.schedule_save", on_click=_save, args=(page,))
        st.checkbox(
            "A new model that passes the rule is put in use without asking",
            now.schedule.promotes,
            key=PROMOTES,
            help="Without this it is only proposed: here, on Home and on Models, with a button that puts it in use.",
        )
        st.caption("With both, whichever comes first. Days on which nothing new was rated are passed over.")


def _when(wanted: Schedule) -> str:
    every = f"every {plural(wanted.days, 'day')}" if wanted.days else ""
    after = f"after {plural(wanted.ratings, 'new rating')}" if wanted.ratings else ""
    return " or ".join(filter(None, (every, after))) + (", put in use by the rule" if wanted.promotes else "")


def _about(page: Page, now: ScheduleView) -> None:
    parts = []
    if now.schedule.is_on:
        if now.next_at is not None:
            late = now.next_at <= datetime.now(UTC)
            parts.append("The next training begins now." if late else f"The next training: {moment(now.next_at)}.")
        if now.schedule.ratings:
            parts.append(f"{now.new_ratings:,} of {now.schedule.ratings:,} new ratings are there.")
        found = workers.listed(page.workspace, page.user)
        where = "a worker or this dashboard begins it" if found else "this dashboard begins it"
        parts.append(f"As long as it runs, {where}; a date that was missed is made up once.")
    else:
        parts.append("Nothing is trained by itself.")
    if now.last and now.last_at is not None:
        parts.append(f"The last one, {moment(now.last_at)}: {now.last}")
    if now.set_by and now.set_at is not None:
        parts.append(f"Set by {now.set_by}, {moment(now.set_at)}.")
    parts.append(met_in_words(now.met))
    st.markdown(literal(" ".join(parts)))


@act
def _save(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    wanted = Schedule(
        int(st.session_state[DAYS]), int(st.session_state[RATINGS]), promotes=bool(st.session_state[PROMOTES])
    )
    schedule.change_schedule(page.workspace, user, wanted)
    session.toast("Saved." if wanted.is_on else "Saved: nothing is trained by itself.")
