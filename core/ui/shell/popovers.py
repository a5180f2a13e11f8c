"""Popovers by keyboard: Streamlit draws what is in one at the end of the page, many presses of Tab away."""

import streamlit as st

# Tab on the button of an open popover goes into it, and from its ends back to the button; Escape closes it already.
_JS = """
export default function () {
  if (window.assayPopovers) return;
  window.assayPopovers = true;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const button = document.querySelector('[data-testid="stPopoverButton"][aria-expanded="true"]');
    const body = document.querySelector('[data-testid="stPopoverBody"]');
    if (!button || !body) return;
    const within = [...body.querySelectorAll('input, textarea, button, a[href]')].filter((one) => !one.disabled);
    const [first, last] = event.shiftKey ? [within.at(-1), within[0]] : [within[0], within.at(-1)];
    const at = document.activeElement;
    const next = at === button && !event.shiftKey ? first : at === last ? button : null;
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }, true);
}
"""
_enter = st.components.v2.component("assay.popovers", js=_JS)


def popovers_by_keyboard(key: str) -> None:
    """Let Tab lead from the button of an open popover into it; ``key`` names the place on the page."""
    with st.container(key=f"{key}.popovers"):
        _enter(key=f"{key}.by_keyboard", height=1)
