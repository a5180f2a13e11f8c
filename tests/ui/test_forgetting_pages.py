"""Forgetting in the dashboard: what goes and what stays is read first, a tick and a press do it."""

from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.people import accounts, local_names
from core.store.tables import Audit, Feedback
from core.ui.shell.navigation import SettingsTab
from tests import looked, sent
from tests.databases import added
from tests.ui.reading import press, said


def test_an_answer_is_forgotten_after_reading_what_stays(open_page, workspace, ana):
    """The button waits for the tick; afterwards the list of what stays is there until it is put away."""
    number = added(workspace, "What now?", "Wait.")
    looked.rate(workspace, ana, number, 4)
    app = open_page("data", answer=number)
    press(app, f"data.forget.{number}.open")
    assert "the answer itself: 1" in said(app)
    assert app.button(key=f"data.forget.{number}.yes").disabled
    app.checkbox(key=f"data.forget.{number}.sure").check().run()
    press(app, f"data.forget.{number}.yes")
    assert interactions.load(workspace, COMMAND_LINE, number) is None
    assert f"Forgotten: answer {number}" in said(app)
    assert "Backups" in said(app)
    press(app, "data.compact")
    with workspace.store.read() as session:
        assert [act.actor for act in session.query(Audit).filter(Audit.action == "compacted")] == [ana.key]
    press(app, "data.forgotten_away")
    assert "Forgotten" not in said(app)


def test_a_person_is_forgotten_under_a_number(open_page, workspace, ana):
    """The ratings stay, the name does not."""
    ben = local_names.rate_as(workspace, "cookie of Ben", "Ben")
    looked.rate(workspace, ben, number := added(workspace), 4)
    app = open_page("settings", tab=SettingsTab.PEOPLE)
    press(app, f"people.forget.{ben.rater_id}.open")
    assert "under a number, without the name" in said(app)
    app.checkbox(key=f"people.forget.{ben.rater_id}.sure").check().run()
    press(app, f"people.forget.{ben.rater_id}.yes")
    assert [person.name for person in accounts.listed(workspace, COMMAND_LINE)] == ["Ana"]
    assert interactions.history(workspace, COMMAND_LINE, number)[0].rater == f"Rater {ben.rater_id}"


def test_not_after_all_changes_nothing(open_page, workspace, ana):
    """The panel closes and the answer is still there."""
    number = added(workspace)
    app = open_page("data", answer=number)
    press(app, f"data.forget.{number}.open")
    press(app, f"data.forget.{number}.no")
    assert f"data.forget.{number}.yes" not in {button.key for button in app.button}
    assert interactions.load(workspace, COMMAND_LINE, number) is not None


def test_an_answer_that_was_deleted_is_forgotten_by_its_number(open_page, workspace, ana):
    """It is in no list any more, but its text is kept until it is forgotten; a number of nothing is said to be one."""
    number, _ = added(workspace), added(workspace, "Another", "one")
    looked.delete(workspace, ana, number)
    app = open_page("data")
    app.number_input(key="data.forget_number").set_value(number + 7).run()
    assert "no history of one" in said(press(app, "data.forget_show"))
    app.number_input(key="data.forget_number").set_value(number).run()
    press(app, "data.forget_show")
    assert "earlier texts: 1" in said(app)
    app.checkbox(key=f"data.forget.{number}.sure").check().run()
    press(app, f"data.forget.{number}.yes")
    assert f"Forgotten: answer {number}" in said(app)


def test_a_user_of_an_application_is_forgotten_by_their_id(open_page, workspace, ana):
    """An id of nobody is said to be one; the id is not shown again, and its field is empty afterwards."""
    assert "data.forget_user_show" not in {button.key for button in open_page("data").button}
    number = added(workspace)
    sent.thumb(workspace, number, up=False, user="u-17", comment="No help")
    sent.thumb(workspace, number, up=False, user="u-18", comment="None at all")
    app = open_page("data")
    app.text_input(key="data.forget_user_id").set_value("u-19").run()
    press(app, "data.forget_user_show")
    assert "No feedback of this user" in app.info[-1].value  # beside the form, not at the top of a long page
    assert not app.error
    app.text_input(key="data.forget_user_id").set_value("u-17").run()
    press(app, "data.forget_user_show")
    assert "feedback of this user: 1" in said(app)
    app.checkbox(key="data.forget.user.sure").check().run()
    press(app, "data.forget.user.yes")
    assert "Forgotten: a user of clinic" in said(app)
    assert app.text_input(key="data.forget_user_id").value == ""
    with workspace.store.read() as session:
        assert [one.comment for one in session.query(Feedback)] == ["None at all"]


def test_an_answer_shows_who_sent_it_and_what_users_said(open_page, workspace, ana):
    """Outside the desk, for whoever looks after the data."""
    number = added(workspace)
    sent.occurrence(workspace, number, "a-1", generator="llama-3")
    sent.thumb(workspace, number, up=False, user="u", comment="No help")
    app = open_page("data", answer=number)
    assert "never a rating" in said(app)
    tables = [table.value for table in app.dataframe]
    (row,) = [table.iloc[0] for table in tables if "Its id" in table.columns]
    assert (row["Application"], row["Its id"], row["Written by"]) == ("clinic", "a-1", "llama-3")
    (row,) = [table.iloc[0] for table in tables if "Comment" in table.columns]
    assert (row["What"], row["Comment"], row["Counts"]) == ("thumb down", "No help", "yes")
