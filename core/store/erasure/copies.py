"""What was copied from an answer into records that stay: reasons in the lists of imports, names of sessions.

A part of a record is put out here, the record itself stays.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, inspect, not_, select
from sqlalchemy.orm import Session

from core.domain.identifiers.session_names import NO_SESSION, OTHERS, REMOVED, source_of
from core.store.erasure.answers import Part, with_better
from core.store.schema import VERSION_TABLE
from core.store.tables import (
    Base,
    Case,
    Embedding,
    Feedback,
    HeldOutPrompt,
    Import,
    Item,
    Occurrence,
    Preference,
    QueuePreference,
    Reranking,
    RunEvent,
)

SHORTEST = 3
"""Characters of a quotation below which it may be anything."""
_NEVER_QUOTED = (Embedding, HeldOutPrompt, Occurrence, Feedback, Reranking)
"""Tables of hashes, and of what came in no file."""
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


@dataclass
class Copies:
    """Where something of an answer stands besides its own rows; found before these go."""

    reasons: list[tuple[Import, list[Any], list[Any]]] = field(default_factory=list)
    """Imports with the lines of refused and of left-out rows as they will be."""
    reports: list[tuple[RunEvent, dict[str, Any]]] = field(default_factory=list)
    queues: list[tuple[QueuePreference, dict[str, Any]]] = field(default_factory=list)

    def count(self) -> dict[str, int]:
        """How many of which, in words, as ``Part.words`` says it."""
        found = {
            "lists of refused rows and left-out ratings that quote it": len(self.reasons),
            "trust reports that name its session": len(self.reports),
            "queue settings that name its session": len(self.queues),
        }
        return {words: number for words, number in found.items() if number}

    def put_out(self, session: Session) -> None:
        """Replace them."""
        for record, rejected, left_out in self.reasons:
            record.rejected, record.left_out = rejected, left_out
        for event, payload in self.reports:
            event.payload = payload
        for queue, filters in self.queues:
            queue.filters = filters
        session.flush()


def copies(session: Session, interaction_ids: Sequence[int], going: Sequence[Part]) -> Copies:
    """What was copied from answers of which ``going`` are the rows; nothing is changed yet."""
    pieces = [_plain(piece) for piece in _pieces(session, going)]
    ids = with_better(session, interaction_ids)
    others = select(Item.session_label).where(Item.session_label.is_not(None), Item.interaction_id.not_in(ids))
    found = Copies()
    listing = select(Import).where((Import.rejected_total > 0) | (Import.left_out_total > 0))
    for record in session.scalars(listing):
        rejected, left_out = (
            [line | {"reason": _unquoted(str(line["reason"]), pieces)} for line in lines]
            for lines in (record.rejected, record.left_out)
        )
        if (rejected, left_out) != (record.rejected, record.left_out):
            found.reasons.append((record, rejected, left_out))
    reports = list(session.scalars(select(RunEvent).where(RunEvent.kind == "Reported")))
    queues = [queue for queue in session.scalars(select(QueuePreference)) if queue.filters.get("session_label")]
    labels = set(session.scalars(others.distinct())) if reports or queues else set()
    names = {source_of(label) for label in labels} | {OTHERS, NO_SESSION, REMOVED}
    for event in reports:
        payload = _renamed(event.payload, names)
        if payload != event.payload:
            found.reports.append((event, payload))
    found.queues = [
        (queue, queue.filters | {"session_label": ""})
        for queue in queues
        if queue.filters["session_label"] not in labels
    ]
    return found


def held_elsewhere(session: Session, answers: set[str], going: Sequence[Part]) -> tuple[int, int]:
    """How many saved cases and orders of the Rerank page hold one of these ``answers`` and do not go, because another
    question is asked there.
    """
    which = {part.table: part.which for part in going}
    cases = session.scalars(select(Case).where(not_(which[Case])))
    orders = (
        select(func.count())
        .select_from(Preference)
        .where(
            Preference.chosen_id.is_(None),  # an imported one is about another answer of the same text
            not_(which[Preference]),
            Preference.chosen.in_(answers) | Preference.rejected.in_(answers),
        )
    )
    return sum(bool(answers & set(case.texts)) for case in cases), session.scalar(orders) or 0


def other_tables(session: Session) -> list[str]:
    """Tables of other programs in the same database; what they hold is not known."""
    present = inspect(session.connection()).get_table_names()
    return sorted(name for name in present if name not in Base.metadata.tables and name != VERSION_TABLE)


def _pieces(session: Session, going: Sequence[Part]) -> Iterator[str]:
    for part in going:
        if part.table not in _NEVER_QUOTED:
            for row in session.scalars(select(part.table).where(part.which)):
                for column in inspect(part.table).columns:
                    yield from _leaves(getattr(row, column.key))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _unquoted(reason: str, pieces: Sequence[str]) -> str:
    """The reason without quotations that stand in one of the ``pieces``."""

    def put_out(found: re.Match[str]) -> str:
        try:
            quoted = _plain(ast.literal_eval(found.group()))
        except (SyntaxError, ValueError):
            quoted = _plain(found.group()[1:-1])
        return "'...'" if len(quoted) >= SHORTEST and any(quoted in piece for piece in pieces) else found.group()

    return QUOTED.sub(put_out, reason)


def _renamed(payload: dict[str, Any], names: set[str]) -> dict[str, Any]:
    report = payload.get("report") or {}
    if "sources" not in report:
        return payload
    sources = [part if part["name"] in names else part | {"name": REMOVED} for part in report["sources"]]
    return payload | {"report": report | {"sources": sources}}
