"""What users said of answers and rankings: stored once under the application's id, of each user the latest word."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.domain.errors import AssayError, BadInput, Conflict, NotFound
from core.domain.outcomes.feedback import Kind, Said
from core.store.outcomes import disliked, hashes
from core.store.tables import Feedback, Item, Occurrence, Reranking
from core.store.tables.base import plain

UNKNOWN = (
    "This application sent no answer and asked for no ranking under this id, or it is not kept any more (rankings are "
    "kept for 30 days). Nothing was stored."
)
"""The same whether it is unknown or another application's: what others send is not told."""
KNOWN_OTHERWISE = (
    "Another feedback was sent with this id before. Nothing was changed. Give every feedback an id of its own, and "
    "send it with the same id only where it is the same."
)


# of plain tables and made once: programs send feedback while people rate, and objects cost six times the time
_FEEDBACK, _ITEMS, _OCCURRENCES, _RERANKINGS = map(plain, (Feedback, Item, Occurrence, Reranking))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_KNOWN = select(_FEEDBACK).where(_FEEDBACK.c.application == bindparam("application"), _FEEDBACK.c.caller_id.in_(_IDS))
_SENT = (
    select(_OCCURRENCES.c.caller_id, _ITEMS.c.interaction_id, _ITEMS.c.prompt_group, _OCCURRENCES.c.generator)
    .join_from(_OCCURRENCES, _ITEMS, _OCCURRENCES.c.interaction_id == _ITEMS.c.interaction_id)
    .where(_OCCURRENCES.c.application == bindparam("application"), _OCCURRENCES.c.caller_id.in_(_IDS))
)
_RANKED = select(_RERANKINGS).where(
    _RERANKINGS.c.application == bindparam("application"), _RERANKINGS.c.rerank_id.in_(_IDS)
)
_LATEST = select(*(_FEEDBACK.c[name] for name in ("feedback_id", "target", "user_hash", "kind", "value"))).where(
    _FEEDBACK.c.latest,
    _FEEDBACK.c.target.in_(bindparam("targets", expanding=True)),
    _FEEDBACK.c.user_hash.in_(bindparam("users", expanding=True)),
)
_SUPERSEDE = update(_FEEDBACK).where(_FEEDBACK.c.feedback_id.in_(_IDS)).values(latest=False)
_ADD = insert(_FEEDBACK)
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a feedback is about, by the columns of its table."""

    target: str
    interaction_id: int | None = None
    rerank_id: str | None = None
    place: int | None = None
    question: str | None = None
    model_version: str | None = None
    generator: str | None = None
    first_replaced: bool | None = None
    first_chosen: bool | None = None


def keep(session: Session, given: Sequence[tuple[str, Said]]) -> list[bool | AssayError]:
    """Store what users said, each with the application that sent it; what became of each.

    False where it is there already under the same id. What is refused is told by its error, and nothing of it is
    written: NotFound, the application has no such answer or ranking; BadInput, the index lies outside the ranking;
    Conflict, something else is there under the same id.
    """
    connection, key = session.connection(), hashes.key_for_writing(session)
    became: list[bool | AssayError] = []
    counts: set[int] = set()
    while len(became) < len(given):
        part = _Part(connection, key, given[len(became)][0], _in_one_go(given[len(became) :]))
        became += part.keep()
        counts |= part.counts
    if counts:
        disliked.recount(session, sorted(counts))
    return became


def _in_one_go(given: Sequence[tuple[str, Said]]) -> list[Said]:
    """The first of them that can be stored together: of one application, no id twice, nobody's second word."""
    ids: set[str | None] = set()
    users: set[str | None] = set()
    for number, (application, said) in enumerate(given):
        if application != given[0][0] or said.id in ids or said.user in users:
            return [one for _, one in given[:number]]
        ids |= {said.id} - {None}
        users |= {said.user} - {None}
    return [one for _, one in given]


class _Part:
    """Feedback of one application, no two of one id or of one user: looked up together and written together."""

    def __init__(self, connection: Connection, key: bytes, application: str, given: Sequence[Said]) -> None:
        self._connection, self._key, self._application, self._given = connection, key, application, given
        self._known = self._found(_KNOWN, "caller_id", (said.id for said in given))
        self._rankings = self._found(_RANKED, "rerank_id", (said.rerank for said in given))
        self._sent = self._found(_SENT, "caller_id", (self._id_of_answer(said) for said in given))
        self.counts: set[int] = set()
        """Numbers of the answers whose users who dislike them are to be counted anew."""

    def keep(self) -> list[bool | AssayError]:
        """As the function of this name."""
        became: list[bool | AssayError] = []
        rows: list[dict[str, Any]] = []
        for said in self._given:
            try:
                row = self._row(said)
            except (NotFound, BadInput, Conflict) as refused:
                became.append(refused)
                continue
            became.append(row is not None)
            if row is not None:
                rows.append(row)
        if rows:
            self._write(rows)
        return became

    def _found(self, query: Select[Any], by: str, ids: Iterable[str | None]) -> dict[str, _Row]:
        asked = sorted({one for one in ids if one is not None})
        if not asked:
            return {}
        rows = self._connection.execute(query, {"application": self._application, "ids": asked})
        return {getattr(row, by): row for row in rows}

    def _id_of_answer(self, said: Said) -> str | None:
        """The id of the answer that it is about: its own, or the one it was kept under with a ranking."""
        ranking = self._rankings.get(said.rerank or "")
        return said.interaction if ranking is None else f"{said.rerank}:{_place(ranking, said)}"

    def _row(self, said: Said) -> dict[str, Any] | None:
        """What is to be written; None where it is there already."""
        user_hash = None if said.user is None else hashes.hash_of_user(self._key, self._application, said.user)
        known = self._known.get(said.id or "")
        if known is not None:
            if not self._is_same(known, said, user_hash):
                raise Conflict(KNOWN_OTHERWISE)
            return None
        subject = self._answer(said) if said.interaction is not None else self._ranked(said)
        return asdict(subject) | {
            "application": self._application,
            "caller_id": said.id,
            "kind": said.kind,
            "value": said.value,
            "comment": said.comment,
            "user_hash": user_hash,
        }

    def _is_same(self, known: _Row, said: Said, user_hash: str | None) -> bool:
        """Whether a feedback that is kept says the same; also of a ranking that is not kept any more."""
        if said.interaction is not None:
            about = self._sent.get(said.interaction)
            if known.rerank_id is not None or known.interaction_id != (about and about.interaction_id):
                return False
        elif known.rerank_id != said.rerank or not _same_place(known, said):
            return False
        said_then = (known.kind, known.value, known.comment, known.user_hash)
        return said_then == (said.kind, said.value, said.comment, user_hash)

    def _answer(self, said: Said) -> _Subject:
        found = self._sent.get(said.interaction or "")
        if found is None:
            raise NotFound(UNKNOWN)
        return _Subject(
            f"interaction {found.interaction_id}",
            found.interaction_id,
            question=hashes.hash_of_question(self._key, found.prompt_group),
            generator=found.generator,
        )

    def _ranked(self, said: Said) -> _Subject:
        ranking = self._rankings.get(said.rerank or "")
        if ranking is None or ranking.first is None:
            raise NotFound(UNKNOWN)
        place = _place(ranking, said)
        if place >= ranking.candidates:
            raise BadInput(
                f"The ranking has {ranking.candidates:,} documents, and {place} is none of them: the first is 0, the "
                f"last {ranking.candidates - 1}. Nothing was stored."
            )
        subject = _Subject(
            f"ranking {said.rerank}",
            rerank_id=said.rerank,
            question=ranking.question,
            model_version=ranking.model_version,
            first_replaced=ranking.first_replaced,
            first_chosen=place == ranking.first,
        )
        if said.kind is Kind.CHOSEN:
            return subject
        text = self._sent.get(f"{said.rerank}:{place}")
        if text is None:
            return replace(subject, target=f"ranking {said.rerank} {place}", place=place)
        number = text.interaction_id
        return replace(
            subject, target=f"interaction {number}", interaction_id=number, place=place, generator=text.generator
        )

    def _write(self, rows: list[dict[str, Any]]) -> None:
        """Write them, each as its user's latest word."""
        users = [row["user_hash"] for row in rows if row["user_hash"] is not None]
        before: list[_Row] = []
        if users:
            wanted = {(row["target"], row["user_hash"]) for row in rows}
            asked = {"targets": [target for target, _ in wanted], "users": users}
            before = [row for row in self._connection.execute(_LATEST, asked) if (row.target, row.user_hash) in wanted]
        if before:
            self._connection.execute(_SUPERSEDE, {"ids": [row.feedback_id for row in before]})
        self._connection.execute(_ADD, rows)
        poor = {row["target"] for row in rows if disliked.is_poor(row["kind"], row["value"])}
        poor |= {row.target for row in before if disliked.is_poor(row.kind, row.value)}
        self.counts = {row["interaction_id"] for row in rows if row["target"] in poor} - {None}


def _place(ranking: _Row, said: Said) -> int:
    """Which document of a ranking it is about."""
    if said.kind is Kind.CHOSEN:
        return said.value
    place: int = ranking.first if said.index is None else said.index
    return place


def _same_place(known: _Row, said: Said) -> bool:
    if said.kind is Kind.CHOSEN:
        return True
    return bool(known.first_chosen) if said.index is None else said.index == known.place
