"""Leases: which answer is kept for which rater, for 15 minutes at a time, until rated, skipped or not renewed."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, select, update
from sqlalchemy.orm import Session

from core.domain.queue import LEASE
from core.store.tables import Item, Lease
from core.store.types import now


def take(session: Session, interaction_id: int, rater_id: int, chosen: str) -> Lease:
    """Add a lease; whether the answer is free is for the caller to know."""
    at = now()
    lease = Lease(
        interaction_id=interaction_id,
        rater_id=rater_id,
        request_id=uuid4().hex,
        chosen=chosen,
        taken_at=at,
        expires_at=at + LEASE,
    )
    session.add(lease)
    session.flush()
    return lease


def of(session: Session, rater_id: int) -> list[Lease]:
    """The leases of a rater, run out or not, in the order of taking."""
    leases = select(Lease).where(Lease.rater_id == rater_id).order_by(Lease.taken_at, Lease.interaction_id)
    return list(session.scalars(leases))


def renew(session: Session, interaction_id: int, rater_id: int) -> bool:
    """Renew a lease for another 15 minutes; False where there is none."""
    lease = update(Lease).where(Lease.interaction_id == interaction_id, Lease.rater_id == rater_id)
    return session.scalar(lease.values(expires_at=now() + LEASE).returning(Lease.rater_id)) is not None


def end(session: Session, interaction_id: int, rater_id: int) -> str | None:
    """End a lease, run out or not; why the answer had been served to this rater, None where there was no lease."""
    lease = delete(Lease).where(Lease.interaction_id == interaction_id, Lease.rater_id == rater_id)
    return session.scalar(lease.returning(Lease.chosen).execution_options(synchronize_session=False))


def end_all(session: Session, rater_id: int) -> None:
    """End all leases of a rater."""
    session.execute(delete(Lease).where(Lease.rater_id == rater_id).execution_options(synchronize_session=False))


def held_by_others(rater_id: int, at: datetime) -> ScalarSelect[int]:
    """How many other raters hold a lease of the surrounding query's item at that moment."""
    held: list[ColumnElement[bool]] = [
        Lease.interaction_id == Item.interaction_id,
        Lease.rater_id != rater_id,
        Lease.expires_at > at,
    ]
    return select(func.count()).select_from(Lease).where(*held).correlate(Item).scalar_subquery()
