"""Which pages there are, in what order, for whom, and the links between them."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

import streamlit as st

from core.domain.roles import Act, Role, User, may

ROOT = Path(__file__).resolve().parents[3]
ICON = Path(__file__).with_name("icon.png")  # a file: an icon by name would be fetched from the internet

TAB = "tab"
"""The query parameter that names the open tab of Settings."""
TOPIC = "topic"
"""The query parameter that names the open tab of Quality; another one, since a page cannot set that of its own tabs."""


PART = "part"
"""The query parameter that names the open tab of Data."""


KIND = "kind"
"""The query parameter that names the open tab of Train."""


class TrainTab(StrEnum):
    """A tab of Train, as it is labelled and as the address names it."""

    REWARD_MODEL = "Reward model"
    LANGUAGE_MODEL = "Language model"


class SettingsTab(StrEnum):
    """A tab of Settings, as it is labelled and as the address names it."""

    PEOPLE = "People"
    API_KEYS = "API keys"
    AUDIT_LOG = "Audit log"
    TEAM = "Team"


class QualityTab(StrEnum):
    """A tab of Quality, as it is labelled and as the address names it."""

    PROGRESS = "Progress"
    AGREEMENT = "Agreement"
    DISAGREEMENTS = "Disagreements"
    TO_CHECK = "To check"
    SECOND_OPINIONS = "Second opinions"
    A_OR_B = "A or B"
    FROM_USERS = "From users"
    WORTH = "What is it worth"
    JUDGES = "Judges"
    GUIDELINES = "Guidelines"


class DataTab(StrEnum):
    """A tab of Data, as it is labelled and as the address names it."""

    IMPORT = "Import"
    EXPORT = "Export"
    BROWSE = "Browse and edit"


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page: its file in pages/ and its address are both ``name``; only Home has the address ``/``."""

    name: str
    title: str
    icon: str
    section: str
    acts: tuple[Act, ...]
    """A person who may do any of these sees the page (docs/roles.csv)."""
    layout: Literal["centered", "wide"] = "wide"
    """Centered where one reads, wide where one compares."""

    @property
    def path(self) -> str:
        """Where the script is, relative to Home.py."""
        return f"pages/{self.name}.py"

    def opens_for(self, user: User) -> bool:
        """Whether this person may see the page."""
        return any(may(user, act) for act in self.acts)

    def listed_for(self, user: User) -> bool:
        """Whether the navigation lists the page for this person; a page that it does not list has its address still."""
        return self.opens_for(user) and (user.role is not Role.SME or self.name in LISTED_FOR_SMES)


LISTED_FOR_SMES = ("rate", "compare", "review", "rerank")
"""Who is here to rate has nothing to look for elsewhere; ``/`` shows them the first of these."""
HOME = PageInfo("home", "Home", ":material/home:", "", (Act.LOOK,))
SETTINGS_ACTS = (Act.PEOPLE, Act.KEYS, Act.AUDIT)
PAGES = {
    info.name: info
    for info in (
        HOME,
        PageInfo("rate", "Rate", ":material/rate_review:", "Rate", (Act.RATE,), "centered"),
        PageInfo("compare", "A or B", ":material/compare:", "Rate", (Act.RATE,), "wide"),
        PageInfo("review", "My ratings", ":material/history:", "Rate", (Act.RATE,), "centered"),
        PageInfo("quality", "Quality", ":material/verified:", "Rate", (Act.JUDGE,)),
        PageInfo("readiness", "Readiness", ":material/fact_check:", "Learn", (Act.LOOK,)),
        PageInfo("train", "Train", ":material/model_training:", "Learn", (Act.TRAIN,)),
        PageInfo("models", "Models", ":material/insights:", "Learn", (Act.LOOK,)),
        PageInfo("rerank", "Rerank", ":material/format_list_numbered:", "Use", (Act.RERANK,)),
        PageInfo("data", "Data", ":material/database:", "Data", (Act.READ_DATA,)),
        PageInfo("settings", "Settings", ":material/settings:", "Manage", SETTINGS_ACTS),
    )
}


def go_to(name: str, tab: SettingsTab | QualityTab | None = None) -> None:
    """Leave this page for another one, or for a tab of Settings or Quality; call it in the page, not in a callback."""
    parameter = TOPIC if isinstance(tab, QualityTab) else TAB
    # empty and not None: from Quality and Data, whose tabs the address names, None is refused by Streamlit
    st.switch_page(PAGES[name].path, query_params={parameter: str(tab)} if tab else {})


def next_step(
    label: str,
    page: str,
    *,
    key: str,
    icon: str | None = None,
    primary: bool = True,
    tab: SettingsTab | QualityTab | None = None,
) -> None:
    """Show a button that leads to another page, or to a tab of Settings or Quality."""
    if st.button(label, key=key, icon=icon or PAGES[page].icon, type="primary" if primary else "secondary"):
        go_to(page, tab)


def server_address() -> str:
    """The address at which this browser opened the dashboard, for calls to copy: http://localhost:8501."""
    parts = (st.context.url or "").split("/")
    return "/".join(parts[:3]) if len(parts) > 2 else "http://localhost:8501"
