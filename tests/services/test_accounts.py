"""Who may come in and as what: invitations, roles, disabling, and that a lead is always left."""

import dataclasses
import threading

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.domain.settings import AuthMode
from core.services.data.importing import import_file
from core.services.people import accounts, local_names, sign_in
from core.store.tables import Audit, Setting
from core.store.types import now
from tests.databases import PATIENCE, lead, rater


def with_sign_in(workspace, **settings):
    """The same database where people sign in."""
    workspace.settings = dataclasses.replace(workspace.settings, auth_mode=AuthMode.OIDC, **settings)
    return workspace


def claims(subject="ana", email="ana@example.org", **more):
    """What a provider says at one sign-in."""
    said = {"iss": "https://id.example.org", "sub": subject, "name": subject.title(), "iat": now().timestamp()}
    address = {"email": email, "email_verified": True} if email else {}
    return {**said, "nonce": f"n-{subject}", **address, **more, "is_logged_in": True}


def acts(workspace):
    with workspace.store.read() as session:
        return [(row.actor, row.action, row.subject) for row in session.query(Audit).order_by(Audit.audit_id)]


def news(workspace):
    with workspace.store.read() as session:
        return [row.new for row in session.query(Audit).order_by(Audit.audit_id)]


def test_the_first_name_is_a_lead_and_later_ones_rate(workspace):
    """Local mode: until a lead says otherwise; a name that is chosen again keeps its role."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert (ana.role, ben.role) == (Role.LEAD, Role.SME)
    assert (ben.key, "chose a new name", f"person {ben.rater_id}", {"role": "sme"}) in [
        (*act, new) for act, new in zip(acts(workspace), news(workspace), strict=True)
    ]
    accounts.set_role(workspace, ana, ben.rater_id, Role.LEAD)
    assert rater(workspace, "Ben").role is Role.LEAD


def test_where_no_lead_is_left_the_next_name_is_one(workspace):
    """Somebody added raters on the command line before anybody opened the dashboard: nobody is locked out."""
    accounts.invite(workspace, COMMAND_LINE, "Ben", Role.SME)
    assert rater(workspace, "Ben").role is Role.SME
    assert rater(workspace, "Ana").role is Role.LEAD
    assert rater(workspace, "Lea").role is Role.SME


def test_where_names_were_leads_before_they_still_are(workspace):
    """A database of an earlier release has no such setting: who works with it finds what they found."""
    with workspace.store.write() as session:
        session.delete(session.get(Setting, local_names.LATER_NAMES))
    assert [rater(workspace, name).role for name in ("Ana", "Ben", "Cy")] == [Role.LEAD] * 3


def test_the_role_that_a_lead_gave_holds_from_the_next_look_on(workspace):
    """Local mode: for every browser that speaks for the name."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    accounts.set_role(workspace, ana, ben.rater_id, Role.LEAD)
    assert local_names.user_of(workspace, "cookie of Ben").role is Role.LEAD
    accounts.set_role(workspace, ana, ben.rater_id, Role.SME)
    assert local_names.user_of(workspace, "cookie of Ben").role is Role.SME
    assert local_names.rate_as(workspace, "another browser", "ben").role is Role.SME
    assert (ana.key, "changed the role", f"person {ben.rater_id}") in acts(workspace)


def test_a_disabled_name_speaks_for_nobody(workspace):
    """Neither the browser that had it nor a new one, and the list does not offer it; enabling gives it back."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    accounts.set_disabled(workspace, ana, ben.rater_id, True)
    assert local_names.user_of(workspace, "cookie of Ben") is None
    assert local_names.is_disabled(workspace, "cookie of Ben")
    assert local_names.names(workspace) == ["Ana"]
    with pytest.raises(Conflict, match="disabled by a lead"):
        local_names.rate_as(workspace, "new", "BEN")
    accounts.set_disabled(workspace, ana, ben.rater_id, False)
    assert local_names.user_of(workspace, "cookie of Ben") == ben


@pytest.mark.every_database
@pytest.mark.parametrize("change", ["demote", "disable"])
def test_the_last_lead_stays(workspace, change):
    """Whoever could undo it would be gone; with a second lead it works."""
    ana = rater(workspace, "Ana")

    def do():
        if change == "demote":
            accounts.set_role(workspace, COMMAND_LINE, ana.rater_id, Role.SME)
        else:
            accounts.set_disabled(workspace, COMMAND_LINE, ana.rater_id, True)

    with pytest.raises(Conflict, match="last lead"):
        do()
    assert local_names.user_of(workspace, "cookie of Ana") == ana
    assert [action for _, action, _ in acts(workspace)] == ["chose a new name"]
    lead(workspace, "Ben")
    do()


def test_two_leads_cannot_demote_each_other_at_the_same_moment(workspace):
    """Both look, see two leads, and act: one of them is refused, so that a lead is left."""
    pair = [rater(workspace, "Ana"), lead(workspace, "Ben")]
    gate, said = threading.Barrier(2), []

    def demote(me, other):
        gate.wait(PATIENCE)
        try:
            accounts.set_role(workspace, me, other.rater_id, Role.SME)
        except (Conflict, NotAllowed) as error:  # whether the other one was faster after the check or before it
            said.append(str(error))

    threads = [threading.Thread(target=demote, args=(pair[i], pair[1 - i])) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1
    assert sorted(person.role for person in accounts.listed(workspace, COMMAND_LINE)) == [Role.LEAD, Role.SME]


def test_people_are_invited_by_address_or_name_and_found_by_both(workspace):
    """An address is kept in one form; a name alone is enough where nobody signs in."""
    accounts.invite(workspace, COMMAND_LINE, " Ana@Example.ORG ", Role.LEAD, name="Ana Lima")
    accounts.invite(workspace, COMMAND_LINE, "Ben", Role.VIEWER)
    found = {p.name: (p.email, p.role) for p in accounts.listed(workspace, COMMAND_LINE)}
    assert found == {"Ana Lima": ("ana@example.org", Role.LEAD), "Ben": (None, Role.VIEWER)}
    assert accounts.find(workspace, COMMAND_LINE, "ANA@example.org").name == "Ana Lima"
    assert accounts.find(workspace, COMMAND_LINE, "ana lima").email == "ana@example.org"
    with pytest.raises(NotFound, match="Known: Ana Lima, Ben"):
        accounts.find(workspace, COMMAND_LINE, "Zed")


@pytest.mark.parametrize(
    "who", ["", "  ", "a@b@c", "@example.org", "a b@example.org", "a@x.org, b@x.org", "x\x00@y.org"]
)
def test_an_unusable_address_is_refused(workspace, who):
    """In words, and nobody is added."""
    with pytest.raises(BadInput, match=r"e-mail address"):
        accounts.invite(workspace, COMMAND_LINE, who, Role.SME)
    assert accounts.listed(workspace, COMMAND_LINE) == []


def test_nobody_is_invited_twice_and_data_keeps_its_names(workspace, tmp_path):
    """A taken address, a taken name and the name of imported ratings are refused."""
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response,rating,rater\np,a,4,Dr. Lima\n")
    list(import_file(workspace, COMMAND_LINE, file))
    accounts.invite(workspace, COMMAND_LINE, "ana@example.org", Role.SME, name="Ana")
    for who, name in [("ANA@example.org", "Anna"), ("new@example.org", "Ana"), ("l@example.org", "dr. lima")]:
        with pytest.raises(Conflict):
            accounts.invite(workspace, COMMAND_LINE, who, Role.SME, name=name)
    assert [person.name for person in accounts.listed(workspace, COMMAND_LINE)] == ["Ana"]


def test_a_name_from_before_sign_in_gets_an_address(workspace):
    """Inviting Ana with an address binds the Ana who rated before, so that her ratings stay hers."""
    ana = rater(workspace, "Ana")
    with_sign_in(workspace)
    invited = accounts.invite(workspace, COMMAND_LINE, "ana@example.org", Role.SME, name="Ana")
    assert invited.rater_id == ana.rater_id
    assert sign_in.enter(workspace, claims()).user == User(ana.rater_id, "Ana", Role.SME)
    with pytest.raises(Conflict, match="signed in already"):
        accounts.set_address(workspace, COMMAND_LINE, ana.rater_id, "other@example.org")


def test_where_people_sign_in_a_name_lets_in_only_who_waits(workspace):
    """A display name proves nothing, so it invites nobody; whoever waits under it can be let in by a lead."""
    with_sign_in(workspace)
    with pytest.raises(BadInput, match="nobody of that name waits"):
        accounts.invite(workspace, COMMAND_LINE, "Ben", Role.LEAD)
    said = claims("ben", None)
    assert sign_in.enter(workspace, said).why is sign_in.Why.WAITING
    assert [one.name for one in accounts.pending_identities(workspace, COMMAND_LINE)] == ["Ben"]
    ben = accounts.invite(workspace, COMMAND_LINE, "ben", Role.LEAD)
    assert sign_in.enter(workspace, said).user == User(ben.rater_id, "Ben", Role.LEAD)
    assert accounts.pending_identities(workspace, COMMAND_LINE) == []
    with pytest.raises(NotAllowed, match="sign in"):
        local_names.rate_as(workspace, "token", "Ana")


def test_whoever_waits_can_be_let_in_as_a_name_from_before(workspace):
    """The lead says who it is; a person who signed in before cannot be handed to somebody else."""
    ana = rater(workspace, "Ana")
    with_sign_in(workspace)
    sign_in.enter(workspace, claims("ana", None))
    sign_in.enter(workspace, claims("mallory", None))
    mallory, waiting = accounts.pending_identities(workspace, COMMAND_LINE)
    accounts.admit(workspace, COMMAND_LINE, waiting.identity_id, Role.SME, as_person=ana.rater_id)
    with pytest.raises(Conflict, match="signed in before"):
        accounts.admit(workspace, COMMAND_LINE, mallory.identity_id, Role.SME, as_person=ana.rater_id)
    with pytest.raises(Conflict, match="Somebody else"):
        accounts.admit(workspace, COMMAND_LINE, waiting.identity_id, Role.SME)


@pytest.mark.parametrize("role", [Role.SME, Role.VIEWER])
def test_only_leads_manage_people(workspace, role):
    """Every function asks for the role itself, whatever the page did."""
    nobody = User(999, "Eve", role)
    for call in (
        lambda: accounts.listed(workspace, nobody),
        lambda: accounts.pending_identities(workspace, nobody),
        lambda: accounts.invite(workspace, nobody, "x@example.org", Role.LEAD),
        lambda: accounts.admit(workspace, nobody, 1, Role.LEAD),
        lambda: accounts.set_role(workspace, nobody, 999, Role.LEAD),
        lambda: accounts.set_disabled(workspace, nobody, 1, True),
        lambda: accounts.set_address(workspace, nobody, 1, "x@example.org"),
        lambda: accounts.find(workspace, nobody, "Ana"),
    ):
        with pytest.raises(NotAllowed, match=role):
            call()
