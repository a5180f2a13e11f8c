"""What users said of answers and rankings: stored once under the application's id, of each user the latest word."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.domain.errors import AssayError, BadInput, Conflict, NotFound
from core.domain.outcomes.feedback import Kind, Said
from core.store.outcomes import disliked, hashes
from core.store.tables import Feedback, Item, Occurrence, Reranking
from core.store.upsert import plain

UNKNOWN = (
    "This application sent no answer and asked for no ranking under this id, or it is not kept any more (rankings are "
    "kept for 30 days). Nothing was stored."
)
"""The same whether it is unknown or another application's: what others send is not told."""
KNOWN_OTHERWISE = (
    "Another feedback was sent with this id before. Nothing was changed. Give every feedback an id of its own, and "
    "send it with the same id only where it is the same."
)


# of plain tables and made once: a program sends feedback while people rate, and objects cost six times the time
_FEEDBACK, _ITEMS, _OCCURRENCES, _RERANKINGS = map(plain, (Feedback, Item, Occurrence, Reranking))
_OWN = (_OCCURRENCES.c.application == bindparam("application"), _OCCURRENCES.c.caller_id == bindparam("caller_id"))
_KNOWN = select(_FEEDBACK).where(
    _FEEDBACK.c.application == bindparam("application"), _FEEDBACK.c.caller_id == bindparam("caller_id")
)
_ANSWER = (
    select(_ITEMS.c.interaction_id, _ITEMS.c.prompt_group, _OCCURRENCES.c.generator)
    .join_from(_OCCURRENCES, _ITEMS, _OCCURRENCES.c.interaction_id == _ITEMS.c.interaction_id)
    .where(*_OWN)
)
_RANKING = select(_RERANKINGS).where(
    _RERANKINGS.c.rerank_id == bindparam("rerank_id"), _RERANKINGS.c.application == bindparam("application")
)
_SAID_BEFORE = (
    update(_FEEDBACK)
    .where(_FEEDBACK.c.target == bindparam("of"), _FEEDBACK.c.user_hash == bindparam("by"), _FEEDBACK.c.latest)
    .values(latest=False)
    .returning(_FEEDBACK.c.kind, _FEEDBACK.c.value)
)
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
    for application, said in given:
        try:
            became.append(_keep(connection, key, application, said, counts))
        except (NotFound, BadInput, Conflict) as refused:
            became.append(refused)
    if counts:
        disliked.recount(session, sorted(counts))
    return became


def _keep(connection: Connection, key: bytes, application: str, said: Said, counts: set[int]) -> bool:
    """As ``keep``, for one, all that refuses it before what is written; ``counts`` gets the answer to count anew."""
    user_hash = None if said.user is None else hashes.hash_of_user(key, application, said.user)
    if said.id is not None:
        known = connection.execute(_KNOWN, {"application": application, "caller_id": said.id}).one_or_none()
        if known is not None:
            if not _is_same(connection, known, said, user_hash):
                raise Conflict(KNOWN_OTHERWISE)
            return False
    if said.interaction is not None:
        subject = _answer(connection, application, said.interaction, key)
    else:
        subject = _ranked(connection, application, said)
    poor = _add(connection, application, said, subject, user_hash)
    if poor and subject.interaction_id is not None:
        counts.add(subject.interaction_id)
    return True


def _is_same(connection: Connection, known: _Row, said: Said, user_hash: str | None) -> bool:
    """Whether a feedback that is kept says the same; also of a ranking that is not kept any more."""
    if said.interaction is not None:
        about = _sent(connection, known.application, said.interaction)
        if known.rerank_id is not None or known.interaction_id != (about and about.interaction_id):
            return False
    elif known.rerank_id != said.rerank or not _same_place(known, said):
        return False
    said_then = (known.kind, known.value, known.comment, known.user_hash)
    return said_then == (said.kind, said.value, said.comment, user_hash)


def _same_place(known: _Row, said: Said) -> bool:
    if said.kind is Kind.CHOSEN:
        return True
    return bool(known.first_chosen) if said.index is None else said.index == known.place


def _sent(connection: Connection, application: str, caller_id: str) -> _Row | None:
    """The answer that an application sent under this id."""
    return connection.execute(_ANSWER, {"application": application, "caller_id": caller_id}).one_or_none()


def _answer(connection: Connection, application: str, caller_id: str, key: bytes) -> _Subject:
    found = _sent(connection, application, caller_id)
    if found is None:
        raise NotFound(UNKNOWN)
    return _Subject(
        f"interaction {found.interaction_id}",
        found.interaction_id,
        question=hashes.hash_of_question(key, found.prompt_group),
        generator=found.generator,
    )


def _ranked(connection: Connection, application: str, said: Said) -> _Subject:
    asked = {"rerank_id": said.rerank, "application": application}
    ranking = connection.execute(_RANKING, asked).one_or_none()
    if ranking is None or ranking.first is None:
        raise NotFound(UNKNOWN)
    place = said.value if said.kind is Kind.CHOSEN else ranking.first if said.index is None else said.index
    if place >= ranking.candidates:
        raise BadInput(
            f"The ranking has {ranking.candidates:,} documents, and {place} is none of them: the first is 0, the last "
            f"{ranking.candidates - 1}. Nothing was stored."
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
    text = _sent(connection, application, f"{said.rerank}:{place}")
    if text is None:
        return replace(subject, target=f"ranking {said.rerank} {place}", place=place)
    target = f"interaction {text.interaction_id}"
    return replace(subject, target=target, interaction_id=text.interaction_id, place=place, generator=text.generator)


def _add(connection: Connection, application: str, said: Said, subject: _Subject, user_hash: str | None) -> bool:
    """Write it, as the user's latest word; whether it is poor, or the word before it was."""
    words = [(said.kind, said.value)]
    if user_hash is not None:
        before = connection.execute(_SAID_BEFORE, {"of": subject.target, "by": user_hash})
        words.extend((kind, value) for kind, value in before)
    row = asdict(subject) | {
        "application": application,
        "caller_id": said.id,
        "kind": said.kind,
        "value": said.value,
        "comment": said.comment,
        "user_hash": user_hash,
    }
    connection.execute(_ADD, row)
    return any(disliked.is_poor(kind, value) for kind, value in words)
