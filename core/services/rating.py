"""Rating: the next item, one act on it, and what one has done so far."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.domain.errors import BadInput, Collision
from core.domain.ratings import MAX_COMMENT, MAX_RATING, MIN_RATING, RatingStatus
from core.domain.records import Interaction
from core.domain.roles import User
from core.domain.texts import storable
from core.services.workspace import Workspace
from core.store import interactions, ratings
from core.store.ratings import Receipt


@dataclass(frozen=True, slots=True)
class ItemToRate:
    """An interaction, and what this rater said of it before."""

    interaction: Interaction
    rating: int | None
    comment: str
    bias_flag: bool


def next_item(workspace: Workspace, user: User, *, not_these: frozenset[int] = frozenset()) -> ItemToRate | None:
    """The oldest answer that nobody has rated; None when there is none. ``not_these`` were passed over just now."""
    with workspace.store.read() as session:
        found = ratings.next_unrated(session, user.rater_id, not_these=set(not_these))
    if found is None:
        if not workspace.pick_up():
            return None
        return next_item(workspace, user, not_these=not_these)
    return item(workspace, user, found)


def item(workspace: Workspace, user: User, interaction_id: int) -> ItemToRate | None:
    """One interaction to rate or to change one's rating of; None when it was deleted."""
    with workspace.store.read() as session:
        shown = interactions.load(session, interaction_id)
        mine = session.scalar(ratings.own(interaction_id, user.rater_id))
    if shown is None:
        return None
    if mine is None:
        return ItemToRate(shown, None, "", False)
    return ItemToRate(shown, mine.rating, mine.comment or "", mine.bias_flag)


def rate(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    rating: int,
    *,
    comment: str = "",
    bias_flag: bool = False,
    request_id: str | None = None,
) -> Receipt:
    """Store one rating; when this returns, it is on disk. The same ``request_id`` again stores nothing twice.

    Raises:
        BadInput: not 1 to 5, or a comment that cannot be stored.
        NotFound: the interaction was deleted.
        Unavailable: the database does not answer; nothing was stored.
    """
    if rating not in range(MIN_RATING, MAX_RATING + 1):
        raise BadInput("A rating is one of 1, 2, 3, 4, 5.")
    return _act(
        workspace, user, interaction_id, RatingStatus.SUBMITTED, rating, comment, bias_flag, "rated", request_id
    )


def skip(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    *,
    comment: str = "",
    bias_flag: bool = False,
    request_id: str | None = None,
) -> Receipt:
    """Pass an item over: it comes back when nothing else is left, with comment and flag as they were left.

    A rating that was given before stays as it is.
    """
    return _act(workspace, user, interaction_id, RatingStatus.SKIPPED, None, comment, bias_flag, "skipped", request_id)


def recent(workspace: Workspace, user: User, limit: int = 100) -> list[int]:
    """The interactions this rater rated or skipped last, newest first: the way back."""
    with workspace.store.read() as session:
        return ratings.latest_of(session, user.rater_id, limit)


def rated_today(workspace: Workspace, user: User) -> int:
    """How many interactions this rater has rated since midnight, local time of the server."""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with workspace.store.read() as session:
        return ratings.rated_by(session, user.rater_id, midnight)


def _act(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    status: RatingStatus,
    rating: int | None,
    comment: str,
    bias_flag: bool,
    action: str,
    request_id: str | None,
) -> Receipt:
    if len(comment) > MAX_COMMENT:
        raise BadInput(f"The comment has {len(comment):,} characters; {MAX_COMMENT:,} are possible. Please shorten it.")
    kept = storable(comment.strip(), "The comment") or None
    record = partial(
        ratings.record,
        interaction_id=interaction_id, rater_id=user.rater_id, status=status, value=rating, comment=kept, bias=bias_flag,
        action=action, request_id=request_id,
    )  # fmt: skip
    try:
        with workspace.store.write() as session:
            return record(session)
    except Collision:  # the same request twice at the same moment: the second look finds what the first one stored
        with workspace.store.write() as session:
            return record(session)
