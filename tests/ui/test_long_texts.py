"""A text of a megabyte: on a page with other things it is cut, and all of it can be had; a rater gets all of it."""

from core.ui.shell.session import OPENED
from core.ui.shell.texts import SHOWN_CHARACTERS
from tests.databases import added
from tests.ui.reading import said

LONG = "word " * 200_000


def test_a_megabyte_is_cut_until_asked_for(open_page, workspace, ana):
    """The beginning is shown with a note, then everything on request."""
    app = open_page("data", **{OPENED: added(workspace, "A question?", LONG)})
    assert f"first {SHOWN_CHARACTERS:,} of 1,000,000 characters" in said(app)
    assert len(said(app)) < 100_000
    app.toggle[0].set_value(True).run()
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
