"""The Agreement tab: how far raters agree, with the number of answers behind every figure."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from core.domain.metrics import Metric
from core.domain.progress import today
from core.domain.texts import plural
from core.reward.metrics.agreement import MAX_PAIRED, Agreement, OneRater, PairOfRaters
from core.services.kept_figures import Kind
from core.services.review.agreement import AgreementAt, measure, over_time
from core.ui.quality.age import age_of
from core.ui.quality.tables import table_with_csv
from core.ui.report.format import RANGE, cell, interval, ratio
from core.ui.report.plots import GREY, TEAL, error_bars, without_tools
from core.ui.shell.navigation import TOPIC, QualityTab, next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

HOW_TO_READ = (
    "**Alpha** (Krippendorff's, for ordered ratings) is 1 where raters always agree and 0 where they agree no more "
    "than chance. It is usual to rely on ratings from 0.80 on, and to draw only careful conclusions between 0.67 and "
    "0.80."
)
RELIED_ON = (0.667, 0.8)
"""From the lower one on with care, from the upper one on without (Krippendorff)."""
FEW_ITEMS = 20
FEW = (
    "So few answers have several ratings that this can still turn out quite differently: let more of them be rated "
    "twice."
)


def agreement_tab(page: Page) -> None:
    """Show how far raters agree: overall, in pairs, and rater by rater in the order of names."""
    found = measure(page.workspace, page.user)
    if not found.raters:
        st.info("There are no ratings yet, so there is nothing to compare.", icon=":material/groups:")
        next_step("Rate answers", "rate", key="quality.agreement_rate")
        return
    age_of(page, Kind.AGREEMENT)
    _over_all(found)
    _over_time(page)
    if found.pairs:
        st.subheader("Two raters at a time", anchor=False)
        st.caption(
            "On the answers that both rated. Kappa is Cohen's with quadratic weights: a difference of two counts four "
            "times as much as one of one."
        )
        table_with_csv([_pair_row(pair) for pair in found.pairs], key="quality.pairs", file="agreement-pairs.csv")
        if len(found.raters) > MAX_PAIRED:
            st.caption(
                f"Of {len(found.raters):,} raters, the {MAX_PAIRED} with the most shared answers are compared here."
            )
    st.subheader("Each rater", anchor=False)
    st.caption(
        "By name. The difference is the mean of the rater's ratings less that of the others on shared answers, with "
        "its 95 % interval (Student's t over answers): it says strict or generous, not right or wrong. Repeats are "
        "answers that the rater saw again later without the first rating."
    )
    table_with_csv([_rater_row(rater) for rater in found.raters], key="quality.raters", file="agreement-raters.csv")


def _open_second_opinions() -> None:
    st.session_state[TOPIC] = str(QualityTab.SECOND_OPINIONS)


def _over_all(found: Agreement) -> None:
    if not found.items:
        st.info(
            "No answer was rated by two people yet, so agreement cannot be measured. Ask for second opinions on rated "
            "answers; the share of all answers that two people rate is set under Settings, Team.",
            icon=":material/groups:",
        )
        st.button(
            "Ask for second opinions",
            key="quality.agreement_second",
            type="primary",
            icon=":material/rate_review:",
            on_click=_open_second_opinions,
        )
        return
    with st.container(horizontal=True, key="quality.alpha"):
        st.metric("Alpha", _number(found.alpha), border=True, help=found.alpha.reason)
        st.metric("Equal ratings", _share(found.shares.exact), border=True)
        st.metric("Within 1", _share(found.shares.within_1), border=True)
        st.metric("Answers with several ratings", f"{found.items:,}", border=True)
    if found.alpha.value is None:
        st.caption(literal(f"Alpha is undefined: {found.alpha.reason}."))
    else:
        verdict = FEW if found.items < FEW_ITEMS else _verdict(found.alpha.value)
        st.markdown(f"{verdict} Measured on {found.ratings:,} ratings of {found.items:,} answers.")
    st.caption(HOW_TO_READ)


def _over_time(page: Page) -> None:
    """Alpha as it stood at the end of each of the last weeks, drawn and as a table."""
    found = over_time(page.workspace, page.user)
    if not any(point.answers for point in found):
        return
    st.subheader("Over time", anchor=False)
    known = [point for point in found if point.alpha.value is not None]
    now = found[-1]
    if known:
        st.plotly_chart(
            agreement_figure(known),
            key="quality.alpha_over_time",
            config={"displayModeBar": False},
            alt=f"Alpha with its range at {plural(len(known), 'moment')}, oldest first; the table below says the same.",
        )
    if now.alpha.value is None:
        st.markdown(
            literal(f"Alpha now has no range that could be relied on: {now.alpha.reason}. ")
            + f"It would rest on {plural(now.answers, 'answer')}."
        )
    else:
        st.markdown(f"Alpha is {cell(now.alpha, percent=False)} now, on {plural(now.answers, 'answer')}.")
    st.caption(
        "Measured on the ratings as they stood when each week ended (Sunday night), and as they stand now. A week is "
        f"left out where too few questions had answers that several people rated. {RANGE}"
    )
    table_with_csv(
        [
            {
                "When": day_name(point.day),
                "Alpha": cell(point.alpha, percent=False) if point.alpha.value is not None else "too few answers",
                "Answers with several ratings": f"{point.answers:,}",
            }
            for point in reversed(found)
        ],
        key="quality.over_time",
        file="agreement-over-time.csv",
    )


def agreement_figure(points: Sequence[AgreementAt]) -> go.Figure:
    """Alpha with its interval, oldest first, and the two values from which on ratings are relied on."""
    when = [day_name(point.day) for point in points]
    figure = go.Figure()
    figure.add_scatter(
        x=when,
        y=[point.alpha.value for point in points],
        error_y=error_bars([point.alpha for point in points]),
        name="Alpha",
        mode="lines+markers",
        line={"color": TEAL, "width": 2},
        marker={"color": TEAL, "size": 9},
        text=[f"{cell(point.alpha, percent=False)}<br>{plural(point.answers, 'answer')}" for point in points],
        hovertemplate="%{x}<br>%{text}<extra></extra>",
    )
    for height in RELIED_ON:
        figure.add_hline(y=height, line={"color": GREY, "dash": "dot", "width": 1})
    lows = [low for point in points for low in (point.alpha.low, point.alpha.value) if low is not None]
    figure.update_xaxes(type="category", showgrid=False, tickangle=0)
    figure.update_yaxes(title="Alpha", tickformat=".1f", range=[min([0.0, *lows]) - 0.05, 1.05], zeroline=False)
    return without_tools(figure, 290).update_layout(showlegend=False)


def day_name(day: date) -> str:
    """22 Nov, or Today."""
    return "Today" if day == today() else f"{day:%d %b}"


def _verdict(alpha: float) -> str:
    if alpha >= RELIED_ON[1]:
        return "Raters agree well: the ratings can be relied on."
    if alpha >= RELIED_ON[0]:
        return "Raters agree fairly: draw careful conclusions, and look at the disagreements."
    return "Raters agree too little to rely on: look at the disagreements, and make the guidelines clearer."


def _pair_row(pair: PairOfRaters) -> dict[str, str]:
    return {
        "Raters": f"{pair.one} and {pair.other}",
        "Answers": f"{pair.items:,}",
        "Kappa": _number(pair.kappa),
        "Equal": _share(pair.shares.exact),
        "Within 1": _share(pair.shares.within_1),
    }


def _rater_row(rater: OneRater) -> dict[str, str]:
    return {
        "Rater": rater.name,
        "Ratings": f"{rater.ratings:,}",
        "1 / 2 / 3 / 4 / 5": "\u00a0/\u00a0".join(f"{number:,}" for number in rater.distribution),
        "Seconds per answer": "not measured" if rater.seconds is None else f"{rater.seconds:.0f}",
        "Shared answers": f"{rater.shared:,}",
        "Difference to others": _difference(rater.difference),
        "Repeats": f"{_share(rater.repeats.exact)} equal of {rater.repeats.pairs:,}"
        if rater.repeats.pairs
        else "none yet",
    }


def _difference(metric: Metric) -> str:
    if metric.value is None:
        return "undefined"
    return f"{metric.value:+.2f}" + (f" ({interval(metric, percent=False)})" if metric.low is not None else "")


def _number(metric: Metric) -> str:
    return "undefined" if metric.value is None else f"{metric.value:.2f}"


def _share(metric: Metric) -> str:
    return "undefined" if metric.value is None else ratio(metric.value)
