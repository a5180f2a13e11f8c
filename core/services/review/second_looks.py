"""Looking again at one's own ratings, blind: those that surprise the model, and a few to see how steady one is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.domain.errors import BadInput, Conflict
from core.domain.ratings import MAX_RATING, MIN_RATING
from core.domain.records import Interaction
from core.domain.roles import Act, User
from core.domain.second_looks import RepeatSettings, place
from core.services.data import redaction
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import settings
from core.store.database import Session
from core.store.interactions import interactions
from core.store.rating import ratings
from core.store.rating.ratings import Receipt
from core.store.retrying import retried
from core.store.review import second_looks

GONE = "You have looked at this answer again already. Nothing was saved twice."


@dataclass(frozen=True, slots=True)
class Look:
    """The next answer to look at again; what was said of it is not in here on purpose."""

    interaction: Interaction
    left: int
    """How many wait, this one included."""


@dataclass(frozen=True, slots=True)
class RatingPair:
    """What came of looking again."""

    receipt: Receipt | None
    """None where the rater has to choose between the two ratings first."""
    before: int | None = None
    """The rating that stands; only shown where it has to be chosen."""


@masks_output()
def next_look(workspace: Workspace, user: User) -> Look | None:
    """One of this rater's answers to rate again; None when none waits."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        waiting = _waiting(workspace, session, user)
        order = sorted(waiting, key=lambda number: place(user.rater_id, number))
        shown = interactions.load(session, order[0]) if order else None
        return Look(redaction.redactor_for(session, user).interaction(shown), len(order)) if shown else None


@masks_output()
@retried
def look(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    value: int,
    *,
    seen: str,
    request_id: str | None = None,
    shown_ms: int | None = None,
) -> RatingPair:
    """Say again how good an answer is.

    The same rating as before is noted. Another one is noted too where the answer came back to see how steady the rater
    is; where it surprised the model, the rater then chooses (``choose``), and nothing is stored until then.

    Raises:
        BadInput: not 1 to 5.
        TextChanged: the text is not the one that was seen.
        Conflict: it was looked at already, or the rating was taken back.
        NotFound: the interaction was deleted.
    """
    workspace.require(user, Act.RATE)
    if value not in range(MIN_RATING, MAX_RATING + 1):
        raise BadInput("A rating is one of 1, 2, 3, 4, 5.")
    with workspace.store.write() as session:
        earlier = ratings.by_request(session, user.rater_id, request_id)
        if earlier is not None:
            return RatingPair(ratings.receipt_of(earlier))
        own_rating = second_looks.own_rating(
            session, user.rater_id, interaction_id, seen=seen
        )  # its lock orders two looks at the same moment
        waiting = _waiting(workspace, session, user)
        if interaction_id not in waiting:
            raise Conflict(GONE)
        if waiting[interaction_id] == second_looks.KEPT and value != own_rating.rating:
            return RatingPair(None, own_rating.rating)
        return RatingPair(second_looks.note(session, own_rating, waiting[interaction_id], value, request_id, shown_ms))


@masks_output()
@retried
def choose(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    value: int,
    *,
    seen: str,
    change: bool,
    request_id: str | None = None,
) -> Receipt:
    """After a second rating that differs: let it count, or keep the first; both are in the history.

    Raises:
        BadInput: not 1 to 5.
        TextChanged: the text is not the one that was seen when ``value`` was given.
        Conflict: it was chosen already, or the rating was taken back.
        NotFound: the interaction was deleted.
    """
    workspace.require(user, Act.RATE)
    if value not in range(MIN_RATING, MAX_RATING + 1):
        raise BadInput("A rating is one of 1, 2, 3, 4, 5.")
    with workspace.store.write() as session:
        earlier = ratings.by_request(session, user.rater_id, request_id)
        if earlier is not None:
            return ratings.receipt_of(earlier)
        own_rating = second_looks.own_rating(session, user.rater_id, interaction_id, seen=seen)
        if _waiting(workspace, session, user).get(interaction_id) != second_looks.KEPT:
            raise Conflict(GONE)
        if change:
            return second_looks.change(session, own_rating, value, request_id, seen=seen)
        return second_looks.note(session, own_rating, second_looks.KEPT, value, request_id, None)


@masks_output()
def get_settings(workspace: Workspace, user: User) -> RepeatSettings:
    """How many answers come back, and when."""
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        return second_looks.repeat_settings(session)


@masks_output()
@retried
def change_settings(workspace: Workspace, user: User, wanted: RepeatSettings) -> None:
    """Set how many answers come back, and when.

    Raises:
        NotAllowed: only a lead sets this.
        BadInput: a number is outside its range.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        settings.change(
            session, second_looks.SETTINGS, wanted, by=user, action="changed second looks", subject="repeated ratings"
        )


def _waiting(workspace: Workspace, session: Session, user: User) -> dict[int, str]:
    threshold = workspace.settings.positive_rating_threshold
    return second_looks.waiting(session, user.rater_id, threshold, datetime.now(UTC))
