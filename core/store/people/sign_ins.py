"""Sign-ins and identities: what a browser shows, and which person stands behind it."""

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.store.tables import Identity, Rater, SignIn
from core.store.types import now

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
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(SignIn).values(key=key, identity_id=identity_id).on_conflict_do_nothing())


def identity(session: Session, issuer: str, subject: str, *, name: str, email: str | None) -> Identity:
    """The identity of that issuer and subject, added if new, with what the provider says of it now."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"issuer": issuer, "subject": subject, "name": name, "email": email}
    session.execute(insert(Identity).values(**values).on_conflict_do_nothing())
    found = session.scalars(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)).one()
    found.name, found.email, found.seen_at = name, email, now()
    return found


def waiting(session: Session) -> list[Identity]:
    """Who signed in but belongs to nobody here yet, the newest first."""
    return list(
        session.scalars(
            select(Identity).where(Identity.rater_id.is_(None)).order_by(Identity.seen_at.desc()).limit(100)
        )
    )


def last_seen(session: Session) -> dict[int, Identity]:
    """For every person who can sign in, the identity that did so last."""
    found = session.scalars(select(Identity).where(Identity.rater_id.is_not(None)).order_by(Identity.seen_at))
    return {seen.rater_id: seen for seen in found if seen.rater_id is not None}


def has_identity(session: Session, rater_id: int) -> bool:
    """Whether this person ever signed in."""
    return bool(session.scalar(select(func.count()).where(Identity.rater_id == rater_id)))


def end_all(session: Session, rater_id: int) -> None:
    """End every sign-in of this person."""
    mine = select(Identity.identity_id).where(Identity.rater_id == rater_id)
    for sign_in in session.scalars(select(SignIn).where(SignIn.identity_id.in_(mine), SignIn.ended_at.is_(None))):
        sign_in.ended_at = now()
