"""What an import would do, and what it did: in words, with lists of the rows that stay out."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.domain.texts import plural
from core.labeling import scales
from core.labeling.scales import Scale
from core.labeling.writing import csv_text
from core.services.data.checking import Checked
from core.services.data.importing import ImportRecord
from core.ui.shell.cells import show_cells
from core.ui.shell.texts import literal, snippet


def show_check(report: Checked) -> None:
    """Show what a check of the whole file found; nothing of it is stored."""
    st.caption(
        literal(" · ".join(filter(None, [report.kind, report.sheet and f"sheet {report.sheet}", report.shape_title])))
        + f" · {plural(report.rows, 'row')}"
    )
    comes = [plural(report.new_answers, "new answer"), plural(report.ratings, "new rating")]
    if report.comparisons:
        comes.append(f"{plural(report.preferences, 'new comparison')}: which of two answers is better")
    comes += [
        f"{_said(number, bool(report.comparisons))} of the judge {literal(judge)}" for judge, number in report.judges
    ]
    st.markdown("**What would come in**")
    st.markdown("\n".join(f"- {line}" for line in comes))
    stays = []
    if report.repeats:
        but = " but what the judge says" if report.judges else ""
        stays.append(f"{plural(report.repeats, 'answer')} that would bring nothing new{but}: they are here already")
    stays += _of_comparisons(report.ties, report.equal_pairs)
    if report.left_out_total:
        without = "its answer comes in without it" if report.left_out_total == 1 else "their answers come in without"
        stays.append(f"{_unread(report.left_out_total, bool(report.judges))} that cannot be read; {without}")
    if report.rejected_total:
        stays.append(f"{plural(report.rejected_total, 'row')} that cannot be used at all")
    if stays:
        st.markdown("**What would stay out**")
        st.markdown("\n".join(f"- {line}" for line in stays))
    _left_out(_places(report.left_out), report.left_out_total, key="data.check")
    _rejected(_places(report.rejected), report.rejected_total, key="data.check")
    _read_as(report)


def show_result(record: ImportRecord) -> None:
    """Show what an import came to."""
    parts = [plural(record.added, "new answer"), plural(record.ratings, "rating")]
    if record.preferences:
        parts.append(plural(record.preferences, "comparison"))
    if record.judged:
        parts.append(f"{_said(record.judged, bool(record.preferences or record.ties))} of LLM judges")
    if record.duplicates:
        parts.append(f"{plural(record.duplicates, 'row')} that brought nothing new")
    parts += _of_comparisons(record.ties, record.equal_pairs)
    if record.left_out_total:
        parts.append(f"{_unread(record.left_out_total, bool(record.judged))} left out")
    if record.rejected_total:
        parts.append(f"{plural(record.rejected_total, 'row')} rejected")
    sentence = f"{literal(record.file_name)} is imported: {', '.join(parts)}."
    if record.rejected_total or record.left_out_total:
        st.warning(sentence, icon=":material/rule:")
    else:
        st.success(sentence, icon=":material/task_alt:")
    _left_out(record.left_out, record.left_out_total, key="data.result")
    _rejected(record.rejected, record.rejected_total, key="data.result")


def show_scale(scale: Scale, values: Sequence[tuple[str, int]]) -> None:
    """Show what each rating in the file becomes on a scale, and how often it is there."""
    known = [(read_rating(scale, value) or 0, value, count) for value, count in values]
    known.sort(key=lambda one: (one[0], len(one[1]), one[1]))  # 9 before 10
    rows = [
        {"In the file": literal(snippet(value, 60)), "Becomes": str(rating or "no rating"), "Rows": f"{count:,}"}
        for rating, value, count in known
    ]
    st.table(rows, border="horizontal", hide_index=True, alt="What each rating in the file becomes.")


def read_rating(scale: Scale, value: str) -> int | None:
    """A rating of the file on a scale; None where it has no meaning there."""
    try:
        return scale.read(value)
    except BadInput:
        return None


def _said(number: int, compared: bool) -> str:
    """So many scores, or choices between two answers."""
    return plural(number, "choice" if compared else "score")


def _unread(number: int, judged: bool) -> str:
    return plural(number, "rating or score", "ratings or scores") if judged else plural(number, "rating")


def _of_comparisons(ties: int, equal_pairs: int) -> list[str]:
    found = []
    if ties:
        found.append(f"{plural(ties, 'comparison')} in which neither answer was better")
    if equal_pairs:
        found.append(f"{plural(equal_pairs, 'comparison')} of an answer with itself")
    return found


def _read_as(report: Checked) -> None:
    """Columns, and what each rating in the file becomes."""
    with st.expander("How it is read", icon=":material/view_column:"):
        if report.mapping:
            named = [f"{ours} ← {theirs}" for ours, theirs in report.mapping.items()]
            st.markdown(f"Columns: {literal(', '.join(named))}")
        if report.metadata:
            st.markdown(
                f"Columns that have no meaning here are kept beside the answers: {literal(', '.join(report.metadata))}"
            )
        if report.scale:
            st.markdown(f"Ratings: {literal(report.scale_title)}")
            show_scale(scales.named(report.scale), report.values)
        else:
            st.markdown("Ratings: whole numbers from 1 to 5, as they are.")


def _places(rows: Sequence[Rejected]) -> list[dict[str, Any]]:
    return [{"row": row.place or row.number, "reason": row.reason} for row in rows]


def _left_out(rows: Sequence[Mapping[str, Any]], total: int, *, key: str) -> None:
    if total:
        _list("Ratings and scores that are left out", rows, total, "ratings_left_out.csv", key=f"{key}.left_out")


def _rejected(rows: Sequence[Mapping[str, Any]], total: int, *, key: str) -> None:
    if total:
        _list("Rows that cannot be used", rows, total, "rejected_rows.csv", key=f"{key}.rejected")


def _list(title: str, rows: Sequence[Mapping[str, Any]], total: int, file_name: str, *, key: str) -> None:
    """The rows with their reasons, to read and to download; rows count as a spreadsheet shows them."""
    with st.expander(f"{title} ({total:,})", icon=":material/rule:"):
        shown = [{"Row": row["row"], "Reason": row["reason"]} for row in rows]
        show_cells(shown, height=min(300, 38 + 35 * len(shown)))
        st.download_button(
            "Download the list",
            csv_text([{"row": row["row"], "reason": row["reason"]} for row in rows]),
            file_name,
            "text/csv",
            key=key,
            on_click="ignore",
            icon=":material/download:",
        )
        if total > len(rows):
            st.caption(f"The first {len(rows):,} of {total:,} are listed. Mend the file and import it again.")
