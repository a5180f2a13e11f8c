"""csv as people have it: encodings, delimiters, quotes, broken rows."""

import codecs
import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.errors import BadInput
from core.labeling.tables import Rejected, Row, open_table


@pytest.fixture
def read(tmp_path):
    """Writes bytes to a csv and reads it back: columns and all rows."""

    def write_and_read(data: bytes):
        path = tmp_path / "answers.csv"
        path.write_bytes(data)
        table = open_table(path)
        return table.columns, list(table.rows())

    return write_and_read


def values(rows):
    return [list(row.values.values()) for row in rows]


@pytest.mark.parametrize(
    "encoding, mark",
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
def test_every_usual_encoding_is_recognised(read, encoding, mark):
    """Umlauts and typographic characters arrive whatever program wrote the file."""
    columns, rows = read(mark + "user_prompt,ai_response\r\nFrüh „müde“,5 €\r\n".encode(encoding))
    assert columns == ["user_prompt", "ai_response"]
    assert values(rows) == [["Früh „müde“", "5 €"]]


def test_bytes_that_windows_does_not_know_make_it_latin_1(read):
    """A byte that cp1252 leaves undefined still gives a text instead of a crash."""
    _, rows = read(b"a,b\n\xfcber,\x81\n")
    assert values(rows) == [["über", "\x81"]]


def test_the_encoding_is_decided_by_the_whole_file(read):
    """A first odd byte beyond every buffer still decides for the rows before it."""
    plain = b"a,b\n" + b"x,y\n" * 700_000
    _, rows = read(plain + b"caf\xe9,z\n")
    assert values(rows[-1:]) == [["café", "z"]]
    assert len(rows) == 700_001


def test_a_character_across_two_chunks_is_still_utf_8(read):
    """A multi-byte character that straddles the 1 MB chunks of the first pass does not change the encoding."""
    _, rows = read(b"a\n" + b"x" * ((1 << 20) - 3) + "ü\n".encode())
    assert rows[0].values["a"].endswith("xü")


@pytest.mark.parametrize(
    "data",
    [
        "a,b\nüber,1\n".encode() + b"\xfcber,2\n",
        codecs.BOM_UTF8 + b"a,b\n\xfcber,2\n",
        codecs.BOM_UTF16_LE + "a,b\n1,2\n".encode("utf-16-le") + b"\x00",
    ],
)
def test_a_damaged_file_is_refused_instead_of_garbled(read, data):
    """Where the file is UTF-8 or UTF-16 but not all of it, nothing is guessed."""
    with pytest.raises(BadInput, match="damaged near byte"):
        read(data)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(read, delimiter, end):
    """The header tells the delimiter, even with other delimiters in quotes; every line end works."""
    lines = [["user_prompt", '"one; two, three\tfour"', "rating"], ['"a,b;c\td"', "x", "5"]]
    columns, rows = read(end.join(delimiter.join(line) for line in lines).encode())
    assert columns == ["user_prompt", "one; two, three\tfour", "rating"]
    assert values(rows) == [["a,b;c\td", "x", "5"]]


@pytest.mark.parametrize("delimiter", ["|", ":", "^", "~", "#"])
def test_any_single_character_divides_where_all_rows_agree(read, delimiter):
    """Databases write vertical bars and stranger things."""
    lines = [["user_prompt", "ai_response", "rating"], ["Why, oh; why?", "So.", "5"], ["When?", "Now", "4"]]
    columns, rows = read("\n".join(delimiter.join(line) for line in lines).encode())
    assert [columns, *values(rows)] == lines


def test_a_question_in_the_header_is_no_delimiter(read):
    """One column whose header and some of its rows hold a sign stays one column."""
    columns, rows = read(b"note: free text\none: two\nthree\n")
    assert columns == ["note: free text"]
    assert values(rows) == [["one: two"], ["three"]]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_excel_writes_for_itself_is_no_row(read, line):
    """``sep=;`` names the delimiter and is no row of the sheet, neither for numbers nor for places."""
    columns, rows = read(f"{line}\r\na,b;c\r\n1,2;3\r\nx;y;z\r\n".encode())
    assert columns == ["a,b", "c"]
    assert rows[0] == Row(1, {"a,b": "1,2", "c": "3"}, place=2)
    assert (rows[1].number, rows[1].place) == (2, 3)


def test_lines_in_messages_count_the_line_that_excel_writes_for_itself(read):
    """An editor shows it."""
    _, rows = read(b'sep=;\na;b\n1;2\n"he said "hi"";2\n')
    assert rows[1] == Rejected(2, "a quotation mark inside a quoted cell is not doubled (line 4)", place=3)


def test_a_cell_of_several_lines_is_one_row_of_the_spreadsheet(read):
    """The place is what the spreadsheet shows beside the row, not the line of the file."""
    _, rows = read(b'a,b\n"one\ntwo\nthree",x\ny,z\n')
    assert [row.place for row in rows] == [2, 3]


@pytest.mark.parametrize(
    "data, kind",
    [
        ("a;b\nmüde;1\n".encode("cp1252"), "csv with semicolons, Windows-1252"),
        ("a\tb\nmüde\t1\n".encode("utf-16"), "csv with tabs, UTF-16"),
        (b"a|b\n1|2\n", "csv with vertical bars, UTF-8"),
        (b"a\n1\n", "csv with one column, UTF-8"),
    ],
)
def test_what_the_file_is_is_told_in_words(tmp_path, data, kind):
    """For the person who is about to import it; .txt and .tsv are the same."""
    for ending in (".csv", ".txt", ".tsv"):
        path = tmp_path / f"t{ending}"
        path.write_bytes(data)
        assert open_table(path).kind == kind


def test_blank_lines_are_no_rows(read):
    """Blank lines shift no numbers, and the place is the row that a spreadsheet shows."""
    _, rows = read(b"\r\n\r\na,b\r\n1,2\r\n\r\n   \r\n3,4\r\n\r\n\r\n")
    assert rows == [Row(1, {"a": "1", "b": "2"}, place=4), Row(2, {"a": "3", "b": "4"}, place=7)]


def test_quotes_newlines_and_blanks_in_cells_are_kept(read):
    """A cell may hold quotes, every kind of newline and outer blanks."""
    _, rows = read(b'a,b\n"say ""hi""\r\nthen\rgo\n", x \n')
    assert values(rows) == [['say "hi"\r\nthen\rgo\n', " x "]]


def test_one_column_is_enough_for_a_table(read):
    """A file with a single column is read, blank quoted cells included."""
    _, rows = read(b'a\nx\n""\n')
    assert values(rows) == [["x"], [""]]


def test_short_rows_are_filled_and_long_rows_rejected(read):
    """Missing cells are None; a row with too many cells is refused instead of shifted, and the next one is read."""
    _, rows = read(b"a,b,c\n1\n1,2,3,4\n5,6,7\n")
    assert rows[0] == Row(1, {"a": "1", "b": None, "c": None}, 2)
    assert isinstance(rows[1], Rejected)
    assert rows[1].number == 2
    assert "4 cells where the header has 3" in rows[1].reason
    assert rows[2] == Row(3, {"a": "5", "b": "6", "c": "7"}, 4)


def test_an_undoubled_quote_costs_one_row(read):
    """A stray quote in a quoted cell is reported with its line; the rows around it are read."""
    _, rows = read(b'a,b\n1,2\n"he said "hi"",2\n3,4\n')
    assert rows[1] == Rejected(2, "a quotation mark inside a quoted cell is not doubled (line 3)", place=3)
    assert values([rows[0], rows[2]]) == [["1", "2"], ["3", "4"]]


def test_an_unclosed_quote_says_where_it_was_opened(read):
    """The quote that swallows the rest of the file is named with its lines."""
    _, rows = read(b'a,b\n1,2\n3,"open\n5,6\n7,8\n')
    assert values(rows[:1]) == [["1", "2"]]
    assert rows[1:] == [
        Rejected(
            2,
            "a quotation mark opened in the row at line 3 is never closed, "
            "so nothing from there to line 5 could be read",
            place=3,
        )
    ]


def test_nul_bytes_stay_the_problem_of_their_row(read):
    """A NUL in a row is handed on for the row to be refused; the file is read on."""
    _, rows = read(b"a,b\n1\x00,2\n3,4\n")
    assert values(rows) == [["1\x00", "2"], ["3", "4"]]


def test_huge_cells_are_read_whole(read):
    """Cells of 1 MB and 20 MB arrive complete."""
    _, rows = read(b"a,b\n" + b"x" * 1_000_000 + b',"' + b"y\n" * 10_000_000 + b'"\n')
    assert [len(cell) for cell in values(rows)[0]] == [1_000_000, 20_000_000]


def test_a_cell_without_end_is_one_rejected_row(read, monkeypatch):
    """Beyond the limit the row is refused with a guess at the cause, and reading goes on."""
    limit = csv.field_size_limit()
    monkeypatch.setattr("core.labeling.read_csv.MAX_ROW", 1000)
    csv.field_size_limit(1000)
    try:
        _, rows = read(b'a,b\n1,"' + b"y" * 2000 + b'"\n3,4\n')
    finally:
        csv.field_size_limit(limit)
    assert rows[0] == Rejected(
        1, "the row at line 2 is longer than 1,000 characters; probably a quotation mark is never closed", place=2
    )
    assert values(rows[1:]) == [["3", "4"]]


def test_a_low_limit_of_another_library_is_raised(read):
    """The process-wide cell limit of the csv module is raised where it is too low, never lowered."""
    limit = csv.field_size_limit(100)
    try:
        _, rows = read(b"a,b\n" + b"x" * 5000 + b",1\n")
    finally:
        csv.field_size_limit(limit)
    assert len(rows[0].values["a"]) == 5000


def test_a_column_without_a_name_gets_its_place(read):
    """The index column that pandas writes is kept under a name of ours."""
    columns, rows = read(b",a\n0,x\n")
    assert columns == ["column 1", "a"]
    assert values(rows) == [["0", "x"]]


def test_two_columns_of_one_name_are_refused(read):
    """Of two equal names nobody could say which one counts."""
    with pytest.raises(BadInput, match="more than one column 'rating'"):
        read(b"a,rating,rating\n1,2,3\n")


@pytest.mark.parametrize("data, says", [(b"a,b\n", "no rows"), (b"\n \n\n", "blank lines"), (b'a,"b\n1,2', "header")])
def test_a_file_without_rows_is_refused(read, data, says):
    """Header only, blanks only and a header with an open quote each get their sentence."""
    with pytest.raises(BadInput, match=says):
        read(data)


def test_rows_can_be_read_twice(tmp_path):
    """Every call starts from the beginning, so that rows can be counted first."""
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n")
    table = open_table(path)
    assert list(table.rows()) == list(table.rows()) == [Row(1, {"a": "1"}, 2), Row(2, {"a": "2"}, 3)]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_csv_writer_quotes_is_read_exactly(tmp_path, rows, delimiter, encoding):
    """Any text in any dialect and encoding that Python writes comes back unchanged."""
    path = tmp_path / "t.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("p", "q", "r"), *rows])
    assert values(open_table(path).rows()) == [list(row) for row in rows]
