"""Acts on several answers that were selected together: each is carried out, kept and refused by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from core.domain.errors import BadInput, Conflict, NotFound, TextChanged
from core.domain.plain import AS_IS
from core.domain.queue import MAX_REASON
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.data import interactions
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions.consensus import adopt_legacy_change, lock_as_seen
from core.store.rating import ratings, second_opinions
from core.store.retrying import written

MOST_SELECTED = 500
"""Answers of one act; a page lists fewer."""
GONE, CHANGED = "deleted meanwhile", "changed after it was shown to you"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each of the selected answers, by number."""

    done: tuple[int, ...]
    left: Annotated[dict[int, str], AS_IS]
    """Those that were left as they are -> why, in words of ours."""


@masks_output()
def delete(workspace: Workspace, user: User, seen: Mapping[int, str]) -> Outcome:
    """Delete these answers as ``interactions.delete`` does; ``seen`` says which version of each was seen, as below.

    Raises:
        BadInput: these are too many.
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)

    def delete_one(number: int) -> str:
        try:
            interactions.delete(workspace, user, number, seen=seen[number])
        except TextChanged:
            raise
        except Conflict:
            return "another table of the existing application refers to it"
        return ""

    return _each(seen, delete_one)


@masks_output()
def discard(workspace: Workspace, user: User, seen: Mapping[int, str], *, reason: str) -> Outcome:
    """Take these answers, where nobody rated them, out of the queue for everybody; the history keeps who and why.

    Raises:
        BadInput: no reason is given, or these are too many.
        NotAllowed: the role does not include judging.
    """
    workspace.require(user, Act.JUDGE)
    why = storable(reason, "The reason").strip()
    if not why or len(why) > MAX_REASON:
        raise BadInput(f"Please give a reason of 1 to {MAX_REASON} characters. Nothing was changed.")
    if user.rater_id <= 0:
        raise BadInput("Choose your name first: what is discarded is kept with the name of who did it.")
    given = RatingInput(RatingStatus.DISCARDED, None, None, False, why)

    def discard_one(session: Session, number: int) -> str:
        item, row = lock_as_seen(session, number, seen[number])
        adopt_legacy_change(session, item, row)
        if item.n_ratings or item.consensus is not None:
            return "has a rating"
        if not item.places:
            return "discarded already"
        try:
            ratings.record(session, number, user.rater_id, given, EventContext("discarded"), seen=seen[number])
        except TextChanged:
            raise
        except Conflict:
            return "a better answer that you wrote, so somebody else decides on it"
        audit.write(session, user, "discarded answer", f"interaction {number}")
        return ""

    return _each(seen, lambda number: written(workspace.store, lambda session: discard_one(session, number)))


@masks_output()
def ask_for_rating(workspace: Workspace, user: User, seen: Mapping[int, str]) -> Outcome:
    """Ask for one more rating of each of these answers that has one and waits for none.

    Raises:
        BadInput: these are too many.
        NotAllowed: only a lead asks.
    """
    workspace.require(user, Act.JUDGE)

    def ask_one(session: Session, number: int) -> str:
        left = second_opinions.ask_about(session, number, seen=seen[number])
        if not left:
            audit.write(session, user, "second opinions asked", f"interaction {number}")
        return left

    return _each(seen, lambda number: written(workspace.store, lambda session: ask_one(session, number)))


def _each(seen: Mapping[int, str], act: Callable[[int], str]) -> Outcome:
    """Act on one after the other, each in a transaction of its own, so that nobody who rates has to wait for all."""
    if len(seen) > MOST_SELECTED:
        raise BadInput(f"At most {MOST_SELECTED:,} answers can be selected at once. Nothing was changed.")
    done, left = [], {}
    for number in sorted(seen):
        try:
            why = act(number)
        except NotFound:
            why = GONE
        except TextChanged:
            why = CHANGED
        if why:
            left[number] = why
        else:
            done.append(number)
    return Outcome(tuple(done), left)
