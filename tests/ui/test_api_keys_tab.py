"""The API keys tab of Settings: made, shown once, revoked."""

from core.domain.roles import COMMAND_LINE, KeyScope, Role
from core.services.people import accounts, api_keys
from core.ui.shell.navigation import SettingsTab
from tests.ui.reading import press, said


def test_a_key_is_shown_once_and_revoked(open_page, workspace, ana):
    """Made under the lead's name, shown until it is copied, then never again; revoked keys stay in the list."""
    app = open_page("settings", tab=SettingsTab.API_KEYS)
    assert "only programs on this machine can call" in said(app)
    app.text_input(key="keys.name").set_value("patient portal")
    press(app, "keys.create")
    shown = app.code[0].value
    (made,) = api_keys.listed(workspace, COMMAND_LINE)
    assert shown.startswith(made.start)
    assert (made.name, made.created_by) == ("patient portal", "Ana")
    assert api_keys.KeyRing(workspace).check(shown).key_id == made.key_id
    assert made.scopes == {KeyScope.RANK}
    assert app.text_input(key="keys.name").value == ""
    press(app, "keys.copied")
    assert shown not in str(app.code) + said(app)
    press(app, f"keys.revoke_yes.{made.key_id}")
    assert api_keys.valid(workspace) == 0
    assert "All keys are revoked" in said(app)


def test_a_key_needs_a_name_that_says_who_uses_it(open_page, workspace, ana):
    """A sentence, and nothing is made."""
    app = open_page("settings", tab=SettingsTab.API_KEYS)
    press(app, "keys.create")
    assert "Give the key a name" in said(app)
    assert api_keys.listed(workspace, COMMAND_LINE) == []


def test_what_a_key_may_do_is_chosen_for_each(open_page, workspace, ana):
    """Ranking alone at first, and again for the next key; one that may do nothing is not made."""
    app = open_page("settings", tab=SettingsTab.API_KEYS)
    app.text_input(key="keys.name").set_value("portal")
    app.checkbox(key="keys.may.rank").uncheck()
    press(app, "keys.create")
    assert "Choose what the key may do" in said(app)
    app.checkbox(key="keys.may.send").check()
    press(app, "keys.create")
    (made,) = api_keys.listed(workspace, COMMAND_LINE)
    assert made.scopes == {KeyScope.SEND}
    assert "may send answers, and what users say of them" in said(app)
    assert (app.checkbox(key="keys.may.rank").value, app.checkbox(key="keys.may.send").value) == (True, False)


def test_an_expert_is_told_that_keys_are_for_leads(open_page, workspace, ana):
    """The page stays closed to other roles, whatever the menu shows."""
    accounts.invite(workspace, COMMAND_LINE, "Lea", Role.LEAD)
    accounts.set_role(workspace, COMMAND_LINE, ana.rater_id, Role.SME)
    app = open_page("settings", tab=SettingsTab.API_KEYS)
    assert "lead" in said(app)
    assert not [button for button in app.button if button.key == "keys.create"]


def test_without_a_name_the_page_asks_before_it_makes_anything(open_page, workspace):
    """A key is kept under the name of the person who made it."""
    app = open_page("settings", tab=SettingsTab.API_KEYS)
    app.text_input(key="keys.name").set_value("portal")
    press(app, "keys.create")
    assert "Who are you?" in said(app)
    assert api_keys.listed(workspace, COMMAND_LINE) == []
