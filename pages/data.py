"""Data: bring answers in, take ratings out, look at and mend single answers."""

import streamlit as st

from core.services.data import interactions
from core.ui.data.address import open_tab_of_address
from core.ui.data.browse import browse_tab
from core.ui.data.exporting import export_tab
from core.ui.data.importing import import_tab
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.navigation import PART, DataTab
from core.ui.shell.page import heading, open_page

with open_page("data") as page:
    if not asks_for_name(page):
        sources = interactions.sources(page.workspace, page.user)
        heading(page, sample=set(sources) == {"sample"}, lead="Bring answers in, take ratings out, look at answers.")
        if not sources:
            st.info("There are no answers yet. Import a file here, or load the sample on the start page.")
        open_tab_of_address()
        importing, exporting, browsing = st.tabs(list(map(str, DataTab)), key=PART, bind="query-params")
        with browsing:
            browse_tab(page, sources)
        with exporting:
            export_tab(page, anything=bool(sources))
        with importing:  # last: a file that is chosen while a first, slow run still draws the others can be lost
            import_tab(page)
