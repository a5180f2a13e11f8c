"""The one error boundary of the dashboard: an error becomes a sentence that says what to try.

It stands in three places: ``open_page`` around a page, ``shown`` around a fragment, ``act`` around a callback.
"""

import functools
import logging
import secrets
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ParamSpec

import streamlit as st

from core.domain.errors import AssayError, Conflict, MissingRight, Unavailable
from core.domain.roles import Role
from core.services.masking import masked_sentence
from core.ui.shell import identity, session
from core.ui.shell.session import the_workspace
from core.ui.shell.texts import literal

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")

CHANGED = (
    "This browser speaks for somebody else now: the name was changed in another tab, you signed out, or a lead changed "
    "your role. Your last click was not carried out and nothing was saved."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as the reader sees it."""

    sentence: str
    again: bool
    """Whether trying again can help."""
    grant: str | None = None


def describe(error: Exception) -> Failure:
    """Describe an error to the reader; an unexpected one is logged under a number that the reader can name."""
    if isinstance(error, AssayError):
        grant = error.grant if isinstance(error, MissingRight) and _is_lead() else None
        return Failure(masked_sentence(str(error)), again=isinstance(error, Unavailable | MissingRight), grant=grant)
    number = secrets.token_hex(3)
    # kinds and places without messages: those can quote what somebody wrote
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("error %s in the dashboard: %s at\n%s", number, type(error).__name__, places)
    return Failure(
        f"Something went wrong here. What was saved before is not affected. Try again; if it happens again, "
        f"give error number {number} to whoever runs this server: its log says more.",
        again=True,
    )


def _is_lead() -> bool:
    """Whether a lead sees this page now: nobody else is shown the database's user. Looked up, not remembered."""
    try:
        user = identity.person_of(identity.entry(the_workspace(), acting=False))
    except Exception:  # noqa: BLE001  then it is not known who looks, and they are shown the sentence alone
        return False
    return user is not None and user.role is Role.LEAD


def show(failure: Failure, *, key: str) -> None:
    """Show a failure and, where it can help, a button that tries again."""
    st.error(literal(failure.sentence), icon=":material/error:")
    if failure.grant:
        st.code(failure.grant, language="sql", wrap_lines=True)
    if failure.again:
        st.button("Try again", key=f"{key}.again", icon=":material/refresh:")


def show_pending(*, key: str) -> bool:
    """Show the failure of a callback since the last rendering; whether there was one."""
    failure = st.session_state.pop(session.FAILURE, None)
    if failure is not None:
        show(failure, key=f"{key}.failed")
    return failure is not None


@contextmanager
def shown(key: str) -> Iterator[bool]:
    """Guard the body of a fragment: it also runs without its page, so it needs its own boundary.

    Yields whether the failure of a callback is shown already.
    """
    with suppress(Unavailable):  # a database that is away is for the body to say
        if not identity.still_here(acting=False):
            st.rerun()
    session.show_toasts()
    told = show_pending(key=key)
    try:
        yield told
    except Exception as error:  # noqa: BLE001  this is the boundary
        show(describe(error), key=key)


def act(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Guard a callback: it runs before the page, so its failure is kept and shown when the page is drawn.

    It runs only for the person to whom the page was shown: not after a sign-out elsewhere, nor with a lost role.
    """

    @functools.wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            if not identity.still_here(acting=True):
                raise Conflict(CHANGED)
            function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  this is the boundary
            st.session_state[session.FAILURE] = describe(error)

    return run
