"""Quality: how far raters agree, where they differ, and the guidelines; for leads."""

from core.domain.roles import COMMAND_LINE
from core.domain.turns import Speaker, Turn
from core.services.people import local_names
from core.services.review import guidelines
from core.ui.shell.navigation import TOPIC, QualityTab
from tests import looked
from tests.databases import added, added_after
from tests.ui.reading import press, said


def test_raters_who_differ_are_shown_and_a_lead_decides(open_page, sample, ana):
    """Side by side with their comments; one press decides, the list moves on, and the decision can be cleared."""
    ben = local_names.rate_as(sample, "another browser", "Ben")
    looked.rate(sample, ana, 190, 5, comment="All there")
    looked.rate(sample, ben, 190, 1, comment="Out of date")
    app = open_page("quality", topic="Disagreements")
    assert {"All there", "Out of date"} <= set(said(app).splitlines())
    press(app, "quality.decide.190.2")
    assert "Out of date" not in said(app)
    app.selectbox(key="quality.which").set_value("Decided").run()
    assert "Out of date" in said(app)
    press(app, "quality.clear.190")
    assert "No lead has decided" in said(app)


def test_a_gap_reaches_whoever_edits_the_guidelines(open_page, sample, ana):
    """Marked on one tab, listed on the other until it is closed."""
    ben = local_names.rate_as(sample, "another browser", "Ben")
    looked.rate(sample, ana, 190, 5)
    looked.rate(sample, ben, 190, 1)
    looked.mark_gap(sample, ana, 190, "Say how to rate old advice")
    app = open_page("quality", topic="Guidelines")
    assert "Say how to rate old advice" in said(app)
    press(app, "quality.gap_close.1")
    assert "Say how to rate old advice" not in said(app)


def test_a_new_version_of_the_guidelines_is_beside_the_next_answer(open_page, new_desk, sample, ana):
    """Written on Quality, read on Rate, and kept with the rating."""
    app = open_page("quality", topic="Guidelines")
    app.text_area(key="quality.guidelines.0").set_value("Only **5** when a colleague would sign it.")
    app.text_input(key="quality.guidelines_reason.0.0").set_value("no source")
    app.text_input(key="quality.guidelines_reason.0.3").set_value("")
    press(app, "quality.guidelines_save")
    assert guidelines.current(sample, COMMAND_LINE).number == 1
    shown = new_desk("Ana").open().said["guidelines"]
    assert shown["number"] == 1
    assert shown["reasons"] == ["no source", "unsafe", "incomplete", "unclear"]
    assert "when a colleague would sign it." in shown["text"]["html"]


def test_agreement_says_on_how_many_answers_it_stands(open_page, sample, ana):
    """Undefined without shared answers, with the way to get some; a number and its answers with them."""
    for number in (190, 191, 192):
        looked.rate(sample, ana, number, number % 5 + 1)
    app = open_page("quality", topic="Agreement")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert int(metrics["Answers with several ratings"]) > 0
    assert -1 <= float(metrics["Alpha"]) <= 1


def test_nothing_shared_is_said_in_words(open_page, workspace, ana):
    """A single rater gets no number and the way to change that."""
    looked.rate(workspace, ana, added(workspace), 4)
    text = said(open_page("quality", topic="Agreement"))
    assert "No answer was rated by two people yet" in text


def test_a_lead_who_decides_sees_the_whole_conversation(open_page, workspace, ana):
    """What was said before belongs to the question."""
    number = added_after(workspace, [Turn(Speaker.USER, "My knee hurts.")], "Since Monday?", "Rest.")
    looked.rate(workspace, ana, number, 5)
    looked.rate(workspace, local_names.rate_as(workspace, "another browser", "Ben"), number, 1)
    text = said(open_page("quality", topic="Disagreements"))
    assert "My knee hurts." in text
    assert "Last question:" in text


def test_the_address_names_the_tab(open_page, workspace, ana):
    """So that other pages lead to one."""
    app = press(open_page("review", review__tabs="Guidelines"), "review.guidelines_edit")
    assert app.session_state[TOPIC] == QualityTab.GUIDELINES
    assert app.text_area(key="quality.guidelines.0").value
