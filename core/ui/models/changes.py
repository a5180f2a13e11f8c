"""Who changed the model in use, when and why."""

from collections.abc import Sequence

import streamlit as st

from core.services.models.models import PromotionView
from core.ui.report.format import moment
from core.ui.shell.texts import literal

SHOWN_CHANGES = 20


def change_log(changes: Sequence[PromotionView]) -> None:
    """The latest changes, newest first, folded."""
    with st.expander(
        f"Changes of the model in use ({len(changes):,})", icon=":material/history:", key="models.changes"
    ):
        for change in changes[:SHOWN_CHANGES]:
            st.markdown(f"**{moment(change.at)}** · {literal(in_words(change))}")
        if len(changes) > SHOWN_CHANGES:
            st.caption(
                f"These are the latest {SHOWN_CHANGES} of {len(changes):,} changes. The audit log under Settings holds "
                "all of them."
            )


def in_words(change: PromotionView) -> str:
    """One change in sentences: who put which model in use, in place of which, and the reason."""
    new, old = change.name or "no model", change.previous_name
    instead = f", in place of {old}" if old else ""
    match change.action:
        case "automatic":
            better = "it was clearly better than the length of the answer"
            return f"{new} came into use by itself after its training{instead}: {better}."
        case "promote":
            return f"{change.by} put {new} in use{instead}. {_why(change)}"
        case "rollback":
            return f"{change.by} went back to {new}" + (f" from {old}." if old else ".")
        case _:
            return f"{old or new} was taken out of use. {_why(change)}"


def _why(change: PromotionView) -> str:
    if not change.reason or change.reason == f"Promoted by {change.by}.":
        return "No reason was noted."
    return change.reason if change.reason.endswith((".", "!", "?")) else f"{change.reason}."
