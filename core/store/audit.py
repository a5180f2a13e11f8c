"""The audit log: who did what, written in the transaction of the act itself, so that one is never without the other.

It only grows: a trigger refuses to change or delete a row. So it never holds what somebody may ask to be erased.
People stand in it by number ("person 12"), and their present name is looked up when the log is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.domain.roles import Rule, User
from core.store.distinct import distinct_values
from core.store.tables import Audit

__all__ = ["Audit"]  # rows that the functions return

READ_AT_ONCE = 2_000
DIFFERENT = 10_000
"""Actors or acts that can be chosen from; there are not so many."""
REFUSED = "the record of who did what is append-only"
REFUSING_FUNCTION = (
    "CREATE OR REPLACE FUNCTION assay_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
)
"""What PostgreSQL's trigger calls; pg_dump copies the trigger with its table, but not this."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts of the audit log are asked for; what is empty does not narrow."""

    actor: str = ""
    """As it is kept: "person 12", "command line", ..."""
    action: str = ""
    subject: str = ""
    """A part of it, in any case; with a number at its end ("interaction 12") all of it."""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment, aware."""


def write(
    session: Session,
    actor: User | Rule,
    action: str,
    subject: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """Keep one act: who (a person or a rule), what, to what (as in "model sbert-..."), and what changed.

    ``old`` and ``new`` hold ids, numbers, hashes and names of settings, never names of people, prompts, answers or
    comments: they stay for ever.
    """
    key = actor.key if isinstance(actor, User) else str(actor)
    session.add(Audit(actor=key, action=action, subject=subject, old=old, new=new))


def newest(session: Session, wanted: Wanted, *, before: int | None, limit: int) -> list[Audit]:
    """The newest acts with a number below ``before``, newest first: each page starts where the last one ended."""
    found = _matching(session, wanted).order_by(Audit.audit_id.desc()).limit(limit)
    return list(session.scalars(found if before is None else found.where(Audit.audit_id < before)))


def count(session: Session, wanted: Wanted, *, at_most: int) -> int:
    """How many acts there are; counting ends at ``at_most``."""
    some = _matching(session, wanted).with_only_columns(Audit.audit_id).limit(at_most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def streamed(session: Session, wanted: Wanted, *, limit: int | None = None) -> Iterator[Audit]:
    """All acts, newest first, in flat memory."""
    rows = (
        _matching(session, wanted)
        .order_by(Audit.audit_id.desc())
        .limit(limit)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in session.scalars(rows):
        yield row
        session.expunge(row)


def actors(session: Session) -> list[str]:
    """Everybody who is in the audit log."""
    return distinct_values(session, Audit.actor, at_most=DIFFERENT)


def actions(session: Session) -> list[str]:
    """Every kind of act that is in the audit log."""
    return distinct_values(session, Audit.action, at_most=DIFFERENT)


def _matching(session: Session, wanted: Wanted) -> Select[Audit]:
    rows = select(Audit)
    if wanted.actor:
        rows = rows.where(Audit.actor == wanted.actor)
    if wanted.action:
        rows = rows.where(Audit.action == wanted.action)
    if wanted.subject:
        rows = rows.where(_about(session, wanted.subject))
    if wanted.since is not None:
        rows = rows.where(Audit.at >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(Audit.at < wanted.until)
    return rows


def _about(session: Session, subject: str) -> ColumnElement[bool]:
    if subject.rpartition(" ")[2].isdecimal():
        return Audit.subject == subject
    if session.get_bind().dialect.name == "sqlite":  # its LIKE ignores case by itself, and lower() is slow Python there
        return Audit.subject.contains(subject, autoescape=True)
    return Audit.subject.icontains(subject, autoescape=True)
