"""Personal identifiers on the pages: hidden, said so, and revealed by a press of whoever may."""

from core.domain.roles import COMMAND_LINE, Role
from core.services.data.exporting import Marked
from core.services.people import accounts, audit_log
from core.store.audit import Wanted
from tests import looked
from tests.databases import added
from tests.desk import words
from tests.ui.reading import press, said

SECRET = "555-123-4567"


def test_a_rater_reveals_the_answer_in_front_of_them(new_desk, workspace, ana):
    """The text comes without the number, with what is missing; asked for it comes with it, and is recorded."""
    lea = accounts.invite(workspace, COMMAND_LINE, "Lea", Role.LEAD)
    accounts.set_role(workspace, COMMAND_LINE, lea.rater_id, Role.LEAD)
    accounts.set_role(workspace, COMMAND_LINE, ana.rater_id, Role.SME)
    number = added(workspace, "What now?", f"Call {SECRET}.")
    desk = new_desk("Ana").open()
    assert SECRET not in str(desk.said)
    assert "«phone hidden»" in words(desk.shown)
    assert desk.shown["hidden"] == {"words": "1 phone", "may_reveal": True}
    item = desk.ask("reveal", item=number, showing=desk.shown["showing"])["item"]
    assert f"Call {SECRET}." in words(item)
    assert (item["hidden"], item["revealed"]) == (None, True)
    (act,) = audit_log.acts(workspace, COMMAND_LINE, Wanted(action="revealed identifiers"))
    assert (act.subject, act.actor) == (f"interaction {number}", ana.key)
    desk.show(item)
    desk.rate(4)


def test_an_edit_waits_for_the_identifiers(open_page, workspace, ana):
    """The form would hold a text with gaps, so it is not there before they are revealed."""
    number = added(workspace, "What now?", f"Call {SECRET}.")
    app = open_page("data", answer=number)
    assert "reveal its personal identifiers first" in said(app)
    assert f"data.edit_answer.{number}" not in {area.key for area in app.text_area}
    press(app, f"data.reveal.{number}")
    assert app.text_area(key=f"data.edit_answer.{number}").value == f"Call {SECRET}."


def test_an_export_with_identifiers_asks_what_shall_become_of_them(open_page, workspace, ana):
    """The refusal says how many; the two ways on are offered where the button is."""
    looked.rate(workspace, ana, added(workspace, "What now?", f"Call {SECRET}."), 4)
    looked.rate(workspace, ana, added(workspace, "What now?", "Wait."), 2)
    app = open_page("data")
    press(app, "data.export")
    assert "1 of 2 rated answers hold personal identifiers" in said(app).replace("\\", "")
    press(app, "data.export")
    assert "The file has 1 row. 1 left out for personal identifiers." in said(app)
    app.radio(key="data.export_marked").set_value(Marked.INCLUDE).run()
    press(app, "data.export")
    assert "say why" in said(app)
    app.text_input(key="data.export_reason").set_value("asked for").run()
    press(app, "data.export")
    assert "The file has 2 rows." in said(app)
