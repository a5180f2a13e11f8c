"""From users: what they said of answers week by week, and what they wrote."""

import html
from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from core.domain.metrics import Metric
from core.domain.outcomes.results import Apart, By, Comment
from core.domain.texts import plural
from core.services.outcomes import results
from core.services.outcomes.results import MOST_COMMENTS, RANGES, Outcome
from core.ui.data.address import ANSWER
from core.ui.outcomes.format import TITLES, feedback_cell, how_to_read, kinds, mark_made, name_of, nothing_yet
from core.ui.quality.tables import table_with_csv
from core.ui.report.format import moment
from core.ui.report.plots import BLUE, GREEN, ORANGE, PINK, TEAL, error_bars, without_tools
from core.ui.shell.navigation import PAGES
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, show_text

BY = {By.VERSION: "By model version", By.GENERATOR: "By what wrote the answer"}
STYLES = ((TEAL, "circle"), (ORANGE, "square"), (BLUE, "diamond"), (PINK, "triangle-up"), (GREEN, "x"))
"""Of the lines in the figure, in the order of how much feedback there is: no more are drawn."""
COMMENTS_AT_ONCE = 20


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
    _comments(page)


def _weeks(page: Page, by: By) -> None:
    found = results.measure(page.workspace, page.user, by, Apart.WEEK)
    if not found.lines:
        nothing_yet(page, by, key="quality.feedback_keys")
        return
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
            weeks_figure(drawn, kind, by),
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
                "Model version" if by is By.VERSION else "Written by": name_of(one, by),
                TITLES[kind]: feedback_cell(one, kind),
            }
            for one in lines
        ],
        key="quality.feedback",
        file="feedback-by-week.csv",
    )
    st.caption(literal(how_to_read(found)))


def weeks_figure(outcomes: Sequence[Outcome], kind: str, by: By) -> go.Figure:
    """One kind of feedback over the weeks, a line with ranges for each of the names with the most feedback."""
    first, last = min(map(_week, outcomes)), max(map(_week, outcomes))
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    names: dict[str, dict[date, Outcome]] = {}
    for one in outcomes:
        names.setdefault(name_of(one, by), {})[_week(one)] = one
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


def _comments(page: Page) -> None:
    """What users wrote, the newest first."""
    asked = int(st.session_state.get("quality.feedback_shown", COMMENTS_AT_ONCE))
    found = results.comments(page.workspace, page.user, asked + 1)
    if not found:
        return
    st.subheader("What users wrote", anchor=False)
    st.caption("Only leads read this. It is not shown to a rater: a rating is what they think themselves.")
    for place, one in enumerate(found[:asked]):
        _comment(one, f"quality.feedback_comment.{place}")
    if len(found) > asked:
        st.button("Show more", key="quality.feedback_more", on_click=_show_more, args=(asked,))
    elif asked >= MOST_COMMENTS:
        st.caption(f"These are the newest {plural(MOST_COMMENTS, 'comment')}; the export of feedback has all.")


def _show_more(asked: int) -> None:
    st.session_state["quality.feedback_shown"] = asked + COMMENTS_AT_ONCE


def _comment(one: Comment, key: str) -> None:
    with st.container(border=True, gap="xsmall", key=key):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _said(one)
            st.caption(literal(_about(one)), width="content")
        show_text(one.comment, key=f"{key}.text", name="comment")
        if one.interaction_id is not None:
            st.page_link(
                PAGES["data"].path,
                label=f"Answer {one.interaction_id}",
                icon=":material/open_in_new:",
                query_params={ANSWER: str(one.interaction_id)},
            )


def _said(one: Comment) -> None:
    match one.kind:
        case "thumb" if one.value:
            st.badge("Thumb up", icon=":material/thumb_up:", color="green")
        case "thumb":
            st.badge("Thumb down", icon=":material/thumb_down:", color="orange")
        case "score":
            st.badge(f"Score {one.value} of 5", icon=":material/star:", color="blue")
        case _:
            chosen = "The first answer" if one.first_chosen else f"Answer {one.value + 1} of those sent"
            st.badge(f"{chosen} was chosen", icon=":material/check:", color="blue")


def _about(one: Comment) -> str:
    parts = [moment(one.at), f"sent by {one.application}"]
    parts += [f"ranked by {one.model_version}"] if one.model_version else []
    parts += [f"written by {one.generator}"] if one.generator else []
    return " · ".join(parts)
