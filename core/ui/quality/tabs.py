"""The tabs of the page Quality."""

from collections.abc import Callable

import streamlit as st

from core.ui.comparisons.tab import comparisons_tab
from core.ui.judges.tab import judges_tab
from core.ui.quality.agreement import agreement_tab
from core.ui.quality.disagreements import disagreements_tab
from core.ui.quality.from_users import from_users_tab
from core.ui.quality.guidelines import guidelines_tab
from core.ui.quality.progress import progress_panel
from core.ui.quality.second_opinions import second_opinions_panel
from core.ui.quality.to_check import to_check_of_all
from core.ui.shell.navigation import TOPIC, QualityTab
from core.ui.shell.page import Page
from core.ui.worth.tab import worth_tab

TABS: dict[QualityTab, Callable[[Page], None]] = {
    QualityTab.PROGRESS: lambda page: progress_panel(page, page.user),
    QualityTab.AGREEMENT: agreement_tab,
    QualityTab.DISAGREEMENTS: disagreements_tab,
    QualityTab.TO_CHECK: to_check_of_all,
    QualityTab.SECOND_OPINIONS: lambda page: second_opinions_panel(page, page.user),
    QualityTab.A_OR_B: comparisons_tab,
    QualityTab.FROM_USERS: from_users_tab,
    QualityTab.WORTH: worth_tab,
    QualityTab.JUDGES: judges_tab,
    QualityTab.GUIDELINES: guidelines_tab,
}
"""What draws each tab; whoever may open the page may see all of them."""


def tabs(page: Page) -> None:
    """Show the tabs; only the one that is open is worked out. The address names it."""
    for tab, draw in zip(st.tabs(list(map(str, TABS)), key=TOPIC, bind="query-params"), TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(page)
