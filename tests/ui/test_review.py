"""Review: one's latest ratings, and changing one."""

from core.services import rating
from core.ui.session import DESK
from tests.ui.reading import press, said


def test_a_visitor_is_asked_for_a_name(open_page, sample):
    """One's own ratings need a name."""
    assert "Who is rating?" in said(open_page("review"))


def test_nothing_rated_leads_to_rating(open_page, sample, ana):
    """The empty state says what to do."""
    app = open_page("review")
    assert "not rated anything yet" in said(app)
    press(app, "review.rate")
    assert "Rate this answer" in said(app)


def test_a_rating_is_opened_to_be_changed(open_page, sample, ana):
    """The latest comes first; opening one shows it on the Rate page with what was said."""
    rating.rate(sample, ana, 1, 5, comment="Very clear")
    rating.rate(sample, ana, 2, 1, bias_flag=True)
    app = open_page("review")
    text = said(app)
    assert text.index("1 · Harmful or wrong") < text.index("5 · Excellent")
    assert "Very clear" in text
    assert "Bias flagged" in text
    app.button(key="review.open.1").click().run()
    assert app.session_state[DESK].item == 1
    assert "You rated this answer **5 (Excellent)**" in said(app)
