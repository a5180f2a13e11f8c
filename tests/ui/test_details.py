"""Who is shown a GRANT and where the database is: leads, when the database says that they are; nobody else."""

import pytest

from core.domain.errors import MissingRight, Unavailable
from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts, local_names
from core.services.training import readiness
from core.store.database import Store
from tests.ui.conftest import TOKEN
from tests.ui.reading import said

GRANT = "GRANT UPDATE ON rlhf_interactions TO anauser;"


def _raise(error):
    def act(*args, **kwargs):
        raise error

    return act


@pytest.fixture
def browser_of(workspace):
    """Makes this browser that of a person with a role; another lead is there already."""

    def of(role: Role) -> None:
        accounts.invite(workspace, COMMAND_LINE, "Lea", Role.LEAD)
        person = local_names.rate_as(workspace, TOKEN, "Ana")
        accounts.set_role(workspace, COMMAND_LINE, person.rater_id, role)

    return of


@pytest.mark.parametrize("role", [Role.LEAD, Role.VIEWER])
def test_where_the_database_is_stands_on_home_for_leads(open_page, browser_of, role):
    """Others read only of which kind it is; who rates is shown Rate instead of Home."""
    browser_of(role)
    text = said(open_page())
    assert ("sqlite:///" in text) is (role is Role.LEAD)
    assert "Database: " in text


@pytest.mark.parametrize("role", list(Role))
def test_a_grant_is_for_leads(open_page, browser_of, monkeypatch, role):
    """Others are told whom to ask."""
    browser_of(role)
    refusal = MissingRight(
        "The database does not let Assay do this. Ask whoever runs this server.", GRANT, detail=GRANT
    )
    monkeypatch.setattr(readiness, "readiness", _raise(refusal))
    app = open_page("readiness")
    assert "Ask whoever runs this server" in said(app)
    assert [code.value for code in app.code] == ([GRANT] if role is Role.LEAD else [])
    assert "anauser" not in said(app)


def test_nobody_is_shown_anything_while_the_role_cannot_be_looked_up(open_page, browser_of, monkeypatch):
    """The database is away: who looks is not known, so a lead reads the same sentence as everybody."""
    browser_of(Role.LEAD)
    away = Unavailable("The database does not answer.", detail="It is postgresql://anauser@db.example/x.")
    monkeypatch.setattr(Store, "read", _raise(away))
    app = open_page()
    assert "does not answer" in said(app)
    assert "anauser" not in said(app)
    assert [code.value for code in app.code] == []
