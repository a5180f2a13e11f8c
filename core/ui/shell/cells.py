"""Tables that the browser itself offers as a csv file: no cell of that file may run as a formula either."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.labeling.formulas import neutralise

_FIGURE = re.compile(r"[+-]?[0-9.,]+ ?%?( \([+-]?[0-9.,]+ to [+-]?[0-9.,]+\))?", re.ASCII)


def show_cells(rows: Sequence[Mapping[str, Any]], **options: Any) -> None:
    """Show rows as a table to scroll, search and download; what a spreadsheet would calculate gets an apostrophe.

    ``options`` are those of ``st.dataframe``.
    """
    harmless = [{_harmless(name): _harmless(cell) for name, cell in row.items()} for row in rows]
    st.dataframe(harmless, hide_index=True, **options)


def _harmless(cell: Any) -> Any:
    return neutralise(cell) if isinstance(cell, str) and not _FIGURE.fullmatch(cell) else cell
