"""What the Readiness page shows: thresholds, what stands in the way, what more ratings may bring; the rest folded."""

import html
from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from core.domain.queue import Order, QueueFilters
from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED
from core.domain.roles import Act
from core.domain.texts import plural
from core.domain.verdicts.judgement import Use
from core.services.rating import queue, second_opinions
from core.services.training.forecast import Outlook
from core.services.training.readiness import Readiness, pair_yield
from core.services.training.readiness_checks import RATE_NEXT_PAIR, Check, CheckResult, Remedy
from core.ui.report.plots import COLOURS, GREY, ORANGE, TEAL, without_tools
from core.ui.report.summary import show_in_use
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
    OPTIMAL_RATED: ("Optimal", "Each further rating changes less."),
}
FIRST = ("Minimum", "A first model can be trained. Its figures are still very uncertain.")

SIGNS = {
    CheckResult.OK: ("green", ":material/check_circle:", "Fine"),
    CheckResult.WARNING: ("orange", ":material/lightbulb:", "Would help"),
    CheckResult.BLOCKER: ("red", ":material/block:", "In the way"),
    CheckResult.OPEN: ("gray", ":material/pending:", "Open"),
    CheckResult.NOT_APPLICABLE: ("gray", ":material/remove:", "Does not apply"),
}
MANY_RATERS = 6
"""More raters than colours that can be told apart: the rest are drawn together, in grey."""
HEIGHT = 290
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


def blockers(page: Page, found: Readiness) -> None:
    """What stands in the way of a training, each with what removes it; else the next step."""
    if found.blockers:
        with st.container(border=True, gap="small", key="readiness.blockers"):
            st.markdown("**What stands in the way of a training**")
            for check in found.blockers:
                _check(page, check)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="readiness.step"):
        if found.outlook is None and page.may(Act.TRAIN):
            next_step("Train a model", "train", key="readiness.train")
        st.markdown(":green[:material/check_circle:] Nothing stands in the way of a training.", width="content")
        if found.facts.unrated and not found.facts.flat and page.may(Act.RATE):
            next_step("Rate more answers", "rate", key="readiness.rate", primary=False)


def outlook(page: Page, found: Readiness) -> None:
    """What the latest model is worth, and what more ratings may bring."""
    with st.container(border=True, key="readiness.supports", gap="small"):
        st.markdown("**What more ratings may bring**")
        if found.outlook is None:
            st.markdown("Nothing was trained on these ratings yet, so nothing is known. A training takes minutes.")
            return
        if found.verdict is not None:
            st.markdown(f"**{literal(found.verdict.name)}.** {literal(found.verdict.sentence)}")
            if found.verdict.use is not Use.IN_USE:
                show_in_use(found.in_use)
        if found.helps:
            st.markdown(literal(found.helps))
        else:
            st.markdown(literal(forecast_sentence(found.outlook, found.facts.rated, found.next_threshold)))
        added = found.facts.rated - found.outlook.n - found.outlook.kept_apart
        since = f" {plural(added, 'answer was', 'answers were')} rated since." if added > 0 else ""
        st.caption(f"From the training of this model, on {found.outlook.n:,} rated answers.{since}")
        with st.container(horizontal=True):
            next_step("Look at the models", "models", key="readiness.models", primary=False)
            if found.facts.flat and page.may(Act.CHANGE_DATA):
                next_step("Import other questions", "data", key="readiness.import", primary=False)


def forecast_sentence(outlook: Outlook, rated: int, threshold: int | None) -> str:
    """The forecast in a sentence: at the next threshold where it reaches that far, else as far as it goes."""
    if threshold is not None and threshold < 1.2 * rated:
        threshold = None  # so near that a forecast for it would say what is there now
    ahead, now = outlook.at(threshold or 2 * rated), outlook.at(0)
    if ahead is None or now is None or ahead[1].value is None or now[1].value is None:
        return f"There is no forecast: {outlook.no_forecast or 'too little is known.'}"
    more = ""
    if outlook.more is not None:
        more = f" About {outlook.more:,} more ratings may show whether it is better than the length of the answer."
    # the rise alone: its value is of another measure than the verdict's, and would read as a second accuracy
    rise = round(100 * (ahead[1].value - now[1].value))
    oftener = f"about {plural(rise, 'time', 'times')} of 100 more often" if rise > 0 else "hardly more often"
    return (
        f"Forecast: with about {ahead[0]:,} rated answers like these it tells a good answer from a poor one "
        f"{oftener}.{more}"
    )


def points(page: Page, found: Readiness) -> None:
    """What would make the result better, and what is fine: both folded."""
    warnings = [check for check in found.checks if check.result is CheckResult.WARNING]
    fine = sorted((check for check in found.checks if check.result in QUIET), key=lambda c: QUIET.index(c.result))
    if warnings:
        words = f"{plural(len(warnings), 'point')} that would make the result better"
        with st.expander(words, icon=":material/lightbulb:", key="readiness.warnings"):
            for check in warnings:
                _check(page, check)
    if fine:
        with st.expander("What is fine", icon=":material/checklist:", key="readiness.quiet"):
            for check in fine:
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
    """A button that leads to what helps, for who may open it."""
    if not PAGES[remedy.page].opens_for(page.user) or (remedy.page == "data" and not page.may(Act.CHANGE_DATA)):
        return
    icon = PAGES[remedy.page].icon
    if st.button(remedy.label, key=f"readiness.fix.{code}", type="tertiary", icon=icon):
        follow(page, remedy)


def follow(page: Page, remedy: Remedy) -> None:
    """Go to what helps, with the queue set for it; call it in the page, not in a callback."""
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


def figures(page: Page, found: Readiness, good_from: int) -> None:
    """How the ratings are spread, and the pairs that they make: folded."""
    with st.expander("The ratings in figures", icon=":material/bar_chart:", key="readiness.figures"):
        _pairs(page, more_wait=found.facts.pairs_wait and not found.facts.flat)
        _spread(found, good_from)


def _pairs(page: Page, *, more_wait: bool) -> None:
    """Show how many ratings, questions and pairs there are, what they mean, and the next step where one waits."""
    found = pair_yield(page.workspace, page.user)
    with st.container(horizontal=True, key="readiness.pairs"):
        st.metric("Ratings", f"{found.ratings:,}", border=True)
        st.metric("Questions with a better answer", f"{found.prompts:,}", border=True)
        st.metric("Pairs (TRL)", f"{found.pairs:,}", border=True)
    st.caption(
        "Two answers to one question whose ratings differ by 1 or more make a pair: what preference training (DPO) and "
        "reward models learn from. A further rating of a question that has one rated answer makes more of them than a "
        "new question."
    )
    if more_wait:
        remedy_button(page, "pairs", RATE_NEXT_PAIR)


def _spread(found: Readiness, good_from: int) -> None:
    """How the ratings are spread: over values, classes, days and raters."""
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


def ratings_per_day(counts: Sequence[tuple[date, str, int]], height: int = HEIGHT) -> go.Figure:
    """How many ratings were given on which day, by whom; ``height`` in pixels."""
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
    return _stacked(figure, height).update_layout(showlegend=len(by_rater) > 1)


def _stacked(figure: go.Figure, height: int = HEIGHT) -> go.Figure:
    figure.update_layout(barmode="stack", barcornerradius=2, legend_traceorder="normal")
    figure.update_xaxes(showgrid=False, tickangle=0)
    figure.update_yaxes(tickformat=",d", rangemode="tozero", zeroline=False)
    return without_tools(figure, height)
