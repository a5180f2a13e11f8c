"""From users: what they said of answers week by week; below it what they wrote."""

import html
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from core.domain.metrics import Metric
from core.domain.outcomes.results import Apart, By
from core.services.models import models
from core.services.outcomes import results
from core.services.outcomes.results import RANGES, Outcome
from core.ui.outcomes.format import TITLES, feedback_cell, how_to_read, kinds, mark_made, name_of, nothing_yet
from core.ui.quality.tables import table_with_csv
from core.ui.quality.users_comments import users_comments
from core.ui.report.plots import BLUE, GREEN, ORANGE, PINK, TEAL, error_bars, without_tools
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

BY = {By.VERSION: "By model", By.GENERATOR: "By what wrote the answer"}
STYLES = ((TEAL, "circle"), (ORANGE, "square"), (BLUE, "diamond"), (PINK, "triangle-up"), (GREEN, "x"))
"""Of the lines in the figure, in the order of how much feedback there is: no more are drawn."""


def from_users_tab(page: Page) -> None:
    """Show what users said, with a figure of the weeks, and their comments."""
    with st.container(key="quality.from_users"):
        by = st.segmented_control(
            "Look at what users said",
            list(BY),
            default=By.VERSION,
            format_func=BY.__getitem__,
            key="quality.feedback_by",
            required=True,
        )
        mark_made(page)
        _weeks(page, by or By.VERSION)
    users_comments(page)


def _weeks(page: Page, by: By) -> None:
    found = results.measure(page.workspace, page.user, by, Apart.WEEK)
    if not found.lines:
        nothing_yet(page, by, key="quality.feedback_keys")
        return
    names = models.names(page.workspace, page.user)
    shown = kinds(found.lines)
    kind = shown[0]
    if len(shown) > 1:
        kind = (
            st.segmented_control(
                "Figure",
                shown,
                default=kind,
                format_func=TITLES.__getitem__,
                key=f"quality.feedback_kind.{by.value}",
                required=True,
            )
            or kind
        )
    lines = [one for one in found.lines if kind in one.figures]
    drawn = [one for one in lines if one.figures[kind].metric.value is not None]
    if drawn:
        st.plotly_chart(
            weeks_figure(drawn, kind, by, names),
            key=f"quality.feedback_weeks.{by.value}.{kind}",
            config={"displayModeBar": False},
            alt=f"{TITLES[kind]} with its range, week by week; the table below says the same.",
        )
    else:
        st.markdown(f"No week has enough feedback for a figure of “{TITLES[kind]}” yet; the table says what came.")
    table_with_csv(
        [
            {
                "Week from": f"{one.line.week:%d %b %Y}",
                "Model" if by is By.VERSION else "Written by": name_of(one, by, names),
                TITLES[kind]: feedback_cell(one, kind),
            }
            for one in lines
        ],
        key="quality.feedback",
        file="feedback-by-week.csv",
    )
    st.caption(literal(how_to_read(found)))


def weeks_figure(outcomes: Sequence[Outcome], kind: str, by: By, models: Mapping[str, str]) -> go.Figure:
    """One kind of feedback over the weeks, a line with ranges for each of the names with the most feedback.

    ``models``: what people call each version.
    """
    first, last = min(map(_week, outcomes)), max(map(_week, outcomes))
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    names: dict[str, dict[date, Outcome]] = {}
    for one in outcomes:
        names.setdefault(name_of(one, by, models), {})[_week(one)] = one
    most = sorted(names, key=lambda name: -sum(one.figures[kind].words for one in names[name].values()))
    figure = go.Figure()
    for (colour, symbol), name in zip(STYLES, most, strict=False):
        known = [names[name].get(week) for week in weeks]  # a week without a figure breaks the line
        metrics = [one.figures[kind].metric if one else Metric(None) for one in known]
        figure.add_scatter(
            x=[f"{week:%d %b}" for week in weeks],
            y=[metric.value for metric in metrics],
            error_y=error_bars(metrics),
            name=html.escape(name),
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"color": colour, "size": 9, "symbol": symbol},
            text=[feedback_cell(one, kind) if one else "" for one in known],
            hovertemplate="%{x}<br>%{text}<extra>%{fullData.name}</extra>",
        )
    low, high = RANGES[kind]
    share = {"tickformat": ".0%"} if kind != "score" else {}
    figure.update_xaxes(type="category", showgrid=False, tickangle=0, nticks=6)
    room = (high - low) * 0.03
    figure.update_yaxes(title=TITLES[kind], range=[low - room, high + room], zeroline=False, **share)
    return without_tools(figure, 320).update_layout(legend={"entrywidth": 0})


def _week(outcome: Outcome) -> date:
    return outcome.line.week or date.min
