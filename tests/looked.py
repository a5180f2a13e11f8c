"""Acts of somebody who looks first: what is acted on is the text as it stands at that moment."""

from typing import Any
from uuid import uuid4

from core.domain.roles import User
from core.services.data import erasure, interactions, redaction
from core.services.data.erasure import Forgetting
from core.services.rating import better_answers, rating
from core.services.rating.rating import ItemToRate, Receipt
from core.services.review import disagreements, own_ratings, second_looks, to_check
from core.services.review.second_looks import RatingPair
from core.services.workspace import Workspace
from core.store.interactions.interactions import load
from core.store.tables import GuidelineGap


def version(workspace: Workspace, interaction_id: int) -> str:
    """Of the texts as they are stored; of an answer that is gone, one that fits none."""
    with workspace.store.read() as session:
        found = load(session, interaction_id)
    return found.version if found else ""


def showing(workspace: Workspace, user: User, interaction_id: int) -> str | None:
    """What says that the answer was shown to this rater just now."""
    shown = rating.item(workspace, user, interaction_id)
    return shown.showing if shown else None


def next_item(workspace: Workspace, user: User) -> ItemToRate | None:
    """What comes on the screen of a rater who asks for the next answer."""
    return next(iter(rating.next_items(workspace, user)), None)


def rate(workspace: Workspace, user: User, interaction_id: int, value: int, **how: Any) -> Receipt:
    shown = showing(workspace, user, interaction_id)
    return rating.rate(workspace, user, interaction_id, value, showing=shown, **how)


def write_better(workspace: Workspace, user: User, interaction_id: int, text: str, request_id: str = "") -> int:
    shown = showing(workspace, user, interaction_id) or ""
    request_id = request_id or uuid4().hex
    return better_answers.write(workspace, user, interaction_id, text, showing=shown, request_id=request_id)


def skip(workspace: Workspace, user: User, interaction_id: int, **how: Any) -> Receipt:
    return rating.skip(workspace, user, interaction_id, showing=showing(workspace, user, interaction_id), **how)


def discard(workspace: Workspace, user: User, interaction_id: int, **how: Any) -> Receipt:
    shown = showing(workspace, user, interaction_id)
    return rating.discard(workspace, user, interaction_id, showing=shown, **how)


def withdraw(workspace: Workspace, user: User, interaction_id: int, **how: Any) -> Receipt:
    return own_ratings.withdraw(workspace, user, interaction_id, seen=version(workspace, interaction_id), **how)


def look(workspace: Workspace, user: User, interaction_id: int, value: int, **how: Any) -> RatingPair:
    seen = version(workspace, interaction_id)
    return second_looks.look(workspace, user, interaction_id, value, seen=seen, **how)


def choose(workspace: Workspace, user: User, interaction_id: int, value: int, **how: Any) -> Receipt:
    seen = version(workspace, interaction_id)
    return second_looks.choose(workspace, user, interaction_id, value, seen=seen, **how)


def keep_comment(workspace: Workspace, user: User, interaction_id: int, **how: Any) -> Receipt:
    return to_check.keep(workspace, user, interaction_id, seen=version(workspace, interaction_id), **how)


def decide(workspace: Workspace, user: User, interaction_id: int, value: int | None, *, expected: int | None) -> None:
    seen = version(workspace, interaction_id)
    disagreements.decide(workspace, user, interaction_id, value, seen=seen, expected=expected)


def mark_gap(workspace: Workspace, user: User, interaction_id: int, note: str) -> None:
    disagreements.mark_gap(workspace, user, interaction_id, note, seen=version(workspace, interaction_id))


def close_gap(workspace: Workspace, user: User, gap_id: int) -> None:
    with workspace.store.read() as session:
        gap = session.get(GuidelineGap, gap_id)
    disagreements.close_gap(workspace, user, gap_id, seen=version(workspace, gap.interaction_id) if gap else "")


def edit(workspace: Workspace, user: User, interaction_id: int, *texts: str, withdraw_ratings: bool) -> None:
    seen = version(workspace, interaction_id)
    interactions.edit(workspace, user, interaction_id, *texts, seen=seen, withdraw_ratings=withdraw_ratings)


def delete(workspace: Workspace, user: User, interaction_id: int) -> None:
    interactions.delete(workspace, user, interaction_id, seen=version(workspace, interaction_id))


def put_back(workspace: Workspace, user: User, interaction_id: int) -> None:
    interactions.put_back(workspace, user, interaction_id, seen=version(workspace, interaction_id))


def reveal(workspace: Workspace, user: User, interaction_id: int) -> None:
    redaction.reveal(workspace, user, interaction_id, seen=version(workspace, interaction_id))


def forget(workspace: Workspace, user: User, interaction_id: int) -> Forgetting:
    return erasure.interaction(workspace, user, interaction_id, seen=version(workspace, interaction_id) or None)
