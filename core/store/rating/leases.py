"""Leases: which answer is kept for which rater, for 15 minutes at a time, until rated, skipped or not renewed.

One that was on its rater's screen (``shown``) stays for that time. One that lies ahead in their browser is given back
when the page is left, and given up when another rater would otherwise get nothing.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, select
from sqlalchemy.orm import Session

from core.domain.queue import LEASE
from core.store.tables import Item, Lease
from core.store.types import now

IN_TURN = (Lease.shown.desc(), Lease.taken_at, Lease.interaction_id)
"""What was on the screen first, in the order of taking."""


def take(session: Session, interaction_id: int, rater_id: int, chosen: str, *, shown: bool = True) -> Lease:
    """Add a lease; whether the answer is free is for the caller to know."""
    at = now()
    lease = Lease(
        interaction_id=interaction_id,
        rater_id=rater_id,
        request_id=uuid4().hex,
        chosen=chosen,
        taken_at=at,
        expires_at=at + LEASE,
        shown=shown,
    )
    session.add(lease)
    session.flush()
    return lease


def of(session: Session, rater_id: int) -> list[Lease]:
    """The leases of a rater, run out or not: those that were on the screen first, in the order of taking."""
    return list(session.scalars(select(Lease).where(Lease.rater_id == rater_id).order_by(*IN_TURN)))


def renew(lease: Lease) -> None:
    """Renew a lease for another 15 minutes."""
    lease.expires_at = now() + LEASE


def end(session: Session, interaction_id: int, rater_id: int) -> str | None:
    """End a lease, run out or not; why the answer had been served to this rater, None where there was no lease."""
    lease = delete(Lease).where(Lease.interaction_id == interaction_id, Lease.rater_id == rater_id)
    return session.scalar(lease.returning(Lease.chosen).execution_options(synchronize_session=False))


def give_back(session: Session, interaction_id: int, rater_id: int) -> bool:
    """End a lease of what was never on its rater's screen; whether there was one."""
    ahead = delete(Lease).where(Lease.interaction_id == interaction_id, Lease.rater_id == rater_id, ~Lease.shown)
    ended = ahead.returning(Lease.rater_id).execution_options(synchronize_session=False)
    return session.scalar(ended) is not None


def end_all(session: Session, rater_id: int) -> None:
    """End all leases of a rater."""
    session.execute(delete(Lease).where(Lease.rater_id == rater_id).execution_options(synchronize_session=False))


def any_held(session: Session) -> bool:
    """Whether any rater has an answer before them."""
    return session.scalar(select(exists().where(Lease.expires_at > now()))) or False


def held_by_others(rater_id: int, at: datetime) -> ScalarSelect[int]:
    """How many other raters hold a lease of the surrounding query's item at that moment."""
    held: list[ColumnElement[bool]] = [
        Lease.interaction_id == Item.interaction_id,
        Lease.rater_id != rater_id,
        Lease.expires_at > at,
    ]
    return select(func.count()).select_from(Lease).where(*held).correlate(Item).scalar_subquery()
