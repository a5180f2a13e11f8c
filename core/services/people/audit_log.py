"""The record of who did what, read by leads: searched, page by page, and taken out as a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

from core.domain.plain import AS_IS, Name
from core.domain.roles import COMMAND_LINE, SOMEBODY_HERE, Act, Rule, User
from core.labeling.export_columns import Columns
from core.labeling.writing import write_stream, write_table
from core.services.masking import masked, masks_output
from core.services.workspace import Workspace
from core.store import audit, scratch
from core.store.audit import Audit, Wanted
from core.store.people import raters
from core.store.retrying import retried

__all__ = ["Wanted"]

COUNTED = 100_000
"""So many acts are counted, and go into one download; the command line writes all."""
COLUMNS: Columns = {
    "id": int,
    "at": str,
    "actor": str,
    "name": str,
    "action": str,
    "subject": str,
    "old": str,
    "new": str,
}
OTHERS = {
    COMMAND_LINE.key: "command line",
    SOMEBODY_HERE.key: "somebody at this machine",
    Rule.PROMOTION: "the rule for promotion",
    Rule.TRAINING: "a training",
    Rule.ASSAY: "Assay itself",
    Rule.FIRST_LEAD: "the setting ASSAY_FIRST_LEAD",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    number: int
    at: datetime
    actor: Name
    """As it is kept: "person 12", "command line", "rule", ..."""
    name: Name
    """How the actor is called today."""
    action: str
    subject: str
    about: Name
    """The present name of the person in ``subject``; empty where it is not a person."""
    old: dict[str, Any] | None
    new: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """As ``record --json`` lists it."""
        return {
            "id": self.number,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "name": self.name,
            "action": self.action,
            "subject": self.subject,
            "old": self.old,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True)
class Choices:
    """What the audit log can be narrowed to."""

    actors: Annotated[dict[str, str], AS_IS]
    """As kept -> as called today."""
    actions: list[str]


@masks_output()
def choices(workspace: Workspace, user: User) -> Choices:
    """Everybody and every kind of act that is in the audit log.

    Raises:
        NotAllowed: the role does not include the audit log.
    """
    workspace.require(user, Act.AUDIT)
    with workspace.store.read() as session:
        names = raters.names(session)
        called = {actor: _called(actor, names) for actor in audit.actors(session)}
        return Choices(dict(sorted(called.items(), key=lambda pair: pair[1].casefold())), audit.actions(session))


@masks_output(takes_gaps="searching stores nothing")
def acts(workspace: Workspace, user: User, wanted: Wanted, *, before: int | None = None, size: int = 50) -> list[Line]:
    """The newest ``size`` acts with a number below ``before`` (None: the newest of all), newest first.

    Raises:
        NotAllowed: the role does not include the audit log.
    """
    workspace.require(user, Act.AUDIT)
    with workspace.store.read() as session:
        names = raters.names(session)
        return [_line(act, names) for act in audit.newest(session, wanted, before=before, limit=size)]


@masks_output(takes_gaps="searching stores nothing")
def count(workspace: Workspace, user: User, wanted: Wanted) -> int:
    """How many acts there are; counting ends at ``COUNTED`` + 1.

    Raises:
        NotAllowed: the role does not include the audit log.
    """
    workspace.require(user, Act.AUDIT)
    with workspace.store.read() as session:
        return audit.count(session, wanted, at_most=COUNTED + 1)


@masks_output(as_is="masked act by act", takes_gaps="searching stores nothing")
def as_file(workspace: Workspace, user: User, wanted: Wanted, ending: str) -> bytes:
    """The newest ``COUNTED`` acts as csv or jsonl; that they were taken out is an act too.

    Raises:
        NotAllowed: the role does not include the audit log.
    """
    workspace.require(user, Act.AUDIT)
    content = BytesIO()
    with workspace.store.read() as session:
        rows = _rows(audit.streamed(session, wanted, limit=COUNTED), raters.names(session), ending)
        written = write_stream(content, ending, COLUMNS, rows)
    _taken_out(workspace, user, written)
    return content.getvalue()


@masks_output(takes_gaps="searching stores nothing")
def export(workspace: Workspace, user: User, wanted: Wanted, path: Path) -> int:
    """Write all acts that are wanted to a csv, jsonl or parquet file, newest first; how many.

    Raises:
        NotAllowed: the role does not include the audit log.
        BadInput, Unavailable: the file cannot be written.
    """
    workspace.require(user, Act.AUDIT)
    with workspace.store.read() as session:
        rows = _rows(audit.streamed(session, wanted), raters.names(session), path.suffix.casefold())
        scratch.note(workspace.settings.home, path.parent)
        written = write_table(path, COLUMNS, rows)
    _taken_out(workspace, user, written)
    return written


@retried
def _taken_out(workspace: Workspace, user: User, rows: int) -> None:
    with workspace.store.write() as session:
        audit.write(session, user, "exported", "record", new={"rows": rows})


def _rows(found: Iterator[Audit], names: dict[int, str], ending: str) -> Iterator[dict[str, Any]]:
    nested = ending in (".jsonl", ".ndjson")  # elsewhere a cell holds one value
    for act in found:
        row = masked(_line(act, names)).to_json()
        for side in ("old", "new"):
            if row[side] is not None and not nested:
                row[side] = json.dumps(row[side], ensure_ascii=False, sort_keys=True)
        yield row


def _line(act: Audit, names: dict[int, str]) -> Line:
    about = names.get(_person(act.subject) or 0, "")
    return Line(
        act.audit_id, act.at, act.actor, _called(act.actor, names), act.action, act.subject, about, act.old, act.new
    )


def _called(actor: str, names: dict[int, str]) -> str:
    number = _person(actor)
    if number is not None:
        return names.get(number, actor)
    return OTHERS.get(actor, actor)


def _person(key: str) -> int | None:
    kind, _, number = key.partition(" ")
    return int(number) if kind == "person" and number.isdecimal() else None
