"""What pages say while work waits for a worker."""

import streamlit as st

from core.domain.running.work import Work
from core.services.running import workers
from core.ui.shell.page import Page


def no_worker(page: Page, kind: Work) -> None:
    """Say that no worker runs which takes this, and what to do; nothing where one does, which may be busy."""
    if any(kind in worker.takes for worker in workers.listed(page.workspace, page.user)):
        return
    st.warning(
        "The worker that was to do this does not run any more. Nothing is lost: it goes on when a worker is started "
        "(python -m core worker). Or cancel it here and start it again: then this dashboard does it.",
        icon=":material/hourglass_disabled:",
    )
