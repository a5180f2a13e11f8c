"""What a rater gets to see, and in which order."""

import streamlit as st

from core.domain.queue import Order, QueueFilters
from core.domain.roles import User
from core.services.data import interactions
from core.services.rating import queue
from core.ui.rate.desk import RatingPageState
from core.ui.shell import errors, session
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

ORDERS = {
    Order.OLDEST: "Oldest first",
    Order.RANDOM: "At random",
    Order.SESSION: "One session after the other",
    Order.MODEL: "Where the model would learn most",
}
LENGTHS: dict[str, tuple[int | None, int | None]] = {
    "Any length": (None, None),
    "Up to 100 words": (None, 100),
    "100 to 300 words": (100, 300),
    "Over 300 words": (301, None),
}
SOURCES = {"": "From anywhere", "import": "Imported", "legacy": "Existing application", "manual": "Added by hand"}


def load_choice(page: Page, user: User, page_state: RatingPageState) -> None:
    """Load the rater's stored order and filters, once a tab."""
    if page_state.order is None:
        page_state.order, page_state.filters = queue.preference(page.workspace, user)


def choice_button(page: Page, user: User, page_state: RatingPageState) -> None:
    """Button that opens the choice of order and filters."""
    narrowed = page_state.filters != QueueFilters()
    label = ORDERS[page_state.order or Order.OLDEST] + (" · filtered" if narrowed else "")
    with st.container(key="rate.queue", width="content"), st.popover(label, icon=":material/tune:", type="tertiary"):
        chosen = page_state.filters
        st.selectbox(
            "Order",
            list(ORDERS),
            index=list(ORDERS).index(page_state.order or Order.OLDEST),
            key="rate.order",
            format_func=lambda order: ORDERS[order],
            help="One of every four answers is drawn at random in any order, so that figures can be trusted.",
        )
        st.text_input("Only this session", chosen.session_label, key="rate.session", placeholder="All sessions")
        st.selectbox(
            "Where answers came from",
            list(SOURCES),
            key="rate.source",
            format_func=lambda source: SOURCES[source],
            index=list(SOURCES).index(chosen.source) if chosen.source in SOURCES else 0,
        )
        words = (chosen.least_words, chosen.most_words)
        lengths = list(LENGTHS)
        st.selectbox(
            "Length of the answer",
            lengths,
            key="rate.length",
            index=next((n for n, length in enumerate(lengths) if LENGTHS[length] == words), 0),
        )
        st.checkbox("Only flagged as biased", chosen.flagged, key="rate.flagged")
        st.button(
            "Use this from now on",
            key="rate.queue_apply",
            on_click=_apply,
            args=(page, user, page_state),
            type="primary",
        )


def show_all_again(page: Page, user: User, page_state: RatingPageState) -> None:
    """Where nothing fits the filters: the way back to everything."""
    words = "No answer that waits for you fits what you chose to see."
    if page_state.filters.session_label:
        words += f" You see only the session “{literal(page_state.filters.session_label)}”."
    st.info(words, icon=":material/filter_alt_off:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Show all answers",
            key="rate.queue_reset",
            type="primary",
            on_click=_choose,
            args=(page, user, page_state, page_state.order or Order.OLDEST, QueueFilters()),
        )
        choice_button(page, user, page_state)


@errors.act
def _apply(page: Page, user: User, page_state: RatingPageState) -> None:
    state = st.session_state
    least, most = LENGTHS[state["rate.length"]]
    filters = QueueFilters(
        session_label=str(state["rate.session"] or "").strip(),
        source=state["rate.source"],
        least_words=least,
        most_words=most,
        flagged=bool(state["rate.flagged"]),
    )
    _choose(page, user, page_state, Order(state["rate.order"]), filters)


@errors.act
def _choose(page: Page, user: User, page_state: RatingPageState, order: Order, filters: QueueFilters) -> None:
    queue.choose(page.workspace, user, order, filters)
    page_state.order, page_state.filters = order, filters
    page_state.counted_at = 0.0
    page_state.message = ""
    page_state.beside = {}
    page_state.turn_to(None)
    session.toast("From now on you get what you chose")


def has_data(page: Page) -> bool:
    """Whether there is anything to rate at all."""
    return bool(interactions.sources(page.workspace, page.user))
