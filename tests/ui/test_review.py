"""Review: one's latest ratings, and changing one."""

from core.domain.roles import COMMAND_LINE, Role
from core.services import accounts, disagreements, guidelines, people, rating
from core.ui.session import DESK
from tests.databases import added
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


def tab(app, name: str):
    """Open a tab of the Review page."""
    app.session_state["review.tabs"] = name
    return app.run()


def test_raters_who_differ_are_shown_and_a_lead_decides(open_page, sample, ana):
    """Side by side with their comments; one press decides, the list moves on, and the decision can be cleared."""
    ben = people.rate_as(sample, "another browser", "Ben")
    rating.rate(sample, ana, 190, 5, comment="All there")
    rating.rate(sample, ben, 190, 1, comment="Out of date")
    app = tab(open_page("review"), "Disagreements")
    assert {"All there", "Out of date"} <= set(said(app).splitlines())
    press(app, "review.decide.190.2")
    assert "Out of date" not in said(app)
    app.selectbox(key="review.which").set_value("Decided").run()
    assert "Out of date" in said(app)
    press(app, "review.clear.190")
    assert "No lead has decided" in said(app)


def test_a_gap_reaches_whoever_edits_the_guidelines(open_page, sample, ana):
    """Marked on one tab, listed on the other until it is closed."""
    ben = people.rate_as(sample, "another browser", "Ben")
    rating.rate(sample, ana, 190, 5)
    rating.rate(sample, ben, 190, 1)
    disagreements.mark_gap(sample, ana, 190, "Say how to rate old advice")
    app = tab(open_page("review"), "Guidelines")
    assert "Say how to rate old advice" in said(app)
    press(app, "review.gap_close.1")
    assert "Say how to rate old advice" not in said(app)


def test_a_new_version_of_the_guidelines_is_beside_the_next_answer(open_page, sample, ana):
    """Written on Review, read on Rate, and kept with the rating."""
    app = tab(open_page("review"), "Guidelines")
    app.text_area(key="review.guidelines.0").set_value("Only **5** when a colleague would sign it.")
    press(app, "review.guidelines_save")
    assert guidelines.current(sample).number == 1
    assert "when a colleague would sign it." in said(open_page("rate"))


def test_agreement_says_on_how_many_answers_it_stands(open_page, sample, ana):
    """Undefined without shared answers, with the way to get some; a number and its answers with them."""
    for number in (190, 191, 192):
        rating.rate(sample, ana, number, number % 5 + 1)
    app = tab(open_page("review"), "Agreement")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert int(metrics["Answers with several ratings"]) > 0
    assert -1 <= float(metrics["Alpha"]) <= 1


def test_nothing_shared_is_said_in_words(open_page, workspace, ana):
    """A single rater gets no number and the way to change that."""
    rating.rate(workspace, ana, added(workspace), 4)
    text = said(tab(open_page("review"), "Agreement"))
    assert "No answer was rated by two people yet" in text


def test_an_expert_sees_neither_disagreements_nor_agreement(open_page, sample, ana):
    """Other people's ratings are for leads; one's own and the guidelines are there."""

    people.rate_as(sample, "another browser", "Lea")
    accounts.set_role(sample, COMMAND_LINE, ana.rater_id, Role.SME)
    app = open_page("review")
    assert [tab.label for tab in app.tabs] == ["My ratings", "Guidelines"]
