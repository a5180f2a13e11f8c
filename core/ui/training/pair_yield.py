"""On Readiness: from ratings to pairs, and the queue that makes the next one."""

import streamlit as st

from core.domain.queue import Order
from core.services.training.readiness import pair_yield
from core.services.training.readiness_checks import Remedy
from core.ui.shell.page import Page
from core.ui.training.readiness import help_with


def pairs(page: Page) -> None:
    """Three numbers, what they mean, and the next step."""
    found = pair_yield(page.workspace, page.user)
    st.subheader("Comparisons", anchor=False)
    with st.container(horizontal=True, key="readiness.pairs"):
        st.metric("Ratings", f"{found.ratings:,}", border=True)
        st.metric("Prompts with a better answer", f"{found.prompts:,}", border=True)
        st.metric("Pairs (TRL)", f"{found.pairs:,}", border=True)
    st.caption(
        "Two answers to one prompt whose ratings differ by 1 or more make a pair: what preference training (DPO) and reward "
        "models learn from. A further rating of a prompt that has one rated answer makes more of them than a new prompt."
    )
    help_with(page, "pairs", Remedy("Rate what makes the next pair", "rate", order=Order.MODEL))
