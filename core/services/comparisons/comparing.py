"""A or B for whoever rates: the next pair, what they say of it, and undo."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from core.domain.comparisons.picks import Pick, verdict_of
from core.domain.errors import BadInput, Conflict
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.turns import Turn
from core.services.data import redaction
from core.services.data.redaction import Redactor
from core.services.masking import masks_output
from core.services.rating.rating import UNDO_FOR
from core.services.workspace import Workspace
from core.store.comparisons import serving, verdicts
from core.store.comparisons.serving import Served
from core.store.comparisons.verdicts import CHANGED, ReceiptOfPair
from core.store.retrying import retried

__all__ = ["ReceiptOfPair"]


@dataclass(frozen=True, slots=True)
class PairToCompare:
    """Two answers to one question, on the sides on which this rater sees them."""

    comparison_id: int
    showing: Annotated[str, AS_IS]
    """What says, with an act, which texts were shown on which side."""
    shown: bool
    """Whether it was on the screen; else it is kept for when what is there is done."""
    turns: tuple[Turn, ...]
    prompt: str
    left: str
    right: str
    hidden: dict[str, int]
    """How many personal identifiers of which kind are not shown."""
    may_reveal: bool
    revealed: bool


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """How far one rater is."""

    compared: int
    left: int
    """What waits for them, counted up to 10,001."""


@masks_output()
@retried
def next_pairs(workspace: Workspace, user: User, *, on_screen: int | None = None) -> list[PairToCompare]:
    """What is on this rater's screen (else what is shown next), then at most one pair that is kept ahead of it.

    Each is kept for 15 minutes (``renew``) and served to no more people than shall compare it. Its sides are drawn
    once for each rater.

    Args:
        workspace: settings and database.
        user: who compares.
        on_screen: the pair that the rater sees now; None where the first of these is shown at once.

    Raises:
        NotAllowed: the user's role does not rate.
        Unavailable: the database does not answer.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        found = serving.next_pairs(session, user.rater_id, on_screen)
    with workspace.store.read() as session:
        redactor = redaction.redactor_for(session, user)
    return [_as_seen(redactor, one) for one in found]


@masks_output()
@retried
def pair(workspace: Workspace, user: User, comparison_id: int) -> PairToCompare | None:
    """A pair that this rater got, as it is now; None where there is none any more.

    Raises:
        NotAllowed: the user's role does not rate.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        found = serving.one(session, user.rater_id, comparison_id)
    with workspace.store.read() as session:
        redactor = redaction.redactor_for(session, user)
    return None if found is None else _as_seen(redactor, found)


@masks_output()
@retried
def compare(
    workspace: Workspace,
    user: User,
    comparison_id: int,
    pick: Pick | None,
    *,
    showing: str,
    request_id: str,
    shown_ms: int | None = None,
) -> ReceiptOfPair:
    """Store what a rater says of a pair, as a preference under their name; when this returns, it is on disk.

    The same ``request_id`` again stores nothing twice. A pick that comes after its pair was no longer kept for the
    rater is stored like any other; a later one replaces it. ``pick`` None passes the pair over: it comes back when
    nothing else is left.

    Raises:
        NotAllowed: the user's role does not rate.
        NotFound: one of the answers was deleted.
        Conflict: a text is another one than was shown; nothing was stored.
        Unavailable: the database does not answer; nothing was stored.
    """
    workspace.require(user, Act.RATE)
    _require_name(user)
    with workspace.store.write() as session:
        kept = serving.one(session, user.rater_id, comparison_id)
        verdict = None if pick is None or kept is None else verdict_of(pick, first_left=kept.first_left)
        return verdicts.record(
            session,
            comparison_id,
            user.rater_id,
            verdict,
            showing=showing,
            request_id=request_id,
            shown_ms=shown_ms,
        )


@masks_output()
@retried
def undo_last(workspace: Workspace, user: User, *, request_id: str) -> ReceiptOfPair | None:
    """Take back this rater's last act of the last 12 hours on a pair; again takes back the one before.

    None when there is nothing to take back. What they had said of the two answers elsewhere stands again.

    Raises:
        NotAllowed: the user's role does not rate.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        return verdicts.undo_last(session, user.rater_id, datetime.now(UTC) - UNDO_FOR, request_id)


@masks_output()
@retried
def renew(workspace: Workspace, user: User, comparison_ids: Collection[int]) -> list[int]:
    """Keep what is in the browser for another 15 minutes; which of these are not kept for this rater any more."""
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        return serving.renew(session, user.rater_id, comparison_ids)


@masks_output()
@retried
def give_back(workspace: Workspace, user: User, comparison_ids: Collection[int]) -> None:
    """Let others have what lies ahead of this rater; what was on their screen stays theirs."""
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        serving.give_back(session, user.rater_id, comparison_ids)


@masks_output()
def progress(workspace: Workspace, user: User) -> OwnProgress:
    """How many pairs this rater compared, and how many wait for them."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return OwnProgress(serving.count_compared(session, user.rater_id), serving.count_left(session, user.rater_id))


@masks_output()
@retried
def reveal(workspace: Workspace, user: User, comparison_id: int, *, showing: str) -> None:
    """Show this rater the identifiers in both answers for a quarter of an hour; the audit log keeps it.

    Raises:
        NotAllowed: the role does not include it.
        Conflict: a text is another one than was shown, or the pair is not of stored answers.
        TextChanged: as ``redaction.reveal``.
    """
    workspace.require(user, Act.REVEAL)
    with workspace.store.write() as session:
        found = serving.one(session, user.rater_id, comparison_id)
    if found is None or found.showing != showing:
        raise Conflict(CHANGED)
    if not found.texts.interactions:
        raise Conflict("What a language model wrote here is in no answer that is kept, so it cannot be revealed.")
    for answer in found.texts.interactions:
        redaction.reveal(workspace, user, answer.interaction_id, seen=answer.version)


def _require_name(user: User) -> None:
    if user.rater_id <= 0:
        raise BadInput("Choose your name first: what you say of two answers is kept under it.")


def _as_seen(redactor: Redactor, found: Served) -> PairToCompare:
    """A pair as its rater sees it; of a tuned model's texts identifiers stay hidden."""
    texts = found.texts
    if texts.interactions:
        first, second = (redactor.interaction(one) for one in texts.interactions)
        prompt, turns, answers = first.prompt, first.turns, [first.response, second.response]
        hidden = {kind: first.hidden.get(kind, 0) + second.hidden.get(kind, 0) for kind in first.hidden | second.hidden}
        revealed = first.revealed and second.revealed
    else:
        said: Sequence[str] = [texts.prompt, texts.first, texts.second, *(turn.text for turn in texts.turns)]
        (prompt, *answers), hidden = redactor.texts(said, f"comparison {found.comparison_id}")
        turns = tuple(Turn(turn.role, text) for turn, text in zip(texts.turns, answers[2:], strict=True))
        revealed = False
    left, right = answers[:2] if found.first_left else answers[1::-1]
    return PairToCompare(
        found.comparison_id,
        found.showing,
        found.shown,
        turns,
        prompt,
        left,
        right,
        hidden,
        bool(texts.interactions),
        revealed,
    )
