"""Erasure of what a user of an application said, by the id that the application knows them by."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.store.compacting import to_tidy
from core.store.distinct import distinct_values
from core.store.erasure.answers import Part, Traces, backups_since
from core.store.outcomes.disliked import recount
from core.store.outcomes.hashes import hash_of_user, key_for_reading
from core.store.tables import Feedback

BATCH = 1000
MOST_APPLICATIONS = 1000
"""That are offered to choose from."""


def applications(session: Session) -> list[str]:
    """The names of the applications of which users said something."""
    return distinct_values(session, Feedback.application, at_most=MOST_APPLICATIONS)


def goes(session: Session, application: str, user: str) -> dict[str, int]:
    """What an erasure removes, and how many rows of it.

    Raises:
        NotFound: nothing of this user is here.
    """
    said = _said(session, application, user)
    found = {
        "feedback of this user": _part(said).count(session),
        "of them with a comment": _part(said & Feedback.comment.is_not(None)).count(session),
    }
    return {words: number for words, number in found.items() if number}


def traces(session: Session, application: str, user: str) -> Traces:
    """Where else something of a user is; to be asked before they are erased."""
    since = session.scalar(select(func.min(Feedback.at)).where(_said(session, application, user)))
    return Traces(since, (), backups=backups_since(session, since))


def erase(session: Session, application: str, user: str) -> dict[str, int]:
    """Remove all that a user said, and count anew who dislikes these answers; how many rows went.

    Raises:
        NotFound: nothing of this user is here.
    """
    to_tidy(session)
    said = _said(session, application, user)
    about = select(Feedback.interaction_id).where(said)
    answers = [number for number in session.scalars(about.distinct()) if number is not None]
    gone = goes(session, application, user)
    _part(said).remove(session)
    for at in range(0, len(answers), BATCH):
        recount(session, answers[at : at + BATCH])
    return gone


def _said(session: Session, application: str, user: str) -> ColumnElement[bool]:
    """Whether feedback is this user's.

    Raises:
        NotFound: nothing of this user is here.
    """
    key = key_for_reading(session)
    found = None if key is None else Feedback.user_hash == hash_of_user(key, application, user)
    if found is None or session.scalar(select(Feedback.feedback_id).where(found).limit(1)) is None:
        raise NotFound(
            "No feedback of this user of this application is here. Nothing was changed. Look whether the id is exactly "
            "the one that the application sends as user, and the application the name of its key."
        )
    return found


def _part(which: ColumnElement[bool]) -> Part:
    return Part("feedback of this user", Feedback, which)
