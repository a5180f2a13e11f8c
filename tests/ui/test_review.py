"""Review: one's latest ratings, and changing one."""

from core.domain.roles import COMMAND_LINE, Role
from core.domain.turns import Speaker, Turn
from core.services.people import accounts, local_names
from core.services.rating import rating
from core.services.review import guidelines
from core.store.training import runs
from core.ui.shell.session import SECOND_LOOK
from tests import looked
from tests.databases import added, added_after
from tests.ui.conftest import TOKEN
from tests.ui.reading import desk_data, press, said


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


def tab(app, name: str):
    """Open a tab of the Review page."""
    app.session_state["review.tabs"] = name
    return app.run()


def test_raters_who_differ_are_shown_and_a_lead_decides(open_page, sample, ana):
    """Side by side with their comments; one press decides, the list moves on, and the decision can be cleared."""
    ben = local_names.rate_as(sample, "another browser", "Ben")
    looked.rate(sample, ana, 190, 5, comment="All there")
    looked.rate(sample, ben, 190, 1, comment="Out of date")
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
    ben = local_names.rate_as(sample, "another browser", "Ben")
    looked.rate(sample, ana, 190, 5)
    looked.rate(sample, ben, 190, 1)
    looked.mark_gap(sample, ana, 190, "Say how to rate old advice")
    app = tab(open_page("review"), "Guidelines")
    assert "Say how to rate old advice" in said(app)
    press(app, "review.gap_close.1")
    assert "Say how to rate old advice" not in said(app)


def test_a_new_version_of_the_guidelines_is_beside_the_next_answer(open_page, new_desk, sample, ana):
    """Written on Review, read on Rate, and kept with the rating."""
    app = tab(open_page("review"), "Guidelines")
    app.text_area(key="review.guidelines.0").set_value("Only **5** when a colleague would sign it.")
    app.text_input(key="review.guidelines_reason.0.0").set_value("no source")
    app.text_input(key="review.guidelines_reason.0.3").set_value("")
    press(app, "review.guidelines_save")
    assert guidelines.current(sample, COMMAND_LINE).number == 1
    shown = new_desk("Ana").open().said["guidelines"]
    assert shown["number"] == 1
    assert shown["reasons"] == ["no source", "unsafe", "incomplete", "unclear"]
    assert "when a colleague would sign it." in shown["text"]["html"]


def test_agreement_says_on_how_many_answers_it_stands(open_page, sample, ana):
    """Undefined without shared answers, with the way to get some; a number and its answers with them."""
    for number in (190, 191, 192):
        looked.rate(sample, ana, number, number % 5 + 1)
    app = tab(open_page("review"), "Agreement")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert int(metrics["Answers with several ratings"]) > 0
    assert -1 <= float(metrics["Alpha"]) <= 1


def test_nothing_shared_is_said_in_words(open_page, workspace, ana):
    """A single rater gets no number and the way to change that."""
    looked.rate(workspace, ana, added(workspace), 4)
    text = said(tab(open_page("review"), "Agreement"))
    assert "No answer was rated by two people yet" in text


def test_an_expert_sees_neither_disagreements_nor_agreement(open_page, sample, ana):
    """Other people's ratings are for leads; one's own and the guidelines are there."""

    local_names.rate_as(sample, "another browser", "Lea")
    accounts.set_role(sample, COMMAND_LINE, ana.rater_id, Role.SME)
    app = open_page("review")
    assert [tab.label for tab in app.tabs] == ["My ratings", "Second looks", "Guidelines"]


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
    app = tab(open_page("review"), "Second looks")
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
    app = tab(open_page("review"), "Second looks")
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


def test_whoever_looks_again_sees_the_whole_conversation(open_page, workspace, ana):
    """A lead who decides, and a rater at a second look: what was said before belongs to the question."""
    number = added_after(workspace, [Turn(Speaker.USER, "My knee hurts.")], "Since Monday?", "Rest.")
    looked.rate(workspace, ana, number, 5)
    looked.rate(workspace, local_names.rate_as(workspace, "another browser", "Ben"), number, 1)
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Lea", "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(number, 0, 0.05)])
        runs.finish(session, run.run_id, "finished", "done", model_version="v1")
    for name in ("Disagreements", "Second looks"):
        text = said(tab(open_page("review"), name))
        assert "My knee hurts." in text, name
        assert "Last question:" in text, name
