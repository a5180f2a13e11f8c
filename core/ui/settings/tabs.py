"""The tabs of the Settings page."""

from collections.abc import Callable

import streamlit as st

from core.domain.roles import Act
from core.ui.settings.api_keys import api_keys_tab
from core.ui.settings.audit_log import audit_log_tab
from core.ui.settings.people import people_tab
from core.ui.settings.team import TEAM_ACTS, team_tab
from core.ui.shell.navigation import TAB, SettingsTab
from core.ui.shell.page import Page

TABS: dict[SettingsTab, tuple[tuple[Act, ...], Callable[[Page], None]]] = {
    SettingsTab.PEOPLE: ((Act.PEOPLE,), people_tab),
    SettingsTab.API_KEYS: ((Act.KEYS,), api_keys_tab),
    SettingsTab.AUDIT_LOG: ((Act.AUDIT,), audit_log_tab),
    SettingsTab.TEAM: (TEAM_ACTS, team_tab),
}
"""Each tab with the acts of which one is needed to see it, and what draws it."""


def tabs(page: Page) -> None:
    """Show the tabs that this person may see; only the one that is open is worked out. The address names it."""
    draw = {str(tab): function for tab, (acts, function) in TABS.items() if any(page.may(act) for act in acts)}
    for tab, function in zip(st.tabs(list(draw), key=TAB, bind="query-params"), draw.values(), strict=True):
        if tab.open:
            with tab:
                function(page)
