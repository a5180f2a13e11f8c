"""Persons with their roles and e-mail addresses: who has access, and in which role."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.identifiers.email_addresses import folded
from core.domain.roles import Role
from core.store.people import raters
from core.store.tables import Identity, Rater

MAX_EMAIL = 254


def email_address(text: str) -> str:
    """An address as it is kept and compared: without blanks around it, ASCII letters small.

    Raises:
        BadInput: it is no address.
    """
    clean = folded(text.strip())
    if len(clean) > MAX_EMAIL or not clean.isprintable() or not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", clean):
        raise BadInput(
            f"{text.strip()[:80]!r} is not an e-mail address. It needs one @ with a name before it and a place "
            "behind it."
        )
    return clean


def by_email(session: Session, email: str) -> Rater | None:
    """The person with that address."""
    return session.scalar(select(Rater).where(Rater.email == folded(email), Rater.kind == "person"))


def by_name(session: Session, who: str) -> Rater | None:
    """The rater of that name; a name that is an address is compared as an address is, not as names are."""
    found = raters.find(session, who)
    if found is not None and "@" in who and folded(found.name) != folded(" ".join(who.split())):
        return None
    return found


def look_alikes(session: Session) -> list[tuple[str, ...]]:
    """Groups of addresses that differ, but would be one if every letter were folded as in earlier releases."""
    known = [*session.scalars(select(Rater.email).where(Rater.email.is_not(None), Rater.kind == "person"))]
    known += session.scalars(select(Identity.email).where(Identity.email.is_not(None), Identity.rater_id.is_(None)))
    groups: dict[str, set[str]] = {}
    for address in filter(None, known):
        groups.setdefault(address.casefold(), set()).add(address)
    return [tuple(sorted(group)) for _, group in sorted(groups.items()) if len(group) > 1]


def by_who(session: Session, who: str) -> Rater:
    """The person of that e-mail address or that name.

    Raises:
        BadInput: it is neither an address nor a name.
        NotFound: there is none; the sentence names who there is.
    """
    found = by_email(session, email_address(who)) if "@" in who else None
    raters.rater_name(who[: raters.MAX_NAME])
    found = found or by_name(session, who[: raters.MAX_NAME])
    if found is None or found.kind != "person" or found.forgotten_at is not None:
        known = ", ".join(person.name for person in raters.people(session)[:10])
        raise NotFound(
            f"There is nobody called {who.strip()[:100]!r}. "
            + (f"Known: {known}." if known else "Nobody was added yet: python -m core users add NAME_OR_EMAIL")
        )
    return found


def by_id(session: Session, rater_id: int) -> Rater:
    """The person of that number.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Rater, rater_id)
    if found is None or found.kind != "person" or found.forgotten_at is not None:
        raise NotFound("This person is not here any more. Load the page again.")
    return found


def role_now(session: Session, rater_id: int) -> Role | None:
    """The role of that person; None where access is switched off or there is no such person."""
    role = session.scalar(
        select(Rater.role).where(Rater.rater_id == rater_id, Rater.kind == "person", Rater.disabled.is_(False))
    )
    return None if role is None else Role(role)


def add(session: Session, name: str, email: str | None, role: Role) -> Rater:
    """A new person; a name that is taken, by data or by a person, is refused.

    Raises:
        BadInput: the name is unusable.
        Conflict: name or address are taken.
    """
    if email is not None and (taken := by_email(session, email)) is not None:
        raise Conflict(f"{email} was invited already, as {taken.name!r}. Change the role there instead.")
    known = raters.find(session, name)
    if known is not None and known.kind == "person":
        raise Conflict(
            f"There is a person called {known.name!r} already. Change the role there, or choose another name."
        )
    person = raters.person(session, name)
    person.email, person.role = email, role
    session.flush()
    return person


def free_name(session: Session, wanted: str, email: str | None) -> str:
    """A name that nobody has: what the provider says, else the address, else with a number behind."""
    for candidate in filter(None, (wanted, email, *(f"{wanted[:95]} {number}" for number in range(2, 1000)))):
        try:
            clean = raters.rater_name(candidate)
        except BadInput:
            continue
        if clean.casefold() not in raters.KEPT and raters.find(session, clean) is None:
            return clean
    raise Conflict(f"No name is free for {wanted!r}. Ask a lead to invite this person under another name.")


def leads(session: Session, *, who_can_sign_in: bool) -> int:
    """How many people are leads now; with ``who_can_sign_in`` only those who did so."""
    query = select(func.count(func.distinct(Rater.rater_id))).where(
        Rater.kind == "person", Rater.role == Role.LEAD, Rater.disabled.is_(False)
    )
    if who_can_sign_in:
        query = query.join(Identity, Identity.rater_id == Rater.rater_id)
    return session.scalar(query) or 0
