"""Sign-ins and identities: which browser is signed in, and which person it belongs to."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.tables import Identity, Rater, SignIn
from core.store.types import now
from core.store.upsert import insert_missing

__all__ = ["Identity", "SignIn"]  # rows that the functions return

Found = tuple[SignIn, Identity | None, Rater | None]


def find(session: Session, key: str) -> Found | None:
    """The sign-in of that key with its identity and its person, where there are any."""
    row = session.execute(
        select(SignIn, Identity, Rater)
        .outerjoin(Identity, Identity.identity_id == SignIn.identity_id)
        .outerjoin(Rater, Rater.rater_id == Identity.rater_id)
        .where(SignIn.key == key)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def begin(session: Session, key: str, identity_id: int) -> None:
    """Keep a sign-in; one that is there already, ended or not, stays as it is."""
    insert_missing(session, SignIn, {"key": key, "identity_id": identity_id})


def identity(session: Session, issuer: str, subject: str, *, name: str, email: str | None) -> Identity:
    """The identity of that issuer and subject, added if new, with what the provider says of it now."""
    insert_missing(session, Identity, {"issuer": issuer, "subject": subject, "name": name, "email": email})
    found = session.scalars(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)).one()
    found.name, found.email, found.seen_at = name, email, now()
    return found


def note_seen(session: Session, key: str) -> None:
    """Keep that the sign-in of that key was used now, for the idle limit."""
    if (found := session.get(SignIn, key)) is not None:
        found.seen_at = now()


def waiting(session: Session) -> list[Identity]:
    """Identities that signed in and belong to no person here yet, the newest first."""
    return list(
        session.scalars(
            select(Identity).where(Identity.rater_id.is_(None)).order_by(Identity.seen_at.desc()).limit(100)
        )
    )


def waiting_identity(session: Session, identity_id: int) -> Identity | None:
    """The identity of that number, as long as it belongs to nobody here."""
    found = session.get(Identity, identity_id)
    return None if found is None or found.rater_id is not None else found


def last_seen(session: Session) -> dict[int, Identity]:
    """For every person who can sign in, the identity that did so last."""
    found = session.scalars(select(Identity).where(Identity.rater_id.is_not(None)).order_by(Identity.seen_at))
    return {seen.rater_id: seen for seen in found if seen.rater_id is not None}


def has_identity(session: Session, rater_id: int) -> bool:
    """Whether this person ever signed in."""
    return bool(session.scalar(select(func.count()).where(Identity.rater_id == rater_id)))


def end_all(session: Session, rater_id: int) -> None:
    """End every sign-in of this person."""
    identities = select(Identity.identity_id).where(Identity.rater_id == rater_id)
    for sign_in in session.scalars(select(SignIn).where(SignIn.identity_id.in_(identities), SignIn.ended_at.is_(None))):
        sign_in.ended_at = now()
