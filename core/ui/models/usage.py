"""What was ranked lately, on the Models page: how much, how fast, and what it changed."""

import streamlit as st

from core.domain.roles import Act
from core.services.reranking import usage
from core.services.reranking.usage import Usage
from core.ui.outcomes.format import mark_made
from core.ui.report.format import ratio
from core.ui.shell.navigation import SettingsTab, next_step
from core.ui.shell.page import Page

DAYS = {1: "1 day", 7: "7 days", 30: "30 days"}
SOURCES = {
    "api": "over HTTP",
    "page": "on the Rerank page",
    "command line": "on the command line",
}


def usage_panel(page: Page) -> None:
    """Counts, times, abstentions, and how often the first answer was replaced."""
    with st.expander("Ranked lately", icon=":material/format_list_numbered:", key="models.usage"):
        days = st.segmented_control(
            "Time",
            list(DAYS),
            default=7,
            format_func=DAYS.__getitem__,
            key="models.usage_days",
            label_visibility="collapsed",
            required=True,
        )
        found = usage.lately(page.workspace, page.user, days=days or 7)
        if not found.calls:
            _nothing(page, found)
            return
        mark_made(page)
        _numbers(found)
        _changed(found)


def _nothing(page: Page, found: Usage) -> None:
    st.markdown(
        f"Nothing was ranked within {DAYS[found.days]}. Rankings on the Rerank page, over HTTP and on the command line "
        "are counted here; questions and answers are not kept."
    )
    with st.container(horizontal=True):
        next_step("Rank answers", "rerank", key="models.usage_rerank", primary=False)
        if page.may(Act.KEYS):
            next_step(
                "Let a program rank", "settings", key="models.usage_keys", primary=False, tab=SettingsTab.API_KEYS
            )


def _numbers(found: Usage) -> None:
    with st.grid("auto", min_column_width=135):
        st.metric("Rankings", f"{found.calls:,}", border=True, help="Calls, each with one question and its answers.")
        st.metric("Answers ranked", f"{found.candidates:,}", border=True)
        st.metric(
            "Usual time",
            _time(found.p50),
            border=True,
            help="Half of the rankings took no longer (median), waiting for a turn included.",
        )
        st.metric(
            "95 of 100 within",
            _time(found.p95),
            border=True,
            help="95 of 100 rankings took no longer than this (95th percentile).",
        )
        st.metric(
            "First replaced",
            ratio(found.replaced, found.comparable),
            border=True,
            help="How often another answer came first than the one that stood first. Only rankings of two or more.",
        )
        st.metric(
            "Abstained",
            ratio(found.fallbacks, found.calls - found.without_model),
            border=True,
            help="The model abstained, or an earlier version stood in for one that could not be loaded.",
        )
    st.caption(" · ".join(f"{count:,} {SOURCES[source]}" for source, count in found.by_source.items()))


ENOUGH_RANKINGS = 20
"""From so many on it is said that nothing, or everything, is replaced."""


def _changed(found: Usage) -> None:
    """What the numbers mean, in sentences."""
    if found.without_model:
        st.warning(
            f"{found.without_model:,} of {found.calls:,} rankings had no model to use, so their answers kept the order "
            "they came in.",
            icon=":material/do_not_disturb_on:",
        )
    if not found.comparable:
        return
    share = found.replaced / found.comparable
    if found.comparable < ENOUGH_RANKINGS and not 0.05 <= share <= 0.95:
        return
    if share < 0.05:
        meaning = "The model almost never changes which answer comes first, so ranking changes little for your users."
    elif share > 0.95:
        meaning = (
            "Another answer comes first almost always. Look whether the answers arrive in an order that means "
            "something, and read a few rankings on the Rerank page."
        )
    else:
        meaning = f"In {share * 100:.0f} of 100 rankings your users see another answer than they would have without it."
    st.markdown(meaning)


def _time(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    return f"{milliseconds:,.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
