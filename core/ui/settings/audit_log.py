"""The Audit log tab: who did what, narrowed down, page by page, and downloaded."""

import html
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.domain.texts import plural
from core.services.people import audit_log
from core.services.people.audit_log import Line, Wanted
from core.ui.shell import session
from core.ui.shell.page import Page

PAGE_SIZE = 50
HASH_SHOWN = 12
ANYBODY, ANY_ACT = "Anybody", "Any act"
FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}


@dataclass
class Place:
    """Where in the audit log a reader is: the search, and where each page up to this one began."""

    wanted: Wanted
    starts: list[int] = field(default_factory=list)


def audit_log_tab(page: Page) -> None:
    """Show the filters, one page of acts, and the ways to the other pages and to a file."""
    st.markdown(
        "Everything that was done to data, models, people and settings. It only grows: nobody can change or "
        "delete a line, and it holds numbers and hashes, never texts. Single ratings are not listed here; "
        "each answer on the Data page shows the history of its own.",
    )
    wanted = _filters(page)
    if wanted is None:
        return
    place = _place(wanted)
    before = place.starts[-1] if place.starts else None
    found = audit_log.acts(page.workspace, page.user, wanted, before=before, size=PAGE_SIZE + 1)
    if not found:
        if wanted == Wanted():
            st.info(
                "Nothing was done yet. The first import, rating rule or model appears here.", icon=":material/inbox:"
            )
        else:
            st.info("No act matches these filters. Take one of them away.", icon=":material/search_off:")
        return
    _summary(page, wanted)
    st.html(_table(found[:PAGE_SIZE]))
    _paging(place, found)


def _filters(page: Page) -> Wanted | None:
    """Return the filters; None, and a sentence, where they make no sense."""
    known = audit_log.choices(page.workspace, page.user)
    with st.container(horizontal=True, vertical_alignment="bottom", key="audit.filters"):
        who = st.selectbox(
            "Who",
            ["", *known.actors],
            key="audit.who",
            width=185,
            format_func=lambda actor: known.actors.get(actor, actor) if actor else ANYBODY,
        )
        what = st.selectbox(
            "What",
            ["", *known.actions],
            key="audit.what",
            width=185,
            format_func=lambda action: action[:1].upper() + action[1:] if action else ANY_ACT,
        )
        subject = st.text_input("To what", key="audit.subject", placeholder="interaction 12", max_chars=200, width=185)
        first = st.date_input("From", None, key="audit.since", width=150, format="YYYY-MM-DD")
        last = st.date_input("Until", None, key="audit.until", width=150, format="YYYY-MM-DD")
    since, until = _morning(first), _morning(last, days_later=1)
    if since and until and since >= until:
        st.warning("The first day is after the last one, so nothing can match.", icon=":material/event_busy:")
        return None
    return Wanted(str(who or ""), str(what or ""), (subject or "").strip(), since, until)


def _morning(day: Any, *, days_later: int = 0) -> datetime | None:
    """The first moment of a chosen day, local time of the server."""
    if not isinstance(day, date):
        return None
    return datetime.combine(day + timedelta(days=days_later), time()).astimezone()


def _place(wanted: Wanted) -> Place:
    """Where the reader is; a new search begins at its first page."""
    place = st.session_state.get(session.AUDIT_LOG_PLACE)
    if not isinstance(place, Place) or place.wanted != wanted:
        place = st.session_state[session.AUDIT_LOG_PLACE] = Place(wanted)
    return place


def _summary(page: Page, wanted: Wanted) -> None:
    acts = audit_log.count(page.workspace, page.user, wanted)
    many = acts > audit_log.COUNTED
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = f"More than {audit_log.COUNTED:,} acts" if many else plural(acts, "act")
        st.caption(f"{shown}, newest first.", width="content")
        with st.container(horizontal=True, width="content"):
            for ending, mime in FORMATS.items():
                st.download_button(
                    f"Download {ending}",
                    partial(audit_log.as_file, page.workspace, page.user, wanted, f".{ending}"),
                    f"assay_record.{ending}",
                    mime,
                    key=f"audit.{ending}",
                    type="tertiary",
                    on_click="ignore",
                    icon=":material/download:",
                )
    if many:
        st.caption(
            f"A download holds the newest {audit_log.COUNTED:,} of them. All: `python -m core record --out FILE`."
        )


def _paging(place: Place, found: list[Line]) -> None:
    older = found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else None
    if older is None and not place.starts:
        return
    with st.container(horizontal=True, horizontal_alignment="center", key="audit.paging"):
        st.button(
            "Newest",
            key="audit.newest",
            icon=":material/first_page:",
            disabled=len(place.starts) < 2,
            on_click=place.starts.clear,
        )
        st.button(
            "Newer", key="audit.newer", icon=":material/chevron_left:", disabled=not place.starts, on_click=_newer
        )
        st.button(
            "Older",
            key="audit.older",
            icon=":material/chevron_right:",
            disabled=older is None,
            on_click=_older,
            args=(older,),
        )


def _older(start: int) -> None:
    st.session_state[session.AUDIT_LOG_PLACE].starts.append(start)


def _newer() -> None:
    starts = st.session_state[session.AUDIT_LOG_PLACE].starts
    if starts:
        starts.pop()


def _table(lines: list[Line]) -> str:
    """The acts as a table of our own: what is in it is escaped, and a narrow screen stacks its cells."""
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("When", "Who", "What", "To what", "Details"))
    body = "".join(map(_row, lines))
    return f"<table class='assay-audit-log'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(line: Line) -> str:
    when = f"{line.at.astimezone():%d %b %Y, %H:%M:%S}"
    subject = f"{line.subject} ({line.about})" if line.about else line.subject
    plain = "".join(f"<td>{html.escape(text)}</td>" for text in (when, line.name, line.action, subject))
    return f"<tr id='act-{line.number}'>{plain}<td class='assay-quiet'>{_details(line.old, line.new)}</td></tr>"


def _details(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    """What was there before and after, one name after the other; what did not change is left out."""
    before, after = old or {}, new or {}
    shown = []
    for name in dict.fromkeys([*before, *after]):
        was, now = _value(before.get(name)), _value(after.get(name))
        if name in before and name in after:
            if was != now:
                shown.append(f"{html.escape(name)}: {was} → {now}")
        else:
            shown.append(f"{html.escape(name)}: {now if name in after else f'was {was}'}")
    return "<br>".join(shown)


def _value(value: Any) -> str:
    if value is None:
        return "none"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    if len(text) == 64 and all(character in "0123456789abcdef" for character in text):
        return f"<span title='{text}'>{text[:HASH_SHOWN]}…</span>"
    return html.escape(text)
