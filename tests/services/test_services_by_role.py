"""Every public function of the services, called as every role and as nobody: the table of roles decides."""

import inspect
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.domain.roles import ALLOWED, COMMAND_LINE, PROGRAM, SOMEBODY_HERE, NotAllowed, Role, User
from core.domain.settings import AuthMode
from core.services.people import accounts
from tests.who_may import NEEDS, public_functions


def opens_for(workspace, user):
    """The functions that let this user past; of the workspace only the check works, so none of them does anything."""
    only_the_check = SimpleNamespace(require=workspace.require)
    open_to, functions = set(), public_functions()
    for name in NEEDS:
        needed = [p.name for p in inspect.signature(functions[name]).parameters.values() if p.default is p.empty]
        given = dict.fromkeys(needed) | {"workspace": only_the_check, "user": user}
        try:
            answer = functions[name](**given)
            if inspect.isgenerator(answer):
                next(answer)
        except NotAllowed:
            continue
        except Exception:
            pass
        open_to.add(name)
    return open_to


def allowed(role):
    return {name for name, act in NEEDS.items() if act in ALLOWED[role]}


@pytest.fixture
def eve(workspace):
    """Makes Eve a person of that role, as her browser knows her; another lead is there already."""
    accounts.invite(workspace, COMMAND_LINE, "Lea", Role.LEAD)

    def of(role: Role, *, disabled: bool = False) -> User:
        person = accounts.invite(workspace, COMMAND_LINE, "Eve", role)
        if disabled:
            accounts.set_disabled(workspace, COMMAND_LINE, person.rater_id, True)
        return User(person.rater_id, "Eve", role)

    return of


@pytest.mark.every_database
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says(workspace, eve, role):
    """No function less, none more."""
    assert opens_for(workspace, eve(role)) == allowed(role)


def test_nobody_opens_nothing(workspace):
    """Whoever did not sign in, and whoever merely sits at this machine where people sign in."""
    assert opens_for(workspace, None) == set()
    assert opens_for(workspace, SOMEBODY_HERE) == set(NEEDS)
    workspace.settings = replace(workspace.settings, auth_mode=AuthMode.OIDC)
    assert opens_for(workspace, SOMEBODY_HERE) == set()
    assert opens_for(workspace, COMMAND_LINE) == set(NEEDS)
    assert opens_for(workspace, PROGRAM) == allowed(Role.VIEWER)


def test_a_disabled_lead_opens_nothing(workspace, eve):
    """Also with a page that was drawn before: the database is asked, not the page."""
    stale = eve(Role.LEAD, disabled=True)
    assert opens_for(workspace, stale) == set()
    assert opens_for(workspace, User(stale.rater_id + 1, "Adam", Role.LEAD)) == set()


def test_a_role_that_was_taken_away_opens_nothing_more(workspace, eve):
    """A lead who became a viewer is one at once, wherever a page still calls them a lead."""
    lead = eve(Role.LEAD)
    accounts.set_role(workspace, COMMAND_LINE, lead.rater_id, Role.VIEWER)
    assert opens_for(workspace, lead) == allowed(Role.VIEWER)
