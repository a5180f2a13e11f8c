"""Sign-ins of the identity provider: whether a browser may come in.

A sign-in is a row here, found by a hash of what the browser shows. Signing out ends the row, so a copy of the cookie
finds a door that stays shut. Roles and the disabled flag are read from our database every time; what the provider
says is believed as to who somebody is, and as to nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.domain.errors import BadInput
from core.domain.roles import Role, Rule, User
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session, lock_writers
from core.store.people import accounts, raters, sign_ins
from core.store.people.raters import Rater
from core.store.people.sign_ins import Identity, SignIn
from core.store.retrying import retried
from core.store.types import now

SEEN_EVERY = timedelta(minutes=1)
"""An act is noted for the idle limit at most this often, so that a rating costs no second write."""
_NOT_THE_SIGN_IN = {"is_logged_in", "tokens", "provider"}


class Why(StrEnum):
    """Why somebody is not let in."""

    NOBODY = "nobody signed in"
    SIGNED_OUT = "signed out"
    EXPIRED = "expired"
    WAITING = "not invited yet"
    UNVERIFIED = "address not verified"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who comes in, or why not; ``name`` is what the provider calls them."""

    user: User | None
    why: Why | None = None
    name: str = ""
    sign_in: str = ""
    """What their sign-in is known by: another one of the same person has another."""


@retried
def enter(workspace: Workspace, claims: Mapping[str, Any], *, acting: bool = True) -> Entry:
    """Who stands behind these claims of the provider now; the first time they are seen, the sign-in is kept.

    ``acting`` says that a person did something, which counts against the idle limit; a look by a timer does not.
    """
    if not claims.get("sub") or not claims.get("iss"):
        return Entry(None, Why.NOBODY)
    key, name = _key_of(claims), _name_of(claims)
    with workspace.store.read() as session:
        found = sign_ins.find(session, key)
    if found is None:
        if _issued(claims) < now() - timedelta(hours=workspace.settings.session_hours):
            return Entry(None, Why.EXPIRED, name)
        found = _begin(workspace, key, claims)
    elif found[2] is None and found[0].ended_at is None:
        found = _begin(workspace, key, claims)  # whoever was invited since then need not sign in again
    sign_in, _, rater = found
    if rater is not None and rater.disabled:
        return Entry(None, Why.DISABLED, name)
    why = _ended(workspace, sign_in)
    if why is not None or rater is None:
        return Entry(None, why or _waiting(workspace, claims), name)
    if acting and now() - sign_in.seen_at > SEEN_EVERY:
        with workspace.store.write() as session:
            sign_ins.note_seen(session, key)
    return Entry(_user(rater), None, name, key)


@retried
def sign_out(workspace: Workspace, claims: Mapping[str, Any]) -> None:
    """End this sign-in for good; nothing that was copied from the browser opens it again."""
    key = _key_of(claims)
    with workspace.store.write() as session:
        found = sign_ins.find(session, key)
        if found is not None and found[0].ended_at is None:
            found[0].ended_at = now()
            if found[2] is not None:
                audit.write(session, _user(found[2]), "signed out", f"person {found[2].rater_id}")


@retried
def _begin(workspace: Workspace, key: str, claims: Mapping[str, Any]) -> sign_ins.Found:
    with workspace.store.write() as session:
        lock_writers(session)
        identity = sign_ins.identity(
            session,
            str(claims["iss"])[:500],
            str(claims["sub"])[:255],
            name=_name_of(claims),
            email=_email_of(workspace, claims),
        )
        rater = raters.load(session, identity.rater_id) if identity.rater_id is not None else None
        if rater is None:
            rater = _person_behind(workspace, session, identity)
        first = sign_ins.find(session, key) is None
        sign_ins.begin(session, key, identity.identity_id)
        found = sign_ins.find(session, key)
        assert found is not None
        if first and rater is not None:
            audit.write(session, _user(rater), "signed in", f"person {rater.rater_id}")
        return found


def _person_behind(workspace: Workspace, session: Session, identity: Identity) -> Rater | None:
    """The person this identity is from now on: whoever was invited under its address, or the first lead; else None.

    Only somebody who never signed in is taken: an address that a new colleague got later opens no old account.
    """
    if identity.email is None:
        return None
    rater = accounts.by_email(session, identity.email)
    if rater is not None and sign_ins.has_identity(session, rater.rater_id):
        return None
    if identity.email == workspace.settings.first_lead and not accounts.leads(session, who_can_sign_in=True):
        if rater is None:
            name = accounts.free_name(session, identity.name, identity.email)
            rater = accounts.add(session, name, identity.email, Role.LEAD)
        old = {"role": rater.role, "disabled": rater.disabled}
        rater.role, rater.disabled = Role.LEAD, False
        audit.write(
            session,
            Rule.FIRST_LEAD,
            "became the first lead",
            f"person {rater.rater_id}",
            old=old,
            new={"role": str(Role.LEAD), "disabled": False},
        )
    if rater is not None:
        identity.rater_id = rater.rater_id
    return rater


def _user(rater: Rater) -> User:
    return User(rater.rater_id, rater.name, Role(rater.role))


def _ended(workspace: Workspace, sign_in: SignIn) -> Why | None:
    if sign_in.ended_at is not None:
        return Why.SIGNED_OUT
    settings, at = workspace.settings, now()
    idle, whole = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return Why.EXPIRED if at - sign_in.seen_at > idle or at - sign_in.created_at > whole else None


def _key_of(claims: Mapping[str, Any]) -> str:
    """A hash of everything the provider signed: its nonce and time make every sign-in a different one."""
    signed = {name: value for name, value in claims.items() if name not in _NOT_THE_SIGN_IN}
    return hashlib.sha256(json.dumps(signed, sort_keys=True, default=str).encode()).hexdigest()


def _issued(claims: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromtimestamp(float(claims["iat"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)  # a sign-in that cannot be dated is not accepted


def _name_of(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email", "sub"):
        if claims.get(claim):
            try:
                return raters.rater_name(str(claims[claim])[: raters.MAX_NAME])
            except BadInput:  # no reason to refuse somebody: the next claim is tried
                continue
    return "somebody"


def _waiting(workspace: Workspace, claims: Mapping[str, Any]) -> Why:
    """Whether somebody waits because nobody invited them, or because their address does not count."""
    said = claims.get("email") is not None and _email_of(workspace, claims) is None
    return Why.UNVERIFIED if said else Why.WAITING


def _email_of(workspace: Workspace, claims: Mapping[str, Any]) -> str | None:
    """The address, where the provider says that it was checked.

    That is JSON's true, or the text "true", which some providers send. With ``trust_unverified_email`` a provider may
    also say nothing; one that says anything else is believed either way.
    """
    verified = claims.get("email_verified")
    checked = verified is True or verified == "true" or (verified is None and workspace.settings.trust_unverified_email)
    if claims.get("email") is None or not checked:
        return None
    try:
        return accounts.email_address(str(claims["email"]))
    except BadInput:
        return None
