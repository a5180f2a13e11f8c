"""Second opinions: a lead asks for further ratings of answers, and a further person gets a queue of them."""

from dataclasses import asdict, dataclass
from typing import Annotated

from core.domain.errors import BadInput
from core.domain.plain import AS_IS
from core.domain.queue import MOST_RATERS, Order, QueueFilters
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.masking import masks_output, originals
from core.services.workspace import Workspace
from core.store import audit
from core.store.rating import queue
from core.store.rating import second_opinions as asked
from core.store.retrying import retried
from core.store.training import statistics

MOST_ASKED = 10_000
FURTHER = 50
"""Answers that are drawn for a further person for whom nothing waits."""


@dataclass(frozen=True, slots=True)
class AskFor:
    """How many ratings of how many answers, and of which; what is empty does not narrow."""

    limit: int
    target: int = 2
    """Ratings that each shall have in the end."""
    session: str = ""
    rater: str = ""
    """Only answers that this rater rated."""
    imported_only: bool = False

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.limit not in range(1, MOST_ASKED + 1):
            raise BadInput(f"You can ask for 1 to {MOST_ASKED:,} answers at once. Nothing was changed.")
        if self.target not in range(2, MOST_RATERS + 1):
            raise BadInput(f"An answer can have 2 to {MOST_RATERS} ratings. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a lead can choose from: sessions and raters, each with a number of rated answers; and what waits now."""

    sessions: dict[str, int]
    raters: Annotated[dict[str, int], AS_IS]
    waiting: int


@masks_output()
def choices(workspace: Workspace, user: User) -> Choices:
    """Sessions and raters with ratings, and how many rated answers wait for a further one."""
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        sessions = {label: rated for label, (rated, _) in statistics.by_session(session).items() if rated}
        return Choices(sessions, statistics.ratings_by_rater(session), asked.count_waiting(session))


@masks_output(takes_gaps="a session as it was shown stands for the one that is meant")
@retried
def ask(workspace: Workspace, user: User, wanted: AskFor) -> int:
    """Ask for further ratings of rated answers, drawn at random; of how many answers.

    Raises:
        NotAllowed: only a lead asks.
        BadInput: a number is outside its range.
    """
    workspace.require(user, Act.JUDGE)
    wanted.check()
    storable(wanted.session, "The session")
    storable(wanted.rater, "The rater")
    with workspace.store.read() as session:
        label = originals(wanted.session, list(statistics.by_session(session)))
    with workspace.store.write() as session:
        found = asked.ask(
            session,
            wanted.target,
            wanted.limit,
            session_label=label,
            rater=wanted.rater,
            imported_only=wanted.imported_only,
        )
        if found:
            audit.write(
                session, user, "second opinions asked", "answers", new={"answers": found, "ratings": wanted.target}
            )
        return found


@masks_output()
def waiting(workspace: Workspace, user: User) -> int:
    """How many rated answers wait for a further rating by this rater, counted up to 10,001."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return queue.count_left(session, user.rater_id, QueueFilters(second=True))


@masks_output()
def can_open(workspace: Workspace, user: User) -> bool:
    """Whether ``open_queue`` finds anything for this rater."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return asked.wait_for(session, user.rater_id) or asked.can_ask_further(session, user.rater_id)


@masks_output()
@retried
def open_queue(workspace: Workspace, user: User, order: Order | None = None) -> None:
    """From now on this rater gets answers that have a rating already, in this order (None: as before).

    Where none of them waits for this rater, a further rating of some is asked for: drawn at random from what others
    rated and they did not.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        before, _ = queue.preference(session, user.rater_id)
        queue.set_preference(session, user.rater_id, order or before, asdict(QueueFilters(second=True)))
        if asked.wait_for(session, user.rater_id):
            return
        found = asked.ask_further(session, user.rater_id, FURTHER)
        if found:
            audit.write(session, user, "second opinions asked", "own queue", new={"answers": found})
