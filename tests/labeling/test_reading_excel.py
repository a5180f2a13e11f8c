"""Excel workbooks: sheets, values as a person reads them in the sheet, and archives that would swell."""

import datetime as dt
import gzip
import zipfile

import openpyxl
import pytest

from core.domain.errors import BadInput
from core.labeling.export_columns import EXPORTS
from core.labeling.tables import Row, open_table


@pytest.fixture
def save(tmp_path):
    """Writes sheets (name -> rows) to a workbook; its path."""

    def write(name="t.xlsx", **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def test_values_arrive_as_the_sheet_shows_them(save):
    """Whole numbers without .0, fifteen digits, dates as ISO, lines in cells, and nothing where nothing is."""
    path = save(
        A=[
            ("a", "b", "c", "d", "e", "f", "g"),
            (4, 3.5, dt.date(2026, 3, 4), dt.datetime(2026, 3, 4, 15, 30), True, "one\ntwo", None),
            (4.0, 0.1 + 0.2, dt.time(8, 15), "04", False, " x ", 12345678901),
        ]
    )
    table = open_table(path)
    assert (table.kind, table.columns) == ("Excel workbook", list("abcdefg"))
    assert [list(row.values.values()) for row in table.rows()] == [
        ["4", "3.5", "2026-03-04", "2026-03-04 15:30:00", "TRUE", "one\ntwo", None],
        ["4", "0.3", "08:15:00", "04", "FALSE", " x ", "12345678901"],
    ]


def test_what_excel_could_not_calculate_is_nothing(save):
    """``#NAME?`` is what Excel makes of an answer that begins with = or -, and no answer."""
    path = save(A=[("a", "b"), ("#NAME?", "x"), ("#N/A", "#NUM!"), ("#1", "y")])
    assert [row.values for row in open_table(path).rows()] == [{"a": "", "b": "x"}, {"a": "#1", "b": "y"}]


def test_our_csv_saved_as_a_workbook_gives_back_its_texts(save):
    """The apostrophe in front of what a spreadsheet would calculate is ours and not the answer's."""
    header = list(EXPORTS["sft"])
    rows = open_table(save(A=[header, ["Why?", "'=1+1", "Ana", ""], ["When?", "'tis", "Ana", ""]])).rows()
    assert [row.values["completion"] for row in rows] == ["=1+1", "'tis"]


def test_every_sheet_is_offered_and_the_first_with_rows_is_read(save):
    """An empty sheet and one with nothing but a title come first in many workbooks."""
    path = save(Empty=[], Title=[("Our ratings",)], Data=[("a", "b"), (1, 2)], More=[("c",), ("x",)])
    table = open_table(path)
    assert (table.sheets, table.sheet) == (("Empty", "Title", "Data", "More"), "Data")
    assert table.columns == ["a", "b"]
    other = open_table(path, " more ")
    assert (other.sheet, list(other.rows())) == ("More", [Row(1, {"c": "x"}, place=2)])


def test_a_sheet_that_is_not_there_or_empty_gets_a_sentence(save):
    """The sentence names those that are."""
    path = save(Data=[("a",), (1,)], Empty=[], Header=[("a",)])
    with pytest.raises(BadInput, match="no sheet 'Third'; it has 'Data', 'Empty', 'Header'"):
        open_table(path, "Third")
    with pytest.raises(BadInput, match=r"'Empty' of t\.xlsx is empty"):
        open_table(path, "Empty")
    with pytest.raises(BadInput, match=r"'Header' of t\.xlsx has a header but no rows"):
        open_table(path, "Header")
    with pytest.raises(BadInput, match="no sheet with a header and rows"):
        open_table(save("u.xlsx", Empty=[]))


def test_places_are_the_rows_that_excel_shows(save):
    """Blank rows count there, before the header and between rows, and are no rows here."""
    path = save(A=[(), (None, " "), ("a", "b"), (1, 2), (), (None, None), (3, None)])
    assert list(open_table(path).rows()) == [
        Row(1, {"a": "1", "b": "2"}, place=4),
        Row(2, {"a": "3", "b": None}, place=7),
    ]


def test_nothing_beside_the_table_is_lost(save):
    """A column without a name, and a remark to the right of the header, keep what is in them under their place."""
    path = save(A=[("a", None, "c"), (1, 2, 3), (4, 5, 6, None, "remark")])
    table = open_table(path)
    assert table.columns == ["a", "column 2", "c"]
    assert [row.values for row in table.rows()] == [
        {"a": "1", "column 2": "2", "c": "3"},
        {"a": "4", "column 2": "5", "c": "6", "column 5": "remark"},
    ]


def test_two_columns_of_one_name_are_refused(save):
    """Of two equal names nobody could say which one counts."""
    with pytest.raises(BadInput, match="more than one column 'rating'"):
        open_table(save(A=[("a", "rating", "rating"), (1, 2, 3)]))


def test_a_wrong_size_in_the_sheet_does_not_hide_rows(save, tmp_path):
    """Programs write A1:A1 whatever they wrote."""
    path, changed = save(A=[("a", "b"), (1, 2), (3, 4)]), tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"'))
    assert [list(row.values.values()) for row in open_table(changed).rows()] == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    "cell", [b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>', b'<row r="9"><c r="ZZZ9"/></row>']
)
def test_cells_far_away_cost_neither_time_nor_memory(save, tmp_path, cell):
    """A row that no sheet has ends the table; a column beyond the limit is passed over."""
    path, changed = save(A=[("a", "b"), (1, 2)]), tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</sheetData>", cell + b"</sheetData>"))
    assert [list(row.values.values()) for row in open_table(changed).rows()] == [["1", "2"]]


def test_a_workbook_that_would_swell_is_refused_before_it_is_unpacked(save, tmp_path, monkeypatch):
    """By what is written in the archive about its parts."""
    path = save(A=[("a",), ("x" * 32_000,)])
    monkeypatch.setattr("core.labeling.read_excel.MAX_FREE", 1_000)
    monkeypatch.setattr("core.labeling.read_excel.MAX_RATIO", 20)
    with pytest.raises(BadInput, match=r"unpacks from 0\.0 MB to 0 MB, so it is not read"):
        open_table(path)


def test_damage_in_the_sheet_says_after_which_row(save, tmp_path):
    """What came before was read; nobody takes it for the whole."""
    path, changed = save(A=[("a",), (1,), (2,)]), tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</sheetData>", b'<row r="4"><c r="A4"'))
    with pytest.raises(BadInput, match="damaged after row"):
        list(open_table(changed).rows())


def test_a_compressed_workbook_is_read(save, tmp_path):
    """Somebody compresses everything."""
    packed = tmp_path / "t.xlsx.gz"
    packed.write_bytes(gzip.compress(save(A=[("a",), (1,)]).read_bytes()))
    assert list(open_table(packed).rows()) == [Row(1, {"a": "1"}, place=2)]
