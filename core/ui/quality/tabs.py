"""The tabs of the page Quality."""

from collections.abc import Callable

import streamlit as st

from core.ui.quality.agreement import agreement_tab
from core.ui.quality.disagreements import disagreements_tab
from core.ui.quality.guidelines import guidelines_tab
from core.ui.shell.navigation import TOPIC, QualityTab
from core.ui.shell.page import Page

TABS: dict[QualityTab, Callable[[Page], None]] = {
    QualityTab.AGREEMENT: agreement_tab,
    QualityTab.DISAGREEMENTS: disagreements_tab,
    QualityTab.GUIDELINES: guidelines_tab,
}
"""What draws each tab; whoever may open the page may see all of them."""


def tabs(page: Page) -> None:
    """Show the tabs; only the one that is open is worked out. The address names it."""
    for tab, draw in zip(st.tabs(list(map(str, TABS)), key=TOPIC, bind="query-params"), TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(page)
