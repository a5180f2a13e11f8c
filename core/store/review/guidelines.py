"""The versions of the guidelines."""

from collections.abc import Sequence
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.reasons import DEFAULT_REASONS
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


def reasons_of(found: Guideline | None) -> tuple[str, ...]:
    """The reasons that a version offers; those that Assay brings along where it words none of its own."""
    return DEFAULT_REASONS if found is None or found.reasons is None else tuple(found.reasons)


def reasons_ever_offered(session: Session) -> tuple[str, ...]:
    """The reasons of all versions, each once; those of the version in force first, in its order."""
    stored = session.scalars(select(Guideline.reasons).order_by(Guideline.version.desc()))
    versions = [DEFAULT_REASONS if one is None else one for one in (*stored, None)]
    return tuple(dict.fromkeys(chain.from_iterable(versions)))


def add(session: Session, number: int, markdown: str, reasons: Sequence[str], by: str) -> None:
    """Put a new version in force; the primary key lets only one of two writers have the number."""
    own = None if tuple(reasons) == DEFAULT_REASONS else list(reasons)
    session.add(Guideline(version=number, markdown=markdown, reasons=own, by=by))
    session.flush()
