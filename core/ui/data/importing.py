"""The Import tab: choose a file, say how it is read, check it, import it; finish or remove earlier imports."""

from collections.abc import Sequence

import streamlit as st

from core.domain.errors import AssayError
from core.domain.roles import Act
from core.domain.texts import plural
from core.labeling.how_to_read import HowToRead
from core.services.data import importing, uploads
from core.services.data.importing import ImportRecord
from core.services.data.uploads import UploadView
from core.services.masking import masked_sentence
from core.ui.data.import_progress import (
    by_whom,
    drop_button,
    finished_note,
    gone_note,
    running_card,
    states,
    stopped_card,
    watch_for_others,
)
from core.ui.data.import_report import show_check
from core.ui.data.import_setup import choose_how
from core.ui.shell import errors, session
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

KINDS = "Excel (.xlsx), csv, tsv, txt, JSON, jsonl, Parquet; each may be packed with gzip (.gz)"
WAITING = ("chosen", "checked")


@st.fragment
def import_tab(page: Page) -> None:
    """Show the Import tab."""
    with errors.shown("data.importing"):
        views = uploads.listed(page.workspace, page.user)
        records = {record.import_id: record for record in importing.recorded(page.workspace, page.user)}
        for view in views:
            if view.active:
                running_card(page, view.upload_id)
        _finished(page, views, records)
        _unfinished(page, views, records)
        waiting = [view for view in views if view.state in WAITING and view.has_copy]
        opened = _opened(page, waiting)
        if opened is None:
            _choose_file(page)
        else:
            _one_file(page, opened)
        _waiting(page, [view for view in waiting if view is not opened])
        _earlier(page, [record for record in records.values() if not record.unfinished])
        watch_for_others(page, states(views))


def unfinished_import(page: Page) -> None:
    """Say, on pages that count answers, which file is in only in part, or coming in; for those who may import."""
    if not page.may(Act.CHANGE_DATA):
        return
    for view in uploads.listed(page.workspace, page.user):
        if view.state == "importing":
            st.info(
                f"{literal(view.file_name)} is being imported. Until that ends, only a part of it counts here.",
                icon=":material/upload:",
            )
    for record in importing.recorded(page.workspace, page.user):
        if record.unfinished:
            with st.container(horizontal=True, vertical_alignment="center", key=f"{page.info.name}.half_an_import"):
                st.warning(
                    f"Only {record.rows_done:,} rows of {literal(record.file_name)} are in: its import was cut off.",
                    icon=":material/hourglass_bottom:",
                )
                next_step("Finish it", "data", key=f"{page.info.name}.finish_import", primary=False)
            return


def _choose_file(page: Page) -> None:
    """Take a file; one that cannot be read is refused with the reason, and nothing of it is kept."""
    generation = st.session_state.setdefault(session.UPLOADS_SEEN, 0)
    with st.container(key="data.file"):
        chosen = st.file_uploader(
            "A file with answers of an AI: a question and an answer in each row, two answers to compare, or a "
            "conversation, with or without ratings",
            key=f"data.file.{generation}",
            help=f"What can be read: {KINDS}. Also exports of other tools.",
        )
    if chosen is None:
        st.caption(f"{KINDS}. You see what is in the file before anything is stored.")
        return
    refused: tuple[str, str] = st.session_state.get(session.REFUSED_FILE, ("", ""))
    if refused[0] != chosen.file_id:
        with st.spinner("Looking at the file"):
            upload_id = uploads.take(page.workspace, page.user, chosen.name, chosen)
            try:
                uploads.first_look(page.workspace, page.user, upload_id, HowToRead())
            except AssayError as error:
                uploads.drop(page.workspace, page.user, upload_id)
                refused = chosen.file_id, masked_sentence(str(error))
                st.session_state[session.REFUSED_FILE] = refused
            else:
                st.session_state[session.UPLOAD] = upload_id
                st.session_state[session.UPLOADS_SEEN] += 1
                st.rerun()
    st.error(f"{literal(refused[1])} Nothing of it is stored.", icon=":material/error:")
    st.caption(f"What can be read: {KINDS}.")


def _opened(page: Page, waiting: Sequence[UploadView]) -> UploadView | None:
    """The file that this browser works on; after a reload the latest one of this person."""
    asked = st.session_state.get(session.UPLOAD)
    if asked is None:
        return next((view for view in waiting if view.requested_by == page.user.name), None)
    return next((view for view in waiting if view.upload_id == asked), None)


def _one_file(page: Page, view: UploadView) -> None:
    """A file before it is imported: how it is read, or what its check found."""
    st.subheader(literal(view.file_name), anchor=False)
    changing = st.session_state.get(session.UPLOAD_CHANGED) == view.upload_id
    if view.report is None or view.report.must_ask or changing:
        _set_up(page, view)
    else:
        _report(page, view)


def _set_up(page: Page, view: UploadView) -> None:
    if view.message:
        st.warning(literal(view.message), icon=":material/info:")
    if view.report is not None and view.report.must_ask:
        st.info(
            "The whole file was read, and nothing of it is stored. Before it can come in, please say what its ratings "
            "mean.",
            icon=":material/fact_check:",
        )
    how, missing = choose_how(page, view)
    if missing:
        st.warning(literal(missing), icon=":material/view_column:")
    with st.container(horizontal=True):
        check = st.button(
            "Check the whole file",
            key="data.check",
            type="primary",
            icon=":material/fact_check:",
            disabled=bool(missing),
        )
        st.button("Not now", key="data.not_now", on_click=_put_aside)
        drop_button(page, view)
    st.caption("The check reads every row and says what would come in. Nothing is stored by it.")
    if check:
        with st.spinner("Checking"):
            uploads.start_check(page.workspace, page.user, view.upload_id, how)
        st.session_state[session.UPLOAD] = view.upload_id
        st.session_state.pop(session.UPLOAD_CHANGED, None)
        st.rerun()


def _report(page: Page, view: UploadView) -> None:
    assert view.report is not None
    if view.message:
        st.warning(literal(view.message), icon=":material/info:")
    st.info("This is what is in the file. Nothing of it is stored yet.", icon=":material/fact_check:")
    show_check(view.report)
    brings = view.report.new_answers + view.report.ratings + view.report.preferences
    if not brings and view.report.rejected:
        first = view.report.rejected[0]
        st.warning(
            f"Nothing of this file can be imported as it is read now. Row {first.place or first.number}: "
            f"{literal(first.reason)}.",
            icon=":material/rule:",
        )
    elif not brings:
        st.markdown("There is nothing in this file that is not here already.")
    with st.container(horizontal=True):
        start = st.button("Import", key="data.import", type="primary", icon=":material/upload:", disabled=not brings)
        st.button("Not now", key="data.not_now", on_click=_put_aside)
        st.button(
            "Read it differently",
            key="data.change",
            icon=":material/tune:",
            on_click=_change,
            args=(view.upload_id,),
        )
        drop_button(page, view)
    if start:
        with st.spinner("Importing"):
            uploads.start_import(page.workspace, page.user, view.upload_id)
        st.session_state.pop(session.UPLOAD, None)
        st.rerun()


def _finished(page: Page, views: Sequence[UploadView], records: dict[int, ImportRecord]) -> None:
    """The note on the latest import."""
    done = [view for view in views if view.state == "finished" and view.import_id in records]
    if done:
        finished_note(page, done[0], records[done[0].import_id or 0])


def _unfinished(page: Page, views: Sequence[UploadView], records: dict[int, ImportRecord]) -> None:
    """Imports that ended early: with their file here they can go on, without it the file is chosen again."""
    here = {view.import_id for view in views if view.has_copy and view.state == "stopped"}
    for view in views:
        if view.state == "stopped" and view.has_copy:
            record = records.get(view.import_id or 0)
            stopped_card(page, view, record)
            if record is not None:
                _remove_button(page, record)
        elif not view.active and view.state != "finished" and not view.has_copy:
            gone_note(page, view)
    for record in records.values():
        if record.unfinished and record.import_id not in here:
            with st.container(border=True):
                st.markdown(
                    f":material/hourglass_bottom: **{literal(record.file_name)} is imported only in part:** "
                    f"{record.rows_done:,} rows. Choose the same file again to finish it, or remove what came in."
                )
                _remove_button(page, record)


def _waiting(page: Page, views: Sequence[UploadView]) -> None:
    """Files that were chosen and put aside."""
    for view in views:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{literal(view.file_name)}** waits; chosen by {by_whom(view)}. Nothing of it is stored.",
                width="content",
            )
            st.button(
                "Go on with it",
                key=f"data.upload_open.{view.upload_id}",
                icon=":material/arrow_forward:",
                on_click=_open,
                args=(view.upload_id,),
            )
            drop_button(page, view)


def _earlier(page: Page, records: Sequence[ImportRecord]) -> None:
    if not records:
        return
    with st.expander("Earlier imports", icon=":material/history:"):
        for record in records:
            parts = [f"{record.added:,} answers", f"{record.ratings:,} ratings"]
            if record.preferences:
                parts.append(f"{record.preferences:,} comparisons")
            if record.left_out_total:
                parts.append(f"{record.left_out_total:,} ratings left out")
            parts.append(f"{record.rejected_total:,} rejected")
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(
                    f"**{literal(record.file_name)}** · {record.started_at.astimezone():%d %b %Y %H:%M} · "
                    f"{', '.join(parts)}",
                    width="content",
                )
                _remove_button(page, record)


def _remove_button(page: Page, record: ImportRecord) -> None:
    with st.popover("Remove", icon=":material/delete:", key=f"data.remove.{record.import_id}"):
        st.markdown(
            "This deletes the answers and ratings that came with this import. Answers that somebody has rated "
            "here since, or that a program has sent too, stay with what came later."
        )
        if st.button("Yes, remove it", key=f"data.remove_import.{record.import_id}", type="primary"):
            with st.spinner("Removing"):
                kept = importing.remove_import(page.workspace, page.user, record.import_id)
            stays = (
                f" {plural(kept, 'answer stays', 'answers stay')}, rated here or sent by a program since."
                if kept
                else ""
            )
            session.toast(f"{record.file_name} is removed.{stays}")
            st.rerun()


def _put_aside() -> None:
    st.session_state[session.UPLOAD] = 0


def _open(upload_id: int) -> None:
    st.session_state[session.UPLOAD] = upload_id


def _change(upload_id: int) -> None:
    st.session_state[session.UPLOAD_CHANGED] = upload_id
