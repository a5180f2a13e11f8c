"""Saved cases of the Rerank page: a question and its candidate answers."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.store.tables import Case, Rater

__all__ = ["Case"]  # rows that the functions return


def listed(session: Session, rater_id: int | None) -> list[tuple[Case, str]]:
    """The cases of one person (None: of everybody) with who saved them, newest first."""
    query = select(Case, Rater.name).join(Rater, Rater.rater_id == Case.rater_id)
    if rater_id is not None:
        query = query.where(Case.rater_id == rater_id)
    return [(case, name) for case, name in session.execute(query.order_by(Case.case_id.desc()))]


def count(session: Session, rater_id: int) -> int:
    """How many cases a person has."""
    return session.scalar(select(func.count()).select_from(Case).where(Case.rater_id == rater_id)) or 0


def add(session: Session, rater_id: int, name: str, prompt: str, texts: Sequence[str]) -> int:
    """Keep a case; its number."""
    case = Case(rater_id=rater_id, name=name, prompt=prompt, texts=list(texts))
    session.add(case)
    session.flush()
    return case.case_id


def remove(session: Session, case_id: int, rater_id: int | None) -> bool:
    """Delete a case of one person (None: of anybody); whether it was there."""
    found = delete(Case).where(Case.case_id == case_id)
    if rater_id is not None:
        found = found.where(Case.rater_id == rater_id)
    return bool(session.execute(found).rowcount)  # type: ignore[attr-defined]
