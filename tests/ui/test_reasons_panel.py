"""Models counts the reasons that raters gave, by week and by session; My ratings and the history show them."""

from tests import looked
from tests.databases import added
from tests.ui.reading import said


def table(app) -> list[dict]:
    return app.dataframe[-1].value.to_dict("records")


def test_the_reasons_are_counted_and_shown_with_the_rating(open_page, workspace, ana):
    """A row for the week, and one for each session; each rating shows its own."""
    assert "Reasons raters gave" not in [block.label for block in open_page("models").expander]
    for n, label in enumerate(["ward 1", "ward 1", "ward 2"]):
        number = added(workspace, f"Question {n}?", session_label=label)
        looked.rate(workspace, ana, number, 2, reasons=["wrong", "unclear"] if n else ["unclear"])
    app = open_page("models")
    assert "Reasons raters gave" in [block.label for block in app.expander]
    (week,) = table(app)
    assert (week["Ratings"], week["wrong"], week["unclear"]) == (3, 2, 3)
    app = open_page("models", models__reasons_view="By session")
    rows = {row["Session"]: (row["Ratings"], row["wrong"], row["unclear"]) for row in table(app)}
    assert rows == {"ward 1": (2, 1, 2), "ward 2": (1, 1, 1)}
    assert "Your reasons: wrong, unclear" in said(open_page("review"))
    assert table(open_page("data", answer=3))[0]["After"] == "2, wrong, unclear"
