"""Files as people have them, from what they are to the ratings that are stored: kinds of files by scales."""

import csv
import gzip
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.services.data.checking import check
from core.services.data.importing import import_file
from core.store.tables import LegacyInteraction, Rating

COLUMNS = ("Question", "user_prompt", "ai_response", "rating")
SCALES = {
    "decimal commas": ("", ("4,0", "5,0", "1,0"), (4, 5, 1)),
    "no rating": ("", ("4", "N/A", "", "2"), (4, None, None, 2)),
    "halves": ("1-5", ("3.5", "4", "2.5"), (4, 4, 3)),
    "thumbs": ("thumbs", ("👍", "👎"), (5, 1)),
    "0-4": ("0-4", ("0", "4", "3"), (1, 5, 4)),
    "1-10": ("1-10", ("10", "1", "7"), (5, 1, 4)),
}
"""The scale that must be named (none: it need not be), ratings as the file has them, and as they are stored."""


def text(rows, delimiter, encoding, first=""):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([COLUMNS, *rows])
    return (first + out.getvalue()).encode(encoding)


def typed(rows):
    """Ratings as a program has them that knows numbers."""

    def number(value):
        try:
            found = float(value.replace(",", "."))
        except ValueError:
            return value or None
        return int(found) if found.is_integer() and "," not in value else found

    return [(*row[:3], number(row[3])) for row in rows]


def workbook(rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(("Notes",))
    sheet = book.create_sheet("Ratings")
    for row in [(), COLUMNS, *typed(rows)]:
        sheet.append(row)
    book.create_sheet("Empty")
    book.save(out)
    return out.getvalue()


def objects(rows):
    return [dict(zip(COLUMNS, row, strict=True)) for row in typed(rows)]


def parquet(rows):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows]), out)
    return out.getvalue()


KINDS = {
    "excel.csv": (lambda rows: text(rows, ";", "cp1252"), "csv with semicolons, Windows-1252"),
    "unicode.txt": (lambda rows: text(rows, "\t", "utf-16"), "csv with tabs, UTF-16"),
    "tabs.tsv": (lambda rows: text(rows, "\t", "utf-8-sig"), "csv with tabs, UTF-8"),
    "sep.csv": (lambda rows: text(rows, ";", "utf-8", "sep=;\r\n"), "csv with semicolons, UTF-8"),
    "database.txt": (lambda rows: text(rows, "|", "utf-8"), "csv with vertical bars, UTF-8"),
    "book.xlsx": (workbook, "Excel workbook"),
    "list.json": (lambda rows: json.dumps(objects(rows)).encode(), "JSON list"),
    "in.json": (
        lambda rows: json.dumps({"data": objects(rows)}, indent=1).encode(),
        "JSON object with the list 'data'",
    ),
    "lines.jsonl.gz": (
        lambda rows: gzip.compress("".join(json.dumps(row) + "\n" for row in objects(rows)).encode()),
        "JSON lines",
    ),
    "table.parquet": (parquet, "parquet"),
}


def is_windows_1252(value):
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_with_every_scale_gives_the_right_rows(workspace, tmp_path, name):
    """What the file is, that it asks where ratings could be misread, what will happen, and what then is stored."""
    write, kind = KINDS[name]
    for title, (scale, given, expected) in SCALES.items():
        if name == "excel.csv" and not all(map(is_windows_1252, given)):
            continue
        path = tmp_path / f"{title} {name}"
        prompt = f"Größe, 5 € ({title})?"
        path.write_bytes(write([(f"{title} {at}", prompt, f"a{at}", value) for at, value in enumerate(given)]))
        how = HowToRead(scale=scale)
        *_, checked = check(workspace, COMMAND_LINE, path, how)
        ratings = sum(value is not None for value in expected)
        assert (checked.kind, checked.rows, checked.new_answers, checked.ratings) == (
            (kind, len(given), len(given), ratings)
        ), title
        assert (checked.left_out_total, checked.rejected_total, checked.must_ask) == (0, 0, False), title
        assert checked.metadata == ("Question",)
        if scale:
            with pytest.raises(BadInput, match="--scale"):
                list(import_file(workspace, COMMAND_LINE, path))
        *_, result = import_file(workspace, COMMAND_LINE, path, how)
        assert (result.added, result.ratings) == (len(given), ratings), title
        with workspace.store.read() as session:
            answers = session.query(LegacyInteraction.ai_response, Rating.rating).outerjoin(
                Rating, Rating.interaction_id == LegacyInteraction.interaction_id
            )
            found = answers.filter(LegacyInteraction.user_prompt == prompt).order_by("ai_response")
            assert [tuple(row) for row in found] == [(f"a{at}", value) for at, value in enumerate(expected)], title
