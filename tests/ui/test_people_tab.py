"""The People tab of Settings: inviting, roles, switching access off, and letting in who waits."""

import pytest

from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts, local_names, sign_in
from core.ui.shell import identity
from core.ui.shell.navigation import SettingsTab
from core.ui.shell.session import the_workspace
from tests.services.test_accounts import claims
from tests.ui.reading import press, said


def roles(workspace):
    return {person.name: (person.role, person.disabled) for person in accounts.listed(workspace, COMMAND_LINE)}


def test_a_lead_adds_somebody_changes_the_role_and_switches_access_off(open_page, workspace, ana):
    """The three acts of the page, each with its confirmation."""
    app = open_page("settings", tab=SettingsTab.PEOPLE)
    app.text_input(key="people.invite_who").set_value("Ben")
    app.selectbox(key="people.invite_role").set_value(Role.VIEWER)
    press(app, "people.invite")
    ben = accounts.find(workspace, COMMAND_LINE, "Ben")
    assert ben.role is Role.VIEWER
    assert app.text_input(key="people.invite_who").value == ""
    app.radio(key=f"people.role.{ben.rater_id}").set_value(Role.SME)
    press(app, f"people.save.{ben.rater_id}")
    press(app, f"people.disable.{ben.rater_id}")
    assert roles(workspace) == {"Ana": (Role.LEAD, False), "Ben": (Role.SME, True)}
    press(app, f"people.enable.{ben.rater_id}")
    assert roles(workspace)["Ben"] == (Role.SME, False)


def test_what_cannot_be_done_is_said_and_what_was_typed_stays(open_page, workspace, ana):
    """The last lead, a taken name: a sentence, nothing changed."""
    app = open_page("settings", tab=SettingsTab.PEOPLE)
    press(app, f"people.disable.{ana.rater_id}")
    assert "last lead" in said(app)
    app.text_input(key="people.invite_who").set_value("ana")
    press(app, "people.invite")
    assert "There is a person called 'Ana' already" in said(app)
    assert app.text_input(key="people.invite_who").value == "ana"
    assert roles(workspace) == {"Ana": (Role.LEAD, False)}


def test_without_a_name_the_page_asks_before_it_changes_anything(open_page, workspace):
    """Local mode: looking is free, an act is kept under a name."""
    app = open_page("settings", tab=SettingsTab.PEOPLE)
    app.text_input(key="people.invite_who").set_value("Ben")
    press(app, "people.invite")
    assert "Who are you?" in said(app)
    assert local_names.names(workspace) == []


@pytest.mark.parametrize("as_new", [True, False], ids=["somebody new", "a name from before"])
def test_whoever_waits_is_let_in(open_page, workspace, monkeypatch, as_new):
    """Under the name the provider gave, or as the rater of that name from before there was sign-in."""
    before = local_names.rate_as(workspace, "old browser", "Doctor Ben")
    monkeypatch.setenv("AUTH_MODE", "oidc")
    monkeypatch.setenv("ASSAY_FIRST_LEAD", "ana@example.org")
    ana, ben = claims("ana"), claims("ben", "ben@example.org")
    monkeypatch.setattr(identity, "claims", lambda: ana)
    app = open_page("settings", tab=SettingsTab.PEOPLE)
    assert sign_in.enter(the_workspace(), ben).why is sign_in.Why.WAITING
    app.run()
    (one,) = accounts.pending_identities(workspace, COMMAND_LINE)
    if not as_new:
        box = app.selectbox(key=f"people.let_as.{one.identity_id}")
        box.set_value(next(person for person in accounts.listed(workspace, COMMAND_LINE) if person.name == before.name))
    press(app, f"people.let_in.{one.identity_id}")
    user = sign_in.enter(the_workspace(), ben).user
    assert user.role is Role.SME
    assert user.name == ("Ben" if as_new else "Doctor Ben")
    assert (user.rater_id == before.rater_id) is not as_new
    assert "Waiting to be let in" not in said(app)
