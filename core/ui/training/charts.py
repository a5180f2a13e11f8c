"""Charts: plain data in, a figure out. Altair takes its colours from the theme by itself; for Plotly there is ``palette``."""

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt
import streamlit as st

MANY_RATERS = 6
"""More raters than colours that can be told apart: the rest are drawn together."""


def by_rating(counts: Mapping[float, int], good_from: int) -> alt.Chart:
    """How many answers have which rating; the good ones in their own colour."""
    rows = [
        {"rating": f"{value:g}", "answers": number, "class": "Good" if value >= good_from else "Not good"}
        for value, number in sorted(counts.items())
    ]
    bars = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("rating:O", title="Rating", sort=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("answers:Q", title="Answers", axis=alt.Axis(tickMinStep=1, format=",d")),
        tooltip=[
            alt.Tooltip("rating:O", title="Rating"),
            alt.Tooltip("answers:Q", title="Answers"),
            alt.Tooltip("class:N", title="Class"),
        ],
    )
    colour = alt.Color("class:N", title=None, sort=["Good", "Not good"], legend=alt.Legend(orient="top"))
    return bars.mark_bar(cornerRadiusEnd=2).encode(color=colour)


def per_day(counts: Sequence[tuple[date, str, int]]) -> alt.Chart:
    """How many ratings were given on which day, by whom."""
    totals: dict[str, int] = {}
    for _, rater, number in counts:
        totals[rater] = totals.get(rater, 0) + number
    named = set(sorted(totals, key=lambda rater: -totals[rater])[:MANY_RATERS])
    rows = [
        {"day": day.isoformat(), "rater": rater if rater in named else "others", "ratings": number}
        for day, rater, number in counts
    ]
    bars = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("day:O", title="Day", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("sum(ratings):Q", title="Ratings", axis=alt.Axis(tickMinStep=1, format=",d")),
        tooltip=[
            alt.Tooltip("day:O", title="Day"),
            alt.Tooltip("rater:N", title="Rater"),
            alt.Tooltip("sum(ratings):Q", title="Ratings"),
        ],
    )
    colour = alt.Color("rater:N", title=None, legend=alt.Legend(orient="top") if len(totals) > 1 else None)
    few = len({row["day"] for row in rows}) < 12
    return bars.mark_bar(cornerRadiusEnd=2, size=28 if few else alt.Undefined).encode(color=colour)


def is_dark() -> bool:
    """Whether this browser shows the dark theme; light where nothing is known."""
    try:
        return st.context.theme.type == "dark"
    except Exception:  # noqa: BLE001  a test without a browser has no context, and a colour must not break a page
        return False


def palette(*, dark: bool | None = None) -> list[str]:
    """The colours of series, from .streamlit/config.toml; Plotly would otherwise use its own."""
    mode = "dark" if (is_dark() if dark is None else dark) else "light"
    return list(st.get_option(f"theme.{mode}.chartCategoricalColors") or [])
