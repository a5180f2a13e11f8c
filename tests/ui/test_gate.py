"""The gate before every page: sign-in, roles, and that an act counts only for whom the page was shown."""

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.roles import ALLOWED, COMMAND_LINE, Act, Role, User
from core.services.people import accounts, local_names, sign_in
from core.services.workspace import open_workspace
from core.store.types import now
from core.ui.settings.team import TEAM_ACTS
from core.ui.shell import app as entry
from core.ui.shell import identity, page
from core.ui.shell.navigation import HOME, PAGES, ROOT, SettingsTab
from tests.databases import PATIENCE, lead
from tests.ui.conftest import TOKEN
from tests.ui.reading import press, said


@pytest.fixture
def signed_in(fresh_process, monkeypatch):
    """People sign in here; whoever is put into the list sits in front of this browser."""
    monkeypatch.setenv("AUTH_MODE", "oidc")
    here: dict = {}
    monkeypatch.setattr(identity, "claims", lambda: dict(here))

    def as_whom(name, role=None):
        here.clear()
        if name:
            email = f"{name}@example.org"
            here.update(iss="https://id", sub=name, name=name.title(), email=email, email_verified=True)
            here.update(iat=now().timestamp(), nonce=name)
            if role:
                accounts.invite(open_workspace(), COMMAND_LINE, email, role, name=name.title())
        return here

    return as_whom


@pytest.fixture
def by_itself(monkeypatch):
    """Runs a page's script as Streamlit does for the first request of a process: only its own guard stands there."""

    def run(name):
        monkeypatch.setattr(page, "ensure_navigation", lambda: None)
        shown = AppTest.from_file(str(ROOT / PAGES[name].path), default_timeout=PATIENCE).run()
        assert not shown.exception
        return shown

    return run


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize("role", [None, *Role])
def test_a_page_opens_for_whom_the_table_says(signed_in, by_itself, role, name):
    """Every page requested first, as every role and as nobody: docs/roles.csv decides (tests/test_roles.py)."""
    signed_in("bea" if role else None, role)
    app = by_itself(name)
    if role is None:
        assert said(app).startswith("Sign in")
        assert [button.key for button in app.button] == ["account.sign_in"]
        assert not app.get("page_link")
        return
    refused = "which does not include it" in said(app)
    assert refused is not PAGES[name].opens_for(User(1, "Bea", role))
    if refused:
        assert {button.key for button in app.button} == {f"{name}.refused", "account.sign_out"}


@pytest.mark.parametrize("role", [None, *Role])
def test_the_navigation_shows_only_what_is_allowed(signed_in, role, monkeypatch):
    """A page that is not for this role is not offered, but answers under its address."""
    shown = {}
    real = entry.st.Page

    def watched(script, **options):
        shown[options["url_path"] or HOME.name] = options.get("visibility", "visible")
        return real(script, **options)

    monkeypatch.setattr(entry.st, "Page", watched)
    signed_in("bea" if role else None, role)
    AppTest.from_file(str(ROOT / "Home.py"), default_timeout=PATIENCE).run()
    allowed = ALLOWED[role] if role else frozenset()
    listed = {info.name for info in PAGES.values() if info is HOME or allowed.intersection(info.acts)}
    if role is Role.SME:
        listed = {"rate", "compare", "review", "rerank"}
    assert shown == {name: "visible" if name in listed else "hidden" for name in PAGES}


SETTINGS = {
    SettingsTab.PEOPLE: Act.PEOPLE,
    SettingsTab.API_KEYS: Act.KEYS,
    SettingsTab.AUDIT_LOG: Act.AUDIT,
}


@pytest.mark.parametrize(
    "allowed", [[tab] for tab in SETTINGS] + [[*SETTINGS], []], ids=lambda tabs: "+".join(tabs) or "none"
)
def test_a_tab_of_settings_is_shown_to_whom_its_act_allows(signed_in, by_itself, monkeypatch, allowed):
    """The page opens for whoever may see one of its tabs, with no other tab; to everybody else it is refused."""
    monkeypatch.setitem(ALLOWED, Role.VIEWER, frozenset({Act.LOOK, *(SETTINGS[tab] for tab in allowed)}))
    signed_in("bea", Role.VIEWER)
    shown = by_itself("settings")
    assert {tab.label for tab in shown.tabs} == {str(tab) for tab in allowed}
    assert ("which does not include it" in said(shown)) is (not allowed)


def test_whoever_sets_rules_for_the_team_may_open_settings():
    """The acts of the tab Team open no page by themselves."""
    for acts in ALLOWED.values():
        assert not acts.intersection(TEAM_ACTS) or acts.intersection(PAGES["settings"].acts)


def test_somebody_uninvited_is_told_what_happens_next(signed_in, open_page):
    """And sees the names of the leads, nothing else; once let in, the same browser goes on."""
    signed_in("ana", Role.LEAD)
    sign_in.enter(open_workspace(), identity.claims())
    signed_in("carl")
    app = open_page("rate")
    assert "You are not invited yet" in said(app)
    assert "Leads: Ana" in said(app)
    accounts.invite(open_workspace(), COMMAND_LINE, "carl", Role.SME)
    press(app, "account.again")
    assert "not invited" not in said(app)


def test_a_disabled_name_asks_for_another(open_page, workspace, ana):
    """Local mode: the browser that speaks for a disabled name says so and lets one choose another."""
    lead(workspace, "Ben")
    accounts.set_disabled(workspace, COMMAND_LINE, ana.rater_id, True)
    app = open_page("rate")
    assert "Your access is switched off" in said(app)
    press(app, "account.rename")
    assert local_names.user_of(workspace, TOKEN) is None
    assert app.selectbox(key="rate.pick").options == ["Ben"]


def test_only_who_may_change_data_is_offered_the_sample(signed_in, by_itself, sample):
    """Home is for everybody; loading and removing the sample on it is for leads."""
    signed_in("bea", Role.SME)
    assert "home.remove_sample" not in {button.key for button in by_itself("home").button}
    signed_in("leo", Role.LEAD)
    assert "home.remove_sample" in {button.key for button in by_itself("home").button}
