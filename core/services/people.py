"""Who is rating: names chosen in the browser, remembered under a random cookie."""

from dataclasses import dataclass

from core.services.workspace import Workspace
from core.store import raters


@dataclass(frozen=True, slots=True)
class User:
    """Who acts, as every service sees it."""

    rater_id: int
    name: str


def user_of(workspace: Workspace, token: str) -> User | None:
    """The person for whom the browser with this cookie speaks."""
    with workspace.store.read() as session:
        rater = raters.rater_of_visitor(session, token)
        return User(rater.rater_id, rater.name) if rater else None


def names(workspace: Workspace) -> list[str]:
    """The names that can be picked."""
    with workspace.store.read() as session:
        return [rater.name for rater in raters.people(session)]


def rate_as(workspace: Workspace, token: str, name: str) -> User:
    """From now on the browser with this cookie rates under this name.

    Raises:
        BadInput, Conflict: the name cannot be used; the sentence says why.
    """
    with workspace.store.write() as session:
        rater = raters.person(session, name)
        raters.remember_visitor(session, token, rater.rater_id)
        return User(rater.rater_id, rater.name)


def stop_rating(workspace: Workspace, token: str) -> None:
    """The browser with this cookie speaks for nobody any more; ratings stay."""
    with workspace.store.write() as session:
        raters.forget_visitor(session, token)
