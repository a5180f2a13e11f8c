"""What is it worth: one sentence, what it rests on, and the same in parts; below it the audit sample."""

from dataclasses import replace

import streamlit as st

from core.domain.texts import plural
from core.services.kept_figures import Kind
from core.services.worth import figures, scoring
from core.services.worth.figures import HALF_WIDTH, Basis, Worth
from core.ui.quality.age import age_of
from core.ui.shell import session
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.worth.parts import comparison, parts
from core.ui.worth.sample import draw_form, sample_panel
from core.ui.worth.words import among_100, between_100, rating

MOST_HERE = 3_000
"""Answers that are scored while the page waits; more are for the command."""


def worth_tab(page: Page) -> None:
    """Say what all answers are worth, or what is to be done so that it can be said."""
    found = figures.measure(page.workspace, page.user)
    with st.container(key="quality.worth"):
        if not found.interactions:
            st.info("There are no answers yet. Import some on Data.", icon=":material/inbox:")
            return
        age_of(page, Kind.WORTH)
        _headline(found)
        if found.sample is not None:
            sample_panel(page, found.sample)
        _scores(page, found)
        if found.reason is None:
            parts(page, found.interactions)
            comparison(page, found.interactions)
        if found.basis is not Basis.ALL:
            draw_form(page, found)


def _headline(found: Worth) -> None:
    if found.good.value is None:
        st.markdown(
            "**How good are all the answers, also those that nobody rated?** Rate some that are drawn at random: then "
            "this page says it for all of them, with a range."
        )
        if found.sample is None or found.sample.finished:
            st.info(literal(str(found.reason)), icon=":material/info:")
        return
    st.markdown(f"### {headline(found)}")
    st.markdown(literal(" ".join(rests_on(found))))


def headline(found: Worth) -> str:
    """The answer in one sentence."""
    if found.basis is Basis.ALL:
        exact = among_100(replace(found.good, low=None, high=None))
        return f"Of all {found.interactions:,} answers {exact} are good; all of them were rated."
    good = among_100(found.good)
    return f"Of all {found.interactions:,} answers about {good} are good; {found.rated:,} of them were rated."


def rests_on(found: Worth) -> list[str]:
    """What the sentence rests on, and what it does not say."""
    mean = found.mean_rating if found.basis is Basis.SAMPLE else replace(found.mean_rating, low=None, high=None)
    said = [] if mean.value is None else [f"The mean rating is {rating(mean)}."]
    if found.good.low is None:
        said.append(str(found.reason))
    elif found.basis is Basis.ALL:
        said.append(
            f"For these answers that is exact. Of further answers to questions like these {found.questions:,}, between "
            f"{between_100(found.good)} are good: 95 times of 100 such a range holds the true value."
        )
    else:
        said.append(
            f"It rests on {plural(found.questions, 'question')} that were drawn at random, with all their answers. "
            "The range in brackets holds the true value 95 times of 100."
        )
    if found.saved:
        said.append(f"The model's scores saved {plural(found.saved, 'rating')}: without them the range would be wider.")
    if found.needed is not None and found.needed > found.rated:
        width = f"{100 * HALF_WIDTH:.0f} of 100"
        said.append(f"To know it to {width} to each side, about {found.needed:,} ratings are needed in all.")
    if found.later:
        said.append(f"{plural(found.later, 'answer')} came later and {_be(found.later)} not in the figure.")
    if found.elsewhere:
        said.append(
            f"{plural(found.elsewhere, 'other rated answer')} {_be(found.elsewhere)} left out, because "
            "they were not drawn at random."
        )
    return said


def _scores(page: Page, found: Worth) -> None:
    """What the model adds, and the button that lets it score what it has not."""
    if found.basis is Basis.ALL:
        return
    state = found.scores
    if state.reason:
        st.caption(literal(state.reason))
        return
    if not state.waiting:
        return
    wait = f"{plural(state.waiting, 'answer waits', 'answers wait')} for a score of the model in use"
    if state.waiting > MOST_HERE:
        st.caption(f"{wait}; with it fewer ratings are needed. That takes a while, so a command does it:")
        st.code("python -m core quality", language="bash")
        return
    st.caption(f"{wait}; with it fewer ratings are needed.")
    if st.button("Let the model score them", key="quality.worth_score", icon=":material/calculate:"):
        _score(page)


def _score(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    bar = st.progress(0.0, text="Scoring; the first time the language model is loaded, which takes some seconds")

    def show(done: int, total: int) -> None:
        bar.progress(min(1.0, done / total), text=f"{done:,} of {total:,} answers")

    done = scoring.score_answers(page.workspace, user, on_progress=show)
    session.toast(f"{plural(done, 'answer was', 'answers were')} scored.")
    st.rerun()


def _be(number: int) -> str:
    return "is" if number == 1 else "are"
