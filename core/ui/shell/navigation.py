"""Which pages there are, in what order, and the links between them."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from core.domain.roles import Act, may

ROOT = Path(__file__).resolve().parents[3]
ICON = Path(__file__).with_name("icon.png")  # a file: an icon by name would be fetched from the internet


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page: its file in pages/ and its address are both ``name``."""

    name: str
    title: str
    icon: str
    section: str
    act: Act
    """What a person must be allowed to do to see it; docs/roles.csv says who is."""
    layout: Literal["centered", "wide"] = "wide"
    """Centered where one reads, wide where one compares."""

    @property
    def path(self) -> str:
        """Where the script is, relative to Home.py."""
        return f"pages/{self.name}.py"

    @property
    def exists(self) -> bool:
        """Whether the script is there."""
        return (ROOT / self.path).is_file()


HOME = PageInfo("home", "Home", ":material/home:", "", Act.LOOK)
PAGES = {
    info.name: info
    for info in (
        HOME,
        PageInfo("rate", "Rate", ":material/rate_review:", "Rate", Act.RATE, "centered"),
        PageInfo("review", "Review", ":material/history:", "Rate", Act.RATE, "centered"),
        PageInfo("readiness", "Readiness", ":material/fact_check:", "Learn", Act.LOOK),
        PageInfo("train", "Train", ":material/model_training:", "Learn", Act.TRAIN),
        PageInfo("models", "Models", ":material/insights:", "Learn", Act.LOOK),
        PageInfo("rerank", "Rerank", ":material/format_list_numbered:", "Use", Act.RERANK),
        PageInfo("data", "Data", ":material/database:", "Data", Act.READ_DATA),
        PageInfo("people", "People", ":material/group:", "Manage", Act.PEOPLE),
        PageInfo("keys", "API keys", ":material/key:", "Manage", Act.KEYS),
        PageInfo("record", "Record", ":material/receipt_long:", "Manage", Act.AUDIT),
    )
}


_chosen: ContextVar[bool] = ContextVar("chosen", default=False)


def main() -> None:
    """Run the page that the address names; Home where it names none."""
    from core.ui.home import show
    from core.ui.shell.gate import who_is_here  # here: they import this module

    st.set_page_config(page_title="Assay", page_icon=str(ICON))
    here = who_is_here()
    sections: dict[str, list[st.Page]] = {"": [st.Page(show, title=HOME.title, icon=HOME.icon, default=True)]}
    for info in PAGES.values():
        if info is not HOME and info.exists:
            # a page that this person may not see is still there for its address: it says why not, and what to do
            seen: Literal["visible", "hidden"] = "visible" if here and may(here, info.act) else "hidden"
            page = st.Page(ROOT / info.path, title=info.title, icon=info.icon, url_path=info.name, visibility=seen)
            sections.setdefault(info.section, []).append(page)
    chosen = st.navigation(sections, expanded=True)
    before = _chosen.set(True)
    try:
        chosen.run()
    finally:
        _chosen.reset(before)


def ensure_navigation() -> None:
    """Where Streamlit ran a page's script by itself, run it again through the navigation and end this run.

    It does so when the first request of a fresh process names a page: the sidebar would list bare file names.
    """
    if not _chosen.get():
        main()
        st.stop()


def go_to(name: str) -> None:
    """Leave this page for another one; call it in the page, not in a callback."""
    st.switch_page("Home.py" if name == "home" else PAGES[name].path)


def next_step(label: str, page: str, *, key: str, icon: str | None = None, primary: bool = True) -> None:
    """A button that leads to another page; nothing where that page is not there."""
    info = PAGES[page]
    if info is not HOME and not info.exists:
        return
    if st.button(label, key=key, icon=icon or info.icon, type="primary" if primary else "secondary"):
        go_to(page)
