"""How the queue is set: by each rater for themselves, by a lead for everybody."""

from dataclasses import asdict, replace

from core.domain.queue import Order, QueueFilters, QueueSettings
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.masking import masks_output, originals
from core.services.workspace import Workspace
from core.store import settings
from core.store.rating import queue
from core.store.retrying import retried
from core.store.training import statistics


@masks_output()
def preference(workspace: Workspace, user: User) -> tuple[Order, QueueFilters]:
    """The order in which this rater gets answers, and the filters that narrow them."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return queue.preference(session, user.rater_id)


@masks_output(takes_gaps="a session as it was shown stands for the one that is meant")
@retried
def choose(workspace: Workspace, user: User, order: Order, filters: QueueFilters) -> None:
    """From now on this rater gets answers in this order, and only these; what was kept for them is given back."""
    workspace.require(user, Act.RATE)
    storable(filters.session_label, "The session")
    with workspace.store.read() as session:
        label = originals(filters.session_label, list(statistics.by_session(session)))
    filters = replace(filters, session_label=label)
    with workspace.store.write() as session:
        queue.set_preference(session, user.rater_id, order, asdict(filters))


@masks_output()
def left(workspace: Workspace, user: User) -> int:
    """How many answers wait for this rater under their filters, counted up to 10,001."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        _, filters = queue.preference(session, user.rater_id)
        return queue.count_left(session, user.rater_id, filters)


@masks_output()
def disliked(workspace: Workspace, user: User) -> int:
    """How many answers that users disliked wait for a rating, counted up to 10,001."""
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return queue.count_disliked(session)


@masks_output()
def get_settings(workspace: Workspace, user: User) -> QueueSettings:
    """How many ratings an answer gets."""
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        return settings.queue_settings(session)


@masks_output()
@retried
def change_settings(workspace: Workspace, user: User, wanted: QueueSettings) -> int:
    """Set how many ratings an answer gets, for what is there and what will come; how many answers this touches.

    Raises:
        NotAllowed: only a lead sets this.
        BadInput: a number is outside its range.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        changed = settings.change(
            session, settings.QUEUE, wanted, by=user, action="changed queue", subject="raters per answer"
        )
        return queue.renew_places(session, wanted) if changed else 0
