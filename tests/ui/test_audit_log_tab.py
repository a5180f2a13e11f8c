"""The Audit log tab of Settings: narrowing down, going back and forth, and nothing of what is in it acts."""

from core.services.people import accounts, audit_log
from core.services.people.audit_log import Wanted
from core.store import audit
from core.ui.shell.navigation import SettingsTab
from tests.databases import lead
from tests.ui.reading import press, said


def acts(workspace, user, number):
    with workspace.store.write() as session:
        for step in range(number):
            audit.write(session, user, "changed queue", "raters per answer", old={"step": step}, new={"step": step + 1})


def test_a_lead_looks_back_and_forth(open_page, workspace, ana):
    """50 to a page; what happens meanwhile does not move the page one is at; a new search begins at its first page."""
    acts(workspace, ana, 70)
    app = open_page("settings", tab=SettingsTab.AUDIT_LOG)
    assert "71 acts, newest first" in said(app)
    assert "step: 69 → 70" in said(app)
    press(app, "audit.older")
    acts(workspace, ana, 1)
    app.run()
    assert "step: 19 → 20" in said(app)
    assert "step: 20 → 21" not in said(app)
    assert app.button(key="audit.older").disabled
    press(app, "audit.newer")
    assert "step: 69 → 70" in said(app)
    press(app, "audit.older")
    app.text_input(key="audit.subject").set_value("nowhere").run()
    assert "No act matches" in said(app)
    app.text_input(key="audit.subject").set_value("raters").run()
    assert "step: 69 → 70" in said(app)


def test_who_and_what_narrow_it_down(open_page, workspace, ana):
    """People are listed by the name of today; whom an act was about is named beside the number."""
    ben = lead(workspace, "Ben <b>bold</b>")
    acts(workspace, ana, 2)
    accounts.set_disabled(workspace, ben, ana.rater_id, True)
    accounts.set_disabled(workspace, ben, ana.rater_id, False)
    app = open_page("settings", tab=SettingsTab.AUDIT_LOG)
    app.selectbox(key="audit.who").set_value(ben.key).run()
    assert "3 acts" in said(app)
    assert f"person {ana.rater_id} (Ana)" in said(app)
    assert "Ben &lt;b&gt;bold&lt;/b&gt;" in said(app)
    app.selectbox(key="audit.what").set_value("changed queue").run()
    assert "No act matches" in said(app)
    assert audit_log.count(workspace, ana, Wanted(action="changed queue")) == 2


def test_an_empty_log_says_what_will_be_in_it(open_page, workspace):
    """Nothing was done yet, and that is a sentence."""
    assert "Nothing was done yet" in said(open_page("settings", tab=SettingsTab.AUDIT_LOG))
