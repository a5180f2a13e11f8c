"""Better answers: interactions that a rater wrote by editing the answer of another one."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.domain.errors import BadInput, Conflict
from core.domain.turns import turns_from_json
from core.store.database import lock_writers
from core.store.interactions import interactions
from core.store.interactions.consensus import lock_as_seen
from core.store.tables import BetterAnswer

UNCHANGED = "This is the answer as it was. Nothing was stored: write the better one first, then save it."
OTHER_TEXT = (
    "You saved another text in another tab, so nothing was stored now. What you typed here is kept: look at the "
    "answer again, then save once more."
)


def add(session: Session, rater_id: int, original_id: int, text: str, *, seen: str | None, request_id: str) -> int:
    """Add the better answer that a rater wrote to the prompt of ``original_id``; its number.

    It has the prompt, context, earlier turns and session of the original and waits for ratings like any other. The same
    request again adds nothing and gives the same number.

    Raises:
        NotFound: the original was deleted.
        TextChanged: its texts are not those of version ``seen``.
        BadInput: the text is the original's.
        Conflict: exactly this answer to the prompt is there already, or the request stored another text.
    """
    lock_writers(session)
    earlier = by_request(session, rater_id, original_id, text, request_id=request_id)
    if earlier is not None:
        return earlier
    item, row = lock_as_seen(session, original_id, seen)
    if text.split() == row.ai_response.split():
        raise BadInput(UNCHANGED)
    number = interactions.add(
        session,
        row.user_prompt,
        text,
        item.context_id,
        item.session_label,
        turns=turns_from_json(item.turns),
        # what is written while the sample is tried out goes with the sample, and does not count as own data
        source="sample" if item.source == "sample" else "manual",
    )
    session.add(BetterAnswer(interaction_id=number, original_id=original_id, rater_id=rater_id, request_id=request_id))
    session.flush()
    return number


def by_request(session: Session, rater_id: int, original_id: int, text: str, *, request_id: str) -> int | None:
    """The number of what was stored for this request, if it was.

    Raises:
        Conflict: it is a request of somebody else, or it stored something else.
    """
    earlier = session.scalar(select(BetterAnswer).where(BetterAnswer.request_id == request_id))
    if earlier is None:
        return None
    if earlier.rater_id != rater_id:
        raise Conflict("A request of this name came from somebody else. Nothing was stored. Load the page again.")
    stored = interactions.load(session, earlier.interaction_id)
    if stored is None:
        raise Conflict("The better answer that you saved was deleted meanwhile. Nothing was stored.")
    if earlier.original_id != original_id or stored.response != text:
        raise Conflict(OTHER_TEXT)
    return earlier.interaction_id


def wrote(session: Session, rater_id: int, interaction_id: int) -> bool:
    """Whether this rater wrote this answer."""
    own = exists().where(BetterAnswer.interaction_id == interaction_id, BetterAnswer.rater_id == rater_id)
    return bool(session.scalar(select(own)))
