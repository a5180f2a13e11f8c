"""A or B for leads: opening pairs of answers to compare, how far they are, and closing them."""

from dataclasses import dataclass

from core.domain.comparisons.picks import FROM_A_LEAD, MOST_OPENED
from core.domain.errors import BadInput
from core.domain.queue import MOST_RATERS
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.masking import masks_output, originals
from core.services.workspace import Workspace
from core.store import audit
from core.store.comparisons import pairs
from core.store.comparisons.pairs import Waiting
from core.store.retrying import retried
from core.store.training import statistics

__all__ = ["Waiting"]

OPENED, CLOSED = "comparisons opened", "comparisons closed"


@dataclass(frozen=True, slots=True)
class PairsToOpen:
    """How many pairs, for how many people each, and of which answers; an empty session does not narrow."""

    limit: int
    raters: int = 2
    """So many people shall compare each pair; two, so that agreement can be measured."""
    session: str = ""

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.limit not in range(1, MOST_OPENED + 1):
            raise BadInput(f"You can open 1 to {MOST_OPENED:,} pairs at once. Nothing was opened.")
        if self.raters not in range(1, MOST_RATERS + 1):
            raise BadInput(f"A pair can be compared by 1 to {MOST_RATERS} people. Nothing was opened.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was opened, and the sessions from which more can be."""

    waiting: list[Waiting]
    sessions: list[str]


@masks_output(takes_gaps="a session as it was shown stands for the one that is meant")
@retried
def open_pairs(workspace: Workspace, user: User, wanted: PairsToOpen) -> int:
    """Open pairs for every rater: one each of questions drawn at random that have two different answers; how many.

    Opened again, further pairs are drawn; none is opened twice.

    Raises:
        NotAllowed: only a lead opens pairs.
        BadInput: a number is outside its range, or there is no such session.
    """
    workspace.require(user, Act.JUDGE)
    wanted.check()
    storable(wanted.session, "The session")
    with workspace.store.read() as session:
        known = list(statistics.by_session(session))
    label = originals(wanted.session, known)
    if label and label not in known:
        raise BadInput("No answer here belongs to this session. Nothing was opened; Data, Browse and edit lists them.")
    with workspace.store.write() as session:
        opened = pairs.open_at_random(session, wanted.limit, wanted.raters, session_label=label)
        if opened:
            audit.write(session, user, OPENED, "A or B", new={"pairs": opened, "people": wanted.raters})
        return opened


@masks_output()
def standing(workspace: Workspace, user: User) -> Standing:
    """How far the pairs are that were opened, by why they were, the latest first; and which sessions there are."""
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        return Standing(pairs.standing(session), sorted(statistics.by_session(session)))


@masks_output()
@retried
def close(workspace: Workspace, user: User) -> int:
    """Serve the pairs that leads opened to nobody any more; how many still waited.

    What was said of them stays, and so do pairs of a language model: an evaluation waits for them.

    Raises:
        NotAllowed: only a lead closes pairs.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        closed = pairs.close(session, FROM_A_LEAD)
        if closed:
            audit.write(session, user, CLOSED, "A or B", old={"pairs": closed})
        return closed
