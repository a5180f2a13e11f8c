"""What the Readiness page shows: stages, checks, comparisons, counts."""

import html
from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from core.domain.queue import Order, QueueFilters
from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED
from core.domain.roles import Act
from core.domain.texts import plural
from core.services.rating import queue, second_opinions
from core.services.training.forecast import Outlook
from core.services.training.readiness import Readiness, pair_yield
from core.services.training.readiness_checks import RATE_NEXT_PAIR, Check, CheckResult, Remedy
from core.ui.report.plots import COLOURS, GREY, ORANGE, TEAL, without_tools
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import PAGES, go_to, next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

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
    CheckResult.OK: ("green", ":material/check_circle:", "Fine"),
    CheckResult.WARNING: ("orange", ":material/warning:", "Attention"),
    CheckResult.BLOCKER: ("red", ":material/block:", "In the way"),
    CheckResult.OPEN: ("gray", ":material/pending:", "Open"),
    CheckResult.NOT_APPLICABLE: ("gray", ":material/remove:", "Does not apply"),
}
MANY_RATERS = 6
"""More raters than colours that can be told apart: the rest are drawn together, in grey."""
QUIET = (CheckResult.OPEN, CheckResult.OK, CheckResult.NOT_APPLICABLE)


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


def next_step_button(found: Readiness) -> None:
    """Button for the next step: train, rate or import."""
    blocked = any(check.result is CheckResult.BLOCKER for check in found.checks)
    with st.container(horizontal=True):
        if not blocked:
            next_step("Train a model", "train", key="readiness.train")
            if found.facts.unrated:
                next_step("Rate more answers", "rate", key="readiness.rate", primary=False)
        elif found.facts.unrated:
            next_step("Rate more answers", "rate", key="readiness.rate")
        else:
            next_step("Import more answers", "data", key="readiness.data")


def measured_support(found: Readiness) -> None:
    """Say what the ratings support, as the latest training measured it, and what more of them may bring."""
    with st.container(border=True, key="readiness.supports", gap="small"):
        st.markdown("**What these ratings support**")
        outlook = found.outlook
        if outlook is None:
            st.markdown("Nothing was trained on them yet, so nothing is known. A first training takes a few minutes.")
            return
        latest = outlook.latest
        st.markdown(literal(""))
        added = found.facts.rated - latest.n - outlook.kept_apart
        since = f" {added:,} answers were rated since." if added > 0 else ""
        st.caption(f"Measured by training {latest.run_id} on {latest.n:,} rated answers.{since}")
        st.markdown(literal(forecast_sentence(outlook, found.facts.rated, found.next_threshold)))


def forecast_sentence(outlook: Outlook, rated: int, threshold: int | None) -> str:
    """The forecast in a sentence: at the next threshold where it reaches that far, else as far as it goes."""
    if threshold is not None and threshold < 1.2 * rated:
        threshold = None  # so near that a forecast for it would say what is there now
    ahead = outlook.at(threshold or 2 * rated)
    if ahead is None or ahead[1].value is None:
        return f"There is no forecast: {outlook.no_forecast or 'too little is known.'}"
    ratings, metric = ahead
    now_there = outlook.latest.auc.value
    now_words = "" if now_there is None else f" It is {now_there:.2f} now."
    bounds = f" ({metric.low:.2f} to {metric.high:.2f})" if metric.low is not None and metric.high is not None else ""
    far = "" if threshold is None or ratings >= 0.9 * threshold else " It does not reach further than twice the data."
    ahead_words = f"Forecast: with about {ratings:,} rated answers like these, ROC AUC of {metric.value:.2f}{bounds}."
    return ahead_words + now_words + far


def checks(page: Page, found: Readiness) -> None:
    """What was looked at: a sign, a word and a sentence each, the worst first with what helps; the rest folded."""
    st.subheader("Checks", anchor=False)
    loud = sorted(
        (check for check in found.checks if check.result not in QUIET), key=lambda c: c.result is CheckResult.WARNING
    )
    quiet = sorted((check for check in found.checks if check.result in QUIET), key=lambda c: QUIET.index(c.result))
    if loud:
        with st.container(border=True, gap="small", key="readiness.checks"):
            for check in loud:
                _check(page, check)
    else:
        st.success("Nothing stands in the way.", icon=":material/check_circle:")
    words = f"{len(quiet)} more checks: nothing to do" if loud else f"All {len(quiet)} checks"
    if quiet:
        with st.expander(words, icon=":material/checklist:", key="readiness.quiet"):
            for check in quiet:
                _check(page, check)


def _check(page: Page, check: Check) -> None:
    colour, icon, word = SIGNS[check.result]
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"readiness.check.{check.code}"):
        # the colours above are badge colours
        st.badge(word, icon=icon, color=colour, width=130)  # type: ignore[arg-type]
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f"**{literal(check.title)}**  \n{literal(check.sentence)}")
            if check.remedy is not None and check.result not in QUIET:
                remedy_button(page, check.code, check.remedy)


def remedy_button(page: Page, code: str, remedy: Remedy) -> None:
    """A button that leads to what helps, with the queue set for it."""
    if not PAGES[remedy.page].opens_for(page.user) or (remedy.page == "data" and not page.may(Act.CHANGE_DATA)):
        return
    icon = PAGES[remedy.page].icon
    if st.button(remedy.label, key=f"readiness.fix.{code}", type="tertiary", icon=icon):
        if remedy.second or remedy.order or remedy.session:
            user = actor(page)
            if user is None:
                st.rerun()  # the page asks for the name: a queue is set for a person
            elif remedy.second:
                second_opinions.open_queue(page.workspace, user)
            else:
                filters = QueueFilters(session_label=remedy.session, pair=remedy.pair)
                queue.choose(page.workspace, user, remedy.order or Order.OLDEST, filters)
        go_to(remedy.page)


def pair_counts(page: Page, *, more_wait: bool) -> None:
    """Show how many ratings, prompts and pairs there are, what they mean, and the next step where one waits."""
    found = pair_yield(page.workspace, page.user)
    st.subheader("Comparisons", anchor=False)
    with st.container(horizontal=True, key="readiness.pairs"):
        st.metric("Ratings", f"{found.ratings:,}", border=True)
        st.metric("Prompts with a better answer", f"{found.prompts:,}", border=True)
        st.metric("Pairs (TRL)", f"{found.pairs:,}", border=True)
    st.caption(
        "Two answers to one prompt whose ratings differ by 1 or more make a pair: what preference training (DPO) and "
        "reward models learn from. A further rating of a prompt that has one rated answer makes more of them than a "
        "new prompt."
    )
    if more_wait:
        remedy_button(page, "pairs", RATE_NEXT_PAIR)


def rating_counts(found: Readiness, good_from: int) -> None:
    """How the ratings are spread: over values, classes, days and raters."""
    st.subheader("The ratings", anchor=False)
    facts = found.facts
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        poor = facts.rated - facts.good
        st.markdown(f"**By rating** · {facts.good:,} good, {poor:,} not good")
        st.plotly_chart(
            ratings_by_value(found.by_consensus, good_from),
            key="readiness.by_rating",
            config={"displayModeBar": False},
            alt=f"Number of answers by rating; {facts.good} are good and {poor} are not.",
        )
    with right, st.container(border=True, height="stretch"):
        st.markdown(f"**Per day** · {plural(len(facts.by_rater), 'rater')}")
        st.plotly_chart(
            ratings_per_day(found.per_day),
            key="readiness.per_day",
            config={"displayModeBar": False},
            alt="Ratings given per day and rater.",
        )
    st.caption(
        "Where several people rated an answer, the middle of their ratings (the median) counts. Days are UTC. "
        + literal(
            "; ".join(f"{name}: {plural(number, 'rating')}" for name, number in list(facts.by_rater.items())[:12])
        )
    )


def ratings_by_value(counts: Mapping[float, int], good_from: int) -> go.Figure:
    """How many answers have which rating; the good ones in their own colour."""
    figure = go.Figure()
    for name, colour, good in (("Good", TEAL, True), ("Not good", ORANGE, False)):
        bars = {f"{value:g}": number for value, number in counts.items() if (value >= good_from) is good}
        figure.add_bar(
            x=list(bars),
            y=list(bars.values()),
            name=name,
            marker={"color": colour},
            hovertemplate=f"rated %{{x}}<br>%{{y:,}} answers<extra>{name}</extra>",
        )
    figure.update_xaxes(title="Rating", type="category", categoryarray=[f"{value:g}" for value in sorted(counts)])
    figure.update_yaxes(title="Answers")
    return _stacked(figure)


def ratings_per_day(counts: Sequence[tuple[date, str, int]]) -> go.Figure:
    """How many ratings were given on which day, by whom."""
    totals: dict[str, int] = {}
    for _, rater, number in counts:
        totals[rater] = totals.get(rater, 0) + number
    named = sorted(totals, key=lambda rater: -totals[rater])[:MANY_RATERS]
    days = sorted({day for day, _, _ in counts})
    by_rater: dict[str, dict[date, int]] = {}
    for day, rater, number in counts:
        bars = by_rater.setdefault(rater if rater in named else "others", dict.fromkeys(days, 0))
        bars[day] += number
    figure = go.Figure()
    colours = dict(zip(named, COLOURS, strict=False))
    for rater in dict.fromkeys([*named, "others"]):
        if rater in by_rater:
            figure.add_bar(
                x=[day.isoformat() for day in days],
                y=list(by_rater[rater].values()),
                name=html.escape(rater),
                width=min(0.8, 0.07 * len(days)),  # of a day's room: about 28 px where there are few days
                marker={"color": colours.get(rater, GREY)},
                hovertemplate=f"%{{x}}<br>%{{y:,}} ratings<extra>{html.escape(rater)}</extra>",
            )
    figure.update_xaxes(title="Day", type="category")
    figure.update_yaxes(title="Ratings")
    return _stacked(figure).update_layout(showlegend=len(by_rater) > 1)


def _stacked(figure: go.Figure) -> go.Figure:
    figure.update_layout(barmode="stack", barcornerradius=2, legend_traceorder="normal")
    figure.update_xaxes(showgrid=False, tickangle=0)
    figure.update_yaxes(tickformat=",d", rangemode="tozero", zeroline=False)
    return without_tools(figure, 290)
