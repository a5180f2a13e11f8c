"""Who sits in front of this browser. Sign-in will replace what is behind ``current_user`` and nothing else."""

import streamlit as st

from core.domain.errors import BadInput
from core.domain.roles import User
from core.services import people
from core.services.workspace import Workspace

COOKIE = "assay_visitor"


def token() -> str | None:
    """The random token that the server gave to this browser; None where cookies are refused."""
    return st.context.cookies.get(COOKIE)


def current_user(workspace: Workspace) -> User | None:
    """The person for whom this browser speaks; None until a name was chosen."""
    mine = token()
    return people.user_of(workspace, mine) if mine else None


def become(workspace: Workspace, name: str) -> User:
    """From now on this browser speaks for the person of that name.

    Raises:
        BadInput, Conflict: the name cannot be used, or this browser keeps no cookies.
    """
    mine = token()
    if not mine:
        raise BadInput(
            "This browser did not keep our cookie, so ratings could not be kept under your name. "
            "Allow cookies for this address and load the page again."
        )
    return people.rate_as(workspace, mine, name)


def leave(workspace: Workspace) -> None:
    """This browser speaks for nobody any more; ratings stay."""
    mine = token()
    if mine:
        people.stop_rating(workspace, mine)
