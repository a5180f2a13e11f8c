"""Data: bring answers in, take ratings out, look at and mend single answers."""

import streamlit as st

from core.services.data import interactions
from core.ui.data.browse import browse
from core.ui.data.exporting import export
from core.ui.data.importing import bring_in
from core.ui.shell.page import heading, open_page

with open_page("data") as page:
    sources = interactions.sources(page.workspace, page.user)
    heading(page, sample=set(sources) == {"sample"}, lead="Bring answers in, take ratings out, look at single answers.")
    if not sources:
        st.info("There are no answers yet. Import a file here, or load the sample on the start page.")
    importing, exporting, browsing = st.tabs(["Import", "Export", "Browse and edit"])
    with importing:
        bring_in(page)
    with exporting:
        export(page, anything=bool(sources))
    with browsing:
        browse(page, sources)
