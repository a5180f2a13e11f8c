"""How often the choice of the model in use would be poor, on the Models page."""

import streamlit as st

from core.domain.guarantee.outcome import OF_A_DEEP_PART
from core.domain.guarantee.promise import CONFIDENCE, MAX_POOR, USUAL, Promise
from core.domain.roles import Act
from core.domain.texts import plural
from core.reward.guarantee.learn_then_test import Evidence
from core.reward.guarantee.standing import Standing
from core.services.models import guarantee
from core.services.models.guarantee import PoorPicks
from core.ui.guarantee.words import kept_words, of_100
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import PAGES, next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal


def promises_of_the_model_in_use(page: Page) -> None:
    """What can be promised of its picks; nothing where no model is in use."""
    found = guarantee.poor_picks(page.workspace, page.user)
    if found is None:
        return
    st.subheader("How often would its choice be poor?", anchor=False)
    with st.container(key="models.promises", gap="small"):
        if found.sample:
            st.markdown(
                "Nothing is promised of a model that learned from the sample. Rate answers of your own and train: from "
                "200 rated answers on, every fifth question is kept apart, and this is measured on those."
            )
            _lead_on(page, "Bring answers in", "data")
        elif found.deep:
            st.markdown(OF_A_DEEP_PART)
        elif found.evidence is None:
            _not_measured(page, found)
        else:
            _measured(page, found, found.evidence)


def _measured(page: Page, found: PoorPicks, evidence: Evidence) -> None:
    standings = found.standings
    usual = standings[USUAL]
    if usual.answered is None:
        st.info(literal(usual.reason or ""), icon=":material/pending:")
    else:
        words = kept_words(USUAL, usual.answered)
        st.success(f"**{words[0].upper()}{words[1:]}**", icon=":material/verified:")
    rows = [
        {"Poor of what it picks": f"at most {_unbroken(Promise(level, CONFIDENCE[0]).level)}"}
        | {Promise(level, sure).sure: _cell(standings[Promise(level, sure)]) for sure in CONFIDENCE}
        for level in MAX_POOR
    ]
    st.table(rows, border="horizontal", hide_index=True)
    each = evidence.answers / evidence.questions
    st.caption(
        f"Poor is a rating below {evidence.good_from}. Counted once, on {plural(evidence.questions, 'question')} that "
        f"no model learns from, with {each:.1f} rated answers each on average. For how many questions it "
        "picks was counted, it is not promised. The promise holds for questions like these with about as many answers "
        "to choose from, and is about all picks together. 90 % sure means: of 100 such promises at most 10 are broken "
        "on average. Choose one for what you need, not for what the table shows, and stay with it: whoever takes the "
        "best of ten relies on ten. Rerank and programs can ask for a promise; where the model does not reach it, "
        "answers keep their order."
    )
    if any(one.more_questions is not None for one in standings.values()):
        st.caption(
            "More questions are kept apart by rating: every fifth question that is rated joins them, so 10 more take "
            "about 50 more to be rated, and they count from the next training on."
        )
    if usual.answered is None:
        _lead_on(page, "Rate answers", "rate")


def _cell(standing: Standing) -> str:
    if standing.answered is not None:
        return f"picks for {of_100(standing.answered)}"
    if standing.more_questions is None:
        return "not with more questions alone"
    return f"not proven yet, about {plural(standing.more_questions, 'more question')} kept apart"


def _unbroken(words: str) -> str:
    """The same on one line, however narrow the table is."""
    return words.replace(" ", "\u00a0")


def _not_measured(page: Page, found: PoorPicks) -> None:
    st.markdown(
        f"This was not measured yet for **{literal(found.name)}** as it ranks on this server: the model is of an "
        "earlier release, what reads the texts was changed since, or no question was kept apart. It takes questions "
        "that are kept apart and have two rated answers, and is measured once: what is counted then stays."
    )
    if not page.may(Act.MODELS):
        st.caption("A lead can have it measured here.")
        return
    st.button(
        "Measure it",
        key="models.measure_promises",
        icon=":material/straighten:",
        on_click=_measure,
        args=(page, found.model_version, found.name),
    )


def _lead_on(page: Page, label: str, to: str) -> None:
    if PAGES[to].listed_for(page.user):
        with st.container(horizontal=True):
            next_step(label, to, key=f"models.promises_{to}", primary=False)


@act
def _measure(page: Page, model_version: str, name: str) -> None:
    user = actor(page)
    if user is not None:
        guarantee.measure(page.workspace, user, model_version)
        session.toast(f"Measured how often the picks of {name} are poor.")
