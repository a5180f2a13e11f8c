"""To check: one list of what wants a second look, with the reason for each, blind where that must be.

A rater's own list: answers to rate once more (neither the rating nor why they came back is said), comments that speak
against the rating (both shown, that is the point), and answers of others that wait for a further rating. A lead's list:
disagreements, gaps in the guidelines, and the comments of all raters.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from weakref import WeakKeyDictionary

import numpy as np

from core.domain.disagreements import Which
from core.domain.errors import Conflict
from core.domain.plain import Name
from core.domain.records import Interaction
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.reward import comments as model_of_comments
from core.services.data.redaction import Redactor, own_words, seen_by
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.interactions import interactions
from core.store.people import raters
from core.store.rating import ratings
from core.store.rating.ratings import Receipt
from core.store.retrying import retried
from core.store.review import comments, disagreements, second_looks
from core.store.review.comments import RatingInDoubt, State

MOST_COMMENTS = 3_000
"""The newest ones that are read, in about a second."""
FEWEST_COMMENTS = 50
"""Below, nothing can be told from words."""
MOST_LISTED = 20
"""Of each kind; those that stand out most come first, and when one is done the next one is there."""
DOUBTED_FROM = 0.5
"""Of the model of comments: from here on it would have expected the other verdict."""


class Kind(StrEnum):
    """Why something is on the list."""

    LOOK = "look again"
    COMMENT = "comment"
    DISAGREEMENT = "disagreement"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to check."""

    kind: Kind
    reason: str
    """Why it is here, in a sentence."""
    to_do: str
    """What helps, in a sentence."""
    count: int = 1
    """How many answers it stands for."""
    interaction: Interaction | None = None
    """None where the answers come one by one, or must not be known beforehand."""
    rater: Name = ""
    """Whose rating it is about, or who marked the gap; only in a lead's list."""
    rating: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class LeadList:
    """What a lead sees: the entries, at most ``MOST_LISTED`` of each kind, and how many there are of each kind."""

    entries: list[Entry]
    totals: dict[Kind, int]


@masks_output()
def listed(workspace: Workspace, user: User) -> list[Entry]:
    """What this rater should look at; an answer that waits for a blind look shows its comment only after it."""
    workspace.require(user, Act.RATE)
    threshold = workspace.settings.positive_rating_threshold
    with seen_by(workspace, user) as (session, redactor):
        looks = second_looks.waiting(session, user.rater_id, threshold, datetime.now(UTC))
        found = [
            one for one in _in_doubt(workspace, session, user.rater_id) if one.interaction.interaction_id not in looks
        ]
        entries = [_looks(len(looks))] if looks else []
        entries += [_of_own(redactor, one, threshold) for one in found[:MOST_LISTED]]
        return entries


@masks_output()
def listed_for_lead(workspace: Workspace, user: User) -> LeadList:
    """Disagreements, gaps in the guidelines, and comments of all raters that speak against their ratings."""
    workspace.require(user, Act.JUDGE)
    workspace.pick_up()
    threshold = workspace.settings.positive_rating_threshold
    with seen_by(workspace, user) as (session, redactor):
        apart, total = disagreements.find(session, Which.OPEN, offset=0, limit=MOST_LISTED)
        gaps = disagreements.open_gaps(session)
        doubted = _in_doubt(workspace, session, None)
        entries = [
            Entry(
                Kind.DISAGREEMENT,
                f"Ratings differ: {', '.join(str(voice.rating) for voice in one.voices)}.",
                "Decide which one counts, or mark a gap in the guidelines.",
                interaction=redactor.interaction(one.interaction),
            )
            for one in apart
        ]
        for gap in gaps[:MOST_LISTED]:
            answer = interactions.load(session, gap.interaction_id)
            if answer is not None:
                entries.append(
                    Entry(
                        Kind.GAP,
                        "A lead marked it as a gap in the guidelines.",
                        "Write it into the guidelines, then close the gap.",
                        interaction=redactor.interaction(answer),
                        rater=gap.by,
                        comment=redactor.about(gap.note, answer),
                    )
                )
        entries += [_of_rater(redactor, one, threshold) for one in doubted[:MOST_LISTED]]
        return LeadList(entries, {Kind.DISAGREEMENT: total, Kind.GAP: len(gaps), Kind.COMMENT: len(doubted)})


@masks_output()
@retried
def keep(workspace: Workspace, user: User, interaction_id: int, *, seen: str, request_id: str | None = None) -> Receipt:
    """Say that one's comment and rating are both right: noted in the history, and off the list until either changes.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: the text is not the one that was seen.
        Conflict: the rating was taken back.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        earlier = ratings.by_request(session, user.rater_id, request_id)
        if earlier is not None:
            return ratings.receipt_of(earlier)
        own_rating = second_looks.own_rating(session, user.rater_id, interaction_id, seen=seen)
        if own_rating.rating is None:
            raise Conflict("Your rating of this answer was taken back meanwhile. Nothing was changed.")
        return second_looks.note(
            session,
            own_rating,
            second_looks.KEPT,
            own_rating.rating,
            request_id,
            None,
            chosen=second_looks.COMMENT_CHECK,
        )


def _looks(count: int) -> Entry:
    return Entry(
        Kind.LOOK,
        f"{plural(count, 'of your answers is', 'of your answers are')} back after some days.",
        "Rate each as if you saw it for the first time: what you said before is hidden, so that it does not sway you.",
        count,
    )


def _of_own(redactor: Redactor, one: RatingInDoubt, threshold: int) -> Entry:
    return Entry(
        Kind.COMMENT,
        f"Your comment reads like {_other(one, threshold)}.",
        "Change the rating or the comment, or say that both are right.",
        interaction=redactor.interaction(one.interaction),
        rating=one.rating,
        comment=own_words(one.comment),
    )


def _of_rater(redactor: Redactor, one: RatingInDoubt, threshold: int) -> Entry:
    is_person = one.rater not in raters.KEPT and one.rater_kind == "person"
    return Entry(
        Kind.COMMENT,
        f"The comment reads like {_other(one, threshold)}.",
        "It is in the rater's own list too: ask them to look, only they can change it."
        if is_person
        else "Nobody can change this rating here, as it came with a file: ask for a second opinion.",
        interaction=redactor.interaction(one.interaction),
        rater=one.rater,
        rating=one.rating,
        comment=redactor.about(one.comment, one.interaction),
    )


def _other(one: RatingInDoubt, threshold: int) -> str:
    return "one on a poorer answer" if one.rating >= threshold else "one on a better answer"


def _in_doubt(workspace: Workspace, session: Session, rater_id: int | None) -> list[RatingInDoubt]:
    """Ratings whose comment speaks against them, of this rater or (None) of all; the most doubtful ones first."""
    doubts = _doubts.of(workspace, session)
    return sorted(comments.in_doubt(session, doubts, rater_id), key=lambda one: (-doubts[one.rating_id], one.rating_id))


class _Doubts:
    """What the model of comments made of the newest ones, until they change; numbers only, never a text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[object, tuple[tuple[State, int], dict[int, float]]] = WeakKeyDictionary()

    def of(self, workspace: Workspace, session: Session) -> dict[int, float]:
        """How far each doubtful comment speaks against its rating, by the rating's number.

        That is the tenth that is doubted most, of those where the comment alone would have had the other verdict
        expected.
        """
        threshold, engine = workspace.settings.positive_rating_threshold, workspace.store.engine
        now = (comments.state(session, MOST_COMMENTS), threshold)
        with self._lock:  # who comes meanwhile waits for this one, which takes about a second
            known = self._found.get(engine)
            if known is None or known[0] != now:
                known = self._found[engine] = (now, _read(session, threshold))
            return known[1]


_doubts = _Doubts()


def _read(session: Session, threshold: int) -> dict[int, float]:
    rows = comments.newest(session, MOST_COMMENTS, model_of_comments.READ_CHARACTERS)
    if len(rows) < FEWEST_COMMENTS:
        return {}
    good = np.array([row.rating >= threshold for row in rows], dtype=bool)
    groups = np.unique([row.prompt_group for row in rows], return_inverse=True)[1].astype(np.int64)
    found = model_of_comments.doubts([row.comment for row in rows], good, groups)
    if found is None:
        return {}
    top = np.argsort(-found, kind="stable")[: max(1, len(rows) // 10)]
    return {rows[at].rating_id: float(found[at]) for at in top if found[at] >= DOUBTED_FROM}
