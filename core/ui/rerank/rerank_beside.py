"""Two versions on the same answers, side by side."""

import streamlit as st

from core.ui.rerank.result import Ranked, ordinal
from core.ui.shell.texts import literal, snippet

ROWS = 20


def beside(first: Ranked, second: Ranked) -> None:
    """Where both put each answer; the order is that of the first."""
    if second.model_version is None:
        st.warning(
            literal(f"The second version could not rank. {second.reason or ''}").strip(), icon=":material/warning:"
        )
        return
    one, other = first.model_version or "", second.model_version
    if first.texts[first.order[0]] == first.texts[second.order[0]]:
        verdict = "Both versions put the same answer first."
    else:
        verdict = "The two versions put different answers first."
    same = first.order == second.order
    st.info(verdict + (" The whole order is the same." if same else ""), icon=":material/compare_arrows:")
    places = {index: place for place, index in enumerate(second.order, start=1)}
    rows = [
        {
            "Answer": literal(snippet(first.texts[index], 110)),
            literal(one): _cell(place, first.scores[index]),
            literal(other): _cell(places[index], second.scores[index]),
        }
        for place, index in enumerate(first.order[:ROWS], start=1)
    ]
    with st.container(key="rerank.beside"):
        st.table(rows, border="horizontal", hide_index=True)
    if len(first.order) > ROWS:
        st.caption(f"The first {ROWS} of {len(first.order):,} are compared here.")
    st.caption(f"The cards below are in the order of {literal(one)}.")


def _cell(place: int, score: float | None) -> str:
    return ordinal(place) if score is None else f"{ordinal(place)} · {score:.2f}"
