"""Sign-ins: who comes in, that an ended one stays ended, and what of the provider's words is believed."""

from datetime import timedelta

import pytest

from core.domain.errors import NotFound
from core.domain.roles import COMMAND_LINE, Role
from core.domain.settings import Settings
from core.services.data import erasure
from core.services.data.importing import import_file
from core.services.people import accounts
from core.services.people.sign_in import Why, enter, sign_out
from core.store.tables import SignIn
from core.store.types import now
from tests.databases import rater
from tests.services.test_accounts import acts, claims, with_sign_in

ALIKE = [
    ("sam@example.org", "\u017fam@example.org"),  # long s
    ("kim@example.org", "\u212aim@example.org"),  # Kelvin sign
    ("strasse@example.org", "stra\u00dfe@example.org"),
    ("stra\u00dfe@example.org", "strasse@example.org"),
    ("ana@\u017fite.org", "ana@site.org"),
]
"""Two addresses that casefolding takes for one."""


@pytest.fixture
def sign_in(workspace):
    """The workspace where people sign in and Ana was invited as sme."""
    with_sign_in(workspace)
    accounts.invite(workspace, COMMAND_LINE, "ana@example.org", Role.SME, name="Ana")
    return workspace


def move(workspace, **back):
    """Let the clock of every sign-in have begun earlier."""
    with workspace.store.write() as session:
        for row in session.query(SignIn):
            for name, delta in back.items():
                setattr(row, name, getattr(row, name) - delta)


def test_whoever_was_invited_comes_in_with_the_role_from_our_database(sign_in):
    """A role that the provider claims counts for nothing."""
    entry = enter(sign_in, claims(roles=["lead"], role="lead"))
    assert (entry.user.name, entry.user.role, entry.why) == ("Ana", Role.SME, None)


def test_without_a_sign_in_nobody_comes_in(sign_in):
    """Neither without claims nor with claims that name no issuer or subject."""
    for said in ({}, {"iss": "x"}, {"sub": "ana", "email": "ana@example.org"}):
        assert enter(sign_in, said).why is Why.NOBODY


def test_signing_out_cannot_be_undone_by_a_copy_of_the_cookie(sign_in):
    """The same claims find the row that ended; a new sign-in, with another nonce, opens again."""
    said = claims()
    assert enter(sign_in, said).user
    sign_out(sign_in, said)
    assert enter(sign_in, said).why is Why.SIGNED_OUT
    assert enter(sign_in, said | {"tokens": {"id": "x"}}).why is Why.SIGNED_OUT
    assert enter(sign_in, claims(nonce="another")).user
    assert [action for _, action, _ in acts(sign_in)] == ["invited", "signed in", "signed out", "signed in"]


SAID = [
    *[(said, True) for said in (True, "true")],
    *[
        (said, False)
        for said in (None, False, "false", "False", "0", 0, 1, "1", "", "yes", "TRUE ", [], [True], {"a": 1})
    ],
]
"""What a provider may say in ``email_verified``, and whether it vouches for the address by that."""


@pytest.mark.parametrize("trusting", [False, True])
@pytest.mark.parametrize("said, vouched", SAID, ids=repr)
def test_only_an_address_that_the_provider_checked_opens_an_invitation(sign_in, said, vouched, trusting):
    """Anybody could claim Ana's address where people type it in; the setting is for providers that say nothing."""
    with_sign_in(sign_in, trust_unverified_email=trusting)
    entry = enter(sign_in, claims(email_verified=said))
    comes_in = vouched or (trusting and said is None)
    assert (entry.user is not None) is comes_in
    assert entry.why is (None if comes_in else Why.UNVERIFIED)
    if not comes_in:
        (waiting,) = accounts.pending_identities(sign_in, COMMAND_LINE)
        assert waiting.email is None


def test_without_the_claim_nothing_is_bound_and_the_person_learns_why(sign_in):
    """A token that does not mention it; whoever says no address at all simply waits."""
    said = claims()
    del said["email_verified"]
    assert enter(sign_in, said).why is Why.UNVERIFIED
    assert enter(sign_in, claims("ben", None)).why is Why.WAITING
    (ana,) = [person for person in accounts.listed(sign_in, COMMAND_LINE) if person.last_seen is None]
    ben, waiting = accounts.pending_identities(sign_in, COMMAND_LINE)
    accounts.admit(sign_in, COMMAND_LINE, waiting.identity_id, Role.SME, as_person=ana.rater_id)
    assert enter(sign_in, said).user.name == "Ana"
    assert ben.name == "Ben"


def test_whoever_was_bound_stays_so_whatever_the_provider_says_later(sign_in):
    """Issuer and subject are the person from the first sign-in on."""
    assert enter(sign_in, claims()).user
    again = enter(sign_in, claims(nonce="2", email="other@example.org", email_verified=False))
    assert again.user.name == "Ana"


@pytest.mark.parametrize("invited, said", ALIKE)
def test_an_address_binds_letter_by_letter(workspace, invited, said):
    """Only ASCII letters have no case: what casefolding makes one are addresses of different people."""
    with_sign_in(workspace)
    assert invited.casefold() == said.casefold()
    accounts.invite(workspace, COMMAND_LINE, invited, Role.LEAD)
    assert enter(workspace, claims("other", said)).why is Why.WAITING
    assert accounts.look_alikes(workspace, COMMAND_LINE) == [tuple(sorted((invited, said)))]
    assert enter(workspace, claims("owner", invited.upper() if invited.isascii() else invited)).user
    accounts.invite(workspace, COMMAND_LINE, said, Role.SME)  # not taken: somebody else
    with pytest.raises(NotFound):
        accounts.find(workspace, COMMAND_LINE, said.replace("@", "x@"))


@pytest.mark.parametrize("named, said", ALIKE)
def test_the_first_lead_is_that_very_address(workspace, named, said):
    """Also where the configuration names it."""
    settings = Settings.from_env({"ASSAY_FIRST_LEAD": named.upper() if named.isascii() else named})
    with_sign_in(workspace, first_lead=settings.first_lead)
    assert enter(workspace, claims("other", said)).why is Why.WAITING
    assert enter(workspace, claims("owner", named)).user.role is Role.LEAD


@pytest.mark.parametrize("invited, said", ALIKE)
def test_who_is_named_by_an_address_is_that_person_or_nobody(workspace, invited, said):
    """A person without a name is called by the address:
    commands that name somebody must not reach another one by it.
    """
    accounts.invite(workspace, COMMAND_LINE, invited, Role.SME)
    with pytest.raises(NotFound):
        accounts.find(workspace, COMMAND_LINE, said)
    with pytest.raises(NotFound):
        erasure.preview_rater(workspace, COMMAND_LINE, said, ratings_stay=True)
    assert accounts.find(workspace, COMMAND_LINE, invited).email == invited


def test_an_address_that_a_colleague_got_later_opens_no_old_account(sign_in):
    """Another subject with Ana's address waits for a lead instead of becoming Ana."""
    assert enter(sign_in, claims("ana")).user
    assert enter(sign_in, claims("successor")).why is Why.WAITING


def test_the_same_subject_of_another_issuer_is_somebody_else(sign_in):
    """A person is issuer and subject together."""
    assert enter(sign_in, claims("ana")).user
    other = claims("ana", None, iss="https://evil.example.org")
    assert enter(sign_in, other).why is Why.WAITING


def test_disabling_ends_the_sign_in_at_the_next_look(sign_in):
    """Also after enabling again the old sign-in stays ended."""
    said = claims()
    ana = enter(sign_in, said).user
    accounts.set_disabled(sign_in, COMMAND_LINE, ana.rater_id, True)
    assert enter(sign_in, said).why is Why.DISABLED
    assert enter(sign_in, claims(nonce="new")).why is Why.DISABLED
    accounts.set_disabled(sign_in, COMMAND_LINE, ana.rater_id, False)
    assert enter(sign_in, said).why is Why.SIGNED_OUT


def test_a_sign_in_ends_when_nothing_is_done_for_long(sign_in):
    """Acts keep it open; a timer's look does not."""
    said, step = claims(), timedelta(minutes=90)
    assert enter(sign_in, said).user
    move(sign_in, seen_at=step)
    assert enter(sign_in, said, acting=False).user
    move(sign_in, seen_at=timedelta(minutes=20))
    assert enter(sign_in, said).user
    move(sign_in, seen_at=step)
    assert enter(sign_in, said).user
    move(sign_in, seen_at=timedelta(minutes=121))
    assert enter(sign_in, said).why is Why.EXPIRED


def test_a_sign_in_ends_after_its_longest_time(sign_in):
    """However busy somebody was; and an old cookie whose row is not known begins no new one."""
    said = claims()
    assert enter(sign_in, said).user
    move(sign_in, created_at=timedelta(hours=13))
    assert enter(sign_in, said).why is Why.EXPIRED
    old = claims(nonce="old", iat=(now() - timedelta(hours=13)).timestamp())
    assert enter(sign_in, old).why is Why.EXPIRED
    assert enter(sign_in, claims(nonce="undated", iat=None)).why is Why.EXPIRED


def test_the_first_lead_is_named_by_the_configuration(workspace):
    """Once, while there is no lead who can sign in; names that were leads in local mode do not count."""
    rater(workspace, "Old lead of local mode")
    with_sign_in(workspace, first_lead="ana@example.org")
    assert enter(workspace, claims("ben", "ben@example.org")).why is Why.WAITING
    ana = enter(workspace, claims("ana")).user
    assert ana.role is Role.LEAD
    assert ("ASSAY_FIRST_LEAD", "became the first lead", f"person {ana.rater_id}") in acts(workspace)
    (ben,) = accounts.pending_identities(workspace, ana)
    accounts.admit(workspace, ana, ben.identity_id, Role.LEAD)
    accounts.set_role(workspace, COMMAND_LINE, ana.rater_id, Role.SME)
    assert enter(workspace, claims("ana", nonce="2")).user.role is Role.SME


def test_the_name_of_imported_ratings_never_becomes_a_signed_in_person(workspace, tmp_path):
    """Whoever signs in under such a name is a new person beside it."""
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response,rating,rater\np,a,4,Ana\np,b,4,ana@example.org\n")
    list(import_file(workspace, COMMAND_LINE, file))
    with_sign_in(workspace, first_lead="ana@example.org")
    ana = enter(workspace, claims("ana")).user
    assert ana.name == "Ana 2"


def test_somebody_invited_while_waiting_need_not_sign_in_again(workspace):
    """The next look lets them in."""
    with_sign_in(workspace)
    said = claims()
    assert enter(workspace, said).why is Why.WAITING
    accounts.invite(workspace, COMMAND_LINE, "ana@example.org", Role.VIEWER)
    assert enter(workspace, said).user.role is Role.VIEWER
