"""The Agreement tab: how far raters agree, with the number of answers behind every figure."""

import streamlit as st

from core.domain.metrics import Metric
from core.labeling.writing import csv_text
from core.reward.metrics.agreement import MAX_PAIRED, Agreement, OneRater, PairOfRaters
from core.services.review.agreement import measure
from core.ui.report.format import interval, ratio
from core.ui.shell.navigation import SettingsTab, next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

HOW_TO_READ = (
    "**Alpha** (Krippendorff's, for ordered ratings) is 1 where raters always agree and 0 where they agree no more "
    "than chance. It is usual to rely on ratings from 0.80 on, and to draw only careful conclusions between 0.67 and "
    "0.80."
)
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
    _over_all(found)
    if found.pairs:
        st.subheader("Two raters at a time", anchor=False)
        st.caption(
            "On the answers that both rated. Kappa is Cohen's with quadratic weights: a difference of two counts four "
            "times as much as one of one."
        )
        _table([_pair_row(pair) for pair in found.pairs], "pairs")
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
    _table([_rater_row(rater) for rater in found.raters], "raters")


def _over_all(found: Agreement) -> None:
    if not found.items:
        st.info(
            "No answer was rated by two people yet, so agreement cannot be measured. Under Settings, Team, a lead "
            "sets how many answers two people rate.",
            icon=":material/groups:",
        )
        next_step("Open Settings", "settings", key="quality.agreement_share", tab=SettingsTab.TEAM)
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


def _verdict(alpha: float) -> str:
    if alpha >= 0.8:
        return "Raters agree well: the ratings can be relied on."
    if alpha >= 0.667:
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


def _table(rows: list[dict[str, str]], name: str) -> None:
    with st.container(key=f"quality.{name}"):
        st.table(
            [{column: literal(value) for column, value in row.items()} for row in rows],
            border="horizontal",
            hide_index=True,
        )
    st.download_button(
        "Download as csv",
        csv_text(rows),
        f"agreement-{name}.csv",
        "text/csv",
        key=f"quality.{name}_csv",
        type="tertiary",
        icon=":material/download:",
    )
