"""What can be done with several selected answers at once, and what became of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.domain.queue import DISCARD_REASONS
from core.domain.records import ListedInteraction
from core.domain.roles import Act
from core.domain.texts import plural
from core.services.data import selected
from core.services.data.selected import Outcome
from core.ui.data.address import open_answer
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

SELECTING = "Click a number to open it, or tick answers in the first column (keyboard: Shift and Space)."


@dataclass(frozen=True, slots=True)
class ActedOn:
    """The outcome of the last act on selected answers, and what it did."""

    outcome: Outcome
    deed: str


def acts_on_selected(page: Page, chosen: Sequence[ListedInteraction]) -> None:
    """Show how many answers are selected and what can be done with them; each act names the texts that were shown."""
    seen = {one.interaction_id: one.version for one in chosen}
    nothing = not seen
    with st.container(horizontal=True, vertical_alignment="center", key="data.selected"):
        words = f"{len(seen):,} selected" if seen else SELECTING
        st.caption(words, width="content")
        st.button(
            "Open",
            key="data.open_selected",
            icon=":material/open_in_full:",
            type="tertiary",
            disabled=len(seen) != 1,
            on_click=open_answer,
            args=(next(iter(seen), None),),
        )
        if page.may(Act.JUDGE):
            st.button(
                "Ask for another rating",
                key="data.ask_selected",
                icon=":material/group_add:",
                type="tertiary",
                disabled=nothing,
                on_click=_ask,
                args=(page, seen),
                help="Each that has a rating gets one more, by somebody who has not rated it.",
            )
            with st.popover(
                "Discard",
                key="data.discard_selected",
                icon=":material/delete_sweep:",
                type="tertiary",
                disabled=nothing,
            ):
                st.markdown(
                    "Nobody is asked to rate these answers any more. Those that have a rating are left as they are. "
                    "You can put each one back later."
                )
                st.selectbox("Why", DISCARD_REASONS, key="data.discard_reason")
                st.button(
                    f"Yes, discard {plural(len(seen), 'answer')}",
                    key="data.discard_selected_yes",
                    type="primary",
                    on_click=_discard,
                    args=(page, seen),
                )
        if page.may(Act.CHANGE_DATA):
            with st.popover(
                "Delete", key="data.delete_selected", icon=":material/delete:", type="tertiary", disabled=nothing
            ):
                st.markdown(
                    "This removes the answers and their ratings from everything that is counted and trained. "
                    "Their texts and the history of their ratings are kept apart."
                )
                st.button(
                    f"Yes, delete {plural(len(seen), 'answer')}",
                    key="data.delete_selected_yes",
                    type="primary",
                    on_click=_delete,
                    args=(page, seen),
                )


def what_became_of_selected() -> None:
    """Say, until it is put away, what the last act did, and which answers it left as they are and why."""
    place = st.container()  # always there: what follows keeps its place, and nothing of it is drawn twice
    last: ActedOn | None = st.session_state.get(session.ACTED_ON)
    if last is None:
        return
    done, why_left = last.outcome.done, last.outcome.left
    sentence = f"{plural(len(done), 'answer')} {last.deed}." if done else "Nothing was changed."
    reasons = "\n".join(
        f"- Left as {'it is' if len(numbers) == 1 else 'they are'}, {why}: no. {', '.join(map(str, numbers))}"
        for why, numbers in _by_reason(why_left).items()
    )
    with place.container(horizontal=True, vertical_alignment="center", key="data.acted_on"):
        if why_left:
            st.warning(f"{sentence}\n{reasons}", icon=":material/rule:")
        else:
            st.success(sentence, icon=":material/task_alt:")
        st.button("Close this note", key="data.acted_on_away", type="tertiary", on_click=_put_away)


def _by_reason(left: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, why in left.items():
        found.setdefault(literal(why), []).append(number)
    return found


@act
def _delete(page: Page, seen: Mapping[int, str]) -> None:
    user = actor(page)
    if user is not None:
        outcome = selected.delete(page.workspace, user, seen)
        st.session_state[session.ACTED_ON] = ActedOn(outcome, _were(outcome, "deleted"))


@act
def _discard(page: Page, seen: Mapping[int, str]) -> None:
    user = actor(page)
    if user is not None:
        outcome = selected.discard(page.workspace, user, seen, reason=str(st.session_state["data.discard_reason"]))
        st.session_state[session.ACTED_ON] = ActedOn(outcome, _were(outcome, "discarded"))


@act
def _ask(page: Page, seen: Mapping[int, str]) -> None:
    user = actor(page)
    if user is not None:
        outcome = selected.ask_for_rating(page.workspace, user, seen)
        deed = "gets one more rating" if len(outcome.done) == 1 else "get one more rating each"
        st.session_state[session.ACTED_ON] = ActedOn(outcome, deed)


def _were(outcome: Outcome, deed: str) -> str:
    return f"{'was' if len(outcome.done) == 1 else 'were'} {deed}"


def _put_away() -> None:
    st.session_state.pop(session.ACTED_ON, None)
