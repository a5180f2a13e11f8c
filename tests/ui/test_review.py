"""My ratings: one's latest ratings, changing one, and looking again."""

from core.domain.turns import Speaker, Turn
from core.services.people import local_names
from core.services.rating import rating
from core.store.training import runs
from core.ui.shell.session import SECOND_LOOK
from tests import looked
from tests.databases import added_after
from tests.ui.conftest import TOKEN
from tests.ui.reading import desk_data, press, said


def tab(app, name: str):
    """Open a tab of the page My ratings."""
    app.session_state["review.tabs"] = name
    return app.run()


def test_a_visitor_is_asked_for_a_name(open_page, sample):
    """One's own ratings need a name."""
    assert "Who is rating?" in said(open_page("review"))


def test_nothing_rated_leads_to_rating(open_page, sample, ana):
    """The empty state says what to do."""
    app = open_page("review")
    assert "not rated anything yet" in said(app)
    press(app, "review.rate")
    assert desk_data(app)


def test_a_rating_is_opened_to_be_changed(open_page, new_desk, sample, ana):
    """The latest comes first; opening one shows it on the Rate page with what was said."""
    looked.rate(sample, ana, 1, 5, comment="Very clear")
    looked.rate(sample, ana, 2, 1, bias_flag=True)
    app = open_page("review")
    text = said(app)
    assert text.index("1 · Harmful or wrong") < text.index("5 · Excellent")
    assert "Very clear" in text
    assert "Bias flagged" in text
    app.button(key="review.open.1").click().run()
    assert desk_data(app)["open"] == 1
    shown = new_desk("Ana").open(1).shown
    assert (shown["rating"], shown["comment"]) == (5, "Very clear")


def surprised(workspace):
    """Ana's rating of the first answer, which the latest training would not have expected."""
    ana = local_names.rate_as(workspace, TOKEN, "Ana")
    looked.rate(workspace, ana, 1, 5)
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Lea", "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(1, 0, 0.05)])
        runs.finish(session, run.run_id, "finished", "done", model_version="v1", sample=True)
    return ana


def test_a_second_look_hides_what_was_said_and_asks_when_it_differs(open_page, trained):
    """Blind until a different rating is given; then both are named, and the rater decides which one counts."""
    ana = surprised(trained)
    app = tab(open_page("review"), "To check")
    assert "1 of your answers is back" in said(app)
    assert "5 (Excellent)" not in said(app)
    app.session_state[SECOND_LOOK].shown_at -= 1  # read for a second
    press(app, "review.look2")
    assert "You say 2 (Poor) now and said 5 (Excellent) before" in said(app).replace("**", "")
    press(app, "review.look_keep")
    assert "No answer waits for a second look" in said(app)
    assert rating.item(trained, ana, 1).rating == 5


def test_a_key_that_comes_too_soon_is_no_second_look(open_page, trained):
    """A held key does not rate the next answer unseen."""
    surprised(trained)
    app = tab(open_page("review"), "To check")
    app.session_state[SECOND_LOOK].shown_at += 3600
    press(app, "review.look5")
    assert "1 of your answers is back" in said(app)


def test_a_rating_is_withdrawn_where_it_is_listed(open_page, sample, ana):
    """One press and a confirmation; it leaves the list and can be found as withdrawn."""
    looked.rate(sample, ana, 1, 5, comment="Very clear")
    app = press(open_page("review"), "review.withdraw_yes")
    assert "Very clear" not in said(app)
    app.selectbox(key="review.state").set_value("Withdrawn").run()
    assert "Very clear" in said(app)


def test_other_peoples_ratings_are_for_leads(open_page, sample, ana):
    """A rater finds their own ratings, what to check and the guidelines, which only a lead is led to write."""
    app = open_page("review")
    assert [tab.label for tab in app.tabs] == ["My ratings", "To check", "Guidelines"]
    assert "review.guidelines_edit" in {button.key for button in tab(app, "Guidelines").button}
    local_names.rate_as(sample, TOKEN, "Sam")
    assert "review.guidelines_edit" not in {button.key for button in tab(open_page("review"), "Guidelines").button}
    assert "You are Sam, with the role sme, which does not include it" in said(open_page("quality"))


def test_at_a_second_look_the_whole_conversation_is_shown(open_page, workspace, ana):
    """What was said before belongs to the question."""
    number = added_after(workspace, [Turn(Speaker.USER, "My knee hurts.")], "Since Monday?", "Rest.")
    looked.rate(workspace, ana, number, 5)
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Lea", "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(number, 0, 0.05)])
        runs.finish(session, run.run_id, "finished", "done", model_version="v1")
    text = said(tab(open_page("review"), "To check"))
    assert "My knee hurts." in text
    assert "Last question:" in text
