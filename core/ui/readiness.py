"""What the Readiness page shows: stages, checks, counts."""

import streamlit as st

from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED
from core.services.readiness import Check, Readiness, Verdict
from core.ui import charts
from core.ui.navigation import PAGES, next_step
from core.ui.texts import literal

# What a threshold means. No accuracy is promised: it depends on the questions, the answers and the raters.
MEANINGS = {
    RECOMMENDED_RATED: (
        "Recommended",
        "Figures become steadier, and comparing two models begins to mean something.",
    ),
    OPTIMAL_RATED: ("Optimal", "More ratings still help, but each one changes less."),
}
FIRST = ("Minimum", "A first model can be trained. Its figures are still very uncertain.")

SIGNS = {
    Verdict.OK: ("green", ":material/check_circle:", "Fine"),
    Verdict.WARNING: ("orange", ":material/warning:", "Attention"),
    Verdict.BLOCKER: ("red", ":material/block:", "In the way"),
    Verdict.OPEN: ("gray", ":material/pending:", "Open"),
}


def nothing_rated(found: Readiness) -> None:
    """The empty state, and the way out of it."""
    if found.facts.unrated:
        st.info(
            f"Nothing is rated yet; {found.facts.unrated:,} answers wait. Training becomes possible from "
            f"{found.facts.minimum:,} rated answers.",
            icon=":material/rate_review:",
        )
        next_step("Rate answers", "rate", key="readiness.rate")
    else:
        st.info("There are no answers yet, so there is nothing to judge.", icon=":material/inbox:")
        next_step("Go to the start page", "home", key="readiness.home")


def stages(found: Readiness) -> None:
    """One card per threshold: how far, and what reaching it means."""
    rated = found.facts.rated
    for column, threshold in zip(st.columns(len(found.thresholds)), found.thresholds, strict=True):
        title, meaning = MEANINGS.get(threshold, FIRST) if threshold != found.facts.minimum else FIRST
        reached = rated >= threshold
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            sign = ":green[:material/check_circle:]" if reached else ":gray[:material/radio_button_unchecked:]"
            st.markdown(f"{sign} **{threshold:,} rated** · {title}")
            share = f"{rated:,} of {threshold:,}" if not reached else "Reached"
            st.progress(min(1.0, rated / threshold), text=share)
            st.caption(meaning)


def next_act(found: Readiness) -> None:
    """The one button that makes sense now."""
    blocked = any(check.verdict is Verdict.BLOCKER for check in found.checks)
    with st.container(horizontal=True):
        if not blocked and PAGES["train"].exists:
            next_step("Train a model", "train", key="readiness.train")
            if found.facts.unrated:
                next_step("Rate more answers", "rate", key="readiness.rate", primary=False)
        elif found.facts.unrated:
            next_step("Rate more answers", "rate", key="readiness.rate")
        else:
            next_step("Import more answers", "data", key="readiness.data")


def checks(found: Readiness) -> None:
    """What was looked at: a sign, a word and a sentence each, the worst first."""
    st.subheader("Checks", anchor=False)
    order = [Verdict.BLOCKER, Verdict.WARNING, Verdict.OPEN, Verdict.OK]
    with st.container(border=True, gap="small", key="readiness.checks"):
        for check in sorted(found.checks, key=lambda check: order.index(check.verdict)):
            _check(check)


def _check(check: Check) -> None:
    colour, icon, word = SIGNS[check.verdict]
    sign, text = st.columns([1, 7], vertical_alignment="top", gap="small")
    sign.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]  # the colours above are badge colours
    text.markdown(f"**{literal(check.title)}**  \n{literal(check.sentence)}")


def counts(found: Readiness, good_from: int) -> None:
    """How the ratings are spread: over values, classes, days and raters."""
    st.subheader("The ratings", anchor=False)
    facts = found.facts
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        poor = facts.rated - facts.good
        st.markdown(f"**By rating** · {facts.good:,} good, {poor:,} not good")
        st.altair_chart(
            charts.by_rating(found.by_consensus, good_from),
            height=290,
            alt=f"Number of answers by rating; {facts.good} are good and {poor} are not.",
        )
    with right, st.container(border=True, height="stretch"):
        raters = len(facts.by_rater)
        st.markdown(f"**Per day** · {raters} {'rater' if raters == 1 else 'raters'}")
        st.altair_chart(charts.per_day(found.per_day), height=290, alt="Ratings given per day and rater.")
    st.caption(
        "Where several people rated an answer, the middle of their ratings (the median) counts. Days are UTC. "
        + literal("; ".join(f"{name}: {number:,} ratings" for name, number in list(facts.by_rater.items())[:12]))
    )
