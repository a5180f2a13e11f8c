"""Raters, and which rater the cookie of a browser stands for."""

import hashlib
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.errors import BadInput, Conflict
from core.store.tables import Rater, Visitor
from core.store.upsert import insert_missing

__all__ = ["Rater"]  # rows that the functions return

LEGACY, IMPORTED = "legacy", "imported"
KEPT = (LEGACY, IMPORTED)
"""Names that nobody can take."""
MAX_NAME = 100


def rater_name(name: str) -> str:
    """A name as it is kept: blanks collapsed, ends stripped, each character in its composed form.

    Raises:
        BadInput: empty, too long, or not printable.
    """
    if len(name) > 10 * MAX_NAME:  # before anything is done with it
        raise BadInput(f"A name can have at most {MAX_NAME} characters.")
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean:
        raise BadInput("Please enter a name: every rating is kept under the name of its rater.")
    if max(len(clean), len(name_key(clean))) > MAX_NAME:
        raise BadInput(f"A name can have at most {MAX_NAME} characters.")
    if not clean.isprintable():
        raise BadInput("This name contains characters that cannot be shown. Please type it again.")
    return clean


def find_or_add(session: Session, name: str, kind: str) -> Rater:
    """The rater of that name whatever its kind, added as ``kind`` where there is none; safe against a second writer."""
    clean = rater_name(name)
    key = name_key(clean)
    found = session.scalar(select(Rater).where(Rater.name_key == key))
    if found is None:
        insert_missing(session, Rater, {"name": clean, "name_key": key, "kind": kind})
        found = session.scalars(select(Rater).where(Rater.name_key == key)).one()
    return found


def find(session: Session, name: str) -> Rater | None:
    """The rater of that name, whatever its kind."""
    return session.scalar(select(Rater).where(Rater.name_key == name_key(" ".join(name[: 10 * MAX_NAME].split()))))


def load(session: Session, rater_id: int) -> Rater | None:
    """The rater of that number, whatever its kind."""
    return session.get(Rater, rater_id)


def legacy_rater(session: Session) -> Rater:
    """The rater under whom everything stands that the old application wrote."""
    return find_or_add(session, LEGACY, "legacy")


def person(session: Session, name: str) -> Rater:
    """The person of that name, added if new.

    Raises:
        BadInput: the name is unusable.
        Conflict: the name belongs to ratings that came with data, or is kept for them.
    """
    clean = rater_name(name)
    found = None if name_key(clean) in KEPT else find_or_add(session, clean, "person")
    if found is None or found.kind != "person" or found.forgotten_at is not None:
        raise Conflict(
            f"{clean!r} is the name of ratings that came with data. Please choose another, for example "
            f"{clean + ' 2'!r}."
        )
    return found


def people(session: Session) -> list[Rater]:
    """All persons by name, without those who were erased."""
    there = select(Rater).where(Rater.kind == "person", Rater.forgotten_at.is_(None))
    return list(session.scalars(there.order_by(Rater.name_key)))


def listed(session: Session) -> list[Rater]:
    """All raters by name, also those that came with data or were erased."""
    return list(session.scalars(select(Rater).order_by(Rater.name_key)))


def names(session: Session) -> dict[int, str]:
    """The name of every rater by id."""
    return {rater.rater_id: rater.name for rater in session.scalars(select(Rater))}


def remember_visitor(session: Session, token: str, rater_id: int) -> None:
    """Note that the browser with this cookie is this rater's."""
    session.merge(Visitor(token_hash=_hash(token), rater_id=rater_id))


def delete_visitor(session: Session, token: str) -> None:
    """Delete whose the browser with this cookie is."""
    visitor = session.get(Visitor, _hash(token))
    if visitor is not None:
        session.delete(visitor)


def rater_of_visitor(session: Session, token: str) -> Rater | None:
    """The rater whose browser has this cookie, if any."""
    return session.scalar(select(Rater).join(Visitor).where(Visitor.token_hash == _hash(token)))


def name_key(name: str) -> str:
    """What is equal for names of one rater: capitals and forms of a letter do not matter."""
    return unicodedata.normalize("NFKC", name).casefold()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
