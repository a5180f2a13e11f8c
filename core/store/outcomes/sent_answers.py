"""Answers that applications sent, each an occurrence of an interaction."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.domain.outcomes.sent_answers import Refusal, Sent, SentAnswer
from core.store.database import lock_writers
from core.store.interactions import imports
from core.store.judges import scores
from core.store.outcomes import given
from core.store.tables import Item, Occurrence
from core.store.types import now

OTHER_TEXTS = (
    "another answer was sent with this id before; nothing was changed. Give every answer an id of its own that stays "
    "the same when it is sent again"
)


def add(session: Session, application: str, answers: Sequence[SentAnswer], *, abstained: bool = False) -> Sent:
    """Store answers under the ids of their application, where that id was not used before.

    A text that is there already, whoever brought it, gets one more occurrence and stays as it is; scores of judges that
    come with it count from now on. ``abstained``: a
    model that ranked them could not tell.
    """
    lock_writers(session)  # two calls with the same ids: the second finds what the first stored
    own = select(Occurrence.caller_id, Occurrence.identity).where(
        Occurrence.application == application, Occurrence.caller_id.in_({answer.caller_id for answer in answers})
    )
    sent = {caller_id: identity for caller_id, identity in session.execute(own)}  # noqa: C416  rows are no pairs
    new: list[SentAnswer] = []
    again: list[SentAnswer] = []
    known, refused = 0, []
    for answer in answers:
        identity = sent.get(answer.caller_id)
        if identity is None:
            sent[answer.caller_id] = answer.row.identity
            new.append(answer)
        elif identity == answer.row.identity:
            known += 1
            again.append(answer)
        else:
            refused.append(Refusal(answer.row.number, OTHER_TEXTS))
    if new:
        _insert(session, application, new, abstained)
    _keep_scores(session, application, [*new, *again])
    return Sent(len(new), known, tuple(refused))


def find(session: Session, application: str, caller_id: str) -> Occurrence | None:
    """The answer that an application sent under this id; None where it sent none, or the answer was erased."""
    return session.scalar(
        select(Occurrence).where(Occurrence.application == application, Occurrence.caller_id == caller_id)
    )


def _keep_scores(session: Session, application: str, answers: Sequence[SentAnswer]) -> None:
    """Keep what judges say of these answers, all of which are stored by now; of an answer sent again the latest."""
    scored = {answer.caller_id: answer.row.scores for answer in answers if answer.row.scores}
    if not scored:
        return
    own = select(Occurrence.caller_id, Occurrence.interaction_id).where(
        Occurrence.application == application, Occurrence.caller_id.in_(scored)
    )
    found = {(number, judge): score for caller_id, number in session.execute(own) for judge, score in scored[caller_id]}
    scores.keep_scores(session, found)


def _insert(session: Session, application: str, answers: Sequence[SentAnswer], abstained: bool) -> None:
    at = now()
    ids = imports.add_answers(session, [answer.row for answer in answers], source="sent")
    rows = [
        {
            "application": application,
            "caller_id": answer.caller_id,
            "interaction_id": ids[answer.row.identity],
            "identity": answer.row.identity,
            "generator": answer.generator,
            "at": at,
        }
        for answer in answers
    ]
    session.execute(insert(Occurrence), rows)
    if abstained:
        doubted = Item.interaction_id.in_(ids.values()) & ~Item.abstained
        session.execute(update(Item).where(doubted).values(abstained=True))
    # in one order, so that no two transactions wait for each other
    for generator, n in sorted(Counter(answer.generator for answer in answers if answer.generator).items()):
        given.count(session, "generator", generator, n=n)
