"""What the desks (Rate, A or B) keep in a browser tab until it is stored: cleared where another person may come."""

import streamlit as st

# the desk that still sends what waits after its page was left hears the event
_JS = """
export default function () {
  for (const store of ["assay.desk", "assay.pairs"]) sessionStorage.removeItem(store);
  window.dispatchEvent(new Event("assay.desk.cleared"));
}
"""
_clear = st.components.v2.component("assay.desk_cleared", js=_JS)


def clear_waiting_acts() -> None:
    """Let this browser tab forget what waits to be sent for the person who was here before."""
    with st.container(key="account.clear"):
        _clear(key="account.cleared", height=1)
