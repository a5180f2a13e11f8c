"""The Export tab: what each kind is for, in which format, and the download."""

import shutil
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import streamlit as st

from core.domain.errors import HoldsIdentifiers
from core.domain.texts import plural
from core.services.data import exporting, prepared
from core.services.data.exporting import MAX_REASON, ExportResult, Marked, listed
from core.services.data.prepared import PreparedExport
from core.store.scratch import scratch
from core.ui.shell import errors, session
from core.ui.shell.cells import show_cells
from core.ui.shell.jobs import by_whom, close_button, job_card, watch_jobs
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

KINDS = {
    "ratings": ("Ratings", "Every rating of every rater, one per row."),
    "gold": (
        "One rating per answer",
        "One row per answer: the rating that counts, how many raters, and how far they agree.",
    ),
    "pairs": (
        "Pairs",
        "For training on comparisons: a question with a better and a worse answer, by ratings, as raters said of "
        "A or B, on the Rerank page or in a file, or as they wrote a better one (TRL: DPO, reward).",
    ),
    "kto": ("Good or not", "For training on single verdicts: question, answer, and whether it is good (TRL: KTO)."),
    "sft": (
        "Better answers",
        "For training on examples: a question and the answer that a rater wrote, with the rater's name (TRL: SFT).",
    ),
    "preferences": (
        "Preferences",
        "Which of two answers raters hold better: as they said of A or B (also that both are equal, or neither good: "
        "column outcome), as they ordered them on the Rerank page, or as a file brought it.",
    ),
    "feedback": (
        "From users",
        "What users of your applications said of answers, one row each: thumbs, scores, choices and comments. It is "
        "never a rating; users are numbers that mean nothing elsewhere.",
    ),
}
FORMATS = {"csv": "csv (spreadsheets)", "jsonl": "jsonl (programs)", "parquet": "parquet (large tables)"}
MIME = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


PREPARE_AGAIN = "Prepare it again."
CHOICES = {Marked.LEAVE_OUT: "Leave them out", Marked.INCLUDE: "Include them, with a written reason"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An export that waits to be downloaded."""

    kind: str
    ending: str
    result: ExportResult
    content: bytes


@st.fragment
def export_tab(page: Page, *, anything: bool) -> None:
    """Show the Export tab."""
    with errors.shown("data.exporting"):
        if not anything:
            st.info("There is nothing to export yet.", icon=":material/inbox:")
            next_step("Go to the start page", "home", key="data.to_home")
            return
        kind = st.radio(
            "What",
            list(KINDS),
            format_func=lambda kind: KINDS[kind][0],
            captions=[explained for _, explained in KINDS.values()],
            key="data.export_kind",
        )
        ending = st.radio("Format", list(FORMATS), format_func=FORMATS.__getitem__, horizontal=True, key="data.format")
        about = st.container()
        with about:
            marked, reason = _about_identifiers(str(kind))
        if st.button("Prepare the file", key="data.export", type="primary", icon=":material/table_view:"):
            st.session_state.pop(session.LAST_EXPORT, None)
            try:
                started = prepared.start(
                    page.workspace, page.user, str(kind), str(ending), marked=marked, reason=reason
                )
                if started is None:
                    with st.spinner("Writing"):
                        made = _prepare(page, str(kind), str(ending), marked, reason)
                    st.session_state[session.LAST_EXPORT] = made
            except HoldsIdentifiers as error:
                st.session_state[session.EXPORT_REFUSED] = (kind, str(error))
                with about:
                    _about_identifiers(str(kind))
        last = st.session_state.get(session.LAST_EXPORT)
        if last is not None and (last.kind, last.ending) == (kind, ending):
            _download(last)
        _beside(page)
        _what_left(page)


def _beside(page: Page) -> None:
    """Large exports that a worker makes, or made within a day."""
    found = prepared.listed(page.workspace, page.user)
    for one in found:
        job, name = one.job, _name(one)
        if job.active:
            job_card(page, "export", job.job_id, f"{literal(name)} is being prepared", "rows")
            continue
        with st.container(border=True, key=f"data.prepared.{job.job_id}"):
            if one.has_file:
                _figures(int(job.result["rows"]), int(job.result["without_pair"]), job.result["left_out"], _kind(one))
                st.download_button(
                    f"Download {name}",
                    partial(prepared.content, page.workspace, page.user, job.job_id),
                    name,
                    MIME[str(job.options["ending"])],
                    key=f"data.download.{job.job_id}",
                    on_click="ignore",
                    icon=":material/download:",
                )
                st.caption(f"Asked for by {by_whom(job)}. The file stays here for a day.")
            else:
                st.markdown(f"**{literal(name)}**: {literal(_why_none(one))}")
            with st.container(horizontal=True):
                if job.result.get("asks"):
                    st.button(
                        "Say what shall become of them",
                        key=f"data.export_ask.{job.job_id}",
                        on_click=_ask,
                        args=(_kind(one), str(job.result["asks"])),
                    )
                close_button(page, job)
    watch_jobs(page, "export", found[0].job.job_id if found else 0)


def _kind(one: PreparedExport) -> str:
    return str(one.job.options["kind"])


def _name(one: PreparedExport) -> str:
    return f"assay_{_kind(one)}.{one.job.options['ending']}"


def _why_none(one: PreparedExport) -> str:
    if one.job.result.get("folder"):
        return f"it lies on the server where it was asked for, or its day is over. {PREPARE_AGAIN}"
    return str(one.job.result.get("asks") or one.job.message or "It ended early.")


def _ask(kind: str, sentence: str) -> None:
    st.session_state[session.EXPORT_REFUSED] = (kind, sentence)
    st.session_state["data.export_kind"] = kind


def _what_left(page: Page) -> None:
    """The list of exports: where else the data is, and why identifiers were in it."""
    lines = listed(page.workspace, page.user)
    if not lines:
        return
    with st.expander(f"What was exported ({len(lines)})", icon=":material/outbox:", key="data.exported"):
        rows = [
            {
                "When": line.at.astimezone().strftime("%Y-%m-%d %H:%M"),
                "Who": line.by,
                "What": KINDS[line.kind][0] if line.kind in KINDS else line.kind,
                "File": line.place,
                "Answers": line.answers,
                "Personal identifiers": line.identifiers,
                "Why": line.reason,
            }
            for line in lines
        ]
        show_cells(rows, height="content" if len(rows) < 12 else 400, alt="Exports, newest first")


def _about_identifiers(kind: str) -> tuple[Marked, str]:
    """What shall become of answers with personal identifiers; asked only where an export was refused for them."""
    refused = st.session_state.get(session.EXPORT_REFUSED)
    if refused is None or refused[0] != kind:
        return Marked.REFUSE, ""
    st.warning(literal(refused[1]), icon=":material/shield_person:")
    marked = st.radio(
        "Answers with personal identifiers", list(CHOICES), format_func=CHOICES.__getitem__, key="data.export_marked"
    )
    if marked is not Marked.INCLUDE:
        return Marked.LEAVE_OUT, ""
    reason = st.text_input(
        "Why they are needed",
        key="data.export_reason",
        max_chars=MAX_REASON,
        placeholder="For example: asked for by the patient, request of 3 May",
        help="Kept with your name in the list of exports.",
    )
    return Marked.INCLUDE, reason or ""


def _prepare(page: Page, kind: str, ending: str, marked: Marked, reason: str) -> Prepared:
    with scratch(page.workspace.settings.home) as folder:
        path = folder / f"assay_{kind}.{ending}"
        result = exporting.export(page.workspace, page.user, kind, path, marked=marked, reason=reason)
        content = BytesIO()
        with path.open("rb") as file:
            shutil.copyfileobj(file, content)
    return Prepared(kind, ending, result, content.getvalue())


def _download(made: Prepared) -> None:
    result = made.result
    _figures(result.rows, result.prompts_without_pair, result.left_out, made.kind)
    st.download_button(
        "Download",
        made.content,
        f"assay_{made.kind}.{made.ending}",
        MIME[made.ending],
        key="data.download",
        on_click="ignore",
        icon=":material/download:",
    )


def _figures(rows: int, without: int, left_out: int | None, kind: str) -> None:
    without_them = f" {left_out:,} left out for personal identifiers." if left_out else ""
    st.markdown(f"The file has {plural(rows, 'row')}.{without_them}")
    if without and kind not in ("preferences", "sft", "feedback"):
        st.caption(
            f"{plural(without, 'question allows', 'questions allow')} no comparison: no two of their answers are rated "
            "at least one point apart."
        )
