"""A table on the page with its rows as a file."""

import streamlit as st

from core.labeling.writing import csv_text
from core.ui.shell.texts import literal


def table_with_csv(rows: list[dict[str, str]], *, key: str, file: str) -> None:
    """Show rows of texts, which a screen reader reads cell by cell, and offer them as a csv file of that name."""
    with st.container(key=key):
        st.table(
            [{column: literal(value) for column, value in row.items()} for row in rows],
            border="horizontal",
            hide_index=True,
        )
    st.download_button(
        "Download as csv",
        csv_text(rows),
        file,
        "text/csv",
        key=f"{key}_csv",
        type="tertiary",
        icon=":material/download:",
    )
