"""Who may come in and as what: inviting, roles, disabling. Every change is kept in the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from core.domain.errors import BadInput, Conflict
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, Role, User
from core.domain.settings import AuthMode
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session, lock_writers
from core.store.people import accounts, raters, sign_ins
from core.store.people.raters import Rater
from core.store.people.sign_ins import Identity
from core.store.retrying import retried


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the People tab of Settings shows them."""

    rater_id: int
    name: Name
    email: Annotated[str | None, AS_IS]
    role: Role
    disabled: bool
    last_seen: datetime | None
    """The last sign-in; None where there was none."""


@dataclass(frozen=True, slots=True)
class PendingIdentity:
    """Somebody who signed in at the provider but was not invited."""

    identity_id: int
    name: Name
    email: Annotated[str | None, AS_IS]
    """None where the provider does not vouch for an address."""
    seen_at: datetime


@masks_output()
def listed(workspace: Workspace, user: User) -> list[Person]:
    """All persons by name."""
    workspace.require(user, Act.PEOPLE)
    with workspace.store.read() as session:
        seen = sign_ins.last_seen(session)
        return [_person(rater, seen.get(rater.rater_id)) for rater in raters.people(session)]


@masks_output()
def pending_identities(workspace: Workspace, user: User) -> list[PendingIdentity]:
    """Who waits to be let in, the newest first."""
    workspace.require(user, Act.PEOPLE)
    with workspace.store.read() as session:
        return [PendingIdentity(one.identity_id, one.name, one.email, one.seen_at) for one in sign_ins.waiting(session)]


@masks_output(as_is="the addresses are what a lead compares")
def look_alikes(workspace: Workspace, user: User) -> list[tuple[str, ...]]:
    """Addresses, of people here and of those who wait, that earlier releases took for one and the same."""
    workspace.require(user, Act.PEOPLE)
    with workspace.store.read() as session:
        return accounts.look_alikes(session)


@masks_output(as_is="names of people")
def lead_names(workspace: Workspace) -> list[str]:
    """Whom to ask: the leads by name, for everybody who meets a closed door."""
    with workspace.store.read() as session:
        return [rater.name for rater in raters.people(session) if rater.role == Role.LEAD and not rater.disabled]


@masks_output()
@retried
def invite(workspace: Workspace, user: User, who: str, role: Role, *, name: str = "") -> Person:
    """Add somebody by e-mail address, with or without a name, or by name alone.

    Where people sign in, an address is what recognises them at their first sign-in: a display name proves nothing, so
    a name alone lets in only somebody who waits at the door already.

    Raises:
        BadInput, Conflict: the address or the name cannot be used; the sentence says why.
    """
    workspace.require(user, Act.PEOPLE)
    if not who.strip():
        raise BadInput("Please enter an e-mail address or a name.")
    email = accounts.email_address(who) if "@" in who else None
    if email is None and workspace.settings.auth_mode is AuthMode.OIDC:
        return admit(workspace, user, _who_waits(workspace, who), role)
    with workspace.store.write() as session:
        lock_writers(session)
        known = raters.find(session, raters.rater_name(name)) if email and name.strip() else None
        if known is not None and known.kind == "person" and known.email is None:
            person = _give_address(session, user, known, email)  # a name from before there was sign-in
            old: dict[str, Any] | None = {"role": person.role}
            person.role = role
        else:
            chosen = name if name.strip() else (who if email is None else accounts.free_name(session, who, None))
            person, old = accounts.add(session, chosen, email, role), None
        audit.write(session, user, "invited", f"person {person.rater_id}", old=old, new={"role": str(role)})
        return _person(person, None)


@masks_output()
@retried
def admit(workspace: Workspace, user: User, identity_id: int, role: Role, *, as_person: int | None = None) -> Person:
    """Let somebody in who signed in uninvited: as a new person, or as one who is known here but never signed in.

    Raises:
        Conflict: they were let in by somebody else meanwhile, or the person chosen has signed in before.
    """
    workspace.require(user, Act.PEOPLE)
    with workspace.store.write() as session:
        lock_writers(session)
        identity = sign_ins.waiting_identity(session, identity_id)
        if identity is None:
            raise Conflict("Somebody else has just answered this. Load the page again to see how.")
        if as_person is None:
            free = identity.email if identity.email and accounts.by_email(session, identity.email) is None else None
            person = accounts.add(session, accounts.free_name(session, identity.name, identity.email), free, role)
        else:
            person = accounts.by_id(session, as_person)
            if sign_ins.has_identity(session, person.rater_id):
                raise Conflict(
                    f"{person.name} has signed in before, as somebody else. Let this person in as a new one."
                )
            person.role = role
        identity.rater_id = person.rater_id
        audit.write(
            session, user, "let in", f"person {person.rater_id}", new={"role": str(role), "identity": identity_id}
        )
        return _person(person, identity)


@masks_output()
@retried
def set_address(workspace: Workspace, user: User, rater_id: int, email: str) -> Person:
    """The address by which somebody who never signed in is recognised.

    Raises:
        BadInput, Conflict: it is none, somebody else has it, or the person has signed in before.
    """
    workspace.require(user, Act.PEOPLE)
    with workspace.store.write() as session:
        lock_writers(session)
        person = accounts.by_id(session, rater_id)
        if sign_ins.has_identity(session, rater_id):
            raise Conflict(f"{person.name} has signed in already and is recognised by that, not by the address.")
        return _person(_give_address(session, user, person, accounts.email_address(email)), None)


@masks_output()
@retried
def set_role(workspace: Workspace, user: User, rater_id: int, role: Role) -> Person:
    """Give somebody another role; it counts from their next act on.

    Raises:
        Conflict: this is the last lead.
    """
    workspace.require(user, Act.PEOPLE)
    with _changing(workspace, rater_id) as (session, person):
        old, person.role = person.role, role
        if old != role:
            audit.write(
                session, user, "changed the role", f"person {rater_id}", old={"role": old}, new={"role": str(role)}
            )
        return _person(person, None)


@masks_output()
@retried
def set_disabled(workspace: Workspace, user: User, rater_id: int, disabled: bool) -> Person:
    """Shut somebody out, which also ends their sign-ins, or let them in again; ratings stay.

    Raises:
        Conflict: this is the last lead.
    """
    workspace.require(user, Act.PEOPLE)
    with _changing(workspace, rater_id) as (session, person):
        old, person.disabled = person.disabled, disabled
        if disabled:
            sign_ins.end_all(session, rater_id)
        if old != disabled:
            audit.write(session, user, "disabled" if disabled else "enabled", f"person {rater_id}")
        return _person(person, None)


@masks_output()
def find(workspace: Workspace, user: User, who: str) -> Person:
    """The person of that e-mail address or that name.

    Raises:
        NotFound: there is none.
    """
    workspace.require(user, Act.PEOPLE)
    with workspace.store.read() as session:
        return _person(accounts.by_who(session, who), None)


def _who_waits(workspace: Workspace, name: str) -> int:
    """The one identity of that name that waits to be let in."""
    clean = raters.rater_name(name)
    with workspace.store.read() as session:
        found = [one for one in sign_ins.waiting(session) if one.name.casefold() == clean.casefold()]
    if len(found) == 1:
        return found[0].identity_id
    if found:
        raise Conflict(f"{len(found)} people called {clean!r} wait. Let the right one in by the e-mail address.")
    raise BadInput(
        f"{clean!r} is a name, and nobody of that name waits to be let in. People who sign in are recognised by their "
        "e-mail address: enter that, and the name beside it if you like."
    )


@contextmanager
def _changing(workspace: Workspace, rater_id: int) -> Iterator[tuple[Session, Rater]]:
    """Around a change of a person: whatever it does, a lead is left who can undo it."""
    sign_in = workspace.settings.auth_mode is AuthMode.OIDC
    with workspace.store.write() as session:
        lock_writers(session)
        person = accounts.by_id(session, rater_id)
        before = accounts.leads(session, who_can_sign_in=sign_in)
        yield session, person
        if before and not accounts.leads(session, who_can_sign_in=sign_in):
            raise Conflict(
                f"{person.name} is the last lead, and somebody must be left who can change this. "
                "Nothing was changed. Make another person a lead first."
            )


def _give_address(session: Session, user: User, person: Rater, email: str | None) -> Rater:
    taken = None if email is None else accounts.by_email(session, email)
    if taken is not None and taken is not person:
        raise Conflict(f"{email} belongs to {taken.name!r} already.")
    person.email = email
    audit.write(session, user, "gave an address", f"person {person.rater_id}")
    return person


def _person(rater: Rater, seen: Identity | None) -> Person:
    return Person(
        rater.rater_id, rater.name, rater.email, Role(rater.role), rater.disabled, seen.seen_at if seen else None
    )
