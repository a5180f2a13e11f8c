"""The Browse tab: answers found, sorted and selected in a table; one of them opened, one added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from core.domain.records import MAX_SEARCH, Filters, ListedInteraction, Sort
from core.domain.texts import plural
from core.services.data import interactions
from core.services.data.interactions import FilterChoices
from core.ui.data.address import (
    Parameter,
    moves,
    open_answer,
    opened,
    page_in_address,
    read_address,
    write_address,
    write_page,
)
from core.ui.data.answer import SOURCES, answer_view
from core.ui.data.conversations import look_for_conversations, offer_conversion
from core.ui.data.erasure import erase_app_user, erase_deleted_answer, finished_erasure
from core.ui.data.selected import acts_on_selected, what_became_of_selected
from core.ui.shell import errors, session
from core.ui.shell.cells import show_cells
from core.ui.shell.name_prompt import waits_for_name
from core.ui.shell.page import Page
from core.ui.shell.texts import snippet

PAGE_SIZES = (25, 50, 100)
ALL = "All"
STATES: dict[str, dict[str, Any]] = {
    ALL: {},
    "Rated": {"rated": True},
    "Not rated": {"rated": False},
    "Discarded": {"discarded": True},
}
DATES = {"Added": False, "Last rated": True}
SORTS = {
    "Newest first": Sort.NEWEST,
    "Oldest first": Sort.OLDEST,
    "Highest rating first": Sort.HIGHEST,
    "Lowest rating first": Sort.LOWEST,
    "Most ratings first": Sort.MOST_RATINGS,
    "Fewest ratings first": Sort.FEWEST_RATINGS,
    "Last rated first": Sort.LAST_RATED,
    "Longest answers first": Sort.LONGEST,
    "Shortest answers first": Sort.SHORTEST,
}
BY_COLUMN = {
    "No.": ("Newest first", "Oldest first"),
    "Answer": ("Longest answers first", "Shortest answers first"),
    "Rating": ("Highest rating first", "Lowest rating first"),
    "Ratings": ("Most ratings first", "Fewest ratings first"),
    "Added": ("Newest first", "Oldest first"),
    "Last rated": ("Last rated first", "Last rated first"),
}
"""The orders that a click on the head of a column asks for: the first one, and the second where that one is on."""

# The keys of the widgets are the names of the address's parameters.
SEARCH, STATE, SOURCE, LOWEST, HIGHEST, SESSION = "search", "state", "source", "lowest", "highest", "session"
RATER, REASON, GENERATOR, DATED, FROM, UNTIL = "rater", "reason", "generator", "dated", "from", "until"
FLAGGED, IDENTIFIERS, SORT, ROWS = "flagged", "identifiers", "sort", "rows"
FOLDED = (LOWEST, HIGHEST, RATER, REASON, GENERATOR, SESSION, DATED, FROM, UNTIL, FLAGGED, IDENTIFIERS)
"""Those that are folded away until one of them is used."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: which answers, in what order, and how many on one page."""

    filters: Filters
    sort: str
    size: int


@st.fragment
def browse_tab(page: Page, sources: dict[str, int]) -> None:
    """Show the Browse tab: the list of answers, or the one that the address names."""
    with errors.shown("data.browsing"):
        if waits_for_name(page):
            st.rerun()  # the page asks for it
        named = opened()
        if named is not None:
            answer_view(page, named)
            return
        finished_erasure(page)
        if sources:
            offer_conversion(page)
            _list(page, sources)
            look_for_conversations(page)
            erase_deleted_answer(page)
        erase_app_user(page)
        _add(page)


def _list(page: Page, sources: dict[str, int]) -> None:
    known = interactions.filter_choices(page.workspace, page.user)
    parameters = _parameters(known, sources)
    read_address(parameters)
    filters = _filters(known, sources)
    with st.container(horizontal=True, vertical_alignment="bottom", key="data.order"):
        place = st.container(width="stretch")
        sort = st.selectbox("Sort by", list(SORTS), key=SORT, width=220)
        size = st.selectbox("Rows", PAGE_SIZES, key=ROWS, width=90)
    write_address(parameters)
    if filters != Filters():
        place.button(
            "Show all answers",
            key="data.show_all",
            icon=":material/filter_alt_off:",
            type="tertiary",
            on_click=_show_all,
            args=(parameters,),
        )
    what_became_of_selected()
    if filters is None:
        return
    listing = Listing(filters, str(sort), int(size))
    widget = f"data.page.{moves()}.{hash(listing) & 0xFFFFFFFF:x}"  # of this list: another begins at its first page
    asked = int(st.session_state.get(widget) or page_in_address())
    found, total = _browse(page, listing, asked)
    if not found and asked > 1:  # there are fewer pages than the one we were on
        asked = 1
        found, total = _browse(page, listing, asked)
    if not found:
        st.info("No answer matches these filters. Take one of them away.", icon=":material/search_off:")
        return
    place.caption(f"{plural(total, 'answer')}, {listing.sort[0].lower()}{listing.sort[1:]}.")
    _table(page, listing, found)
    pages = -(-total // listing.size)
    if pages > 1:
        asked = st.pagination(pages, default=asked, key=widget)
    write_page(asked)


def _show_all(parameters: Mapping[str, Parameter]) -> None:
    """Take all filters away."""
    for key, parameter in parameters.items():
        if key not in (SORT, ROWS):
            st.session_state[key] = parameter.beginning


def _browse(page: Page, listing: Listing, number: int) -> tuple[list[ListedInteraction], int]:
    return interactions.browse(
        page.workspace,
        page.user,
        listing.filters,
        page=number - 1,
        size=listing.size,
        sort=SORTS[listing.sort],
    )


def _parameters(known: FilterChoices, sources: dict[str, int]) -> dict[str, Parameter]:
    """What each widget begins with, and what the address can say of it."""

    def one_of(options: Iterable[Any], beginning: Any = ALL) -> Parameter:
        return Parameter(beginning, {str(option): option for option in options}.get)

    return {
        SEARCH: Parameter("", str),
        STATE: one_of(STATES),
        SOURCE: one_of(_named_sources(sources)),
        LOWEST: one_of(range(1, 6)),
        HIGHEST: one_of(range(1, 6)),
        RATER: one_of(known.raters),
        REASON: one_of(known.reasons),
        GENERATOR: one_of(known.generators),
        SESSION: Parameter("", str),
        DATED: one_of(DATES, next(iter(DATES))),
        FROM: Parameter(None, _day),
        UNTIL: Parameter(None, _day),
        FLAGGED: one_of([True], beginning=False),
        IDENTIFIERS: one_of([True], beginning=False),
        SORT: one_of(SORTS, next(iter(SORTS))),
        ROWS: one_of(PAGE_SIZES, PAGE_SIZES[0]),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _named_sources(sources: dict[str, int]) -> dict[str, str]:
    return {SOURCES.get(name, name): name for name in sources}


def _filters(known: FilterChoices, sources: dict[str, int]) -> Filters | None:
    """The filters; None, and a sentence, where they make no sense."""
    search, state, source = st.columns([3, 2, 2])
    text = search.text_input("Search", key=SEARCH, max_chars=MAX_SEARCH, placeholder="Words in conversation or answer")
    rated = state.selectbox("Rated", list(STATES), key=STATE)
    names = _named_sources(sources)
    origin = source.selectbox("Source", [ALL, *names], key=SOURCE)
    used = any(key in st.query_params for key in FOLDED)
    with st.expander("More filters", icon=":material/tune:", expanded=used, key="data.more"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="data.filters"):
            low = st.selectbox("Rating from", [ALL, 1, 2, 3, 4, 5], key=LOWEST, width=110)
            high = st.selectbox("Rating to", [ALL, 1, 2, 3, 4, 5], key=HIGHEST, width=110)
            rater = st.selectbox("Rated by", [ALL, *known.raters], key=RATER, width=180)
            reason = st.selectbox("Reason given", [ALL, *known.reasons], key=REASON, width=180)
            generator = st.selectbox(
                "Generator",
                [ALL, *known.generators],
                key=GENERATOR,
                width=180,
                help="The model that wrote the answer, where the imported file or the program that sent it says so.",
            )
            label = st.text_input("Session", key=SESSION, width=180, placeholder="Its whole name")
        with st.container(horizontal=True, vertical_alignment="bottom", key="data.dates"):
            dated = st.selectbox("Date", list(DATES), key=DATED, width=140)
            first = st.date_input("From", None, key=FROM, width=150, format="YYYY-MM-DD")
            last = st.date_input("Until", None, key=UNTIL, width=150, format="YYYY-MM-DD")
            flagged = st.checkbox("Bias flagged", key=FLAGGED, width="content")
            identified = st.checkbox(
                "Personal identifiers",
                key=IDENTIFIERS,
                width="content",
                help="Answers that were not looked at yet are listed too.",
            )
    since, until = _morning(first), _morning(last, days_later=1)
    if since and until and since >= until:
        st.warning("The first day is after the last one, so nothing can match.", icon=":material/event_busy:")
        return None
    return Filters(
        text=(text or "").strip(),
        **STATES[rated],
        lowest=low if isinstance(low, int) else None,
        highest=high if isinstance(high, int) else None,
        session_label=(label or "").strip(),
        source=names.get(origin, ""),
        flagged=flagged,
        identified=identified,
        rater="" if rater == ALL else rater,
        reason="" if reason == ALL else reason,
        generator="" if generator == ALL else generator,
        since=since,
        until=until,
        by_rating=DATES[dated],
    )


def _morning(day: Any, *, days_later: int = 0) -> datetime | None:
    """The first moment of a chosen day, local time of the server."""
    if not isinstance(day, date):
        return None
    return datetime.combine(day + timedelta(days=days_later), time()).astimezone()


def _table(page: Page, listing: Listing, found: Sequence[ListedInteraction]) -> None:
    numbers = [one.interaction_id for one in found]
    # another page, order or answer is another table: nothing stays selected that stands for something else now
    key = f"data.rows.{hash((listing.sort, *numbers)) & 0xFFFFFFFF:x}"
    selected = _selected(key, found)
    acts_on_selected(page, selected)
    with st.container(key="data.rows"):
        show_cells(
            [_cells(one) for one in found],
            key=key,
            height="content",
            alt="Answers",
            on_select=lambda: _sort_by_column(key, listing.sort),
            selection_mode=["multi-row", "single-column"],
            column_config=_columns(listing, numbers, key),
            placeholder="",
        )


def _selected(key: str, found: Sequence[ListedInteraction]) -> list[ListedInteraction]:
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return [found[row] for row in rows if row < len(found)]


def _cells(one: ListedInteraction) -> dict[str, Any]:
    return {
        "No.": str(one.interaction_id),
        "Question": snippet(one.prompt, 110),
        "Answer": snippet(one.response, 150),
        "Rating": "discarded" if one.discarded else "not rated" if one.consensus is None else f"{one.consensus:g}",
        "Ratings": one.n_ratings,
        "Raters": ", ".join(one.raters),
        "Added": f"{one.created_at.astimezone():%Y-%m-%d}",
        "Last rated": f"{one.rated_at.astimezone():%Y-%m-%d}" if one.rated_at else "",
        "Session": one.session_label or "",
        "Generator": one.generator or "",
        "Source": SOURCES.get(one.source, one.source),
    }


def _columns(listing: Listing, numbers: Sequence[int], key: str) -> dict[str, Any]:
    """How the columns look; the head of the one that sorts says so."""
    widths = {"Question": 220, "Answer": 240, "Rating": 80, "Ratings": 75, "Raters": 110, "Added": 95}
    columns: dict[str, Any] = {
        name: st.column_config.Column(_head(name, listing.sort), width=width) for name, width in widths.items()
    }
    columns["Last rated"] = st.column_config.Column(_head("Last rated", listing.sort), width=95)
    clicked = f"{key}.open"
    columns["No."] = st.column_config.ButtonColumn(
        _head("No.", listing.sort),
        width=80,
        pinned=True,
        type="tertiary",
        help="Opens the answer.",
        key=clicked,
        on_click=lambda: _open_row(clicked, numbers),
    )
    return columns


def _head(name: str, sort: str) -> str:
    first, second = BY_COLUMN.get(name, ("", ""))
    if name == "Added":  # the numbers say it already
        return name
    return f"{name} ↓" if sort == first else f"{name} ↑" if sort == second else name


def _sort_by_column(key: str, sort: str) -> None:
    """Sort by the column whose head was clicked, on the server: the table holds one page of many."""
    columns = st.session_state[key]["selection"]["columns"]
    if columns and columns[0] in BY_COLUMN:
        first, second = BY_COLUMN[columns[0]]
        st.session_state[SORT] = second if sort == first else first


def _open_row(clicked: str, numbers: Sequence[int]) -> None:
    click = st.session_state.get(clicked)
    if click is not None and click["row"] < len(numbers):
        open_answer(numbers[click["row"]])


def _add(page: Page) -> None:
    with (
        st.expander("Add one answer", icon=":material/add:", key="data.adding"),
        st.form("data.add_form", border=False),
    ):
        st.text_area("Question", key="data.add_prompt", height=80)
        st.text_area("Answer", key="data.add_answer", height=160)
        left, right = st.columns(2)
        left.text_input("Context (optional)", key="data.add_context")
        right.text_input("Session (optional)", key="data.add_session")
        st.form_submit_button("Add", key="data.add", type="primary", on_click=_add_it, args=(page,))


@errors.act
def _add_it(page: Page) -> None:
    state = st.session_state
    names = ("data.add_prompt", "data.add_answer", "data.add_context", "data.add_session")
    number = interactions.add(page.workspace, page.user, *(str(state.get(name) or "") for name in names))
    for name in names:
        state[name] = ""
    session.toast(f"Added as no. {number}.")
    open_answer(number)
