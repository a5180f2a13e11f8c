"""Who is rating: names chosen in the browser, remembered under a random cookie."""

from core.domain.roles import Role, User
from core.services.workspace import Workspace
from core.store import raters
from core.store.tables import Rater


def user_of(workspace: Workspace, token: str) -> User | None:
    """The person for whom the browser with this cookie speaks."""
    with workspace.store.read() as session:
        rater = raters.rater_of_visitor(session, token)
        return _user(rater) if rater else None


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
        return _user(rater)


def stop_rating(workspace: Workspace, token: str) -> None:
    """The browser with this cookie speaks for nobody any more; ratings stay."""
    with workspace.store.write() as session:
        raters.forget_visitor(session, token)


def _user(rater: Rater) -> User:
    return User(rater.rater_id, rater.name, Role(rater.role))
