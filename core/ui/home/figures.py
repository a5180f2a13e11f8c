"""Where we stand on Home: the model in use, how many answers, how far raters agree, ratings of the last days."""

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.operations.overview import DAYS, Overview
from core.store.training.statistics import SharedRatings
from core.ui.report.summary import show_verdict
from core.ui.shell.navigation import QualityTab, next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal
from core.ui.training.readiness import ratings_per_day

FEW_SHARED = 20
"""Answers with several ratings: on fewer, how far raters agree can still turn out quite differently."""
CHART_HEIGHT = 230


def model_in_use(found: Overview, *, link: bool) -> None:
    """The verdict on the model in use in its one sentence; what holds where there is none.

    ``link``: with the way to Models, where the next step does not lead there.
    """
    verdict = found.in_use
    with st.container(border=True, key="home.model", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Model in use**", width="content")
            if verdict is not None and verdict.sample:
                sample_badge()
        if verdict is None:
            st.markdown("None yet. Until one is trained and in use, answers keep their original order.")
        else:
            show_verdict(verdict, key="home")
        if link and found.latest is not None:
            next_step("Look at the models", "models", key="home.to_models", primary=False)


def counts(found: Overview) -> None:
    """Rated answers, those that wait, and good ones."""
    now = found.status
    with st.container(key="home.counts"):
        rated, waiting, good = st.columns(3, wrap=False)
    rated.metric("Rated", f"{now.rated:,}", border=True)
    waiting.metric("Waiting", f"{now.waiting:,}", border=True)
    good.metric("Good", f"{now.good:,}", border=True)
    if now.discarded:
        st.caption(f"{now.discarded:,} more were discarded by raters as unfit; Data, *Browse*, lists them.")


def agreement(page: Page, found: Overview) -> None:
    """How far raters agree, in a sentence, for who may see what others say."""
    if found.agreement is None or not found.status.rated:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="home.agreement"):
        st.markdown(agreement_sentence(found.agreement), width="stretch")
        if page.may(Act.JUDGE):
            tab = QualityTab.AGREEMENT if found.agreement.answers else QualityTab.SECOND_OPINIONS
            label = "See agreement" if found.agreement.answers else "Ask for second opinions"
            next_step(label, "quality", key="home.to_agreement", primary=False, tab=tab)


def agreement_sentence(shared: SharedRatings) -> str:
    """How often two people said the same of an answer; that it is not known, or not well known, where it is so."""
    if not shared.answers:
        return "**Agreement:** no answer was rated by two people yet, so it is not known how far they agree."
    equal, close = (f"{100 * number / shared.pairs:.0f}" for number in (shared.equal, shared.within_1))
    few = ". So few answers can still turn out quite differently" if shared.answers < FEW_SHARED else ""
    answers = "the one answer" if shared.answers == 1 else f"the {shared.answers:,} answers"
    return (
        f"**Agreement:** on {answers} that several people rated, two of them gave the same rating {equal} times of "
        f"100, and were at most one step apart {close} times{few}."
    )


def ratings_of_days(found: Overview) -> None:
    """Ratings of the last days, by person, or one line where there are none."""
    if not any(sum(person.per_day) for person in found.given):
        st.caption(f"No ratings were given here in the last {DAYS} days; imported ones are not counted.")
        return
    total = sum(sum(person.per_day) for person in found.given)
    with st.container(border=True, key="home.days", gap="small"):
        st.markdown(f"**Ratings of the last {DAYS} days** · {plural(total, 'rating')}")
        st.plotly_chart(
            ratings_per_day(
                [
                    (day, person.name, number)
                    for person in found.given
                    for day, number in zip(found.days, person.per_day, strict=True)
                ],
                height=CHART_HEIGHT,
            ),
            key="home.per_day",
            config={"displayModeBar": False},
            alt=f"{plural(total, 'rating')} of the last {DAYS} days, by day and person.",
        )
        st.caption("; ".join(f"{literal(person.name)}: {sum(person.per_day):,}" for person in found.given[:12]))
