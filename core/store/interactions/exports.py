"""The list of what left in files."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import User
from core.store.tables import Export


def add_export(
    session: Session, user: User, kind: str, place: str, identifiers: str, answers: int, reason: str | None
) -> int:
    """Write down an export that is about to be made; its number."""
    made = Export(by=user.key, kind=kind, place=place, identifiers=identifiers, answers=answers, reason=reason)
    session.add(made)
    session.flush()
    return made.export_id


def exported_since(
    session: Session, at: datetime | None, *, kinds: tuple[str, ...] | None = None, limit: int | None = None
) -> list[Export]:
    """What was exported since then, newest first; of these kinds only, where they are given."""
    found = select(Export).order_by(Export.export_id.desc()).limit(limit)
    if at is not None:
        found = found.where(Export.at >= at)
    return list(session.scalars(found if kinds is None else found.where(Export.kind.in_(kinds))))
