"""The versions of the guidelines."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.tables import Guideline

__all__ = ["Guideline"]  # rows that the functions return


def latest(session: Session) -> Guideline | None:
    """The version in force; None where nobody has written any."""
    return session.scalar(select(Guideline).order_by(Guideline.version.desc()).limit(1))


def version(session: Session) -> int:
    """The number of the version in force; 0 for the text that Assay brings along."""
    return session.scalar(select(func.max(Guideline.version))) or 0


def versions(session: Session) -> list[Guideline]:
    """All versions, newest first."""
    return list(session.scalars(select(Guideline).order_by(Guideline.version.desc())))


def add(session: Session, number: int, markdown: str, by: str) -> None:
    """Put a new version in force; the primary key lets only one of two writers have the number."""
    session.add(Guideline(version=number, markdown=markdown, by=by))
    session.flush()
