"""The audit sample: how far its rating is, and the form with which a lead draws one."""

from typing import Literal

import streamlit as st

from core.domain.errors import Conflict
from core.domain.texts import plural
from core.domain.worth.samples import Progress
from core.reward.worth.prediction_powered import FEWEST_QUESTIONS
from core.services.worth import samples
from core.services.worth.figures import Worth
from core.services.worth.samples import MOST
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

FIRST = 100
"""Answers that the form offers to begin with."""
WANTED = "quality.worth_wanted"


def sample_panel(page: Page, found: Progress) -> None:
    """Show how far the rating of the audit sample is, and the way to rate it."""
    done = progress_words(found)
    if found.finished:
        st.caption(literal(f"Audit sample of {found.at.astimezone():%d %b %Y}, drawn by {found.by}: {done}."))
        return
    st.markdown(f"Audit sample: **{done}**")
    st.progress(1 - found.waiting / max(1, found.answers))
    st.caption(
        "Everybody who rates gets these answers first. The figures come when the last of them is rated, skipped or "
        "discarded."
    )
    next_step("Rate them now", "rate", key="quality.worth_rate")


def progress_words(found: Progress) -> str:
    """How many are rated, and what became of the others: 64 of 100 rated; 3 skipped, 1 discarded."""
    others = {"skipped": found.skipped, "discarded": found.discarded, "deleted or forgotten": found.gone}
    rest = ", ".join(f"{number:,} {word}" for word, number in others.items() if number)
    return f"{found.rated:,} of {found.answers:,} rated" + (f"; {rest}" if rest else "")


def draw_form(page: Page, found: Worth) -> None:
    """Let a lead draw an audit sample, and say before what that means."""
    if found.sample is None:
        with st.container(border=True):
            st.markdown("**Draw answers to rate**")
            _form(page, another=False)
        return
    another = st.expander("Draw another audit sample", key="quality.worth_another", on_change="rerun")
    if another.open:  # what a draw would come to counts all answers
        with another:
            _form(page, another=True)


def _form(page: Page, *, another: bool) -> None:
    wanted = int(st.number_input("About so many answers", 1, MOST, FIRST, key=WANTED, width=200))
    try:
        planned = samples.plan(page.workspace, page.user, wanted)
    except Conflict as error:  # too few questions to draw from: how many are missing
        st.caption(literal(str(error)))
        return
    large = f", {planned.certain:,} of them because they have very many answers" if planned.certain else ""
    st.markdown(
        f"This draws {planned.questions:,} of {plural(planned.of_questions, 'question')} at random{large}, with all "
        f"their answers: about {planned.answers:,}. At least {FEWEST_QUESTIONS} questions are drawn, since fewer give "
        "no figure. Answers that are rated already count as they are; the others come first for everybody who rates, "
        "whatever order they chose. Nobody sees what the model thinks of them."
    )
    if another:
        st.markdown(
            "It takes the place of the one before: its answers come first no more, and the figures wait until the new "
            "one is rated. Ratings stay, and count where their answers are drawn again."
        )
    kind: Literal["primary", "secondary"] = "secondary" if another else "primary"
    st.button("Draw them", key="quality.worth_draw", type=kind, on_click=_draw, args=(page,))


@act
def _draw(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    drawn = samples.draw(page.workspace, user, int(st.session_state[WANTED]))
    session.toast(f"Drawn: {plural(drawn.questions, 'question')} with {plural(drawn.answers, 'answer')}.")
