"""What users said of answers and rankings: stored once under the application's id, of each user the latest word."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.outcomes.feedback import Kind, Said
from core.store.outcomes import disliked, hashes
from core.store.tables import Feedback, Item, Occurrence, Reranking

UNKNOWN = (
    "This application sent no answer and asked for no ranking under this id, or it is not kept any more (rankings are "
    "kept for 30 days). Nothing was stored."
)
"""The same whether it is unknown or another application's: what others send is not told."""
KNOWN_OTHERWISE = (
    "Another feedback was sent with this id before. Nothing was changed. Give every feedback an id of its own, and "
    "send it with the same id only where it is the same."
)


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


def keep(session: Session, application: str, said: Said) -> bool:
    """Store what a user of this application said; False where it is there already under the same id.

    Raises:
        NotFound: the application has no such answer or ranking.
        BadInput: the index lies outside the ranking.
        Conflict: something else is there under the same id.
    """
    key = hashes.key_for_writing(session)
    user_hash = None if said.user is None else hashes.hash_of_user(key, application, said.user)
    own = (Feedback.application == application, Feedback.caller_id == said.id)
    known = session.scalar(select(Feedback).where(*own)) if said.id is not None else None
    if known is not None:
        if not _is_same(session, known, said, user_hash):
            raise Conflict(KNOWN_OTHERWISE)
        return False
    if said.interaction is not None:
        subject = _answer(session, application, said.interaction, key)
    else:
        subject = _ranked(session, application, said)
    _add(session, application, said, subject, user_hash)
    return True


def _is_same(session: Session, known: Feedback, said: Said, user_hash: str | None) -> bool:
    """Whether a feedback that is kept says the same; also of a ranking that is not kept any more."""
    if said.interaction is not None:
        own = (Occurrence.application == known.application, Occurrence.caller_id == said.interaction)
        about = session.scalar(select(Occurrence.interaction_id).where(*own))
        if known.rerank_id is not None or known.interaction_id != about:
            return False
    elif known.rerank_id != said.rerank or not _same_place(known, said):
        return False
    said_then = (known.kind, known.value, known.comment, known.user_hash)
    return said_then == (said.kind, said.value, said.comment, user_hash)


def _same_place(known: Feedback, said: Said) -> bool:
    if said.kind is Kind.CHOSEN:
        return True
    return bool(known.first_chosen) if said.index is None else said.index == known.place


def _answer(session: Session, application: str, caller_id: str, key: bytes) -> _Subject:
    found = session.execute(
        select(Item.interaction_id, Item.prompt_group, Occurrence.generator)
        .join(Occurrence, Occurrence.interaction_id == Item.interaction_id)
        .where(Occurrence.application == application, Occurrence.caller_id == caller_id)
    ).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return _Subject(
        f"interaction {found.interaction_id}",
        found.interaction_id,
        question=hashes.hash_of_question(key, found.prompt_group),
        generator=found.generator,
    )


def _ranked(session: Session, application: str, said: Said) -> _Subject:
    own = (Reranking.rerank_id == said.rerank, Reranking.application == application)
    ranking = session.scalar(select(Reranking).where(*own))
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
    kept = (Occurrence.application == application, Occurrence.caller_id == f"{said.rerank}:{place}")
    text = session.execute(select(Occurrence.interaction_id, Occurrence.generator).where(*kept)).one_or_none()
    if text is None:
        return replace(subject, target=f"ranking {said.rerank} {place}", place=place)
    target = f"interaction {text.interaction_id}"
    return replace(subject, target=target, interaction_id=text.interaction_id, place=place, generator=text.generator)


def _add(session: Session, application: str, said: Said, subject: _Subject, user_hash: str | None) -> None:
    number = subject.interaction_id
    if number is not None:  # on PostgreSQL two at once would each count without the other's
        answer = select(Item.interaction_id).where(Item.interaction_id == number)
        session.execute(answer.with_for_update(key_share=True))
    if user_hash is not None:
        of_user = (Feedback.target == subject.target, Feedback.user_hash == user_hash, Feedback.latest)
        session.execute(
            update(Feedback).where(*of_user).values(latest=False).execution_options(synchronize_session=False)
        )
    session.execute(
        insert(Feedback).values(
            application=application,
            caller_id=said.id,
            kind=said.kind,
            value=said.value,
            comment=said.comment,
            user_hash=user_hash,
            **asdict(subject),
        )
    )
    if number is not None:
        disliked.recount(session, [number])
