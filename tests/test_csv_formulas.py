"""No csv that leaves the house runs as formulas: one writer for files, one for what the browser itself offers."""

import ast
import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from core.labeling.writing import csv_text, write_stream
from tests.databases import ROOT

DANGEROUS = ["=1+1", "+1+1", "-1+cmd|x", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
WRITERS = {"writer", "DictWriter", "to_csv"}
TABLES = {"dataframe", "data_editor"}


def uses(names: set[str]) -> set[str]:
    """The files of the application that call something of these names."""
    found = set()
    for path in [*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in names:
                found.add(str(path.relative_to(ROOT)))
    return found


def test_there_is_one_writer_for_files_and_one_for_tables():
    """A new csv cannot forget: nothing else writes one, and nothing else shows a table with a download of its own."""
    assert uses(WRITERS) == {"core/labeling/writing.py"}
    assert uses(TABLES) == {"core/ui/shell/cells.py"}


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_written_file_calculates(text):
    """Names of columns included, in both ways of writing."""
    file = io.BytesIO()
    write_stream(file, ".csv", {"a": str}, [{"a": text}])
    for written in (csv_text([{text: text}]), file.getvalue().decode()):
        cells = list(csv.reader(io.StringIO(written, newline="")))[-1]
        assert cells == ["'" + text]


def test_no_cell_of_a_shown_table_calculates():
    """Figures stay figures."""

    def page():
        from core.ui.shell.cells import show_cells

        show_cells([{"=name": "=1+1", "b": "-0.5", "c": -2}])

    app = AppTest.from_function(page).run()
    shown = app.dataframe[0].value
    assert list(shown.columns) == ["'=name", "b", "c"]
    assert shown.iloc[0].tolist() == ["'=1+1", "-0.5", -2]


def test_the_list_of_rejected_rows_does_not_calculate(tmp_path):
    """A reason can begin with a column's name, and that comes from the file."""
    from core.domain.records import Rejected
    from core.labeling.how_to_read import HowToRead
    from core.labeling.rows import understand
    from core.labeling.tables import open_table

    path = tmp_path / "t.jsonl"
    path.write_text('{"user_prompt": "p", "ai_response": "a", "=1+1": ' + "[" * 102 + "]" * 102 + "}\n")
    understood = understand(open_table(path), HowToRead())
    rejected = [row for row in understood.rows() if isinstance(row, Rejected)]
    assert rejected[0].reason.startswith("=1+1")
    assert "\r\n1,'=1+1 is nested" in csv_text([{"row": one.number, "reason": one.reason} for one in rejected])
