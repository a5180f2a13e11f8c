"""Who is rating in local mode: names chosen in the browser, remembered under a random cookie."""

from core.domain.errors import Conflict
from core.domain.roles import NotAllowed, Role, User
from core.domain.settings import AuthMode
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit, settings
from core.store.database import lock_writers
from core.store.people import accounts, raters
from core.store.people.raters import Rater
from core.store.retrying import retried

LATER_NAMES = "later names"
"""The setting with the role of names that are chosen where there is a lead; migration 0017 writes it."""


def user_of(workspace: Workspace, token: str) -> User | None:
    """The person for whom the browser with this cookie speaks; a name that a lead disabled speaks for nobody."""
    with workspace.store.read() as session:
        rater = raters.rater_of_visitor(session, token)
        return _user(rater) if rater and not rater.disabled else None


def is_disabled(workspace: Workspace, token: str) -> bool:
    """Whether the browser with this cookie speaks for a name that a lead disabled."""
    with workspace.store.read() as session:
        rater = raters.rater_of_visitor(session, token)
        return rater is not None and rater.disabled


@masks_output(as_is="names of people")
def names(workspace: Workspace) -> list[str]:
    """The names that can be picked."""
    with workspace.store.read() as session:
        return [rater.name for rater in raters.people(session) if not rater.disabled]


@masks_output()
@retried
def rate_as(workspace: Workspace, token: str, name: str) -> User:
    """From now on the browser with this cookie rates under this name.

    A new name is a lead where there is none. Where there is one, it gets the role of the setting ``LATER_NAMES``; a
    database that had people before there was that setting has none, and makes every new name a lead.

    Raises:
        BadInput, Conflict: the name cannot be used; the sentence says why.
        NotAllowed: people sign in here, so that a name proves nothing.
    """
    if workspace.settings.auth_mode is not AuthMode.LOCAL:
        raise NotAllowed("Names cannot be chosen here: please sign in.")
    with workspace.store.write() as session:
        new = raters.find(session, raters.rater_name(name)) is None
        if new:
            lock_writers(session)  # of two names that are chosen at the same moment, one is the first
            later = settings.get(session, LATER_NAMES) if accounts.leads(session, who_can_sign_in=False) else {}
        rater = raters.person(session, name)
        if new and later:
            rater.role = Role(later["role"])
        if rater.disabled:
            raise Conflict(f"{rater.name!r} was disabled by a lead. Please choose another name, or ask a lead.")
        raters.remember_visitor(session, token, rater.rater_id)
        if new:
            audit.write(session, _user(rater), "chose a new name", f"person {rater.rater_id}", new={"role": rater.role})
        return _user(rater)


@masks_output()
@retried
def stop_rating(workspace: Workspace, token: str) -> None:
    """The browser with this cookie speaks for nobody any more; ratings stay."""
    with workspace.store.write() as session:
        raters.delete_visitor(session, token)


def _user(rater: Rater) -> User:
    return User(rater.rater_id, rater.name, Role(rater.role))
