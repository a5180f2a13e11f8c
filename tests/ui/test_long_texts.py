"""Texts on pages: one of a megabyte does not fill the page, and formulas are drawn."""

from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.ui.shell.session import OPENED
from core.ui.shell.texts import SHOWN_CHARACTERS
from tests.ui.reading import said


def test_a_megabyte_is_cut_until_asked_for(open_page, workspace, ana):
    """The beginning is shown with a note, then everything on request."""
    number = interactions.add(workspace, COMMAND_LINE, "A question?", "word " * 200_000)
    app = open_page("data", **{OPENED: number})
    assert f"first {SHOWN_CHARACTERS:,} of 1,000,000 characters" in said(app)
    assert len(said(app)) < 100_000
    app.toggle(key=f"data.answer.{number}.all").set_value(True).run()
    assert len(said(app)) > 1_000_000
    assert not app.exception


def test_formulas_of_two_texts_are_drawn_on_one_page(open_page, workspace, ana):
    """The elements of a formula, which Streamlit's own part for HTML would leave out."""
    number = interactions.add(workspace, COMMAND_LINE, "What is $x^2$?", "It is $x^2$.")
    app = open_page("data", **{OPENED: number})
    assert said(app).count("<msup><mi>x</mi><mn>2</mn></msup>") == 2
