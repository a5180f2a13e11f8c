"""The Import tab: choose a file, check its columns, import, read the result; finish or remove earlier imports."""

import re
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.domain.records import Rejected
from core.domain.roles import Act
from core.domain.texts import plural
from core.labeling.column_names import find_column, suggest_mapping
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import CONVERSATION
from core.labeling.tables import open_table
from core.labeling.writing import csv_text
from core.services.data import importing
from core.services.data.checking import CheckProgress
from core.services.data.importing import ImportProgress, ImportRecord, ImportResult
from core.services.workspace import Workspace
from core.store.scratch import scratch
from core.ui.shell import errors, session
from core.ui.shell.cells import show_cells
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet

PREVIEW_ROWS = 5
SAMPLED_ROWS = 200
NONE = "— not in this file —"
REQUIRED = {"user_prompt": "Prompt", "ai_response": "Answer"}
OPTIONAL = {
    "rating": "Rating (1 to 5)",
    "rater": "Rater",
    "session_id": "Session",
    "feedback_comment": "Comment",
    "bias_flag": "Bias flag",
    "messages": "Conversation (messages)",
    "turns": "Earlier turns",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a chosen file."""

    file_id: str
    columns: list[str]
    rows: list[Mapping[str, object]]
    suggested: dict[str, str]
    about_rows: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided about the columns."""

    mapping: dict[str, str]
    context_column: str | None
    rater: str

    @property
    def missing(self) -> list[str]:
        """The columns without which nothing can be imported; a conversation holds prompt and answer."""
        wanted = {} if CONVERSATION in self.mapping else REQUIRED
        return [words for name, words in wanted.items() if name not in self.mapping]


@st.fragment
def import_tab(page: Page) -> None:
    """Show the Import tab."""
    with errors.shown("data.importing"):
        last = st.session_state.get(session.LAST_IMPORT)
        if last is not None:
            _result(*last)
        records = importing.recorded(page.workspace, page.user)
        _unfinished(page, [record for record in records if record.unfinished])
        uploaded = _choose_file()
        if uploaded is not None:
            preview = _preview(page.workspace, uploaded)
            choices = _columns(preview)
            _import_button(page, uploaded, preview, choices)
        _earlier(page, [record for record in records if not record.unfinished])


def unfinished_import(page: Page) -> None:
    """Warn, on pages that count answers, of a file that was imported only in part; for those who may import."""
    if not page.may(Act.CHANGE_DATA):
        return
    for record in importing.recorded(page.workspace, page.user):
        if record.unfinished:
            with st.container(horizontal=True, vertical_alignment="center", key=f"{page.info.name}.half_an_import"):
                st.warning(
                    f"Only {record.rows_done:,} rows of {literal(record.file_name)} are in: its import was cut off.",
                    icon=":material/hourglass_bottom:",
                )
                next_step("Finish it", "data", key=f"{page.info.name}.finish_import", primary=False)
            return


def _choose_file() -> UploadedFile | None:
    generation = st.session_state.setdefault(session.UPLOADS_SEEN, 0)
    with st.container(key="data.file"):
        chosen = st.file_uploader(
            "A file with a prompt and an answer in each row, or a conversation (messages), with or without ratings",
            type=["csv", "jsonl", "ndjson", "parquet"],
            key=f"data.file.{generation}",
        )
    if chosen is None:
        st.caption(
            "Files of more than a few hundred megabytes are better imported on the command "
            "line: `python -m core import FILE`"
        )
    return chosen


def _preview(workspace: Workspace, uploaded: UploadedFile) -> Preview:
    known = st.session_state.get(session.UPLOAD)
    if isinstance(known, Preview) and known.file_id == uploaded.file_id:
        return known
    with _on_disk(workspace, uploaded) as path:
        table = open_table(path)
        found = [row.values for row in islice(table.rows(), SAMPLED_ROWS) if not isinstance(row, Rejected)]
        size = sum(len(str(value).encode("utf-8", "replace")) + 1 for values in found for value in values.values())
        about = int(uploaded.size * len(found) / size) if size and path.suffix.casefold() != ".parquet" else 0
        columns = list(table.columns)
    preview = Preview(uploaded.file_id, columns, found[:PREVIEW_ROWS], suggest_mapping(columns), about)
    st.session_state[session.UPLOAD] = preview
    return preview


def _columns(preview: Preview) -> Choices:
    st.markdown("**The first rows**")
    shown = [{name: snippet(str(value), 200) for name, value in row.items()} for row in preview.rows]
    show_cells(shown, height="content")
    exact = CONVERSATION in preview.columns or all(name in preview.columns for name in REQUIRED)
    with st.expander("Which column is what", expanded=not exact, icon=":material/view_column:"):
        if not exact:
            st.markdown("The columns have other names than ours. Please check what we think they are.")
        fields = st.columns(2)
        mapping: dict[str, str] = {}
        for index, (name, words) in enumerate((REQUIRED | OPTIONAL).items()):
            chosen = _column_choice(fields[index % 2], preview, name, words)
            if chosen:
                mapping[name] = chosen
    left, right = st.columns(2)
    options = [NONE, *preview.columns]
    own = find_column(preview.columns, "context_id")
    context = left.selectbox(
        "What separates equal prompts",
        options,
        index=options.index(own) if own else 0,
        key="data.context",
        format_func=lambda column: "Nothing" if column == NONE else column,
        help="If the same question is asked about different things (two patients, two stories), choose the column "
        "that tells them apart. Answers are compared only within the same one.",
    )
    rater = right.text_input(
        "Whose ratings are these?",
        "imported",
        key="data.rater",
        max_chars=100,
        help="Used for ratings in rows that name no rater.",
    )
    return Choices(mapping, None if context == NONE else context, (rater or "").strip() or "imported")


def _column_choice(place: Any, preview: Preview, name: str, words: str) -> str | None:
    own = find_column(preview.columns, name)
    guess = own or preview.suggested.get(name)
    options = list(preview.columns) if own else [NONE, *preview.columns]
    chosen = place.selectbox(
        words + (" *" if name in REQUIRED else ""),
        options,
        index=options.index(guess) if guess in options else 0,
        key=f"data.column.{name}.{preview.file_id}",
    )
    return None if chosen == NONE else chosen


def _import_button(page: Page, uploaded: UploadedFile, preview: Preview, choices: Choices) -> None:
    if choices.missing:
        st.warning(f"Please choose the column for: {', '.join(choices.missing)}.", icon=":material/view_column:")
    if not st.button(
        "Import", key="data.import", type="primary", icon=":material/upload:", disabled=bool(choices.missing)
    ):
        return
    bar = st.progress(0.0, text="Starting")
    st.caption(
        "Stay on this page until it is done. Leaving it stops the import; what is in stays, and the same file goes on."
    )
    with (
        _on_disk(page.workspace, uploaded) as path,
        closing(_events(page, path, uploaded.name, choices)) as events,  # a reload stops it in good order
    ):
        for event in events:
            if isinstance(event, CheckProgress):
                bar.progress(0.0, text=f"{event.rows:,} rows looked at")
            elif isinstance(event, ImportProgress):
                share = min(0.99, event.rows / preview.about_rows) if preview.about_rows else 0.0
                bar.progress(share, text=f"{event.rows:,} rows, {event.rows_per_second:,.0f} per second")
            else:
                st.session_state[session.LAST_IMPORT] = (uploaded.name, event)
    st.session_state[session.UPLOADS_SEEN] += 1
    st.session_state.pop(session.UPLOAD, None)
    st.rerun()


def _events(
    page: Page, path: Path, name: str, choices: Choices
) -> Generator[CheckProgress | ImportProgress | ImportResult]:
    yield from importing.import_file(
        page.workspace,
        page.user,
        path,
        HowToRead(mapping=choices.mapping, context_column=choices.context_column or "", rater=choices.rater),
        file_name=name,
    )


def _result(name: str, result: ImportResult) -> None:
    parts = [
        plural(result.added, "new answer"),
        plural(result.ratings, "rating"),
        f"{plural(result.duplicates, 'row')} that brought nothing new",
    ]
    if result.rejected_total:
        parts.append(f"{plural(result.rejected_total, 'row')} rejected")
    sentence = f"{literal(name)} is imported: {', '.join(parts)}."
    if result.rejected_total:
        st.warning(sentence, icon=":material/rule:")
        _rejected(result.rejected, result.rejected_total)
    else:
        st.success(sentence, icon=":material/task_alt:")
    with st.container(horizontal=True):
        if result.added > result.ratings:
            next_step("Rate answers", "rate", key="data.to_rate", primary=False)
        next_step("Check readiness", "readiness", key="data.to_readiness", primary=False)
        st.button("Close this note", key="data.close_note", type="tertiary", on_click=_close_note)


def _close_note() -> None:
    st.session_state.pop(session.LAST_IMPORT, None)


def _rejected(rejected: Sequence[Rejected], total: int) -> None:
    rows = [{"Row": line.number, "Reason": line.reason} for line in rejected]
    show_cells(rows, height=min(300, 38 + 35 * len(rows)))
    written = csv_text([{"row": line.number, "reason": line.reason} for line in rejected])
    st.download_button(
        "Download the list",
        written,
        "rejected_rows.csv",
        "text/csv",
        key="data.rejected",
        on_click="ignore",
        icon=":material/download:",
    )
    if total > len(rejected):
        st.caption(f"The first {len(rejected):,} of {total:,} are listed. Mend the file and import it again.")


def _unfinished(page: Page, records: list[ImportRecord]) -> None:
    for record in records:
        with st.container(border=True):
            st.markdown(
                f":material/hourglass_bottom: **{literal(record.file_name)} is imported only in part:** "
                f"{record.rows_done:,} rows. Choose the same file again to finish it, or remove what came in."
            )
            _remove_button(page, record)


def _earlier(page: Page, records: list[ImportRecord]) -> None:
    if not records:
        return
    with st.expander("Earlier imports", icon=":material/history:"):
        for record in records:
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(
                    f"**{literal(record.file_name)}** · {record.started_at.astimezone():%d %b %Y %H:%M} · "
                    f"{record.added:,} answers, {record.ratings:,} ratings, {record.rejected_total:,} rejected",
                    width="content",
                )
                _remove_button(page, record)


def _remove_button(page: Page, record: ImportRecord) -> None:
    with st.popover("Remove", icon=":material/delete:", key=f"data.remove.{record.import_id}"):
        st.markdown(
            "This deletes the answers and ratings that came with this import. Answers that somebody has rated "
            "here since stay, with those ratings."
        )
        if st.button("Yes, remove it", key=f"data.remove_import.{record.import_id}", type="primary"):
            with st.spinner("Removing"):
                kept = importing.remove_import(page.workspace, page.user, record.import_id)
            stays = f" {plural(kept, 'answer stays', 'answers stay')}, rated here since." if kept else ""
            session.toast(f"{record.file_name} is removed.{stays}")
            st.session_state.pop(session.LAST_IMPORT, None)
            st.rerun()


@contextmanager
def _on_disk(workspace: Workspace, uploaded: UploadedFile) -> Iterator[Path]:
    """The uploaded file in a folder only we can read; gone when the block ends."""
    safe = re.sub(r"[^\w.-]", "_", Path(uploaded.name).name)[-80:] or "file"
    with scratch(workspace.settings.home) as folder:
        path = folder / safe
        uploaded.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(uploaded, file)
        yield path
