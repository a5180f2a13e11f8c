"""What this process opens once and all its browser sessions share."""

import streamlit as st

from core.services.workspace import Workspace, open_workspace


@st.cache_resource(show_spinner=False)
def the_workspace() -> Workspace:
    """Settings and database, opened once per process; an error is not kept, so the next page tries again."""
    return open_workspace()
