"""The Data page's acts on interactions: browse, add, edit, delete, and the history of one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from core.domain.errors import BadInput, Conflict
from core.domain.plain import AS_IS, Name
from core.domain.queue import DISCARD_REASONS, SKIP_REASONS
from core.domain.records import Filters, ListedInteraction, Sort, check_search
from core.domain.roles import Act, User
from core.domain.texts import interaction_identity, storable
from core.services.data import redaction
from core.services.data.redaction import seen_by
from core.services.masking import GAP, masks_output, originals, refuse_gaps
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions import browse as browsing
from core.store.interactions import interactions
from core.store.rating import ratings
from core.store.retrying import retried
from core.store.review.guidelines import reasons_ever_offered
from core.store.training import statistics

HIDDEN = (
    "Personal identifiers are hidden in this answer, and saving would put the gaps in their place. Nothing was "
    "changed. Reveal them first, then edit."
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event in the life of an interaction's ratings, in words."""

    at: datetime
    rater: Name
    action: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What browsing can be narrowed to; as keys, so that those that look alike once they are masked are told apart."""

    raters: Annotated[tuple[str, ...], AS_IS]
    generators: dict[str, None]
    reasons: dict[str, None]


@masks_output(takes_gaps="searching stores nothing")
def browse(
    workspace: Workspace, user: User, filters: Filters, *, page: int, size: int = 25, sort: Sort = Sort.NEWEST
) -> tuple[list[ListedInteraction], int]:
    """One page (from 0) of what matches in this order, and how many match."""
    workspace.require(user, Act.READ_DATA)
    check_search(filters.text)
    workspace.pick_up()
    with seen_by(workspace, user) as (session, redactor):
        filters = _as_stored(session, filters)
        found, total = browsing.browse(session, filters, offset=page * size, limit=size, sort=sort)
        return [redactor.interaction(one) for one in found], total


@masks_output()
def filter_choices(workspace: Workspace, user: User) -> FilterChoices:
    """Raters with ratings, generators, and the reasons that were ever offered: what browsing can be narrowed to."""
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        return FilterChoices(
            raters=tuple(browsing.raters(session)),
            generators=dict.fromkeys(browsing.generators(session)),
            reasons=dict.fromkeys(_reasons(session)),
        )


@masks_output()
def sources(workspace: Workspace, user: User) -> dict[str, int]:
    """How many interactions came from where."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return interactions.sources(session)


@masks_output()
def load(workspace: Workspace, user: User, interaction_id: int) -> ListedInteraction | None:
    """One interaction, None when it was deleted."""
    workspace.require(user, Act.READ_DATA)
    with seen_by(workspace, user) as (session, redactor):
        return next(map(redactor.interaction, browsing.listed(session, [interaction_id])), None)


@masks_output()
@retried
def add(
    workspace: Workspace, user: User, prompt: str, response: str, context_id: str = "", session_label: str = ""
) -> int:
    """Add one interaction; its number.

    Raises:
        BadInput: a text is missing or cannot be stored.
        Conflict: it is there already.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _check(prompt, response)
    context, label = _optional(context_id), _optional(session_label)
    with workspace.store.write() as session:
        number = interactions.add(session, prompt, response, context, label)
        new = {"sha256": interaction_identity(prompt, response, context)}
        audit.write(session, user, "added answer", f"interaction {number}", new=new)
        return number


@masks_output(takes_gaps="compared with what is stored")
@retried
def edit(
    workspace: Workspace,
    user: User,
    interaction_id: int,
    prompt: str,
    response: str,
    context_id: str = "",
    *,
    seen: str,
    withdraw_ratings: bool,
) -> None:
    """Change the texts of one interaction; the old ones are kept in the history, earlier turns stay as they are.

    ``seen`` is the version of the texts that these are to replace, here and below.

    Raises:
        BadInput: a text is missing or cannot be stored.
        Conflict: another interaction has exactly these texts, or what would be saved is a text with identifiers hidden.
        NotFound: it was deleted meanwhile.
        TextChanged: somebody else changed it meanwhile.
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _check(prompt, response)
    with workspace.store.read() as session:  # not inside the transaction: long texts are looked through for it
        before = interactions.load(session, interaction_id)
        if before is not None and before.version == seen:
            if redaction.redactor_for(session, user).interaction(before).hidden:
                raise Conflict(HIDDEN)
            refuse_gaps([prompt, response, context_id], before.prompt, before.response, before.context_id)
    with workspace.store.write() as session:
        context = _optional(context_id)
        old, edited = interactions.edit(
            session,
            interaction_id,
            prompt,
            response,
            context,
            seen=seen,
            by=user.name,
            withdraw_ratings=withdraw_ratings,
        )
        new = {"sha256": edited, "ratings withdrawn": withdraw_ratings}
        audit.write(session, user, "edited answer", f"interaction {interaction_id}", old={"sha256": old}, new=new)


@masks_output()
@retried
def delete(workspace: Workspace, user: User, interaction_id: int, *, seen: str) -> None:
    """Delete one interaction with its ratings; texts and rating history are kept apart.

    Raises:
        NotFound: it was deleted already.
        TextChanged: the text is not the one that was seen.
        Conflict: another table refers to it.
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.write() as session:
        old = interactions.remove(session, interaction_id, seen=seen, by=user.name)
        audit.write(session, user, "deleted answer", f"interaction {interaction_id}", old={"sha256": old})


@masks_output()
@retried
def put_back(workspace: Workspace, user: User, interaction_id: int, *, seen: str) -> None:
    """Let an answer that was discarded wait for ratings again; who discarded it, and why, stays in its history.

    Raises:
        Conflict: it waits already.
        NotFound: it was deleted.
        TextChanged: the text is not the one that was seen.
        NotAllowed: the role does not include judging.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        discards = interactions.put_back(session, interaction_id, seen=seen)
        if not discards:
            raise Conflict("This answer waits for ratings again already. Nothing was changed.")
        audit.write(session, user, "put back", f"interaction {interaction_id}", old={"discards": discards})


@masks_output()
def history(workspace: Workspace, user: User, interaction_id: int) -> list[HistoryLine]:
    """What happened to the ratings of an interaction, oldest first."""
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        return [
            HistoryLine(event.at, name, event.action, _in_words(event.old), _in_words(event.new))
            for event, name in ratings.history(session, interaction_id)
        ]


def _reasons(session: Session) -> tuple[str, ...]:
    return (*reasons_ever_offered(session), *DISCARD_REASONS, *SKIP_REASONS)


def _as_stored(session: Session, filters: Filters) -> Filters:
    """The filters with what is meant in place of what was shown masked; labels are read only where something was."""

    def meant(shown: str, labels: Callable[[Session], Iterable[str]]) -> str:
        return originals(shown, list(labels(session))) if GAP.search(shown) else shown

    return replace(
        filters,
        session_label=meant(filters.session_label, statistics.by_session),
        generator=meant(filters.generator, browsing.generators),
        reason=meant(filters.reason, _reasons),
    )


def _check(prompt: str, response: str) -> None:
    for text, name in ((prompt, "The question"), (response, "The answer")):
        if not text.strip():
            raise BadInput(f"{name} is empty. Please fill it in; nothing was changed.")
        storable(text, name)


def _optional(text: str) -> str | None:
    return storable(text, "The text").strip() or None


def _in_words(state: dict[str, Any] | None) -> str:
    if state is None:
        return ""
    if "adjudicated" in state:
        return "no decision" if state["adjudicated"] is None else f"decided: {state['adjudicated']}"
    said = str(state["rating"]) if state.get("rating") is not None else str(state["status"])
    said = ", ".join([said, *state.get("reasons", ())])
    return f"{said}: {state['reason']}" if state.get("reason") else said
