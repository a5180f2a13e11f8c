"""Texts on pages: one of a megabyte is cut, and all of it can be had; formulas are drawn; a rater gets all of it."""

from core.ui.shell.texts import SHOWN_CHARACTERS
from tests.databases import added
from tests.ui.reading import said

LONG = "word " * 200_000


def test_a_megabyte_is_cut_until_asked_for(open_page, workspace, ana):
    """The beginning is shown with a note, then everything on request."""
    number = added(workspace, "A question?", LONG)
    app = open_page("data", answer=number)
    assert f"first {SHOWN_CHARACTERS:,} of 1,000,000 characters" in said(app)
    assert len(said(app)) < 100_000
    app.toggle(key=f"data.answer.{number}.all").set_value(True).run()
    assert len(said(app)) > 1_000_000
    assert not app.exception


def test_a_megabyte_is_rated_whole(new_desk, workspace):
    """As plain text, which the browser draws in parts; one that is not quite as long as HTML, whole too."""
    added(workspace, "A question?", LONG)
    added(workspace, "Another question?", LONG[:99_000] + "the end")
    long, shorter = new_desk("Ana").open().items
    assert long["answer"] == {"plain": LONG}
    assert shorter["answer"]["html"].count("word") == 99_000 // 5
    assert "the end" in shorter["answer"]["html"]


def test_formulas_of_two_texts_are_drawn_on_one_page(open_page, workspace, ana):
    """The elements of a formula, which Streamlit's own part for HTML would leave out."""
    app = open_page("data", answer=added(workspace, "What is $x^2$?", "It is $x^2$."))
    assert said(app).count("<msup><mi>x</mi><mn>2</mn></msup>") == 2
